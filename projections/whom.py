"""Who was helped: institutions by name; people only as person-times of whole batches."""

import json
import sqlite3
from collections.abc import Callable
from datetime import date

from ledger.domain.award import AwardGranted, AwardRevoked, AwardStandardPublished
from ledger.domain.renovation import RenovationAccepted, RenovationApproved, RenovationCompleted
from ledger.domain.values import People
from projections.facts import Fact
from projections.figures import number
from projections.names import Names
from projections.rows import Batch, Figure, Institution, PeopleCount

SCHEMA = """
CREATE TABLE works (
    renovation TEXT PRIMARY KEY, idx INTEGER NOT NULL, project TEXT NOT NULL, category TEXT NOT NULL,
    organisation TEXT NOT NULL, accepted_idx INTEGER, accepted_by TEXT
);
CREATE INDEX works_by_project ON works (project);
CREATE INDEX works_by_organisation ON works (organisation);
CREATE TABLE work_places (renovation TEXT NOT NULL, position INTEGER NOT NULL, place TEXT NOT NULL,
    PRIMARY KEY (renovation, position)) WITHOUT ROWID;
CREATE INDEX work_places_by_place ON work_places (place);
CREATE TABLE batches (
    record TEXT PRIMARY KEY, idx INTEGER NOT NULL, project TEXT NOT NULL, people_group TEXT NOT NULL,
    count INTEGER NOT NULL, place TEXT NOT NULL, starts_on TEXT NOT NULL, ends_on TEXT NOT NULL,
    counts INTEGER NOT NULL, entries TEXT NOT NULL
);
"""
BATCHES = "SELECT batches.*, plan FROM batches JOIN projects USING (project)"


def fold(db: sqlite3.Connection, fact: Fact) -> None:
    """Notes works, their acceptance, and the batches of people in awards and works."""
    event = fact.event
    match event:
        case RenovationApproved():
            _fold_works(db, fact, event)
        case RenovationCompleted(people=People() as people):
            # A second completion states the whole batch again and takes the place of the first.
            _put_batch(db, fact, fact.record.first(RenovationApproved).project, people, counts=False)
        case RenovationAccepted():
            sql = "UPDATE works SET accepted_idx = ?, accepted_by = ? WHERE renovation = ?"
            db.execute(sql, (fact.index, fact.organisation, fact.reference))
            _count(db, fact, counts=True)
        case AwardGranted():
            project = fact.record.first(AwardStandardPublished).project
            _put_batch(db, fact, project, event.people, counts=True)
        case AwardRevoked():
            _count(db, fact, counts=False)


def forget(db: sqlite3.Connection, record: str) -> None:
    """Takes out what a record's entries had put in, to be folded again as they stand now."""
    for table in ("works", "work_places"):
        db.execute(f"DELETE FROM {table} WHERE renovation = ?", (record,))  # noqa: S608  (two constant names)
    db.execute("DELETE FROM batches WHERE record = ?", (record,))


def credit(db: sqlite3.Connection, corrected: int, correction: int) -> None:
    """A batch that was corrected is counted from its correction too."""
    sql = (
        "UPDATE batches SET entries = json_insert(entries, '$[#]', ?1)"
        " WHERE EXISTS (SELECT 1 FROM json_each(entries) WHERE value = ?2)"
    )
    db.execute(sql, (correction, corrected))


def _fold_works(db: sqlite3.Connection, fact: Fact, event: RenovationApproved) -> None:
    row = (fact.reference, fact.index, event.project, event.category, event.organisation)
    db.execute("INSERT INTO works VALUES (?, ?, ?, ?, ?, NULL, NULL)", row)
    places = [(fact.reference, position, place) for position, place in enumerate(event.places)]
    db.executemany("INSERT INTO work_places VALUES (?, ?, ?)", places)


