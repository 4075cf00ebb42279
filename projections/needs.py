"""Needs: who lacks what, what took it up, what met it, and for how long it has waited."""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from typing import Any

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
from projections.counted import by_subject, figure, median, put_row
from projections.facts import Fact
from projections.names import Names
from projections.records import existing_chain
from projections.rows import Named, Need, NeedCount, NeedTotals

SCHEMA = """
CREATE TABLE needs (
    need TEXT PRIMARY KEY, idx INTEGER NOT NULL, reported_on TEXT NOT NULL, place TEXT NOT NULL, category TEXT NOT NULL,
    count INTEGER NOT NULL, unit TEXT, people_group TEXT, state TEXT NOT NULL, verified_idx INTEGER,
    priority_idx INTEGER, matched_idx INTEGER, project TEXT, met_idx INTEGER, met_by TEXT, withdrawn_idx INTEGER,
    ended_on TEXT, stage TEXT NOT NULL DEFAULT '', rank INTEGER NOT NULL DEFAULT 0, waits REAL NOT NULL DEFAULT 0
);
CREATE INDEX needs_in_order ON needs (rank, waits, idx);
CREATE INDEX needs_by_place ON needs (place);
CREATE INDEX needs_by_project ON needs (project);
CREATE INDEX needs_by_what_met_them ON needs (met_by);
CREATE TABLE need_moves (need TEXT NOT NULL, idx INTEGER NOT NULL, PRIMARY KEY (need, idx)) WITHOUT ROWID;
CREATE TABLE project_needs (project TEXT NOT NULL, position INTEGER NOT NULL, need TEXT NOT NULL,
    PRIMARY KEY (project, position)) WITHOUT ROWID;
CREATE INDEX project_needs_by_need ON project_needs (need);
CREATE TABLE need_terms (stage TEXT NOT NULL, term TEXT NOT NULL, PRIMARY KEY (stage, term)) WITHOUT ROWID;
INSERT INTO need_terms WITH stages (stage, terms) AS (VALUES
    ('reported', '["untaken", "waiting"]'), ('verified', '["untaken", "waiting"]'),
    ('stranded', '["untaken", "waiting"]'), ('matched', '["in_hand", "waiting", "matched"]'),
    ('lapsed', '["in_hand", "waiting", "matched"]'), ('met', '["met", "matched"]'), ('withdrawn', '["withdrawn"]')
) SELECT stage, value FROM stages, json_each(terms)
UNION SELECT stage, value FROM stages, json_each('["reported", "verified"]')
UNION SELECT stage, 'first' FROM stages WHERE stage <> 'withdrawn';
"""
NEEDS = """
SELECT needs.*, entries.organisation,
    (SELECT recorded_on FROM entries ORDER BY idx DESC LIMIT 1) AS as_of
FROM needs JOIN entries ON entries.idx = needs.idx
"""
MOVED = (
    "INSERT OR IGNORE INTO need_moves SELECT need, ?1 FROM needs WHERE idx = ?2 AND EXISTS (SELECT 1 FROM entries,"
    " json_each(payload, '$.data.changes') AS change WHERE entries.idx = ?1 AND change.key IN ('place', 'category'))"
)
WITHIN = "needs.place IN (SELECT place FROM place_within WHERE ancestor = ?)"
UNTAKEN = ("reported", "verified", "stranded")
IN_HAND = ("matched", "lapsed")
ENDED = ("met", "withdrawn")
STAGES = (*UNTAKEN, *IN_HAND, *ENDED)
"""In the order in which they are shown: what nobody has met comes first."""
STAGE = """CASE
    WHEN state = 'matched' THEN IIF(EXISTS (SELECT 1 FROM projects WHERE projects.project = needs.project
        AND projects.state NOT IN ('declined', 'cancelled')), 'matched', 'stranded')
    WHEN state = 'met' AND met_by LIKE 'renovation/%' THEN IIF(EXISTS (SELECT 1 FROM works
        WHERE renovation = met_by AND accepted_idx IS NOT NULL), 'met', 'lapsed')
    WHEN state = 'met' AND met_by LIKE 'award/%' THEN IIF(EXISTS (SELECT 1 FROM batches
        WHERE record = met_by AND counts), 'met', 'lapsed')
    ELSE state END"""
"""The record's state, unless what it rests on stands no more; a project that was voided is no more."""
ABOUT = "(need = ?1 OR project = ?1 OR met_by = ?1)"
STAGED = f"UPDATE needs SET stage = {STAGE} WHERE {ABOUT} AND stage <> {STAGE}"  # noqa: S608  (constant clauses)
RANKED = f"""UPDATE needs SET
    rank = (SELECT MAX(0, key - {len(UNTAKEN) - 1}) FROM json_each('{json.dumps(STAGES)}') WHERE value = stage),
    waits = IIF(stage IN ('met', 'withdrawn'), julianday(reported_on) - julianday(ended_on), julianday(reported_on))
WHERE {ABOUT}"""  # noqa: S608  (constant clauses)
"""Among those that wait who was reported first comes first, among the others who had waited longest."""
STAGED_BY = ("need", "project", "renovation", "award")


def fold(db: sqlite3.Connection, fact: Fact) -> None:
    """Brings a need's row up to date; notes which needs a project was begun for."""
    if fact.payload.kind == "need":
        _put_need(db, fact)
    elif isinstance(fact.event, ProjectOpening):
        rows = [(fact.reference, position, need) for position, need in enumerate(fact.event.needs or ())]
        db.executemany("INSERT INTO project_needs VALUES (?, ?, ?)", rows)
    if fact.payload.kind in STAGED_BY:
        _stage(db, fact.reference)


