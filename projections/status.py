"""How far the views are: the tracking position, committed together with everything that was folded up to it."""

import sqlite3

from ledger.domain.entry import parse_time
from ledger.domain.ledger import LedgerOpened
from projections.facts import Fact
from projections.frontier import Frontier, parse_frontier
from projections.names import Names
from projections.rows import Status

SCHEMA = """
CREATE TABLE tracking (
    id INTEGER PRIMARY KEY CHECK (id = 0), size INTEGER NOT NULL, frontier BLOB NOT NULL, origin TEXT NOT NULL,
    demonstration INTEGER NOT NULL
);
INSERT INTO tracking VALUES (0, 0, x'', '', 0);
"""


def fold(db: sqlite3.Connection, fact: Fact) -> None:
    """Entry 0 names the log and says whether it is a demonstration."""
    if isinstance(fact.event, LedgerOpened):
        row = (fact.event.origin, fact.event.demonstration)
        db.execute("UPDATE tracking SET origin = ?, demonstration = ?", row)


def position(db: sqlite3.Connection) -> Frontier:
    """What has been folded so far."""
    size, frontier = db.execute("SELECT size, frontier FROM tracking").fetchone()
    return parse_frontier(size, frontier)


def move_to(db: sqlite3.Connection, frontier: Frontier) -> None:
    """Sets the position. A crash before the commit leaves the old one, with the old tables."""
    db.execute("UPDATE tracking SET size = ?, frontier = ?", (frontier.size, frontier.to_bytes()))


def status(db: sqlite3.Connection) -> Status:
    """What every page's foot and the ledger strip say."""
    frontier = position(db)
    origin, demonstration = db.execute("SELECT origin, demonstration FROM tracking").fetchone()
    last = db.execute("SELECT recorded_at FROM entries ORDER BY idx DESC LIMIT 1").fetchone()
    programme = db.execute("SELECT programme FROM programmes ORDER BY idx LIMIT 1").fetchone()
    return Status(
        size=frontier.size,
        root=frontier.root(),
        last_index=frontier.size - 1 if frontier.size else None,
        last_at=last and parse_time(last[0]),
        origin=origin,
        demonstration=bool(demonstration),
        programme=programme and Names(db)(programme[0]),
    )
