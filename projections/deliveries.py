"""What is delivered to people: every companionship, training and service, and what was done in each.

``MEASURES`` names what is added up: a column of ``acts`` over event types. Hours are never money, and no two measures
are added together.
"""

import json
import sqlite3
from collections.abc import Iterable
from typing import Any

from ledger.domain.companionship import (
    CompanionshipEnded,
    CompanionshipOpened,
    CompanionshipPaired,
    CompanionshipReported,
    CompanionshipVisited,
)
from ledger.domain.event import Event
from ledger.domain.service import ServiceDelivered, ServiceOffered
from ledger.domain.training import (
    TrainingCoached,
    TrainingHeld,
    TrainingInternshipOffered,
    TrainingPlaced,
    TrainingPlanned,
)
from projections.facts import Fact
from projections.figures import NOTHING
from projections.names import Names
from projections.rows import Delivery, Figure

SCHEMA = """
CREATE TABLE deliveries (
    record TEXT PRIMARY KEY, idx INTEGER NOT NULL, kind TEXT NOT NULL, project TEXT NOT NULL,
    organisation TEXT NOT NULL, team TEXT, state TEXT NOT NULL
);
CREATE INDEX deliveries_by_project ON deliveries (project);
CREATE INDEX deliveries_by_organisation ON deliveries (organisation);
CREATE TABLE acts (
    idx INTEGER PRIMARY KEY, record TEXT NOT NULL, type TEXT NOT NULL, on_day TEXT NOT NULL, place TEXT,
    times INTEGER NOT NULL, hours INTEGER NOT NULL, value_fen INTEGER NOT NULL, central INTEGER NOT NULL,
    entries TEXT NOT NULL
);
CREATE INDEX acts_by_record ON acts (record);
CREATE INDEX acts_by_place ON acts (place);
"""
KINDS = ("companionship", "training", "service")
GAVE_HOURS = (CompanionshipReported.TYPE, TrainingHeld.TYPE, TrainingCoached.TYPE, ServiceDelivered.TYPE)
OCCASIONS = (*GAVE_HOURS, CompanionshipVisited.TYPE)
"""What takes place once or more often, unlike pairs, posts and people placed, which are numbers of their own."""
MEASURES: dict[str, tuple[str, tuple[str, ...]]] = {
    "sessions": ("times", (CompanionshipReported.TYPE,)),
    "visits": ("times", (CompanionshipVisited.TYPE,)),
    "pairs": ("times", (CompanionshipPaired.TYPE,)),
    "ended": ("times", (CompanionshipEnded.TYPE,)),
    "held": ("times", (TrainingHeld.TYPE,)),
    "coached": ("times", (TrainingCoached.TYPE,)),
    "posts": ("times", (TrainingInternshipOffered.TYPE,)),
    "placed": ("times", (TrainingPlaced.TYPE,)),
    "served": ("times", (ServiceDelivered.TYPE,)),
    "done": ("times", OCCASIONS),
    "hours": ("hours", GAVE_HOURS),
    "value": ("value_fen", GAVE_HOURS),
}
CONDITIONS = {
    **{name: f"{name} = ?" for name in ("record", "kind", "project", "organisation", "team")},
    "place": "place IN (SELECT place FROM place_within WHERE ancestor = ?)",
}
Opening = CompanionshipOpened | TrainingPlanned | TrainingInternshipOffered | ServiceOffered


def fold(db: sqlite3.Connection, fact: Fact) -> None:
    """Notes a new delivery, its state, and what was done."""
    event = fact.event
    if fact.payload.kind not in KINDS:
        return
    if isinstance(event, Opening):
        team = event.team if isinstance(event, CompanionshipOpened) else None
        row = (fact.reference, fact.index, fact.payload.kind, event.project, event.organisation, team)
        db.execute("INSERT INTO deliveries VALUES (?, ?, ?, ?, ?, ?, ?)", (*row, fact.record.state))
    else:
        sql = "UPDATE deliveries SET state = ? WHERE record = ?"
        db.execute(sql, (fact.record.state, fact.reference))
    if (times := times_of(event)) is not None:
        _put_act(db, fact, times)


