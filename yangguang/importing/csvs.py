"""CSV files as one grid: UTF-8 with or without a byte order mark, or GB18030 as Chinese Excel writes them."""

import csv
import io
from pathlib import Path

from openpyxl.utils import get_column_letter  # type: ignore[import-untyped]

from ledger.errors import InvalidFieldError, MalformedError, TooLargeError
from yangguang.importing.cells import Cell
from yangguang.importing.grids import Grid, GridRow
from yangguang.importing.scanning import MAX_COLUMNS, MAX_ROWS
from yangguang.importing.vetting import MAX_FILE


def read_csv(path: Path, name: str) -> tuple[Grid, str]:
    """The grid, called ``name``, and the encoding that was found. Raises MalformedError, TooLargeError."""
    text, encoding = _decoded(path)
    try:
        rows = [
            GridRow(number, tuple(Cell(value, f"{get_column_letter(at)}{number}") for at, value in enumerate(row, 1)))
            for number, row in enumerate(csv.reader(io.StringIO(text, newline=""), strict=True), start=1)
        ]
    except csv.Error as error:
        raise MalformedError(f"{path.name}不是完整的CSV。", f"{path.name} is no whole CSV file: {error}.") from None
    if len(rows) > MAX_ROWS or any(len(row.cells) > MAX_COLUMNS for row in rows):
        raise MalformedError(
            f"{path.name}太大，一次最多{MAX_ROWS:,}行。", f"{path.name} is too large: at most {MAX_ROWS:,} rows."
        )
    return Grid(name, tuple(row for row in rows if any(not cell.empty for cell in row.cells)), {}), encoding


def _decoded(path: Path) -> tuple[str, str]:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE + 1)
    except OSError as error:
        raise InvalidFieldError(f"读不了{path}。", f"Cannot read {path}: {error.strerror}.") from None
    if len(data) > MAX_FILE:
        raise TooLargeError(path.name, path.name, len(data), MAX_FILE)
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding), "GB18030" if encoding == "gb18030" else "UTF-8"
        except UnicodeDecodeError:
            continue
    raise MalformedError(
        f"{path.name}的文字编码认不出来。请另存为“CSV UTF-8”。",
        f"The encoding of {path.name} is not known. Save it as CSV UTF-8.",
    )
