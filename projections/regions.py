"""Regional ledgers: who answers for each, and the newest tree head that is entered here."""

import sqlite3

from ledger.domain.entry import format_time, parse_time
from ledger.domain.head import HeadEntered
from ledger.domain.region import RegionRegistered
from projections.counted import put_row
from projections.facts import Fact
from projections.figures import number
from projections.names import Names
from projections.rows import Figure
from projections.rows.regions import EnteredHead, Region

SCHEMA = """
CREATE TABLE regions (region TEXT PRIMARY KEY, idx INTEGER NOT NULL, origin TEXT NOT NULL, organisation TEXT NOT NULL,
    place TEXT, address TEXT);
CREATE TABLE heads (region TEXT PRIMARY KEY, idx INTEGER NOT NULL, tree_size INTEGER NOT NULL, root TEXT NOT NULL,
    recorded_at TEXT NOT NULL);
"""
SELECT = """
SELECT regions.region, regions.idx, origin, organisation, place, address, heads.idx AS head, tree_size, root,
    recorded_at FROM regions LEFT JOIN heads USING (region) ORDER BY regions.idx
"""


def fold(db: sqlite3.Connection, fact: Fact) -> None:
    """Notes a region as it stands, and its newest head."""
    match fact.event:
        case RegionRegistered() as event:
            row = (fact.reference, fact.index, event.origin, event.organisation, event.place, event.address)
            put_row(db, "regions", row)
        case HeadEntered() as event:
            head = (event.region, fact.index, event.tree_size, event.root, format_time(fact.recorded_at))
            db.execute("INSERT OR REPLACE INTO heads VALUES (?, ?, ?, ?, ?)", head)


def forget(db: sqlite3.Connection, record: str) -> None:
    """Takes out what a record's entries had put in, to be folded again as they stand now. Heads are never amended."""
    db.execute("DELETE FROM regions WHERE region = ?", (record,))


def count(db: sqlite3.Connection) -> Figure:
    """All regions."""
    return number(row[0] for row in db.execute("SELECT idx FROM regions ORDER BY idx"))


def regions(db: sqlite3.Connection, *, limit: int, offset: int = 0) -> tuple[Region, ...]:
    """Regions in the order of the log."""
    names = Names(db)
    rows = db.execute(f"{SELECT} LIMIT ? OFFSET ?", (limit, offset)).fetchall()
    return tuple(_region(row, names) for row in rows)


def _region(row: sqlite3.Row, names: Names) -> Region:
    head = None
    if row["head"] is not None:
        at = parse_time(row["recorded_at"])
        head = EnteredHead(row["tree_size"], row["root"], at, row["head"])
    return Region(
        region=names(row["region"]),
        origin=row["origin"],
        organisation=names(row["organisation"]),
        place=names.maybe(row["place"]),
        address=row["address"],
        index=row["idx"],
        head=head,
    )
