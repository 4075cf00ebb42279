"""How often what the programme asks for was done: counted from the records themselves, by the code of the obligation.

A code that nothing here counts stays unknown, which is not zero.
"""

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from projections.counted import figure
from projections.figures import NOTHING
from projections.rows import Figure, Obligation, Programme

CODES = ("training", "furniture", "volunteer_team", "priority_school")


@dataclass(frozen=True, slots=True)
class Done:
    """What was done in a period: all of it, and how much of it from July on."""

    all: Figure
    late: Figure


NONE = Done(NOTHING, NOTHING)
PREFIX = "duty."
FIGURES = ("duty.done", "duty.late")


def key_of(code: str, year: int | None) -> str:
    """What the links of figures name an obligation in a year by, or over the whole programme."""
    return f"{PREFIX}{code}~{year or ''}"


def years_of(programme: Programme, item: Obligation) -> Iterable[int | None]:
    """The calendar years in which it is asked for; None alone for what is asked of the whole programme."""
    return range(programme.starts_on.year, programme.ends_on.year + 1) if item.per == "year" else (None,)


def done(db: sqlite3.Connection, programme: Programme) -> Mapping[tuple[str, int | None], Done]:
    """By (code, calendar year), the year None for what is asked of the whole programme."""
    return {
        (item.code, year): Done(
            *(figure(db, name, f"{programme.programme.reference}~{item.code}~{year or ''}") for name in FIGURES)
        )
        for item in programme.obligations
        if item.code in CODES
        for year in years_of(programme, item)
    }
