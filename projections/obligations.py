"""How often what the programme asks for was done: counted from the records themselves, by the code of the obligation.

A code that nothing here counts stays unknown, which is not zero.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from projections.deliveries import entries_of
from projections.figures import NOTHING, added
from projections.rows import Figure, Obligation, Programme

SECOND_HALF = 7
IN_SCHOOLS = frozenset({"school", "equipment"})
WORKS = (
    "SELECT renovation, category, place, priority, accepted_idx, occurred_on FROM works"
    " LEFT JOIN work_places USING (renovation) LEFT JOIN places USING (place) JOIN projects USING (project)"
    " JOIN entries ON entries.idx = accepted_idx WHERE programme = ? ORDER BY accepted_idx"
)
"""Accepted works alone: what nobody took over does not count."""


@dataclass(frozen=True, slots=True)
class Done:
    """What was done in a period: all of it, and how much of it from July on."""

    all: Figure
    late: Figure


NONE = Done(NOTHING, NOTHING)
PREFIX = "duty."
Dated = tuple[date, Figure]


def key_of(code: str, year: int | None) -> str:
    """What the links of figures name an obligation in a year by, or over the whole programme."""
    return f"{PREFIX}{code}~{year or ''}"


def years_of(programme: Programme, item: Obligation) -> Iterable[int | None]:
    """The calendar years in which it is asked for; None alone for what is asked of the whole programme."""
    return range(programme.starts_on.year, programme.ends_on.year + 1) if item.per == "year" else (None,)


def done(db: sqlite3.Connection, programme: Programme) -> Mapping[tuple[str, int | None], Done]:
    """By (code, calendar year), the year None for what is asked of the whole programme."""
    found: dict[tuple[str, int | None], Done] = {}
    for item in programme.obligations:
        count = COUNTED.get(item.code)
        if count is None:
            continue
        dated = list(count(db, programme.programme.reference))
        found.update(((item.code, year), _within(dated, year)) for year in years_of(programme, item))
    return found


def _within(dated: Iterable[Dated], year: int | None) -> Done:
    mine = [(on, figure) for on, figure in dated if year in (None, on.year)]
    late = [figure for on, figure in mine if on.month >= SECOND_HALF]
    return Done(added(*(figure for _, figure in mine)), added(*late))


def _trainings(db: sqlite3.Connection, programme: str) -> Iterator[Dated]:
    sql = (
        "SELECT on_day, acts.entries FROM acts JOIN deliveries USING (record) JOIN projects USING (project)"
        " WHERE central AND programme = ? ORDER BY acts.idx"
    )
    for row in db.execute(sql, (programme,)):
        yield date.fromisoformat(row["on_day"]), Figure(1, entries_of([row]))


def _furniture(db: sqlite3.Connection, programme: str) -> Iterator[Dated]:
    """Batches by the day of their acceptance."""
    found = {row["renovation"]: row for row in db.execute(WORKS, (programme,)) if row["category"] == "furniture"}
    for row in found.values():
        yield date.fromisoformat(row["occurred_on"]), Figure(1, (row["accepted_idx"],))


def _volunteer_teams(db: sqlite3.Connection, programme: str) -> Iterator[Dated]:
    sql = "SELECT formed_on, idx FROM teams WHERE team_kind = 'volunteer' AND programme = ? ORDER BY idx"
    for formed_on, index in db.execute(sql, (programme,)):
        yield date.fromisoformat(formed_on), Figure(1, (index,))


def _priority_schools(db: sqlite3.Connection, programme: str) -> Iterator[Dated]:
    """Schools with priority, each once, by the day on which its last works were accepted."""
    schools: dict[str, list[sqlite3.Row]] = {}
    for row in db.execute(WORKS, (programme,)):
        if row["priority"] and row["category"] in IN_SCHOOLS:
            schools.setdefault(row["place"], []).append(row)
    for works in schools.values():
        entries = tuple(row["accepted_idx"] for row in works)
        yield date.fromisoformat(works[-1]["occurred_on"]), Figure(1, entries)


COUNTED: dict[str, Callable[[sqlite3.Connection, str], Iterator[Dated]]] = {
    "training": _trainings,
    "furniture": _furniture,
    "volunteer_team": _volunteer_teams,
    "priority_school": _priority_schools,
}
