"""What is delivered to people: every companionship, training and service, and what was done in each.

``MEASURES`` names what is added up: a column of ``acts`` over event types. Hours are never money, and no two measures
are added together.
"""

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
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
from projections.counted import by_subject, figure, subject_count
from projections.facts import Fact
from projections.names import Names
from projections.rows import Delivery, Figure, Named

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
CREATE INDEX deliveries_in_order ON deliveries (kind, idx);
CREATE TABLE act_measures (type TEXT NOT NULL, measure TEXT NOT NULL, counts TEXT NOT NULL, PRIMARY KEY (type, measure))
    WITHOUT ROWID;
"""
SCHEMA += "".join(
    f"INSERT INTO act_measures VALUES ('{each}', '{measure}', '{column}');\n"  # noqa: S608  (constants of this module)
    for measure, (column, types) in MEASURES.items()
    for each in types
)
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


def measured(db: sqlite3.Connection, measure: str, record: str = "") -> Figure:
    """One measure over the ledger, or within a companionship, training or service."""
    return figure(db, f"delivery.{measure}" if record else f"deliveries.{measure}", record)


def deliveries(db: sqlite3.Connection, *, start: int = 0, size: int = -1, **within: str) -> tuple[Delivery, ...]:
    """Deliveries by ``kind``, ``record``, ``project``, ``organisation`` or ``team``, in the order of the log.

    ``start`` leaves out so many, ``size`` gives at most so many.
    """
    names = Names(db)
    sql = f"SELECT * FROM deliveries {_where(within)} ORDER BY idx LIMIT ? OFFSET ?"  # noqa: S608  (constant clauses)
    return tuple(
        Delivery(
            delivery=names(row["record"]),
            kind=row["kind"],
            project=names(row["project"]),
            organisation=names(row["organisation"]),
            state=row["state"],
            index=row["idx"],
            figures={name: measured(db, name, row["record"]) for name in MEASURES},
            people=figure(db, "delivery.people", row["record"]),
        )
        for row in db.execute(sql, (*within.values(), size, start)).fetchall()
    )


@dataclass(frozen=True, slots=True)
class Overview:
    """How many deliveries of a kind there are, by whom; how many were cancelled, and which did not begin yet."""

    count: int
    organisations: int
    cancelled: int
    idle: int
    first_idle: tuple[Named, ...]


def overview(db: sqlite3.Connection, kind: str, *, named: int) -> Overview:
    """Of one kind; ``named`` of those that did not begin are named."""
    states, names = by_subject(db, f"delivered.{kind}"), Names(db)
    sql = (
        "SELECT record FROM counted JOIN deliveries USING (idx) WHERE figure = ? AND subject = ''"
        " ORDER BY counted.idx LIMIT ?"
    )
    return Overview(
        count=sum(found.value for found in states.values()),
        organisations=subject_count(db, f"delivers.{kind}"),
        cancelled=states["cancelled"].value if "cancelled" in states else 0,
        idle=figure(db, f"idle.{kind}").value,
        first_idle=tuple(names(row[0]) for row in db.execute(sql, (f"idle.{kind}", named)).fetchall()),
    )


def _where(within: dict[str, str]) -> str:
    clauses = " AND ".join(f"{name} = ?" for name in within)
    return f"WHERE {clauses}" if clauses else ""


def entries_of(rows: Iterable[sqlite3.Row]) -> tuple[int, ...]:
    """The entries behind rows that list theirs, each once."""
    return tuple(sorted({index for row in rows for index in json.loads(row["entries"])}))
