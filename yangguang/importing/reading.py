"""A spreadsheet file read into rows: the sheets that are known by name, in their order."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ledger.domain.values import Label
from ledger.errors import InvalidFieldError
from yangguang.importing.csvs import read_csv
from yangguang.importing.gathering import gather
from yangguang.importing.grids import Grid, read_xlsx
from yangguang.importing.names import known_records
from yangguang.importing.rows import Line, Problem, Row, lines_of
from yangguang.importing.sheets import INSTRUCTIONS, KNOWN, importable_class, plans_by_name, plans_of

OPTIONS = "选项"
"""The hidden sheet of a template that holds the choices of its lists."""


@dataclass
class Workbook:
    """Everything a file asks to record. ``problems`` are those of no single row."""

    rows: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    known: dict[str, str] = field(default_factory=dict)
    grids: list[Grid] = field(default_factory=list)
    encoding: str | None = None


def read_workbook(path: Path, event_type: str | None = None) -> Workbook:
    """The rows of an XLSX or CSV file. ``event_type`` is what a CSV's rows are, or the only sheet's.

    Raises MalformedError, TooLargeError, InvalidFieldError for what is no such file.
    """
    name = plans_of(importable_class(event_type))[0].name if event_type else None
    book = Workbook()
    if path.suffix.lower() == ".csv":
        if name is None:
            raise InvalidFieldError(
                "CSV里没有工作表名，请用 --type 说明每行是什么，如 --type donation.received。",
                "A CSV has no sheet names: say with --type what its rows are.",
            )
        grid, book.encoding = read_csv(path, name)
        book.grids = [grid]
    else:
        book.grids = _named(read_xlsx(path), name)
    _read_grids(book)
    return book


def _named(grids: list[Grid], name: str | None) -> list[Grid]:
    filled = [grid for grid in grids if grid.rows]
    if name is None or len(filled) != 1:
        return filled
    return [Grid(name, filled[0].rows, filled[0].faults, visible=filled[0].visible)]


def _read_grids(book: Workbook) -> None:
    lines: list[Line] = []
    plans = plans_by_name()
    for grid in book.grids:
        if grid.name in (INSTRUCTIONS, OPTIONS):
            continue
        if grid.name == KNOWN:
            book.known, problems = known_records(grid)
            book.problems += problems
        elif plan := plans.get(grid.name.strip()):
            if not grid.visible:
                book.problems.append(
                    _about(grid, "这张工作表是隐藏的。请取消隐藏，看过再导入。", "This sheet is hidden.")
                )
            found, problems = lines_of(grid, plan)
            lines += found
            book.problems += problems
        elif grid.visible:
            book.problems.append(_unknown(grid))
    book.rows, problems = gather(lines)
    book.problems += problems


def _unknown(grid: Grid) -> Problem:
    return _about(
        grid,
        "不知道这张工作表记的是什么。工作表的名称要和模板里的一样；不导入的请删除或隐藏。",
        "This sheet is not one of a template's. Name it as in the template, or delete it.",
    )


def _about(grid: Grid, zh: str, en: str) -> Problem:
    return Problem(grid.name, 0, "A1", Label("", ""), zh, en)


def by_date(rows: Sequence[Row]) -> list[Row]:
    """The rows by the day on which they happened; those of one day in the order of the file."""
    return sorted(rows, key=lambda row: row.occurred_on)
