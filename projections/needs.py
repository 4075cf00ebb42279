"""Needs: who lacks what, what took it up, what met it, and for how long it has waited."""

import sqlite3
from collections.abc import Callable, Iterable
from datetime import date
from itertools import chain
from operator import attrgetter
from statistics import median_low

from ledger.domain.need import (
    NeedMatched,
    NeedMet,
    NeedPrioritised,
    NeedReported,
    NeedVerified,
    NeedWithdrawn,
    match_of,
)
from ledger.domain.project import ProjectOpening
from ledger.errors import NotFoundError
from projections.facts import Fact
from projections.names import Names
from projections.records import existing_chain
from projections.rows import Figure, Named, Need, NeedCount, NeedTotals

SCHEMA = """
CREATE TABLE needs (
    need TEXT PRIMARY KEY, idx INTEGER NOT NULL, reported_on TEXT NOT NULL, place TEXT NOT NULL, category TEXT NOT NULL,
    count INTEGER NOT NULL, unit TEXT, people_group TEXT, state TEXT NOT NULL, verified_idx INTEGER,
    priority_idx INTEGER, matched_idx INTEGER, project TEXT, met_idx INTEGER, met_by TEXT, withdrawn_idx INTEGER,
    ended_on TEXT
);
CREATE INDEX needs_by_place ON needs (place);
CREATE INDEX needs_by_project ON needs (project);
CREATE INDEX needs_by_what_met_them ON needs (met_by);
CREATE TABLE need_moves (need TEXT NOT NULL, idx INTEGER NOT NULL, PRIMARY KEY (need, idx)) WITHOUT ROWID;
CREATE TABLE project_needs (project TEXT NOT NULL, position INTEGER NOT NULL, need TEXT NOT NULL,
    PRIMARY KEY (project, position)) WITHOUT ROWID;
CREATE INDEX project_needs_by_need ON project_needs (need);
"""
NEEDS = """
SELECT needs.*, entries.organisation, projects.state AS project_state, works.accepted_idx,
    (SELECT recorded_on FROM entries ORDER BY idx DESC LIMIT 1) AS as_of,
    EXISTS (SELECT 1 FROM batches WHERE record = met_by AND counts) AS granted
FROM needs JOIN entries ON entries.idx = needs.idx LEFT JOIN projects ON projects.project = needs.project
LEFT JOIN works ON works.renovation = met_by
"""
MOVED = (
    "INSERT OR IGNORE INTO need_moves SELECT need, ?1 FROM needs WHERE idx = ?2 AND EXISTS (SELECT 1 FROM entries,"
    " json_each(payload, '$.data.changes') AS change WHERE entries.idx = ?1 AND change.key IN ('place', 'category'))"
)
WITHIN = "needs.place IN (SELECT place FROM place_within WHERE ancestor = ?)"
GONE = ("declined", "cancelled", None)
"""States of a project that meets nothing any more; None is one that was voided."""
UNTAKEN = ("reported", "verified", "stranded")
IN_HAND = ("matched", "lapsed")
ENDED = ("met", "withdrawn")
STAGES = (*UNTAKEN, *IN_HAND, *ENDED)
"""In the order in which they are shown: what nobody has met comes first."""
REPORT = attrgetter("index")


def fold(db: sqlite3.Connection, fact: Fact) -> None:
    """Brings a need's row up to date; notes which needs a project was begun for."""
    if fact.payload.kind == "need":
        _put_need(db, fact)
    elif isinstance(fact.event, ProjectOpening):
        rows = [(fact.reference, position, need) for position, need in enumerate(fact.event.needs or ())]
        db.executemany("INSERT INTO project_needs VALUES (?, ?, ?)", rows)


def forget(db: sqlite3.Connection, record: str) -> None:
    """Takes out what a record's entries had put in, to be folded again as they stand now."""
    for table in ("needs", "need_moves"):
        db.execute(f"DELETE FROM {table} WHERE need = ?", (record,))  # noqa: S608  (two constant names)
    db.execute("DELETE FROM project_needs WHERE project = ?", (record,))


def credit(db: sqlite3.Connection, corrected: int, correction: int) -> None:
    """A need whose place or category was corrected is counted there from its correction too."""
    db.execute(MOVED, (correction, corrected))


def _put_need(db: sqlite3.Connection, fact: Fact) -> None:
    own, record = fact.chain, fact.record
    index, reported_on, reported = own.first(NeedReported)
    matched = own.last(NeedMatched) if match_of(record) else None
    met, withdrawn = own.last(NeedMet), own.last(NeedWithdrawn)
    ended = met or withdrawn
    row = (
        fact.reference, index, reported_on.isoformat(), reported.place, reported.category, reported.count,
        reported.unit, reported.people and reported.people.group, record.state, own.index_of(NeedVerified),
        own.index_of(NeedPrioritised), matched and matched[0], matched and matched[2].project,
        met and met[0], met and met[2].by, withdrawn and withdrawn[0], ended and ended[1].isoformat(),
    )  # fmt: skip
    marks = ",".join("?" * len(row))
    db.execute(f"INSERT OR REPLACE INTO needs VALUES ({marks})", row)  # noqa: S608  (question marks)


def needs(db: sqlite3.Connection) -> tuple[Need, ...]:
    """Every need, in the order of the log."""
    return _needs(db, "", ())


def needs_at(db: sqlite3.Connection, place: str) -> tuple[Need, ...]:
    """Needs at a place or below it."""
    return _needs(db, f"WHERE {WITHIN}", (place,))