def _put_batch(db: sqlite3.Connection, fact: Fact, project: str, people: People, *, counts: bool) -> None:
    period = people.period
    row = (
        fact.reference, fact.index, project, people.group, people.count, people.place,
        period.start.isoformat(), period.end.isoformat(), counts, json.dumps([fact.index]),
    )  # fmt: skip
    db.execute("INSERT OR REPLACE INTO batches VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row)


def _count(db: sqlite3.Connection, fact: Fact, *, counts: bool) -> None:
    """An acceptance makes a batch count, a revocation takes it out; either belongs to its entries."""
    sql = "UPDATE batches SET counts = ?, entries = json_insert(entries, '$[#]', ?) WHERE record = ?"
    db.execute(sql, (counts, fact.index, fact.reference))


def batches(db: sqlite3.Connection) -> tuple[Batch, ...]:
    """Every batch, those that do not count included, in the order of the log."""
    return _batches(db, "", ())


def batches_at(db: sqlite3.Connection, place: str) -> tuple[Batch, ...]:
    """Batches at a place or below it."""
    return _batches(db, "WHERE place IN (SELECT place FROM place_within WHERE ancestor = ?)", (place,))


def batch(db: sqlite3.Connection, record: str) -> Batch | None:
    """The batch of an award or of works, if it has one."""
    found = _batches(db, "WHERE record = ?", (record,))
    return found[0] if found else None


def people_counts(db: sqlite3.Connection) -> tuple[PeopleCount, ...]:
    """Person-times by group, plan and year, from whole batches that count."""
    return _people(db, lambda batch: (batch.group, batch.plan, batch.ends_on.year))


def people_by_group(db: sqlite3.Connection) -> tuple[PeopleCount, ...]:
    """Person-times by group over all plans and years."""
    return _people(db, lambda batch: (batch.group, None, None))


def institutions(db: sqlite3.Connection) -> tuple[Institution, ...]:
    """Schools that received accepted works."""
    names = Names(db)
    works: dict[str, dict[str, set[int]]] = {}
    sql = (
        "SELECT place, project, works.idx, accepted_idx FROM works JOIN work_places USING (renovation)"
        " JOIN places USING (place) WHERE level = 'school' AND accepted_idx IS NOT NULL ORDER BY places.idx"
    )
    for place, project, index, accepted in db.execute(sql):
        works.setdefault(place, {}).setdefault(project, set()).update((index, accepted))
    counts = {place: _works_at(db, place) for place in works}
    return tuple(
        Institution(
            names(place), Figure(counts[place], tuple(sorted(set().union(*found.values())))), tuple(map(names, found))
        )
        for place, found in works.items()
    )


def _works_at(db: sqlite3.Connection, place: str) -> int:
    sql = "SELECT COUNT(*) FROM works JOIN work_places USING (renovation) WHERE place = ? AND accepted_idx IS NOT NULL"
    return int(db.execute(sql, (place,)).fetchone()[0])


def _people(
    db: sqlite3.Connection, key: Callable[[Batch], tuple[str, str | None, int | None]]
) -> tuple[PeopleCount, ...]:
    cells: dict[tuple[str, str | None, int | None], list[Batch]] = {}
    for item in batches(db):
        if item.counts:
            cells.setdefault(key(item), []).append(item)
    return tuple(
        PeopleCount(*cell, Figure(sum(item.count for item in found), _entries(found)), number(b.index for b in found))
        for cell, found in sorted(cells.items(), key=lambda pair: tuple(map(str, pair[0])))
    )


def _entries(found: list[Batch]) -> tuple[int, ...]:
    return tuple(sorted({index for item in found for index in item.entries}))


def _batches(db: sqlite3.Connection, where: str, values: tuple[str, ...]) -> tuple[Batch, ...]:
    names = Names(db)
    return tuple(
        Batch(
            index=row["idx"],
            record=names(row["record"]),
            project=names(row["project"]),
            plan=row["plan"],
            group=row["people_group"],
            count=row["count"],
            place=names(row["place"]),
            starts_on=date.fromisoformat(row["starts_on"]),
            ends_on=date.fromisoformat(row["ends_on"]),
            counts=bool(row["counts"]),
            entries=tuple(json.loads(row["entries"])),
        )
        for row in db.execute(f"{BATCHES} {where} ORDER BY batches.idx", values)
    )
