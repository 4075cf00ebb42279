"""Yuan as people write them, in whole fen, exactly: no arithmetic in binary fractions.

    "12,345.60" → 1234560    0.30000000000000004 → 30    12.345 → refused

A spreadsheet stores 0.30 as the nearest binary fraction, and the sum of such cells a little off. A number counts as
the amount with two decimals that it lies within ``SLACK`` units in its last place of, and as nothing else.
"""

import math
import re
from fractions import Fraction

from ledger.canonical import MAX_INTEGER
from ledger.errors import InvalidFieldError

SLACK = 8
LONGEST = 24
AMOUNT = re.compile(r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d+))?", re.ASCII)


def fen_of_text(text: str) -> int:
    """Fen of a written amount, digits already half-width and currency signs gone. Raises InvalidFieldError."""
    match = AMOUNT.fullmatch(text) if len(text) <= LONGEST else None
    if match is None:
        raise InvalidFieldError(
            "金额要写成12345.60这样，以元为单位，不写“万”。",
            "Write the amount like 12345.60, in yuan.",
        )
    if len((match.group(1) or "").rstrip("0")) > 2:
        raise _too_fine(text)
    whole, _, cents = text.replace(",", "").partition(".")
    return _bounded(int(whole) * 100 + int(f"{cents}00"[:2]))


def fen_of_number(number: float) -> int:
    """Fen of a number that a spreadsheet holds. Raises InvalidFieldError."""
    if isinstance(number, int):
        return _bounded(number * 100)
    if not math.isfinite(number):
        raise InvalidFieldError("这不是金额。", "This is no amount.")
    exact = Fraction(number) * 100
    fen = round(exact)
    slack = SLACK * Fraction(math.ulp(number)) * 100
    if slack > Fraction(1, 20):
        raise InvalidFieldError(
            "这个数太大，表格存不准到分。请把单元格改成文本格式再填。",
            "A spreadsheet cannot hold this number to the fen. Format the cell as text.",
        )
    if abs(exact - fen) > slack:
        raise _too_fine(f"{number:.15g}")
    return _bounded(fen)


def _bounded(fen: int) -> int:
    if not 0 <= fen <= MAX_INTEGER:
        raise InvalidFieldError("金额不能是负数，也不能这么大。", "The amount is negative or too large.")
    return fen


def _too_fine(text: str) -> InvalidFieldError:
    return InvalidFieldError(
        f"{text}不是整分的金额。请四舍五入到两位小数后再填，账本不替您舍入。",
        f"{text} is no whole number of fen. Round it to two decimals yourself: the ledger does not.",
    )
