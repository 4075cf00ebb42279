"""What became of each row, as a spreadsheet or CSV with the rows themselves, and as JSON.

第几条 | 结果 | 为什么 | 记录编号 | 本行编号 | 发生日期 | …
"""

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]

from ledger.domain.values import Label
from ledger.errors import InvalidFieldError
from ledger.store.highest import write_durably
from public_site.open_data.files import safe
from yangguang.importing.cells import Cell
from yangguang.importing.fates import Fate
from yangguang.importing.reading import Workbook
from yangguang.importing.rows import Problem
from yangguang.importing.running import Outcome

RESULTS = ("结果", "第几条", "为什么", "记录编号")
WORDS = {
    "ready": Label("可以记", "ready"),
    "recorded": Label("已记入", "recorded"),
    "already": Label("以前已记入", "recorded before"),
    "changed": Label("记入后改过", "changed since it was recorded"),
    "invalid": Label("有错", "has errors"),
    "refused": Label("账本拒绝", "refused"),
    "blocked": Label("所依据的行没有记入", "builds on a row that is not recorded"),
    "unsent": Label("没有提交", "not sent"),
    "unknown": Label("没有收到回答", "no answer"),
}


def write_report(path: Path, book: Workbook, fates: Sequence[Fate], persons: dict[str, str]) -> None:
    """Writes an XLSX or a CSV, by the name's ending, which only its owner can read. Raises InvalidFieldError."""
    makers = {".xlsx": _xlsx, ".csv": _csv}
    maker = makers.get(path.suffix.lower())
    if maker is None:
        raise InvalidFieldError(
            f"{path.name}要以.xlsx或.csv结尾。", f"{path.name} must end in .xlsx or .csv.", "report"
        )
    tables = list(_tables(book, fates))
    if persons:
        tables.append(("本人编号", [["本人编号", "密钥编号"], *([number, key] for number, key in persons.items())]))
    try:
        write_durably(path, maker(tables))
        path.chmod(0o600)
    except OSError as error:
        raise InvalidFieldError(f"写不了{path}。", f"Cannot write {path}: {error.strerror}.") from None


def _tables(book: Workbook, fates: Sequence[Fate]) -> Iterator[tuple[str, list[list[str]]]]:
    by_place = {(fate.row.sheet, fate.row.number): fate for fate in fates}
    sheets = {fate.row.sheet for fate in fates}
    for grid in book.grids:
        if not grid.rows or grid.name not in sheets:
            continue
        head, *body = grid.rows
        rows = [[*RESULTS, *_texts(head.cells)]]
        for row in body:
            fate = by_place.get((grid.name, row.number))
            if fate is not None:
                rows.append([*result_of(fate), *_texts(row.cells)])
        yield grid.name, rows


def result_of(fate: Fate) -> list[str]:
    """The cells under RESULTS."""
    why = "；".join(f"{problem.address}：{problem.zh}" for problem in fate.problems)
    return [WORDS[fate.status].zh, "" if fate.index is None else str(fate.index), why, fate.record]


def _texts(cells: Sequence[Cell]) -> list[str]:
    return [_shown(cell.value) for cell in cells]


def _shown(value: Any) -> str:
    if isinstance(value, datetime) and value.time() == datetime.min.time():
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value)


def _xlsx(tables: Sequence[tuple[str, list[list[str]]]]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        heading = book.add_format({"bold": True, "bg_color": "#F3E9DC"})
        for name, rows in tables:
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 0)
            sheet.set_column(0, max(map(len, rows)), 18)
            for number, row in enumerate(rows):
                for at, text in enumerate(row):
                    # As a string whatever it says: a report computes nothing.
                    sheet.write_string(number, at, text, heading if number == 0 else None)
    return out.getvalue()


def _csv(tables: Sequence[tuple[str, list[list[str]]]]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    for name, rows in tables:
        for row in rows:
            writer.writerow([safe(text) for text in (name, *row)])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def to_json(outcome: Outcome, *, dry_run: bool) -> dict[str, Any]:
    """The report that programs read."""
    return {
        "dry_run": dry_run,
        "counts": {status: sum(fate.status == status for fate in outcome.fates) for status in WORDS},
        "problems": [_problem(problem) for problem in outcome.book.problems],
        "twins": [{"sheet": row.sheet, "row": row.number, "like": other.number} for other, row in outcome.twins],
        "rows": [_row(fate) for fate in outcome.fates],
    }


def _row(fate: Fate) -> dict[str, Any]:
    row = fate.row
    return {
        "sheet": row.sheet,
        "row": row.number,
        "own": row.own,
        "type": row.cls.TYPE,
        "status": fate.status,
        "record": fate.record or None,
        "index": fate.index,
        "problems": [_problem(problem) for problem in fate.problems],
    }


def _problem(problem: Problem) -> dict[str, Any]:
    return {
        "sheet": problem.sheet,
        "row": problem.row or None,
        "cell": problem.address,
        "heading": {"zh": problem.heading.zh, "en": problem.heading.en},
        "rule": problem.rule,
        "zh": problem.zh,
        "en": problem.en,
    }
