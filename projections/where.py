"""Where: places, what was done at them, and the money that went there."""

import json
import sqlite3
from collections.abc import Iterable

from ledger.domain.award import AwardGranted
from ledger.domain.companionship import CompanionshipReported, CompanionshipVisited
from ledger.domain.payment import PaymentMade, PaymentReversed
from ledger.domain.place import PlaceRegistered
from ledger.domain.programme import ProgrammeLaunched
from ledger.domain.renovation import RenovationApproved, RenovationCompleted
from ledger.domain.service import ServiceDelivered
from ledger.domain.training import TrainingCoached, TrainingHeld
from ledger.errors import NotFoundError
from projections.counted import figure, numbered
from projections.facts import Fact
from projections.names import Names
from projections.rows import Named, Place, WhereTotals

SCHEMA = """
CREATE TABLE places (
    place TEXT PRIMARY KEY, idx INTEGER NOT NULL, code TEXT NOT NULL, level TEXT NOT NULL, parent TEXT,
    aliases TEXT NOT NULL, priority INTEGER NOT NULL
);
CREATE INDEX places_by_code ON places (code);
CREATE INDEX places_by_parent ON places (parent, idx);
CREATE INDEX places_by_order ON places (idx);
CREATE TABLE place_within (place TEXT NOT NULL, ancestor TEXT NOT NULL, distance INTEGER NOT NULL,
    PRIMARY KEY (place, ancestor)) WITHOUT ROWID;
CREATE INDEX place_within_by_ancestor ON place_within (ancestor);
CREATE TABLE activities (idx INTEGER NOT NULL, place TEXT NOT NULL, times INTEGER NOT NULL,
    PRIMARY KEY (idx, place)) WITHOUT ROWID;
CREATE INDEX activities_by_place ON activities (place);
CREATE TABLE spending (idx INTEGER PRIMARY KEY, place TEXT, fen INTEGER NOT NULL);
CREATE INDEX spending_by_place ON spending (place);
"""
LISTS = {
    "renovation": "SELECT place FROM work_places WHERE renovation = ?",
    "award": "SELECT place FROM batches WHERE record = ?",
    "project": "SELECT place FROM project_places WHERE project = ?",
}
BELOW = """
WITH RECURSIVE below (place) AS (
    VALUES (?) UNION SELECT places.place FROM below JOIN places ON places.parent = below.place
) SELECT place FROM below
"""
RELATE = """
INSERT INTO place_within WITH RECURSIVE within (place, ancestor, distance) AS (
    SELECT place, place, 0 FROM places WHERE place IN (SELECT value FROM json_each(?))
    UNION SELECT within.place, parent, distance + 1 FROM within JOIN places ON places.place = ancestor
    WHERE parent IS NOT NULL AND distance < 8
) SELECT place, ancestor, MIN(distance) FROM within GROUP BY place, ancestor
"""
NEAREST = """
SELECT ancestor FROM place_within WHERE place IN (SELECT value FROM json_each(?1))
GROUP BY ancestor HAVING COUNT(*) = json_array_length(?1) ORDER BY MAX(distance) LIMIT 1
"""


def fold(db: sqlite3.Connection, fact: Fact) -> None:
    """Registers a place, or notes what happened or was paid where. Comes after projects, works and batches."""
    event = fact.event
    match event:
        case PlaceRegistered():
            _put_place(db, fact, event)
        case ProgrammeLaunched():
            _put_activity(db, fact, [event.venue])
        case AwardGranted():
            _put_activity(db, fact, [event.people.place])
        case RenovationCompleted():
            _put_activity(db, fact, fact.record.first(RenovationApproved).places)
        case CompanionshipReported():
            _put_activity(db, fact, [event.people.place], event.sessions)
        case CompanionshipVisited():
            _put_activity(db, fact, [event.school])
        case TrainingHeld() | TrainingCoached() | ServiceDelivered():
            _put_activity(db, fact, [event.people.place])
        case PaymentMade():
            _put_spending(db, fact, event, event.amount_fen)
        case PaymentReversed():
            made = fact.record.first(PaymentMade)
            _put_spending(db, fact, made, -made.amount_fen)


