"""Which entries happened at or below each place: an entry that touches a place is listed for all that hold it.

``ways`` counts by how many places below an entry is there, so that one that goes away takes only its own away.
"""

import sqlite3

SCHEMA = """
CREATE TABLE entries_at (place TEXT NOT NULL, idx INTEGER NOT NULL, ways INTEGER NOT NULL, PRIMARY KEY (place, idx))
    WITHOUT ROWID;
CREATE INDEX entries_at_by_entry ON entries_at (idx);
CREATE INDEX entries_at_out ON entries_at (ways) WHERE ways = 0;
"""
TRIGGERS = (
    (
        "CREATE TRIGGER at_touched AFTER INSERT ON touches WHEN substr(NEW.reference, 1, 6) = 'place/' BEGIN"
        " INSERT INTO entries_at SELECT ancestor, NEW.idx, 1 FROM place_within WHERE place = NEW.reference"
        " ON CONFLICT DO UPDATE SET ways = ways + 1; END"
    ),
    (
        "CREATE TRIGGER at_held AFTER INSERT ON place_within BEGIN"
        " INSERT INTO entries_at SELECT NEW.ancestor, idx, 1 FROM touches WHERE reference = NEW.place"
        " ON CONFLICT DO UPDATE SET ways = ways + 1; END"
    ),
    (
        "CREATE TRIGGER at_let_go AFTER DELETE ON place_within BEGIN"
        " UPDATE entries_at SET ways = ways - 1"
        " WHERE place = OLD.ancestor AND idx IN (SELECT idx FROM touches WHERE reference = OLD.place);"
        " DELETE FROM entries_at WHERE ways = 0; END"
    ),
)


def fill(db: sqlite3.Connection) -> None:
    """All at once, in tables that have no triggers yet."""
    db.execute(
        "INSERT INTO entries_at SELECT ancestor, touches.idx, COUNT(*) FROM touches"
        " JOIN place_within ON place = reference GROUP BY 1, 2"
    )