def needs_of(db: sqlite3.Connection, project: str) -> tuple[Need, ...]:
    """What a project took up, and what it was begun for without having taken it up."""
    named = "needs.need IN (SELECT need FROM project_needs WHERE project_needs.project = ?1)"
    return _needs(db, f"WHERE needs.project = ?1 OR {named}", (project,))


def met_by(db: sqlite3.Connection, record: str) -> tuple[Need, ...]:
    """Needs that say that works, a round or a project met them."""
    return _needs(db, "WHERE needs.met_by = ?", (record,))


def need(db: sqlite3.Connection, reference: str) -> Need:
    """One need. Raises NotFoundError."""
    existing_chain(db, reference)
    found = _needs(db, "WHERE needs.need = ?", (reference,))
    if not found:
        raise NotFoundError(f"需求{reference[:60]}已经作废。", f"The need {reference[:60]} was voided.")
    return found[0]


def named_by(db: sqlite3.Connection, need: str) -> tuple[Named, ...]:
    """The projects that were begun for a need."""
    names = Names(db)
    rows = db.execute("SELECT project FROM project_needs WHERE need = ? ORDER BY project", (need,)).fetchall()
    return tuple(names(row[0]) for row in rows)


def waiting_longest(found: Iterable[Need]) -> list[Need]:
    """What nobody has met first, and of that what has waited longest; what was met or withdrawn last."""
    return sorted(found, key=lambda item: (_rank(item), -item.waited_days, item.index))


def totals(found: Iterable[Need], *, moved: bool = False) -> NeedTotals:
    """The funnel over some needs. ``moved``: over those of a place or category, so corrections of these count too."""
    found = tuple(found)
    untaken = [item for item in found if item.stage in UNTAKEN]
    in_hand = [item for item in found if item.stage in IN_HAND]
    met = [item for item in found if item.stage == "met"]
    withdrawn = [item for item in found if item.stage == "withdrawn"]

    def counted(items: Iterable[Need], index: Callable[[Need], int | None]) -> Figure:
        entries = {at: item.moves if moved else () for item in items if (at := index(item)) is not None}
        return Figure(len(entries), tuple(sorted({*entries, *chain.from_iterable(entries.values())})))

    return NeedTotals(
        reported=counted(found, REPORT),
        verified=counted(found, attrgetter("verified_index")),
        matched=counted((*in_hand, *met), attrgetter("matched_index")),
        met=counted(met, attrgetter("met_index")),
        withdrawn=counted(withdrawn, attrgetter("withdrawn_index")),
        waiting=counted((*untaken, *in_hand), REPORT),
        untaken=counted(untaken, REPORT),
        in_hand=counted(in_hand, REPORT),
        first=counted([item for item in found if item not in withdrawn], attrgetter("priority_index")),
    )


def by_place(found: Iterable[Need]) -> tuple[NeedCount, ...]:
    """Counts for each place that has needs of its own, in the order of the log."""
    return _by(found, lambda item: item.place.reference)


def by_category(found: Iterable[Need]) -> tuple[NeedCount, ...]:
    """Counts for each category that has needs."""
    return _by(found, lambda item: item.category)


def median_days_to_meet(found: Iterable[Need]) -> int | None:
    """From report to met, over those that are met; the lower one of two in the middle."""
    days = [item.waited_days for item in found if item.stage == "met"]
    return median_low(days) if days else None


def _rank(item: Need) -> int:
    return 0 if item.stage in UNTAKEN else STAGES.index(item.stage)


def _by(found: Iterable[Need], key: Callable[[Need], str]) -> tuple[NeedCount, ...]:
    groups: dict[str, list[Need]] = {}
    for item in found:
        groups.setdefault(key(item), []).append(item)
    return tuple(NeedCount(name, totals(items, moved=True)) for name, items in groups.items())


def _needs(db: sqlite3.Connection, where: str, values: tuple[str, ...]) -> tuple[Need, ...]:
    names, moves = Names(db), _moves(db)
    rows = db.execute(f"{NEEDS} {where} ORDER BY needs.idx", values)
    return tuple(_need(row, names, moves.get(row["need"], ())) for row in rows)


def _moves(db: sqlite3.Connection) -> dict[str, tuple[int, ...]]:
    found: dict[str, tuple[int, ...]] = {}
    for reference, index in db.execute("SELECT need, idx FROM need_moves ORDER BY idx"):
        found[reference] = (*found.get(reference, ()), index)
    return found


def _need(row: sqlite3.Row, names: Names, moves: tuple[int, ...]) -> Need:
    stage, reported_on = _stage(row), date.fromisoformat(row["reported_on"])
    until = date.fromisoformat(row["ended_on" if stage in ENDED else "as_of"])
    return Need(
        need=names(row["need"]),
        place=names(row["place"]),
        category=row["category"],
        count=row["count"],
        unit=row["unit"],
        group=row["people_group"],
        stage=stage,
        reported_on=reported_on,
        reported_by=names.maybe(row["organisation"]),
        index=row["idx"],
        verified_index=row["verified_idx"],
        priority_index=row["priority_idx"],
        matched_index=row["matched_idx"],
        project=names.maybe(row["project"]),
        met_index=row["met_idx"],
        met_by=names.maybe(row["met_by"]),
        withdrawn_index=row["withdrawn_idx"],
        waited_days=(until - reported_on).days,
        moves=moves,
    )


def _stage(row: sqlite3.Row) -> str:
    """The record's state, unless what it rests on stands no more."""
    if row["state"] == "matched":
        return "stranded" if row["project_state"] in GONE else "matched"
    if row["state"] != "met":
        return str(row["state"])
    kind = row["met_by"].partition("/")[0]
    stands = {"renovation": row["accepted_idx"] is not None, "award": bool(row["granted"])}.get(kind, True)
    return "met" if stands else "lapsed"
