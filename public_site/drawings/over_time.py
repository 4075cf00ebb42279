"""Charts as numbers: where lines, marks and labels stand; ``macros/drawings.html`` draws them.

Two drawings of each, chosen by the stylesheet: wide in a box of 1136, narrow in one of 328. Text is 14 in both.
"""

from dataclasses import dataclass
from typing import Any

from projections.rows import Quarter
from public_site.presenters import words

WAN = 1_000_000
"""Fen in 万元."""
LINES = 5
APART = 44
LAST_QUARTER = 4
YEARS_APART = 48
LABEL_WIDTH = 104


@dataclass(frozen=True, slots=True)
class Sheet:
    """A drawing's box and the margins around its plot."""

    name: str
    width: int
    height: int
    left: int
    right: int
    bottom: int = 28
    top: int = 24

    def x(self, place: int, last: int) -> float:
        """Where point ``place`` of 0 to ``last`` stands."""
        return self.left + (self.width - self.left - self.right) * place / last

    def y(self, fen: int, most: int) -> float:
        """How high an amount stands; zero is the axis."""
        return self.height - self.bottom - (self.height - self.top - self.bottom) * fen / most


WIDE, NARROW = Sheet("wide", 1136, 340, 72, 176), Sheet("narrow", 328, 260, 48, 8)


def money_over_time(quarters: tuple[Quarter, ...]) -> list[dict[str, Any]]:
    """Cash received and paid, summed up to the end of each quarter; [] where a line would be a point."""
    return [_drawing(sheet, quarters) for sheet in (WIDE, NARROW)] if len(quarters) > 1 else []


def _drawing(sheet: Sheet, quarters: tuple[Quarter, ...]) -> dict[str, Any]:
    last, step = len(quarters), _step(max(quarter.received_so_far for quarter in quarters))
    most = step * -(-max(quarter.received_so_far for quarter in quarters) // step)
    received = _points(sheet, [0, *(quarter.received_so_far for quarter in quarters)], most)
    paid = _points(sheet, [0, *(quarter.paid_so_far for quarter in quarters)], most)
    held = _points(sheet, [0, *(quarter.paid_so_far + quarter.in_hand_fen for quarter in quarters)], most)
    richest = max(range(last), key=lambda place: quarters[place].in_hand_fen)
    return {
        "name": sheet.name,
        "box": f"0 0 {sheet.width} {sheet.height}",
        "left": sheet.left,
        "end": sheet.width - sheet.right,
        "base": sheet.height - sheet.bottom,
        "grid": [{"y": f"{sheet.y(fen, most):.1f}", "text": _wan(fen)} for fen in range(0, most + 1, step)],
        "years": _years(sheet, quarters),
        "received": received,
        "paid": paid,
        "area": [*held, *reversed(paid)],
        "labels": _labels(sheet, quarters, most),
        "mark": _mark(sheet, quarters[richest], received[richest + 1], paid[richest + 1]),
    }


def _points(sheet: Sheet, amounts: list[int], most: int) -> list[tuple[str, str]]:
    last = len(amounts) - 1
    return [(f"{sheet.x(place, last):.1f}", f"{sheet.y(fen, most):.1f}") for place, fen in enumerate(amounts)]


def _step(most: int) -> int:
    """A round number of fen, 1, 2 or 5 and zeros, that divides the axis into at most ``LINES`` parts."""
    size = WAN // 100
    while True:
        for factor in (1, 2, 5):
            if most <= LINES * size * factor:
                return size * factor
        size *= 10


def _wan(fen: int) -> str:
    """万 stands only on axes and narrow labels, where the exact figure follows in the table."""
    if not fen:
        return "0"
    return f"{fen // WAN:,}万" if fen % WAN == 0 else f"{fen / WAN:,.2f}万"


def _years(sheet: Sheet, quarters: tuple[Quarter, ...]) -> list[dict[str, str]]:
    """The first month, and where each later year begins; on a phone the bare year, where there is room for it."""
    first, unit = quarters[0], "年" if sheet is WIDE else ""
    month = f"{first.quarter * 3 - 2}月" if sheet is WIDE else ""
    found = [(sheet.x(0, len(quarters)), f"{first.year}{unit}{month}")]
    for place, quarter in enumerate(quarters[:-1], 1):
        x = sheet.x(place, len(quarters))
        if quarter.quarter == LAST_QUARTER and x - found[-1][0] > YEARS_APART:
            found.append((x, f"{quarter.year + 1}{unit}"))
    return [{"x": f"{x:.1f}", "text": text} for x, text in found]


def _labels(sheet: Sheet, quarters: tuple[Quarter, ...], most: int) -> list[dict[str, Any]]:
    """The two lines' names at their ends, kept apart."""
    final = quarters[-1]
    high, low = sheet.y(final.received_so_far, most), sheet.y(final.paid_so_far, most)
    if sheet is NARROW:
        end, last = sheet.width - sheet.right, len(quarters)
        paid = enumerate((quarter.paid_so_far for quarter in quarters), 1)
        under = max(sheet.y(fen, most) for place, fen in paid if sheet.x(place, last) > end - LABEL_WIDTH)
        return [
            {"x": end, "y": f"{high - 10:.1f}", "anchor": "end", "lines": [f"收到{_wan(final.received_so_far)}"]},
            {"x": end, "y": f"{under + 22:.1f}", "anchor": "end", "lines": [f"支付{_wan(final.paid_so_far)}"]},
        ]
    start = sheet.width - sheet.right + 12
    low = max(low, high + APART)
    names = (("累计收到", final.received_so_far, high), ("累计支付", final.paid_so_far, low))
    return [
        {"x": start, "y": f"{y:.1f}", "anchor": "start", "lines": [name, f"{words.amount(fen)} 元"]}
        for name, fen, y in names
    ]


def _mark(sheet: Sheet, quarter: Quarter, top: tuple[str, str], foot: tuple[str, str]) -> dict[str, str]:
    """The quarter whose end had the most money in hand."""
    right = float(top[0]) > (sheet.left + sheet.width - sheet.right) / 2
    in_hand = f"{words.amount(quarter.in_hand_fen)} 元" if sheet is WIDE else _wan(quarter.in_hand_fen)
    when = f"{quarter.ends_on.year}年{quarter.ends_on.month}月底，" if sheet is WIDE else ""
    return {
        "x": top[0],
        "from": top[1],
        "to": foot[1],
        "text_x": f"{float(top[0]) + (-6 if right else 6):.1f}",
        "text_y": f"{sheet.height - sheet.bottom - 10}",
        "anchor": "end" if right else "start",
        "text": f"{when}账上最多{in_hand}",
    }