def forget(db: sqlite3.Connection, record: str) -> None:
    """Takes out what a record's entries had put in, to be folded again as they stand now."""
    own = "idx IN (SELECT idx FROM entries WHERE record = ?)"
    for table in ("activities", "spending"):
        db.execute(f"DELETE FROM {table} WHERE {own}", (record,))  # noqa: S608  (two constant names)
    if record.startswith("place/"):
        _relate(db, record, gone=True)


def credit(db: sqlite3.Connection, corrected: int, correction: int) -> None:
    """What was corrected is counted from its correction too, which adds nothing to it."""
    db.execute("INSERT INTO activities SELECT ?, place, 0 FROM activities WHERE idx = ?", (correction, corrected))
    db.execute("INSERT INTO spending SELECT ?, place, 0 FROM spending WHERE idx = ?", (correction, corrected))


def move_spending(db: sqlite3.Connection, record: str) -> None:
    """Puts payments for a record whose places were corrected where they belong now."""
    paid = "SELECT payment, paid_for, project FROM payments WHERE paid_for = ?1 OR project = ?1"
    for payment, paid_for, project in db.execute(paid, (record,)).fetchall():
        place = _nearest(db, _places_of(db, paid_for, project))
        own = "idx IN (SELECT idx FROM entries WHERE record = ?)"
        db.execute(f"UPDATE spending SET place = ? WHERE {own}", (place, payment))  # noqa: S608  (a constant clause)


def _relate(db: sqlite3.Connection, place: str, *, gone: bool = False) -> None:
    """Who lies within whom, for a place and what is below it, from the parents that the places name now."""
    below = [row[0] for row in db.execute(BELOW, (place,))]
    db.executemany("DELETE FROM place_within WHERE place = ?", [(each,) for each in below])
    if gone:
        db.execute("DELETE FROM places WHERE place = ?", (place,))
    db.execute(RELATE, (json.dumps(below),))


def _put_place(db: sqlite3.Connection, fact: Fact, event: PlaceRegistered) -> None:
    place = fact.reference
    aliases = json.dumps(event.aliases, ensure_ascii=False) if event.aliases else "[]"
    row = (place, fact.index, event.code, event.level, event.parent, aliases, bool(event.priority))
    db.execute("INSERT INTO places VALUES (?, ?, ?, ?, ?, ?, ?)", row)
    below = "SELECT 1 FROM places WHERE parent = ? LIMIT 1"
    if fact.payload.version > 1 and db.execute(below, (place,)).fetchone():
        _relate(db, place)  # folded again after a correction, when others lie within it already
        return
    db.execute("INSERT INTO place_within VALUES (?, ?, 0)", (place, place))
    if event.parent is not None:
        above = "INSERT INTO place_within SELECT ?, ancestor, distance + 1 FROM place_within WHERE place = ?"
        db.execute(above, (place, event.parent))


def _put_activity(db: sqlite3.Connection, fact: Fact, places: Iterable[str], times: int = 1) -> None:
    rows = [(fact.index, place, times) for place in dict.fromkeys(places)]
    db.executemany("INSERT INTO activities VALUES (?, ?, ?)", rows)


def _put_spending(db: sqlite3.Connection, fact: Fact, made: PaymentMade, fen: int) -> None:
    place = _nearest(db, _places_of(db, made.paid_for, made.project))
    db.execute("INSERT INTO spending VALUES (?, ?, ?)", (fact.index, place, fen))
    if place is not None:
        db.execute("INSERT OR IGNORE INTO touches VALUES (?, ?)", (place, fact.index))


def _places_of(db: sqlite3.Connection, paid_for: str, project: str) -> list[str]:
    """Where the works or the round are; where the project is, if they say nothing yet."""
    for reference in (paid_for, project):
        places = [row[0] for row in db.execute(LISTS[reference.partition("/")[0]], (reference,))]
        if places:
            return places
    return []