def forget(db: sqlite3.Connection, record: str) -> None:
    """Takes out what a record's entries had put in, to be folded again as they stand now."""
    for table in ("needs", "need_moves"):
        db.execute(f"DELETE FROM {table} WHERE need = ?", (record,))  # noqa: S608  (two constant names)
    db.execute("DELETE FROM project_needs WHERE project = ?", (record,))
    if record.partition("/")[0] in STAGED_BY:
        _stage(db, record)


def credit(db: sqlite3.Connection, corrected: int, correction: int) -> None:
    """A need whose place or category was corrected is counted there from its correction too."""
    db.execute(MOVED, (correction, corrected))


def _stage(db: sqlite3.Connection, record: str) -> None:
    """How a need stands, or those that rest on a project, works or a round; and where it stands in the list."""
    if db.execute(STAGED, (record,)).rowcount:
        db.execute(RANKED, (record,))


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
    put_row(db, "needs", (*row, "", 0, 0.0))


def needs(db: sqlite3.Connection) -> tuple[Need, ...]:
    """Every need, in the order of the log."""
    return _needs(db, "ORDER BY needs.idx", ())


def needs_at(db: sqlite3.Connection, place: str) -> tuple[Need, ...]:
    """Needs at a place or below it."""
    return _needs(db, f"WHERE {WITHIN} ORDER BY needs.idx", (place,))


def needs_of(db: sqlite3.Connection, project: str) -> tuple[Need, ...]:
    """What a project took up, and what it was begun for without having taken it up."""
    named = "needs.need IN (SELECT need FROM project_needs WHERE project_needs.project = ?1)"
    return _needs(db, f"WHERE needs.project = ?1 OR {named} ORDER BY needs.idx", (project,))


def met_by(db: sqlite3.Connection, record: str) -> tuple[Need, ...]:
    """Needs that say that works, a round or a project met them."""
    return _needs(db, "WHERE needs.met_by = ? ORDER BY needs.idx", (record,))


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


IN_ORDER = "ORDER BY rank, waits, needs.idx"
FILTERS = {
    "state": "stage = :state",
    "place": WITHIN.replace("?", ":place"),
    "category": "category = :category",
    "year": "substr(reported_on, 1, 4) = :year",
}
WAITING = "waiting"
"""In place of a state: whatever is neither met nor withdrawn."""
MOST_COUNTED = 10_000


def waiting_longest(
    db: sqlite3.Connection, chosen: Mapping[str, str], *, start: int = 0, size: int = -1
) -> tuple[Need, ...]:
    """What nobody has met first, and of that what has waited longest; what was met or withdrawn last.

    ``chosen`` may name a ``state`` (or WAITING), a ``place`` (what is below it too), a ``category``, a ``year``.
    """
    values = {**chosen, "size": size, "start": start}
    return _needs(db, f"{_where(chosen)} {IN_ORDER} LIMIT :size OFFSET :start", values)


def found_count(db: sqlite3.Connection, chosen: Mapping[str, str]) -> int:
    """How many ``waiting_longest`` finds; no more than MOST_COUNTED are counted while somebody waits."""
    if not chosen:
        return figure(db, "needs.reported").value
    sql = f"SELECT COUNT(*) FROM (SELECT 1 FROM needs {_where(chosen)} LIMIT {MOST_COUNTED})"  # noqa: S608
    return int(db.execute(sql, dict(chosen)).fetchone()[0])


def _where(chosen: Mapping[str, str]) -> str:
    clauses = [FILTERS[name] for name in chosen]
    if chosen.get("state") == WAITING:
        clauses[list(chosen).index("state")] = f"rank < {len(IN_HAND) + 1}"
    return f"WHERE {' AND '.join(clauses)}" if clauses else ""


def totals(db: sqlite3.Connection, figures: str = "needs", subject: str = "") -> NeedTotals:
    """The funnel over all needs; over those of a place (``need_place``), of a category, or at a place and below."""
    return NeedTotals(**{field.name: figure(db, f"{figures}.{field.name}", subject) for field in fields(NeedTotals)})


def by_place(db: sqlite3.Connection, *, size: int = -1) -> tuple[NeedCount, ...]:
    """Counts for each place that has needs of its own, most needs first, at most ``size``."""
    return _by(db, "need_place", size)


def by_category(db: sqlite3.Connection) -> tuple[NeedCount, ...]:
    """Counts for each category that has needs."""
    return _by(db, "need_category", -1)


def median_days_to_meet(db: sqlite3.Connection) -> int | None:
    """From report to met, over those that are met; the lower one of two in the middle."""
    return median(db, "needs.days")


def stages(db: sqlite3.Connection) -> set[str]:
    """The stages at which there are needs."""
    return set(by_subject(db, "needs.stage"))


def years(db: sqlite3.Connection) -> list[str]:
    """The years in which needs were reported."""
    return sorted(by_subject(db, "needs.year"))


def _by(db: sqlite3.Connection, figures: str, size: int) -> tuple[NeedCount, ...]:
    sql = "SELECT subject FROM sums WHERE figure = ? ORDER BY value DESC, subject DESC LIMIT ?"
    found = db.execute(sql, (f"{figures}.reported", size)).fetchall()
    return tuple(NeedCount(row[0], totals(db, figures, row[0])) for row in found)


def _needs(db: sqlite3.Connection, rest: str, values: Any) -> tuple[Need, ...]:
    names = Names(db)
    moves = "SELECT idx FROM need_moves WHERE need = ? ORDER BY idx"
    return tuple(
        _need(row, names, tuple(each[0] for each in db.execute(moves, (row["need"],))))
        for row in db.execute(f"{NEEDS} {rest}", values).fetchall()
    )


def _need(row: sqlite3.Row, names: Names, moves: tuple[int, ...]) -> Need:
    stage, reported_on = row["stage"], date.fromisoformat(row["reported_on"])
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
