"""What the programme asks for, period by period: a block for each time owed, filled for each one held."""

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from projections.rows import Figure, Programme
from public_site.drawings.svg import Caption, Chart, drawing, fitted, group, number, path, text

TITLE = "方案要求的次数，按自然年"
LINE, TOP, BLOCK = 26, 8, 14
MOST_BLOCKS = 8
MOST_ROWS = 60


@dataclass(frozen=True, slots=True)
class Period:
    """One obligation in one period. ``done`` is None where nothing records what was held: that isn't zero."""

    title: str
    period: str
    owed: int
    done: Figure | None
    index: int


Done = Mapping[tuple[str, int | None], Figure]


def periods(programme: Programme, done: Done | None = None) -> tuple[Period, ...]:
    """Every obligation in every calendar year of the programme, or over the whole of it.

    ``done`` is what was held, by (code, year); the year is None for the whole programme.
    """
    years = range(programme.starts_on.year, programme.ends_on.year + 1)
    return tuple(
        Period(item.title, f"{year}年" if year else "全程", item.floor, (done or {}).get((item.code, year)), item.index)
        for item in programme.obligations
        for year in (years if item.per == "year" else (None,))
    )


def duties(programme: Programme, rows: tuple[Period, ...]) -> Chart:
    """The chart of what is owed and done. A single period is a sentence."""
    if not rows:
        return Chart("方案没有规定次数。")
    said = reading(programme, rows)
    if len(rows) == 1:
        return Chart(f"{rows[0].title}：{rows[0].period}{state(rows[0])}。{said}")
    caption = Caption("duties", TITLE, said)
    shown = rows[:MOST_ROWS]
    return Chart(said, _drawing(caption, "wide", shown) + _drawing(caption, "narrow", shown))


def reading(programme: Programme, rows: tuple[Period, ...]) -> str:
    """What is unknown first, then what fell short; and what the programme's text leaves open."""
    silent = [row for row in rows if row.done is None]
    short = [row for row in rows if row.done is not None and row.done.value < row.owed]
    said = f"方案有{len(programme.obligations)}项次数要求，分{len(rows)}个时段。"
    if silent:
        said += f"其中{len(silent)}个时段还没有办了几次的记录，所以看不出做到没有。"
    if short:
        said += f"{len(short)}个时段次数不够。"
    if not silent and not short:
        said += "每个时段都够次数。"
    yearly = [item for item in programme.obligations if item.per == "year"]
    if yearly and _partial(programme):
        said += f"方案没有说{programme.starts_on.year}年不满一年怎样算，这里按一整年算。"
    return said


def _partial(programme: Programme) -> bool:
    return (programme.starts_on.month, programme.starts_on.day) != (1, 1)


def state(row: Period) -> str:
    """``应办2次，已办1次，少1次``; nothing recorded is said, not counted as nothing done."""
    if row.done is None:
        return f"应办{row.owed}次，还没有记录"
    less = row.owed - row.done.value
    return f"应办{row.owed}次，已办{row.done.value}次" + (f"，少{less}次" if less > 0 else "")


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
        (bad if row.done and row.done.value < row.owed else good).append(text(end + 8, y, state(row)))
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


def _blocks(row: Period, x: float, y: float) -> tuple[float, list[str], list[str]]:
    """Where the blocks end, those still owed, those done; too many to count at a glance are left to the words."""
    held = row.done.value if row.done else 0
    count = max(row.owed, held)
    if count > MOST_BLOCKS:
        return x - 8, [], []
    steps = [
        f"M{number(x + index * (BLOCK + 4))} {number(y - BLOCK / 2)}h{BLOCK}v{BLOCK}h-{BLOCK}z"
        for index in range(count)
    ]
    return x + count * (BLOCK + 4), steps[held:], steps[:held]