def _nearest(db: sqlite3.Connection, places: list[str]) -> str | None:
    """The place itself, or the lowest one that holds them all: money at several places can't be divided."""
    row = db.execute(NEAREST, (json.dumps(sorted(set(places))),)).fetchone() if places else None
    return None if row is None else str(row[0])


def places(db: sqlite3.Connection) -> tuple[Place, ...]:
    """Every registered place, in the order of the log."""
    return _places(db, "ORDER BY idx", ())


def named_places(db: sqlite3.Connection, most: int) -> tuple[Named, ...]:
    """The names of the first ``most`` places, in the order of the log: no figure is counted for them."""
    names = Names(db)
    return tuple(names(row[0]) for row in db.execute("SELECT place FROM places ORDER BY idx LIMIT ?", (most,)))


def below(db: sqlite3.Connection, place: str | None, *, start: int = 0, size: int = -1) -> tuple[Place, ...]:
    """The places directly below one, or those that lie in none, in the order of the log: ``size`` after ``start``."""
    return _places(db, "WHERE parent IS ? ORDER BY idx LIMIT ? OFFSET ?", (place, size, start))


def most_paid(db: sqlite3.Connection, *, size: int) -> tuple[Place, ...]:
    """The places where most was paid, most first; none where nothing was paid."""
    sql = "SELECT subject FROM sums WHERE figure = 'place.paid' AND value > 0 ORDER BY value DESC, subject DESC LIMIT ?"
    return tuple(place(db, row[0]) for row in db.execute(sql, (size,)).fetchall())


def holding(db: sqlite3.Connection, place: str) -> tuple[Named, ...]:
    """The places that hold one, the widest first, and itself."""
    names = Names(db)
    sql = "SELECT ancestor FROM place_within WHERE place = ? ORDER BY distance DESC"
    return tuple(names(row[0]) for row in db.execute(sql, (place,)).fetchall())


def below_count(db: sqlite3.Connection, place: str | None) -> int:
    """How many ``below`` has."""
    if place is not None:
        return figure(db, "place.below", place).value
    return sum(registered(db).values()) - figure(db, "place.lies_within").value


def place(db: sqlite3.Connection, reference_or_code: str) -> Place:
    """One place by its reference or its code. Raises NotFoundError."""
    found = _places(db, "WHERE place = ?1 OR code = ?1 ORDER BY idx", (reference_or_code,))
    if not found:
        raise NotFoundError(
            f"账本里没有地点{reference_or_code[:60]}。", f"The ledger has no place {reference_or_code[:60]}."
        )
    return found[0]


def totals(db: sqlite3.Connection) -> WhereTotals:
    """The line of the home page."""
    return WhereTotals(
        villages=numbered(db, "where.villages"),
        schools=numbered(db, "where.schools"),
        activities=figure(db, "where.activities"),
        paid_fen=figure(db, "where.paid"),
        unplaced=figure(db, "where.unplaced"),
    )


def registered(db: sqlite3.Connection) -> dict[str, int]:
    """How many places are registered, by level."""
    return {row[0]: row[1] for row in db.execute("SELECT subject, value FROM sums WHERE figure = 'places'")}


def _places(db: sqlite3.Connection, rest: str, values: tuple[object, ...]) -> tuple[Place, ...]:
    names = Names(db)
    rows = db.execute(f"SELECT * FROM places {rest}", values).fetchall()  # noqa: S608  (constant clauses)
    return tuple(_place(db, row, names) for row in rows)


def _place(db: sqlite3.Connection, row: sqlite3.Row, names: Names) -> Place:
    of = row["place"]
    return Place(
        place=names(of),
        code=row["code"],
        level=row["level"],
        parent=names.maybe(row["parent"]),
        aliases=tuple(json.loads(row["aliases"])),
        priority=bool(row["priority"]),
        index=row["idx"],
        activities=figure(db, "place.activities", of),
        paid_fen=figure(db, "place.paid", of),
        works=figure(db, "place.works", of),
        projects=figure(db, "place.projects", of),
        activities_within=figure(db, "place.activities_within", of),
        paid_within_fen=figure(db, "place.paid_within", of),
    )
