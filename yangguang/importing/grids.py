"""A spreadsheet as grids of cells: what XLSX and CSV files have in common."""

import warnings
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from openpyxl import load_workbook  # type: ignore[import-untyped]
from openpyxl.utils import get_column_letter, range_boundaries  # type: ignore[import-untyped]
from openpyxl.utils.datetime import from_excel  # type: ignore[import-untyped]

from ledger.errors import LedgerError, MalformedError
from yangguang.importing.cells import Cell
from yangguang.importing.scanning import SheetFacts
from yangguang.importing.vetting import check_rows, vet

EARLIEST_NUMBER, LATEST_NUMBER = 10_000, 80_000
"""Day numbers of 1927 to 2119 (from 1931 to 2123 in workbooks that count from 1904): beyond them it is no date."""


@dataclass(frozen=True, slots=True)
class GridRow:
    """One row that holds something: its number as the spreadsheet shows it, and its cells from column A on."""

    number: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """One sheet. ``faults`` are by row number: the cell and what is wrong with it, in both languages; 0 is all rows.

    Cells that are merged, hidden, or never computed.
    """

    name: str
    rows: tuple[GridRow, ...]
    faults: dict[int, tuple[str, str, str]]
    visible: bool = True


def read_xlsx(path: Path) -> list[Grid]:
    """The sheets in their order. Raises MalformedError, TooLargeError."""
    facts = vet(path)
    try:
        with warnings.catch_warnings():
            # About looks that it does not know, and dates out of range, which it gives as errors.
            warnings.simplefilter("ignore")
            return _grids(path, facts)
    except LedgerError:
        raise
    except Exception as error:  # noqa: BLE001 - the library raises whatever a damaged file leads it to
        raise MalformedError(
            f"{path.name}读不下去：内部结构不正常。请在表格软件里另存一份新的XLSX再试。",
            f"{path.name} cannot be read ({type(error).__name__}). Save it anew as XLSX.",
        ) from None


def _grids(path: Path, facts: dict[str, SheetFacts]) -> list[Grid]:
    book = load_workbook(path, read_only=True, data_only=True, keep_links=False)
    with closing(book):
        return [_grid(book, sheet, facts) for sheet in book.worksheets]


def _grid(book: Any, sheet: Any, facts: dict[str, SheetFacts]) -> Grid:
    known = facts.get(sheet._worksheet_path)  # noqa: SLF001 - the only way to its part
    if known is None:
        raise MalformedError("这个文件的内部结构不正常。", "A sheet of this file has no part.")
    check_rows(known, sheet.title)
    if not known.last_row:
        return Grid(sheet.title, (), {})
    day_of_number = _days_from(book.epoch)
    rows = sheet.iter_rows(max_row=known.last_row, max_col=known.last_column)
    found = (GridRow(number, _cells(number, row, day_of_number)) for number, row in enumerate(rows, start=1))
    uncomputed = {range_boundaries(address)[1] for address in known.uncomputed}
    filled = (row for row in found if row.number in uncomputed or any(not cell.empty for cell in row.cells))
    return Grid(sheet.title, tuple(filled), _faults(known), visible=sheet.sheet_state == "visible")


def _cells(number: int, row: Any, day_of_number: Callable[[int], date | None]) -> tuple[Cell, ...]:
    return tuple(
        Cell(cell.value, f"{get_column_letter(place)}{number}", _format_of(cell), day_of_number)
        for place, cell in enumerate(row, start=1)
    )


def _format_of(cell: Any) -> str:
    return str(getattr(cell, "number_format", "General"))


def _days_from(epoch: Any) -> Callable[[int], date | None]:
    def day(number: int) -> date | None:
        return from_excel(number, epoch).date() if EARLIEST_NUMBER <= number <= LATEST_NUMBER else None

    return day


def _faults(facts: SheetFacts) -> dict[int, tuple[str, str, str]]:
    """By row: the cell, and what is wrong in both languages."""
    faults: dict[int, tuple[str, str, str]] = {}
    for address in facts.uncomputed:
        row = range_boundaries(address)[1]
        faults[row] = (
            address,
            "公式没有算出的值。请在表格软件里打开、保存一次，或粘贴为数值。",
            "This formula has no computed value. Open and save the file once, or paste it as a value.",
        )
    for area in facts.merged:
        _, first, _, last = range_boundaries(area)
        for row in range(first, min(last, facts.last_row) + 1):
            faults[row] = (
                area,
                "合并了单元格，看不出每一行的值。请取消合并，每行各填各的。",
                "Merged cells hide what each row says. Unmerge them and fill in every row.",
            )
    for row in facts.hidden_rows:
        faults[row] = (
            f"A{row}",
            "这一行是隐藏的（也可能是筛选掉的）。请取消隐藏和筛选，看过再导入；不要的就删除。",
            "This row is hidden or filtered out. Show it, or delete it.",
        )
    for first, last in facts.hidden_columns[:1]:
        columns = f"{get_column_letter(max(first, 1))}至{get_column_letter(max(last, 1))}"
        zh = f"第{columns}列是隐藏的。请取消隐藏，看过再导入。"
        faults[0] = (f"{get_column_letter(max(first, 1))}1", zh, "A column is hidden. Show it first.")
    return faults
