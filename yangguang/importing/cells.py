"""One cell read as the value its column wants: what is unambiguous is taken, the rest refused in a sentence.

Dates      a date cell, 2026-3-5, 2026/3/5, 2026.3.5, 2026年3月5日, 20260305, or a day number as Excel stores it
Amounts    1234.5, 1,234.50, ￥1,234.50元, full-width digits
Lists      one value a line, or separated by ；; codes and references also by 、 or ，
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from ledger.domain.values import Kind
from ledger.errors import InvalidFieldError
from yangguang.importing.columns import PHOTO, Column
from yangguang.importing.money import fen_of_number, fen_of_text

CellValue = str | int | float | bool | date | time | timedelta | None
WRITTEN_DAY = re.compile(r"(\d{4})(?:-|/|\.|年)(\d{1,2})(?:-|/|\.|月)(\d{1,2})日?(?: 0{1,2}:00(?::00)?)?", re.ASCII)
EIGHT_DIGITS = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)", re.ASCII)
FIRST_YEAR, LAST_YEAR = 1949, 2099
SAFE_DIGITS = 15
"""More digits than a spreadsheet keeps of a number: what comes after was lost when it was typed."""
PLAIN_FORMATS = frozenset({"General", "@", "0", "", "0_ ", "0_);[Red]\\(0\\)"})
YES, NO = frozenset({"是", "true", "yes"}), frozenset({"否", "false", "no"})
ERRORS = frozenset({"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#SPILL!", "#CALC!"})


@dataclass(frozen=True, slots=True)
class Cell:
    """A value at ``B7``, how it is shown, and which day the workbook counts day numbers from."""

    value: CellValue
    address: str
    format: str = "General"
    day_of_number: Callable[[int], date | None] | None = None

    @property
    def empty(self) -> bool:
        """Nothing, or only blanks."""
        return self.value is None or (isinstance(self.value, str) and not clean(self.value))


@dataclass(frozen=True, slots=True)
class Named:
    """A record by the text in a cell: the number of a row, a name in the sheet of known records, or a record's id."""

    text: str
    of: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Person:
    """A person by the number that the workbook gives them; "" is somebody who occurs once."""

    text: str


def read_cell(cell: Cell, column: Column) -> Any:
    """The value on the wire, with ``Named`` and ``Person`` where ids will stand. Raises InvalidFieldError."""
    if isinstance(cell.value, str) and cell.value.strip() in ERRORS:
        raise InvalidFieldError(
            f"公式算出了错误{cell.value.strip()}。", f"The formula gives the error {cell.value.strip()}."
        )
    if not column.many:
        return READERS.get(column.kind.name, _text)(cell, column.kind)
    text = _text(cell, column.kind)
    marks = r"[；;\n]+" if column.kind.name in ("text", PHOTO.name) else r"[；;、，,\n]+"
    parts = [part for part in (clean(part) for part in re.split(marks, text)) if part]
    return [READERS.get(column.kind.name, _text)(Cell(part, cell.address), column.kind) for part in parts]


def clean(text: str) -> str:
    """The text without blanks around it, whatever their width, and with one kind of line end."""
    lines = text.replace("_x000D_", "").replace("\r\n", "\n").replace("\r", "\n")
    return lines.strip().strip("\u200b\ufeff\u3000\xa0 \t\n")


def half_width(text: str) -> str:
    """Digits, signs and letters in their half-width form (Unicode NFKC), for numbers and ids alone."""
    return unicodedata.normalize("NFKC", clean(text))


def _text(cell: Cell, _kind: Kind) -> str:
    value = cell.value
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InvalidFieldError("这里要填文字。", "Text is wanted here.")
    whole = int(value) if float(value).is_integer() else None
    if whole is None or len(str(abs(whole))) > SAFE_DIGITS or cell.format not in PLAIN_FORMATS:
        raise InvalidFieldError(
            "这里的数字可能已经被表格软件改了样子（前面的0、后面的位数）。请把单元格改成文本格式再填。",
            "The spreadsheet may have changed this number (leading zeros, last digits). Format the cell as text.",
        )
    return str(whole)


