"""Figures of what is delivered to people, for ``public_site.sources``: name to (label, unit, query).

deliveries.sessions                       over the whole ledger
delivery.sessions&of=companionship/…      within one record
people.place&of=place/…~child             at a place or below it
duty.done&of=duty.training~2024           towards an obligation, in a year or (duty.training~) over the programme
"""

import sqlite3
from collections.abc import Callable
from operator import attrgetter
from typing import Final

from ledger.errors import NotFoundError
from projections import deliveries, obligations, what
from projections.counted import figure
from projections.rows import Figure

Find = Callable[[sqlite3.Connection, str], Figure]
FEN: Final = "fen"
MEASURED = {
    "sessions": ("陪伴", "次"),
    "visits": ("探访学校", "次"),
    "pairs": ("结对", "对"),
    "ended": ("结束结对", "对"),
    "held": ("举办培训", "场"),
    "coached": ("辅导", "次"),
    "posts": ("提供实习岗位", "个"),
    "placed": ("上岗", "人次"),
    "served": ("提供服务", "次"),
    "done": ("开展", "次"),
    "hours": ("服务", "小时"),
    "value": ("服务折价，不计入现金", FEN),
}
"""What each measure of ``projections.deliveries`` is called, and its unit."""


def duty_title(db: sqlite3.Connection, part: str) -> str:
    """What the obligation is called that an ``of`` begins with; the part itself where there is none."""
    asked = (item for programme in what.programmes(db) for item in programme.obligations)
    return next((item.title for item in asked if f"{obligations.PREFIX}{item.code}" == part), part)


def people_of(place: str, group: str) -> str:
    """The ``of`` of a group at a place."""
    return f"{place}~{group}"


def _measured(measure: str) -> Find:
    return lambda db, of: deliveries.measured(db, measure, of)


def _people_at(db: sqlite3.Connection, of: str) -> Figure:
    return figure(db, "people.place", of)


def _duty(field: str) -> Find:
    def find(db: sqlite3.Connection, of: str) -> Figure:
        for programme in what.programmes(db):
            for (code, year), done in obligations.done(db, programme).items():
                if obligations.key_of(code, year) == of:
                    figure: Figure = attrgetter(field)(done)
                    return figure
        raise NotFoundError(f"没有“{of[:60]}”这个数字。", f"There is no figure {of[:60]!r}.")

    return find


SOURCES: dict[str, tuple[str, str, Find]] = {
    **{f"deliveries.{name}": (*words, _measured(name)) for name, words in MEASURED.items() if name != "done"},
    **{f"delivery.{name}": (*words, _measured(name)) for name, words in MEASURED.items()},
    "delivery.people": ("参加", "人次", lambda db, of: figure(db, "delivery.people", of)),
    "people.place": ("在当地的人次", "人次", _people_at),
    "place.visits": ("在当地的探访", "次", lambda db, of: figure(db, "place.visits", of)),
    "duty.done": ("做到的次数", "次", _duty("all")),
    "duty.late": ("其中下半年", "次", _duty("late")),
}
