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
from projections.facts import Fact
from projections.figures import NOTHING, added, grouped, number, total
from projections.names import Names
from projections.rows import Figure, Place, WhereTotals

SCHEMA = """
CREATE TABLE places (
    place TEXT PRIMARY KEY, idx INTEGER NOT NULL, code TEXT NOT NULL, level TEXT NOT NULL, parent TEXT,
    aliases TEXT NOT NULL, priority INTEGER NOT NULL
);
CREATE INDEX places_by_code ON places (code);
CREATE INDEX places_by_parent ON places (parent);
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
RELATE = """
INSERT INTO place_within WITH RECURSIVE within (place, ancestor, distance) AS (
    SELECT place, place, 0 FROM places
    UNION SELECT within.place, parent, distance + 1 FROM within JOIN places ON places.place = ancestor
    WHERE parent IS NOT NULL AND distance < 8
) SELECT place, ancestor, MIN(distance) FROM within GROUP BY place, ancestor
"""
NEAREST = """
SELECT ancestor FROM place_within WHERE place IN (SELECT value FROM json_each(?1))
GROUP BY ancestor HAVING COUNT(*) = json_array_length(?1) ORDER BY MAX(distance) LIMIT 1
"""
WITHIN = "SELECT idx, fen, ancestor FROM spending JOIN place_within USING (place)"
ACTIVITIES_WITHIN = "SELECT DISTINCT idx, times, ancestor FROM activities JOIN place_within USING (place)"
WORKS = "SELECT accepted_idx, 1, place FROM works JOIN work_places USING (renovation) WHERE accepted_idx IS NOT NULL"
PROJECTS = "SELECT idx, 1, place FROM projects JOIN project_places USING (project)"


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
    for table in ("places", "activities", "spending"):
        db.execute(f"DELETE FROM {table} WHERE {own}", (record,))  # noqa: S608  (three constant names)
    _relate(db)


def credit(db: sqlite3.Connection, corrected: int, correction: int) -> None:
    """What was corrected is counted from its correction too, which adds nothing to it."""
    db.execute("INSERT INTO activities SELECT ?, place, 0 FROM activities WHERE idx = ?", (correction, corrected))
    db.execute("INSERT INTO spending SELECT ?, place, 0 FROM spending WHERE idx = ?", (correction, corrected))


def move_spending(db: sqlite3.Connection, record: str) -> None:
    """Puts payments for a record whose places were corrected where they belong now."""
    paid = "SELECT payment, paid_for, project FROM payments WHERE ? IN (paid_for, project)"
    for payment, paid_for, project in db.execute(paid, (record,)).fetchall():
        place = _nearest(db, _places_of(db, paid_for, project))
        own = "idx IN (SELECT idx FROM entries WHERE record = ?)"
        db.execute(f"UPDATE spending SET place = ? WHERE {own}", (place, payment))  # noqa: S608  (a constant clause)


def _relate(db: sqlite3.Connection) -> None:
    """Who lies within whom, from the parents that the places name now."""
    db.execute("DELETE FROM place_within")
    db.execute(RELATE)


def _put_place(db: sqlite3.Connection, fact: Fact, event: PlaceRegistered) -> None:
    place = fact.reference
    aliases = json.dumps(event.aliases or [], ensure_ascii=False)
    row = (place, fact.index, event.code, event.level, event.parent, aliases, bool(event.priority))
    db.execute("INSERT INTO places VALUES (?, ?, ?, ?, ?, ?, ?)", row)
    if db.execute("SELECT 1 FROM places WHERE parent = ? LIMIT 1", (place,)).fetchone():
        _relate(db)  # folded again after a correction, when others lie within it already
        return
    db.execute("INSERT INTO place_within VALUES (?, ?, 0)", (place, place))
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
    return _places(db, "", ())


def below(db: sqlite3.Connection, place: str) -> tuple[Place, ...]:
    """The places directly below one."""
    return _places(db, "WHERE parent = ?", (place,))


def place(db: sqlite3.Connection, reference_or_code: str) -> Place:
    """One place by its reference or its code. Raises NotFoundError."""
    found = _places(db, "WHERE place = ?1 OR code = ?1", (reference_or_code,))
    if not found:
        raise NotFoundError(
            f"账本里没有地点{reference_or_code[:60]}。", f"The ledger has no place {reference_or_code[:60]}."
        )
    return found[0]


def totals(db: sqlite3.Connection) -> WhereTotals:
    """The line of the home page."""
    used = "SELECT DISTINCT places.idx FROM places JOIN activities USING (place) WHERE level = ?"
    villages, schools = (number(row[0] for row in db.execute(used, (level,))) for level in ("village", "school"))
    return WhereTotals(
        villages=villages,
        schools=schools,
        activities=total(db.execute("SELECT DISTINCT idx, times FROM activities")),
        paid_fen=total(db.execute("SELECT idx, fen FROM spending")),
        unplaced=_unplaced(db),
    )


def _unplaced(db: sqlite3.Connection) -> Figure:
    """Works, projects and payments that name no place."""
    works = "SELECT idx, 1 FROM works WHERE renovation NOT IN (SELECT renovation FROM work_places)"
    projects = "SELECT idx, 1 FROM projects WHERE project NOT IN (SELECT project FROM project_places)"
    paid = "SELECT idx, 1 FROM spending WHERE place IS NULL"
    return added(*(total(db.execute(sql)) for sql in (works, projects, paid)))


def _places(db: sqlite3.Connection, where: str, values: tuple[str, ...]) -> tuple[Place, ...]:
    names = Names(db)
    rows = db.execute(f"SELECT * FROM places {where} ORDER BY idx", values).fetchall()  # noqa: S608  (constant clauses)
    activities = _by_place(db, "SELECT idx, times, place FROM activities")
    spending = _by_place(db, "SELECT idx, fen, place FROM spending WHERE place IS NOT NULL")
    works, projects = _by_place(db, WORKS), _by_place(db, PROJECTS)
    activities_within, spending_within = _by_place(db, ACTIVITIES_WITHIN), _by_place(db, WITHIN)
    return tuple(
        Place(
            place=names(row["place"]),
            code=row["code"],
            level=row["level"],
            parent=names.maybe(row["parent"]),
            aliases=tuple(json.loads(row["aliases"])),
            priority=bool(row["priority"]),
            index=row["idx"],
            activities=activities.get(row["place"], NOTHING),
            paid_fen=spending.get(row["place"], NOTHING),
            works=works.get(row["place"], NOTHING),
            projects=projects.get(row["place"], NOTHING),
            activities_within=activities_within.get(row["place"], NOTHING),
            paid_within_fen=spending_within.get(row["place"], NOTHING),
        )
        for row in rows
    )


def _by_place(db: sqlite3.Connection, sql: str) -> dict[str, Figure]:
    return grouped(db.execute(sql), lambda row: str(row[2]))
