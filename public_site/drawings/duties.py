"""What the programme asks for, period by period: a block for each time owed, filled for each one held."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from projections.obligations import Done, years_of
from projections.rows import Programme
from public_site.drawings.svg import Caption, Chart, drawing, fitted, group, number, path, text

TITLE = "方案要求的次数，按自然年"
LINE, TOP, BLOCK = 26, 8, 14
MOST_BLOCKS = 8
MOST_ROWS = 60


UNITS = {
    "training": ("场", "已办"),
    "furniture": ("批", "已送"),
    "volunteer_team": ("支", "已有"),
    "priority_school": ("所", "已完成"),
}
"""How what is asked for is counted, and what is said of it once there; by the code of the obligation."""


@dataclass(frozen=True, slots=True)
class Period:
    """One obligation in one period. ``done`` is None where nothing counts it: that isn't zero.

    ``year`` is None over the whole programme; ``stage`` is ahead, running or over as of the day asked about.
    """

    code: str
    title: str
    year: int | None
    owed: int
    most: int | None
    done: Done | None
    index: int
    stage: str = "over"

    @property
    def period(self) -> str:
        """``2024年``, or 全程."""
        return f"{self.year}年" if self.year else "全程"

    @property
    def less(self) -> int:
        """How many are wanting of a period that has begun."""
        return 0 if self.done is None or self.stage == "ahead" else max(0, self.owed - self.done.all.value)

    @property
    def more(self) -> int:
        """How many are above the most that is asked for."""
        return 0 if self.done is None or self.most is None else max(0, self.done.all.value - self.most)


Counted = Mapping[tuple[str, int | None], Done]


def periods(programme: Programme, done: Counted, as_of: date) -> tuple[Period, ...]:
    """Every obligation in every calendar year of the programme, or over the whole of it, as of a day.

    ``done`` is what was done, by (code, year); the year is None for the whole programme.
    """
    return tuple(
        Period(item.code, item.title, year, item.floor, item.most, done.get((item.code, year)), item.index,
               _stage(programme, year, as_of))
        for item in programme.obligations
        for year in years_of(programme, item)
    )  # fmt: skip


def _stage(programme: Programme, year: int | None, as_of: date) -> str:
    if year is None:
        return "over" if as_of > programme.ends_on else "running"
    return "ahead" if as_of.year < year else "running" if as_of.year == year else "over"


def duties(programme: Programme, rows: tuple[Period, ...]) -> Chart:
    """The chart of what is owed and done. A single period is a sentence."""
    if not rows:
        return Chart("方案没有规定次数。")
    said = reading(programme, rows)
    if len(rows) == 1:
        return Chart(f"{rows[0].title}：{rows[0].period}{state(rows[0])}。")
    caption = Caption("duties", TITLE, said)
    shown = rows[:MOST_ROWS]
    return Chart(said, _drawing(caption, "wide", shown) + _drawing(caption, "narrow", shown))


def reading(programme: Programme, rows: tuple[Period, ...]) -> str:
    """What fell short and what is unknown first; and what the programme's text leaves open."""
    silent = [row for row in rows if row.done is None]
    short, many = [row for row in rows if row.less], [row for row in rows if row.more]
    ahead = [row for row in rows if row.done is not None and row.stage == "ahead"]
    said = f"方案有{len({row.code for row in rows})}项次数要求，分{len(rows)}个时段。"
    if short:
        said += f"{len(short)}个时段次数不够：{'；'.join(f'{row.title}，{row.period}' for row in short[:3])}。"
    if many:
        said += f"{len(many)}个时段多于上限：{'；'.join(f'{row.title}，{row.period}' for row in many[:3])}。"
    if silent:
        said += f"{len(silent)}个时段还没有办了几次的记录，所以看不出做到没有。"
    if ahead:
        said += f"{len(ahead)}个时段还没有到。"
    if not silent and not short and not many:
        said += "到了的时段都够次数。" if ahead else "每个时段都够次数。"
    if any(row.year for row in rows) and _partial(programme):
        said += f"方案没有说{programme.starts_on.year}年不满一年怎样算，这里按一整年算。"
    return said


def _partial(programme: Programme) -> bool:
    return (programme.starts_on.month, programme.starts_on.day) != (1, 1)


def state(row: Period) -> str:
    """``要求2场，已办3场，其中2场在下半年``; nothing recorded is said, not counted as nothing done."""
    return "，".join(_said(row))


def _said(row: Period) -> list[str]:
    unit, word = UNITS.get(row.code, ("次", "已办"))
    asked = f"要求{row.owed}{f'至{row.most}' if row.most not in (None, row.owed) else ''}{unit}"
    if row.done is None:
        return [asked, "还没有记录"]
    held, late = row.done.all.value, row.done.late.value
    if row.stage == "ahead" and not held:
        return [asked, "还没有到"]
    more = [f"其中{late}{unit}在下半年"] if row.year and late else []
    if row.less:
        more.append(f"少{row.less}{unit}" if row.stage == "over" else f"还差{row.less}{unit}")
    if row.more:
        more.append(f"多{row.more}{unit}")
    return [asked, f"{word}{held}{unit}", *more]


def _drawing(caption: Caption, kind: str, rows: tuple[Period, ...]) -> Markup:
    """Each title on a line of its own on a phone, before its periods on a wide screen."""
    wide = kind == "wide"
    left, width = (380, 360) if wide else (0, 320)
    titles: list[Markup] = []
    names: list[Markup] = []
    good: list[Markup] = []
    bad: list[Markup] = []
    owed: list[str] = []
    done: list[str] = []
    y, before = TOP + LINE / 2, ""
    for row in rows:
        if row.title != before:
            titles.append(text(0, y, fitted(row.title, width)))
            y += 0 if wide else LINE
        before = row.title
        names.append(text(left, y, row.period))
        end, empty, full = _blocks(row, left + 60, y)
        owed += empty
        done += full
        for at, line in _lines(row, end + 8, wide=wide):
            (bad if row.less or row.more else good).append(text(at, y, line))
            y += LINE
    body = [
        group(titles, "strong"),
        group(names, "muted"),
        path(owed, classes="owed"),
        path(done, classes="done"),
        group(good, "names"),
        group(bad, "strong late"),
    ]
    return drawing(caption, kind, y - LINE / 2 + TOP, body)


def _lines(row: Period, x: float, *, wide: bool) -> list[tuple[float, str]]:
    """What is said of a period, each line with where it begins: on a phone the details take a second one."""
    said = _said(row)
    if wide or len(said) < 3:
        return [(x, "，".join(said))]
    return [(x, "，".join(said[:2])), (60, "，".join(said[2:]))]


def _blocks(row: Period, x: float, y: float) -> tuple[float, list[str], list[str]]:
    """Where the blocks end, those still owed, those done; too many to count at a glance are left to the words."""
    held = row.done.all.value if row.done else 0
    count = max(row.owed, held)
    if count > MOST_BLOCKS:
        return x - 8, [], []
    steps = [
        f"M{number(x + index * (BLOCK + 4))} {number(y - BLOCK / 2)}h{BLOCK}v{BLOCK}h-{BLOCK}z"
        for index in range(count)
    ]
    return x + count * (BLOCK + 4), steps[held:], steps[:held]