def _day(cell: Cell, _kind: Kind) -> str:
    found = _day_of(cell)
    if found is None or not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise InvalidFieldError(
            "看不懂这个日期。请写成2023-05-14这样。", "This date is not clear. Write it like 2023-05-14."
        )
    return found.isoformat()


def _day_of(cell: Cell) -> date | None:
    value = cell.value
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    if isinstance(value, int | float) and not float(value).is_integer():
        return None
    text = half_width(value) if isinstance(value, str) else str(int(value))
    if match := WRITTEN_DAY.fullmatch(text) or EIGHT_DIGITS.fullmatch(text):
        return _calendar_day(*map(int, match.groups()))
    return cell.day_of_number(int(value)) if not isinstance(value, str) and cell.day_of_number else None


def _calendar_day(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise InvalidFieldError(
            f"没有{year}年{month}月{day}日这一天。", f"There is no day {year}-{month}-{day}."
        ) from None


def _fen(cell: Cell, _kind: Kind) -> int:
    value = cell.value
    if isinstance(value, str):
        text = half_width(value).replace(" ", "").removeprefix("¥").removeprefix("CNY").removeprefix("RMB")
        return fen_of_text(text.removesuffix("元"))
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InvalidFieldError("这里要填金额（元）。", "An amount in yuan is wanted here.")
    return fen_of_number(value)


def _count(cell: Cell, _kind: Kind) -> int:
    value = cell.value
    if isinstance(value, str) and re.fullmatch(r"\d{1,3}(,\d{3})+|\d{1,15}", text := half_width(value), re.ASCII):
        return int(text.replace(",", ""))
    if isinstance(value, bool) or not isinstance(value, int | float) or not float(value).is_integer():
        raise InvalidFieldError("这里要填整数，不带单位。", "A whole number is wanted here, without a unit.")
    return int(value)


def _flag(cell: Cell, _kind: Kind) -> bool:
    value = cell.value if isinstance(cell.value, bool) else half_width(str(cell.value)).lower()
    if value is True or value in YES:
        return True
    if value is False or value in NO:
        return False
    raise InvalidFieldError("这里要填“是”或“否”。", "Write 是 (yes) or 否 (no) here.")


def _value(cell: Cell, _kind: Kind) -> str:
    if isinstance(cell.value, bool) or not isinstance(cell.value, str | int | float):
        raise InvalidFieldError("这里要填数字。", "A number is wanted here.")
    text = half_width(cell.value) if isinstance(cell.value, str) else f"{cell.value:.15g}"
    if not re.fullmatch(r"-?\d{1,13}(\.\d{1,3})?", text, re.ASCII):
        raise InvalidFieldError(
            "要填数字，最多3位小数，如12.5。", "Give a number with at most 3 decimals, such as 12.5."
        )
    return text


def _choice(cell: Cell, kind: Kind) -> str:
    text = clean(_text(cell, kind))
    for code, label in kind.choices:
        if text.lower() in (code, label.zh.lower(), label.en.lower(), f"{label.zh}（{code}）".lower()):
            return code
    options = "、".join(label.zh for _, label in kind.choices)
    raise InvalidFieldError(
        f"“{text[:40]}”不在可选的里面。只能填：{options}。",
        f"{text[:40]!r} is not one of the choices: {', '.join(label.en for _, label in kind.choices)}.",
    )


def _reference(cell: Cell, kind: Kind) -> Named:
    return Named(half_width(_text(cell, kind)), kind.of)


def _person(cell: Cell, _kind: Kind) -> Person:
    return Person(half_width(_text(cell, _kind)))


READERS: dict[str, Callable[[Cell, Kind], Any]] = {
    "fen": _fen,
    "day": _day,
    "count": _count,
    "flag": _flag,
    "value": _value,
    "choice": _choice,
    "reference": _reference,
    "person": _person,
}
