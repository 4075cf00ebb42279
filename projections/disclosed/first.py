"""Schema 1: what the five pages show in figures and tables, by the queries the pages themselves ask.

where     where.{villages schools activities paid unplaced}; place.{activities works paid activities_within
          paid_within} by place
what      projects.all; projects.state by state; projects.plan by plan; project.{state budget paid} by project;
          deliveries.{sessions held served hours value}; duty.{owed done late} by obligation and year
whom      people.{cell batches} by group~plan~year and group~~; people.uncounted; batch.count by entry;
          institution.works by school; needs.waiting; need.{count waited} by need that is not met
how_much  balance.{received paid unpaid unallocated returned confirmed unconfirmed pledged};
          in_kind.{goods hours service}; plan.{allocated paid unpaid} by plan; donor.{gifts cash goods service} by
          donor; quarter.{received paid returned in_hand} by year~quarter; flow by donor~plan~use;
          gift.{received paid unallocated} of gifts that are unconfirmed, only pledged, or for one purpose
effect    effect.{all met missed unmeasured}; indicator.{outcome baseline target actual} by indicator;
          duty.{owed done late} by obligation and year

Money is in fen, hours and days whole; a place, project, donor, need, gift or indicator is named by its reference.
"""

import sqlite3
from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import Any

from projections import batches, deliveries, effect, how_much, needs, obligations, what, where, whom
from projections.rows import Figure, Measure

Found = dict[str, Any]
DELIVERED = ("sessions", "held", "served", "hours", "value")


def _where(db: sqlite3.Connection) -> Found:
    totals, places = where.totals(db), where.places(db)
    return {
        **_fields("where", totals, "villages", "schools", "activities", "unplaced", paid="paid_fen"),
        **_by("place", places, "place.reference", "activities", "works", paid="paid_fen"),
        **_by("place", places, "place.reference", "activities_within", paid_within="paid_within_fen"),
    }


def _what(db: sqlite3.Connection) -> Found:
    projects = what.projects(db)
    plans = [plan for programme in what.programmes(db) for plan in programme.plans]
    return {
        "projects.all": len(projects),
        "projects.state": {state: figure.value for state, figure in what.counts_by_state(db).items()},
        **_by("projects", plans, "code", plan="projects"),
        **_by("project", projects, "project.reference", "state", paid="paid_fen", budget="budget_fen"),
        **{f"deliveries.{name}": deliveries.measured(db, name).value for name in DELIVERED},
        **_duties(db),
    }


def _whom(db: sqlite3.Connection) -> Found:
    found, unmet = batches.every(db), needs.totals(db).waiting.value
    cells = (*whom.people_counts(db), *whom.people_by_group(db))
    return {
        **_by("people", cells, "key", "batches", cell="count"),
        "people.uncounted": sum(not batch.counts for batch in found),
        "batch.count": {str(batch.index): batch.count for batch in found},
        **_by("institution", whom.institutions(db), "place.reference", "works"),
        "needs.waiting": unmet,
        **_by("need", needs.waiting_longest(db, {}, size=unmet), "need.reference", "count", waited="waited_days"),
    }


def _how_much(db: sqlite3.Connection) -> Found:
    balance = how_much.balance(db)
    shown = dict.fromkeys(gift for name in how_much.LISTED for gift in how_much.listed_gifts(db, name))
    return {
        **_fields("balance", balance, "received", "paid", "unpaid", "unallocated", "returned"),
        **_fields("balance", balance, "confirmed", "unconfirmed", "pledged"),
        **_fields("in_kind", how_much.in_kind(db), goods="goods_fen", service="service_fen", hours="service_hours"),
        **_by("plan", how_much.by_plan(db), "plan", "allocated", "paid", "unpaid"),
        **_by(
            "donor", how_much.by_donor(db), "key", "gifts", cash="cash_fen", goods="goods_fen", service="service_fen"
        ),
        **_by("quarter", how_much.by_quarter(db), "key", "received", "paid", "returned", in_hand="in_hand_fen"),
        "flow": {flow.key: flow.fen.value for flow in how_much.flows(db)},
        **_by("gift", shown, "donation.reference", "received", "paid", "unallocated"),
    }


def _effect(db: sqlite3.Connection) -> Found:
    found = effect.indicators(db)
    return {
        **_fields("effect", effect.totals(db), "all", "met", "missed", "unmeasured"),
        **_by("indicator", found, "indicator.reference", "outcome", "baseline", "target", "actual"),
        **_duties(db),
    }


def _duties(db: sqlite3.Connection) -> Found:
    """Of obligations that nothing counts, only how much is owed."""
    owed: Found = {}
    done: Found = {}
    late: Found = {}
    for programme in what.programmes(db):
        counted = obligations.done(db, programme)
        for item in programme.obligations:
            for year in obligations.years_of(programme, item):
                key = obligations.key_of(item.code, year)
                owed.setdefault(key, item.floor)
                if (item.code, year) in counted:
                    done.setdefault(key, counted[item.code, year].all.value)
                    late.setdefault(key, counted[item.code, year].late.value)
    return {"duty.owed": owed, "duty.done": done, "duty.late": late}


def _fields(prefix: str, row: object, *same: str, **other: str) -> Found:
    """Figures of one row: those whose names are also those of its fields, and others."""
    return {
        f"{prefix}.{name}": _plain(attrgetter(field)(row))
        for name, field in ({name: name for name in same} | other).items()
    }


def _by(prefix: str, rows: Iterable[object], key: str, *same: str, **other: str) -> Found:
    """Figures of many rows by what each is about."""
    found: Found = {f"{prefix}.{name}": {} for name in (*same, *other)}
    for row in rows:
        for name, value in _fields(prefix, row, *same, **other).items():
            if value is not None:
                found[name][attrgetter(key)(row)] = value
    return found


def _plain(value: object) -> object:
    return value.value if isinstance(value, Figure | Measure) else value


QUESTIONS: dict[str, Callable[[sqlite3.Connection], Found]] = {
    "where": _where,
    "what": _what,
    "whom": _whom,
    "how_much": _how_much,
    "effect": _effect,
}