def forget(db: sqlite3.Connection, record: str) -> None:
    """Takes out what a record's entries had put in, to be folded again as they stand now."""
    for table in ("deliveries", "acts"):
        db.execute(f"DELETE FROM {table} WHERE record = ?", (record,))  # noqa: S608  (two constant names)


def credit(db: sqlite3.Connection, corrected: int, correction: int) -> None:
    """What was corrected is counted from its correction too."""
    db.execute("UPDATE acts SET entries = json_insert(entries, '$[#]', ?) WHERE idx = ?", (correction, corrected))


def times_of(event: Event) -> int | None:
    """How often something was done by this event; None for one that does nothing to people."""
    match event:
        case CompanionshipReported():
            return event.sessions
        case TrainingInternshipOffered():
            return event.posts
        case CompanionshipPaired() | CompanionshipEnded() | TrainingPlaced():
            return event.people.count
        case CompanionshipVisited() | TrainingHeld() | TrainingCoached() | ServiceDelivered():
            return 1
    return None


def place_of(event: Event) -> str | None:
    """Where it was done."""
    people: Any = event.get("people")
    return event.school if isinstance(event, CompanionshipVisited) else people and people.place


def _put_act(db: sqlite3.Connection, fact: Fact, times: int) -> None:
    event: Any = fact.event
    central = isinstance(event, TrainingHeld) and fact.record.first(TrainingPlanned).central
    hours, value = event.get("hours"), event.get("value_fen")
    db.execute(
        "INSERT INTO acts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            fact.index, fact.reference, event.TYPE, fact.day, place_of(event), times, hours or 0, value or 0,
            central, json.dumps([fact.index]),
        ),
    )  # fmt: skip


def measured(db: sqlite3.Connection, measure: str, **within: str) -> Figure:
    """One measure over the ledger, or within a ``record``, ``project``, ``organisation`` or ``place``."""
    return _sum(_rows(db, within), measure)


def deliveries(db: sqlite3.Connection, **within: str) -> tuple[Delivery, ...]:
    """Deliveries by ``kind``, ``record``, ``project``, ``organisation`` or ``team``, in the order of the log."""
    names = Names(db)
    sql = f"SELECT * FROM deliveries {_where(within)} ORDER BY idx"  # noqa: S608  (constant clauses)
    found = db.execute(sql, tuple(within.values())).fetchall()
    acts: dict[str, list[sqlite3.Row]] = {}
    for row in _rows(db, within):
        acts.setdefault(row["record"], []).append(row)
    people = _people(db, [row["record"] for row in found])
    return tuple(
        Delivery(
            delivery=names(row["record"]),
            kind=row["kind"],
            project=names(row["project"]),
            organisation=names(row["organisation"]),
            state=row["state"],
            index=row["idx"],
            figures={name: _sum(acts.get(row["record"], ()), name) for name in MEASURES},
            people=people.get(row["record"], NOTHING),
        )
        for row in found
    )


def _rows(db: sqlite3.Connection, within: dict[str, str]) -> list[sqlite3.Row]:
    sql = f"SELECT acts.* FROM acts JOIN deliveries USING (record) {_where(within)} ORDER BY acts.idx"  # noqa: S608
    return db.execute(sql, tuple(within.values())).fetchall()


def _where(within: dict[str, str]) -> str:
    clauses = " AND ".join(CONDITIONS[name] for name in within)
    return f"WHERE {clauses}" if clauses else ""


def _sum(rows: Iterable[sqlite3.Row], measure: str) -> Figure:
    column, types = MEASURES[measure]
    found = [row for row in rows if row["type"] in types and row[column]]
    return Figure(sum(row[column] for row in found), entries_of(found))


def entries_of(rows: Iterable[sqlite3.Row]) -> tuple[int, ...]:
    """The entries behind rows that list theirs, each once."""
    return tuple(sorted({index for row in rows for index in json.loads(row["entries"])}))


def _people(db: sqlite3.Connection, records: list[str]) -> dict[str, Figure]:
    found: dict[str, list[sqlite3.Row]] = {}
    sql = "SELECT record, count, entries FROM batches WHERE counts AND record IN (SELECT value FROM json_each(?))"
    for row in db.execute(sql, (json.dumps(records),)):
        found.setdefault(row["record"], []).append(row)
    return {record: Figure(sum(row["count"] for row in rows), entries_of(rows)) for record, rows in found.items()}
