"""Effect: for each indicator where it began, what was aimed at and what was measured, on one scale of its own."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from markupsafe import Markup

from projections.rows import Indicator, Measure
from public_site.drawings.svg import NARROW, WIDE, Caption, Chart, drawing, fitted, group, number, path, text
from public_site.presenters import words

TITLE = "各项指标原来的值、目标和实际的值"
KEY = "短线是原来，长线是目标，圆点是实际；每行各有刻度，从0起。"
MOST = 16
"""Rows of one drawing; the table has all of them, and what was missed comes first."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """Where a row's name, scale and words stand, from the left and from the row's middle."""

    kind: str
    row: int
    scale: tuple[int, int]
    name: tuple[int, int, int]
    values: tuple[int, int]
    word: tuple[int, int]


WIDE_SHEET = Sheet("wide", 38, (350, 760), (0, 0, 330), (784, 0), (WIDE, 0))
NARROW_SHEET = Sheet("narrow", 78, (8, NARROW - 8), (0, -24, NARROW - 70), (0, 22), (NARROW, -24))


def measures(items: tuple[Indicator, ...]) -> Chart:
    """The chart of indicators in the order given. One alone is a sentence: there is nothing to compare."""
    if not items:
        return Chart("还没有设定效果指标。")
    if len(items) == 1:
        return Chart(f"只有1项指标，不画图。{reading(items)}")
    caption = Caption("effect", TITLE, reading(items))
    return Chart(
        caption.reading, Markup("").join(_drawing(caption, sheet, items) for sheet in (WIDE_SHEET, NARROW_SHEET))
    )


def reading(items: tuple[Indicator, ...]) -> str:
    """How many were missed and not measured, and which one fell furthest short of its target, as a share of it."""
    missed, waiting = ([item for item in items if item.outcome == outcome] for outcome in ("missed", "defined"))
    if not missed and not waiting:
        return f"{len(items)}项指标都达标；数字由各项写明的机构测量。"
    said = f"{len(items)}项指标中，{len(missed)}项未达标，{len(waiting)}项尚未测量。"
    worst = max(missed, key=shortfall, default=None)
    if worst is None or worst.target is None or worst.actual is None:
        return said
    return (
        f"{said}离目标最远的是“{worst.indicator.zh}”：目标{worst.target.value}{worst.unit}，"
        f"实际{worst.actual.value}{worst.unit}。"
    )


def shortfall(item: Indicator) -> Decimal:
    """How far the actual value is from the target, as a share of the target; of 1 where the target is zero."""
    if item.target is None or item.actual is None:
        return Decimal(-1)
    target = value(item.target)
    return abs(target - value(item.actual)) / (abs(target) or 1)


def value(measure: Measure) -> Decimal:
    """The decimal as signed."""
    try:
        return Decimal(measure.value)
    except InvalidOperation:
        return Decimal(0)


def position(item: Indicator, measure: Measure, ends: tuple[int, int]) -> float:
    """Where a value stands between the ``ends`` of the indicator's scale, which holds zero and all its values."""
    values = [value(each) for each in (item.baseline, item.target, item.actual) if each] + [Decimal(0)]
    low, high = min(values), max(values)
    share = (value(measure) - low) / (high - low) if high > low else Decimal(0)
    return ends[0] + (ends[1] - ends[0]) * float(share)


def _drawing(caption: Caption, sheet: Sheet, items: tuple[Indicator, ...]) -> Markup:
    key = [KEY] if sheet.kind == "wide" else [f"{part}。".replace("。。", "。") for part in KEY.split("；")]
    top = 12 + 20 * len(key)
    rows = [(item, top + sheet.row * (index + 0.5)) for index, item in enumerate(items[:MOST])]
    body = [text(0, 10 + 20 * index, line, classes="label") for index, line in enumerate(key)]
    body += [*_marks(sheet, rows), *_words(sheet, rows)]
    height = top + sheet.row * len(rows)
    if len(items) > MOST:
        body.append(text(0, height + 12, f"其余{len(items) - MOST}项见下面的数据表。", classes="label"))
        height += 28
    return drawing(caption, sheet.kind, height, body)


def _marks(sheet: Sheet, rows: list[tuple[Indicator, float]]) -> list[Markup]:
    """Axes, baselines, targets and dots, each one path; missed dots are as large as the others."""
    left, right = sheet.scale
    axes = [f"M{left} {number(y)}H{right}" for _, y in rows]
    begun = [
        f"M{number(position(item, m, sheet.scale))} {number(y - 5)}v10" for item, y in rows if (m := item.baseline)
    ]
    aims = [f"M{number(position(item, m, sheet.scale))} {number(y - 11)}v22" for item, y in rows if (m := item.target)]
    dots = {
        missed: [
            f"M{number(position(item, m, sheet.scale))} {number(y)}h0"
            for item, y in rows
            if (m := item.actual) and (item.outcome == "missed") is missed
        ]
        for missed in (False, True)
    }
    return [
        path(axes, classes="axis"),
        path(begun, classes="line tick"),
        path(aims, classes="line"),
        path(dots[False], classes="line point"),
        path(dots[True], classes="line point late"),
    ]


def _words(sheet: Sheet, rows: Iterable[tuple[Indicator, float]]) -> list[Markup]:
    """Name, values and outcome of each row."""
    names: list[Markup] = []
    values: list[Markup] = []
    good: list[Markup] = []
    bad: list[Markup] = []
    x, down, width = sheet.name
    for item, y in rows:
        names.append(text(x, y + down, fitted(_name(item), width)))
        at, lower = sheet.values
        said = fitted(_values(item), (sheet.word[0] if sheet.kind == "narrow" else WIDE - 80) - at)
        values.append(text(at, y + lower, said))
        word = text(sheet.word[0], y + sheet.word[1], words.badge("indicator", item.outcome)["word"])
        (bad if item.outcome == "missed" else good).append(word)
    return [
        group(names, "names"),
        group(values, "muted"),
        group(good, "strong", "end"),
        group(bad, "strong late", "end"),
    ]


def _name(item: Indicator) -> str:
    return f"{item.indicator.zh}（{item.unit}{'，越低越好' if item.better == 'lower' else ''}）"


def _values(item: Indicator) -> str:
    actual = f"实际{item.actual.value}" if item.actual else "尚未测量"
    return f"原来{item.baseline.value if item.baseline else '未登记'} 目标{_of(item.target)} {actual}"


def _of(measure: Measure | None) -> str:
    return measure.value if measure else "未登记"
