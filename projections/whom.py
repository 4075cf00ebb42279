"""Who was helped: institutions by name; people only as person-times of whole batches."""

import sqlite3
from collections.abc import Callable

from ledger.domain.renovation import RenovationAccepted, RenovationApproved
from ledger.errors import NotFoundError
from projections.counted import by_subject, figure, numbered, subject_count
from projections.facts import Fact
from projections.names import Names
from projections.rows import Institution, PeopleCount

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
"""


def fold(db: sqlite3.Connection, fact: Fact) -> None:
    """Notes works and their acceptance."""
    event = fact.event
    match event:
        case RenovationApproved():
            _fold_works(db, fact, event)
        case RenovationAccepted():
            sql = "UPDATE works SET accepted_idx = ?, accepted_by = ? WHERE renovation = ?"
            db.execute(sql, (fact.index, fact.organisation, fact.reference))


def forget(db: sqlite3.Connection, record: str) -> None:
    """Takes out what a record's entries had put in, to be folded again as they stand now."""
    for table in ("works", "work_places"):
        db.execute(f"DELETE FROM {table} WHERE renovation = ?", (record,))  # noqa: S608  (two constant names)


def _fold_works(db: sqlite3.Connection, fact: Fact, event: RenovationApproved) -> None:
    row = (fact.reference, fact.index, event.project, event.category, event.organisation)
    db.execute("INSERT INTO works VALUES (?, ?, ?, ?, ?, NULL, NULL)", row)
    places = [(fact.reference, position, place) for position, place in enumerate(event.places)]
    db.executemany("INSERT INTO work_places VALUES (?, ?, ?)", places)


def people_counts(db: sqlite3.Connection) -> tuple[PeopleCount, ...]:
    """Person-times by group, plan and year, from whole batches that count."""
    return _people(db, lambda plan, year: bool(plan or year))


def people_by_group(db: sqlite3.Connection) -> tuple[PeopleCount, ...]:
    """Person-times by group over all plans and years."""
    return _people(db, lambda plan, year: not plan and not year)


def institutions(db: sqlite3.Connection, *, start: int = 0, size: int = -1) -> tuple[Institution, ...]:
    """Schools that received accepted works, by reference, which is by age: ``size`` of them after ``start``."""
    sql = "SELECT subject FROM sums WHERE figure = 'institution.works' ORDER BY subject LIMIT ? OFFSET ?"
    return tuple(institution(db, row[0]) for row in db.execute(sql, (size, start)).fetchall())


def institution_count(db: sqlite3.Connection) -> int:
    """How many ``institutions`` has."""
    return subject_count(db, "institution.works")


def institution(db: sqlite3.Connection, place: str) -> Institution:
    """One of them. Raises NotFoundError."""
    works, names = figure(db, "institution.works", place), Names(db)
    if not works.entries:
        raise NotFoundError(f"{place[:60]}没有验收的工程。", f"{place[:60]} has no accepted works.")
    sql = (
        "SELECT DISTINCT project FROM works JOIN work_places USING (renovation)"
        " WHERE place = ? AND accepted_idx IS NOT NULL ORDER BY works.idx"
    )
    return Institution(names(place), works, tuple(names(row[0]) for row in db.execute(sql, (place,)).fetchall()))


def _people(db: sqlite3.Connection, wanted: Callable[[str, str], bool]) -> tuple[PeopleCount, ...]:
    found = by_subject(db, "people.cell")
    rows = [(*of.split("~"), of) for of in sorted(found)]
    return tuple(
        PeopleCount(
            group, plan if year else None, int(year) if year else None, found[of], numbered(db, "people.batches", of)
        )
        for group, plan, year, of in rows
        if wanted(plan, year)
    )
