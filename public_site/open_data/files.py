"""Open tables as files: CSV, XLSX and JSON, written row by row, so that a table of any length takes little memory.

CSV   UTF-8 with a byte order mark (Excel reads Chinese only with it), CRLF, quotes as in RFC 4180. A text that a
      spreadsheet would take for a formula, or that begins with ``'``, has one ``'`` before it.
XLSX  texts are typed as texts and numbers as numbers; there is no formula.
JSON  {"name": …, "as_of": {"entries": 2310, …}, "rows": [{…}, …]}
"""

import codecs
import csv
import json
import re
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, BinaryIO

import xlsxwriter  # type: ignore[import-untyped]

from ledger.domain.values import Label
from projections.names import Names
from projections.rows import Status
from public_site.open_data.columns import Field, Table, Value, fields_of, values_of
from public_site.presenters.words import PATHS

DEMONSTRATION = "演示数据"
NOTICE = "演示数据：机构、项目、金额和日期都是虚构的，只用来说明账本怎样工作。"
MARK = "demonstration-"
"""What the names of files begin with where the ledger is a demonstration."""
LICENCE = {
    "name": "CC-BY-4.0",
    "title": "知识共享署名4.0",
    "path": "https://creativecommons.org/licenses/by/4.0/",
}
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠", "'")
NUMBER = re.compile(r"-[0-9]+(\.[0-9]+)?", re.ASCII)
"""Begins with a minus and is no formula."""
XLSX_ROWS = 1_048_575
"""What a sheet holds beside its heading."""
ENTRY = Field("entry", "integer", Label("第几条", "Entry"))
PAGE = Field("url", "string", Label("网页", "Page"))
DEMONSTRATION_FIELD = Field("demonstration", "string", Label("演示数据", "Demonstration data"))


@dataclass(frozen=True, slots=True)
class About:
    """What every file says of itself. ``origin`` is the site's address, without a slash at its end."""

    status: Status
    origin: str

    @property
    def demonstration(self) -> bool:
        """Whether everything is invented."""
        return self.status.demonstration

    def as_of(self) -> dict[str, Any]:
        """Which ledger, and how much of it."""
        last = self.status.last_at.isoformat() if self.status.last_at else None
        found = {"ledger": self.status.origin, "entries": self.status.size, "root": self.status.root.hex()}
        return {**found, "last_recorded_at": last}


def safe(text: str) -> str:
    """A text for CSV that no spreadsheet takes for a formula; ``true_text`` undoes it."""
    return f"'{text}" if text.startswith(DANGEROUS) and not NUMBER.fullmatch(text) else text


def true_text(cell: str) -> str:
    """The text that ``safe`` was given."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(DANGEROUS) else cell


def heading(table: Table, about: About) -> list[Field]:
    """The columns of a file of the table: the entry, its own, the page; in a demonstration, that it is one."""
    own = [field for column in table.columns for field in fields_of(column)]
    marked = [DEMONSTRATION_FIELD] if about.demonstration else []
    return [ENTRY, *own, PAGE, *marked]


def rows(db: sqlite3.Connection, table: Table, about: About) -> Iterator[list[Value]]:
    """The cells of each row, as many as ``heading`` has."""
    names = Names(db)
    marked: list[Value] = [DEMONSTRATION] if about.demonstration else []
    for index, record, *values in table.rows(db):
        cells: list[Value] = [index]
        for column, value in zip(table.columns, values, strict=True):
            cells += map(_plain, values_of(column, value, names))
        yield [*cells, f"{about.origin}{_path(index, record)}", *marked]


def write_csv(target: BinaryIO, db: sqlite3.Connection, table: Table, about: About) -> None:
    """The table as CSV."""
    writer = csv.writer(_Encoded(target), lineterminator="\r\n")
    target.write(codecs.BOM_UTF8)
    writer.writerow(field.name for field in heading(table, about))
    for row in rows(db, table, about):
        writer.writerow(_cell(value) for value in row)


class _Encoded:
    """Takes the lines of a CSV writer."""

    def __init__(self, target: BinaryIO) -> None:
        self._target = target

    def write(self, text: str) -> None:
        """Writes a line in UTF-8."""
        self._target.write(text.encode())


def write_json(target: BinaryIO, db: sqlite3.Connection, table: Table, about: About) -> None:
    """The table as one JSON object, a row a line."""
    demonstration = {"demonstration": True, "notice": NOTICE} if about.demonstration else {}
    title = {"name": table.name, "title": table.title.zh, "title_en": table.title.en}
    head = {**title, **demonstration, "as_of": about.as_of(), "licence": LICENCE}
    names = [field.name for field in heading(table, about)]
    target.write(_json(head)[:-1] + b',"rows":[')
    between = b"\n"
    for row in rows(db, table, about):
        target.write(between + _json(dict(zip(names, row, strict=True))))
        between = b",\n"
    target.write(b"\n]}\n")


def write_xlsx(target: BinaryIO, db: sqlite3.Connection, table: Table, about: About) -> None:
    """The table as a workbook: the rows, and a sheet that explains the columns."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(target, options)
    if about.status.last_at:
        # The same rows make the same file.
        book.set_properties({"title": table.title.zh, "created": about.status.last_at.replace(tzinfo=None)})
    sheet = book.add_worksheet(f"{DEMONSTRATION if about.demonstration else ''}{table.title.zh}"[:31])
    fields = heading(table, about)
    sheet.freeze_panes(1, 1)
    for place, field in enumerate(fields):
        sheet.write_string(0, place, field.title.zh)
    count = 0
    for count, row in enumerate(rows(db, table, about), 1):
        if count > XLSX_ROWS:
            break
        for place, value in enumerate(row):
            _write_cell(sheet, count, place, value)
    _explain(book.add_worksheet("说明"), table, about, cut=count > XLSX_ROWS)
    book.close()


def _write_cell(sheet: Any, row: int, place: int, value: Value) -> None:
    if isinstance(value, bool):
        sheet.write_boolean(row, place, value)
    elif isinstance(value, int):
        sheet.write_number(row, place, value)
    elif value is not None and value != "":
        sheet.write_string(row, place, value)


def _explain(sheet: Any, table: Table, about: About, *, cut: bool) -> None:
    size = f"由账本{about.status.origin}的第0条至第{about.status.size - 1:,}条算出。"
    lines = [NOTICE] if about.demonstration else []
    lines += [f"{table.title.zh}：{table.says}", size, f"许可：{LICENCE['title']}，{LICENCE['path']}"]
    lines += [f"一张表最多{XLSX_ROWS:,}行，后面的没有写入；请用CSV或JSON。"] if cut else []
    for place, line in enumerate(lines):
        sheet.write_string(place, 0, line)
    for place, field in enumerate(heading(table, about), len(lines) + 1):
        for column, said in enumerate((field.title.zh, field.name, field.type, field.title.en)):
            sheet.write_string(place, column, said)


def _plain(value: Value | date) -> Value:
    return value.isoformat() if isinstance(value, date) else value


def _cell(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    return "" if value is None else safe(value)


def _path(index: int, record: str) -> str:
    kind, _, uuid = record.partition("/")
    return f"/{PATHS[kind]}/{uuid}" if kind in PATHS else f"/entries/{index}"


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


Write = Callable[[BinaryIO, sqlite3.Connection, Table, About], None]
FORMATS: dict[str, tuple[str, Write]] = {
    "csv": ("text/csv; charset=utf-8", write_csv),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", write_xlsx),
    "json": ("application/json", write_json),
}
