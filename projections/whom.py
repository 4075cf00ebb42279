"""Who was helped: institutions by name; people only as person-times of whole batches."""

import sqlite3
from collections.abc import Callable

from ledger.domain.renovation import RenovationAccepted, RenovationApproved
from projections import batches
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
    for item in batches.every(db):
        if item.counts:
            cells.setdefault(key(item), []).append(item)
    return tuple(
        PeopleCount(*cell, Figure(sum(item.count for item in found), _entries(found)), number(b.index for b in found))
        for cell, found in sorted(cells.items(), key=lambda pair: tuple(map(str, pair[0])))
    )


def _entries(found: list[Batch]) -> tuple[int, ...]:
    return tuple(sorted({index for item in found for index in item.entries}))
