"""What a score is computed from: the entries, money, batches and duties of a project, or of an organisation's own.

A project is scored by all that belongs to it; an organisation by the projects it carries out, the works it delivers,
the gifts it receives and the payments it signs.
"""

import json
import sqlite3
from dataclasses import dataclass

from projections.duties.calendar import now

ENTRIES = """
SELECT record, kind, type, idx, organisation, lateness_days, json_array_length(payload, '$.withdrawable') AS apart,
    json_array_length(payload, '$.sealed') AS sealed, json_extract(payload, '$.data.why_missed') AS why,
    json_extract(payload, '$.data.measured_by') AS measured_by, json_extract(payload, '$.data.result') AS result
FROM entries WHERE standing = '' AND record IN (SELECT value FROM json_each(?)) ORDER BY idx
"""
BELONGING = """
SELECT DISTINCT record FROM entries WHERE version = 1 AND kind IN (SELECT value FROM json_each(?2))
AND idx IN (SELECT idx FROM touches WHERE reference IN (SELECT value FROM json_each(?1)))
"""
PROJECTS = """
SELECT projects.*, (SELECT json_group_array(level) FROM project_places JOIN places USING (place)
        WHERE project_places.project = projects.project) AS levels,
    (SELECT json_group_array(organisation) FROM project_organisations
        WHERE project_organisations.project = projects.project) AS organisations,
    (SELECT TOTAL(CASE what WHEN 'paid' THEN -fen ELSE fen END) FROM moves
        WHERE moves.project = projects.project AND form = 'cash' AND what IN ('allocated', 'paid')) AS unpaid,
    EXISTS (SELECT 1 FROM needs WHERE needs.project = projects.project)
        OR EXISTS (SELECT 1 FROM project_needs WHERE project_needs.project = projects.project) AS needed
FROM projects WHERE project IN (SELECT value FROM json_each(?)) ORDER BY idx
"""
WORKS = """
SELECT works.*, (SELECT json_group_array(level) FROM work_places JOIN places USING (place)
        WHERE work_places.renovation = works.renovation) AS levels,
    (SELECT json_extract(payload, '$.data.organisation_kind') FROM entries
        WHERE record = accepted_by AND version = 1) AS acceptor
FROM works WHERE renovation IN (SELECT value FROM json_each(?)) ORDER BY idx
"""
BATCHES = """
SELECT batches.*, level FROM batches LEFT JOIN places USING (place)
WHERE record IN (SELECT value FROM json_each(?)) ORDER BY batches.idx
"""
PAYMENTS = """
SELECT payments.idx, spending.place FROM payments JOIN spending USING (idx)
WHERE reversed_idx IS NULL AND payment IN (SELECT value FROM json_each(?)) ORDER BY payments.idx
"""
GIFTS = """
SELECT * FROM gifts WHERE donation IN (SELECT value FROM json_each(?)) AND received_idx IS NOT NULL ORDER BY idx
"""
DUTIES = """
SELECT code, late, entries FROM duties
WHERE subject IN (SELECT value FROM json_each(?1)) AND (met_on IS NOT NULL OR due_on < ?2) ORDER BY due_on, duty
"""
INDICATORS = "SELECT indicator, idx, about, outcome FROM indicators WHERE indicator IN (SELECT value FROM json_each(?))"
GIVEN = "SELECT DISTINCT donation FROM moves WHERE project = ? AND what = 'allocated'"
CARRY_OUT = "SELECT organisation FROM project_organisations WHERE project = ? ORDER BY position"
CARRIED_OUT = "SELECT project FROM project_organisations WHERE organisation = ?"
ITS_OWN = """
SELECT renovation FROM works WHERE organisation = ?1
UNION SELECT record FROM entries WHERE type = 'payment.made' AND organisation = ?1
"""
DELIVERED = ("companionship", "training", "service")
RECEIVED = "SELECT donation FROM gifts WHERE recipient = ?"


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry in force. ``apart`` counts what is published apart from it (notes, evidence), ``sealed`` its rows."""

    record: str
    kind: str
    type: str
    index: int
    by: str | None
    late_days: int
    apart: int
    sealed: int
    why: str | None
    measured_by: str | None
    result: str | None


@dataclass(frozen=True, slots=True)
class Project:
    """``unpaid`` is what is allocated and not paid, in fen; ``levels`` those of its places; ``needed``: by a need."""

    reference: str
    index: int
    state: str
    organisations: tuple[str, ...]
    levels: tuple[str, ...]
    unpaid: int
    needed: bool


@dataclass(frozen=True, slots=True)
class Works:
    """Approved works. ``acceptor`` is the kind of the organisation that took them over."""

    reference: str
    index: int
    category: str
    levels: tuple[str, ...]
    acceptor: str | None


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch of people, the level of its place, and the entries that state it: its own and its corrections."""

    record: str
    index: int
    count: int
    counts: bool
    level: str | None
    entries: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Gift:
    """A gift received."""

    index: int
    form: str
    confirmed: bool


