"""Figures of needs, for ``public_site.sources``: name to (label, unit, query).

needs.waiting                             over the whole ledger
need_place.met&of=place/…                 of one place's own needs
need_category.met&of=need.training        of one category
needs_at.waiting&of=place/…               at a place or below it
"""

import sqlite3
from collections.abc import Callable
from operator import attrgetter

from ledger.errors import NotFoundError
from projections import needs
from projections.rows import Figure, NeedTotals
from public_site.subjects import NEED

Find = Callable[[sqlite3.Connection, str], Figure]
COUNTED = {
    "reported": "报告的需求",
    "verified": "核实的需求",
    "matched": "对接的需求",
    "met": "已满足的需求",
    "waiting": "没有满足的需求",
    "untaken": "没有项目承接的需求",
    "in_hand": "已对接、没有满足的需求",
    "withdrawn": "撤回的需求",
    "first": "列为优先的需求",
}
"""What each count of ``NeedTotals`` is called."""
EACH = ("reported", "untaken", "in_hand", "met", "withdrawn")
"""Those that are shown for every place and every category."""


def category_of(code: str) -> str:
    """The ``of`` of a category."""
    return f"{NEED}{code}"


def _all(db: sqlite3.Connection, _: str) -> NeedTotals:
    return needs.totals(db)


def _at(db: sqlite3.Connection, of: str) -> NeedTotals:
    return needs.totals(db, "needs_at", of)


def _by(figures: str) -> Callable[[sqlite3.Connection, str], NeedTotals]:
    def load(db: sqlite3.Connection, of: str) -> NeedTotals:
        found = needs.totals(db, figures, of.removeprefix(NEED))
        if not found.reported.value:
            raise NotFoundError(f"没有“{of[:60]}”这个数字。", f"There is no figure {of[:60]!r}.")
        return found

    return load


def _field(load: Callable[[sqlite3.Connection, str], NeedTotals], name: str) -> Find:
    return lambda db, of: attrgetter(name)(load(db, of))


SOURCES: dict[str, tuple[str, str, Find]] = {
    **{f"needs.{name}": (label, "项", _field(_all, name)) for name, label in COUNTED.items()},
    **{f"need_place.{name}": (COUNTED[name], "项", _field(_by("need_place"), name)) for name in EACH},
    **{f"need_category.{name}": (COUNTED[name], "项", _field(_by("need_category"), name)) for name in EACH},
    **{
        f"needs_at.{name}": (f"{COUNTED[name]}（含下级地点）", "项", _field(_at, name))
        for name in ("reported", "met", "waiting")
    },
}