@dataclass(frozen=True, slots=True)
class Measured:
    """An indicator, what it is about and how it came out."""

    reference: str
    index: int
    about: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Due:
    """A duty that is met or overdue; ``late`` is None while it is not met, else days after the due day."""

    code: str
    late: int | None
    index: int


@dataclass(frozen=True, slots=True)
class Material:
    """All of it. ``payments`` are (entry, whether its place is known)."""

    projects: tuple[Project, ...]
    organisations: tuple[str, ...]
    entries: tuple[Entry, ...]
    works: tuple[Works, ...]
    batches: tuple[Batch, ...]
    payments: tuple[tuple[int, bool], ...]
    gifts: tuple[Gift, ...]
    duties: tuple[Due, ...]
    indicators: tuple[Measured, ...]

    def of(self, *types: str) -> list[Entry]:
        """Entries of these types."""
        return [entry for entry in self.entries if entry.type in types]

    def having(self, *types: str) -> set[str]:
        """Records that have an entry of one of these types."""
        return {entry.record for entry in self.of(*types)}


@dataclass(frozen=True, slots=True)
class Owned:
    """References of what is scored."""

    projects: list[str]
    organisations: list[str]
    records: list[str]
    gifts: list[str]


def of_project(db: sqlite3.Connection, project: str) -> Material:
    """All that belongs to one project, and the standing of those who carry it out."""
    records = _belonging(db, [project], "renovation", "award", "payment", "indicator", *DELIVERED)
    return _material(db, Owned([project], _list(db, CARRY_OUT, project), records, _list(db, GIVEN, project)))


def of_organisation(db: sqlite3.Connection, organisation: str) -> Material:
    """What one organisation answers for itself."""
    projects = _list(db, CARRIED_OUT, organisation)
    records = _belonging(db, projects, "award", "indicator", *DELIVERED) + _list(db, ITS_OWN, organisation)
    return _material(db, Owned(projects, [organisation], records, _list(db, RECEIVED, organisation)))


def _list(db: sqlite3.Connection, sql: str, value: str) -> list[str]:
    return [row[0] for row in db.execute(sql, (value,))]


def _belonging(db: sqlite3.Connection, projects: list[str], *kinds: str) -> list[str]:
    return [row[0] for row in db.execute(BELONGING, (json.dumps(projects), json.dumps(kinds)))]


def _material(db: sqlite3.Connection, owned: Owned) -> Material:
    projects, records, gifts = (json.dumps(each) for each in (owned.projects, owned.records, owned.gifts))
    everything = json.dumps([*owned.projects, *owned.organisations, *owned.records, *owned.gifts])
    return Material(
        projects=tuple(map(_project, db.execute(PROJECTS, (projects,)))),
        organisations=tuple(owned.organisations),
        entries=tuple(map(_entry, db.execute(ENTRIES, (everything,)))),
        works=tuple(map(_works, db.execute(WORKS, (records,)))),
        batches=tuple(map(_batch, db.execute(BATCHES, (records,)))),
        payments=tuple((row[0], row[1] is not None) for row in db.execute(PAYMENTS, (records,))),
        gifts=tuple(map(_gift, db.execute(GIFTS, (gifts,)))),
        duties=tuple(map(_due, db.execute(DUTIES, (everything, now(db).isoformat())))),
        indicators=tuple(Measured(*row) for row in db.execute(INDICATORS, (records,))),
    )


def _project(row: sqlite3.Row) -> Project:
    levels, organisations = (tuple(json.loads(row[name])) for name in ("levels", "organisations"))
    unpaid, needed = int(row["unpaid"]), bool(row["needed"])
    return Project(row["project"], row["idx"], row["state"], organisations, levels, unpaid, needed)


def _entry(row: sqlite3.Row) -> Entry:
    record, kind, event_type, index, by, late_days, apart, sealed, *rest = row
    return Entry(record, kind, event_type, index, by, late_days, apart or 0, sealed or 0, *rest)


def _works(row: sqlite3.Row) -> Works:
    levels = tuple(json.loads(row["levels"]))
    return Works(row["renovation"], row["idx"], row["category"], levels, row["acceptor"])


def _batch(row: sqlite3.Row) -> Batch:
    entries = tuple(json.loads(row["entries"]))
    return Batch(row["record"], row["idx"], row["count"], bool(row["counts"]), row["level"], entries)


def _gift(row: sqlite3.Row) -> Gift:
    return Gift(row["received_idx"], row["form"], row["confirmed_idx"] is not None)


def _due(row: sqlite3.Row) -> Due:
    return Due(row["code"], row["late"], json.loads(row["entries"])[0])
