"""What the vault remembers of the log: whose commit it has not heard of, and how far it did what entries ask of it.

Both lie in the vault's own file, so a vault restored from an older copy remembers what was true of that copy.
"""

import json
import sqlite3
from collections.abc import Iterable

from ledger.sealing.sqlite_file import transaction

PENDING = "CREATE TABLE IF NOT EXISTS pending (event_id TEXT PRIMARY KEY) WITHOUT ROWID"
CARRIED_OUT = "CREATE TABLE IF NOT EXISTS carried_out (entries INTEGER PRIMARY KEY)"


class VaultMarks:
    """Marks in an open vault database."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        self._expected: set[str] = set()
        self._settled: set[str] = set()
        database.execute(PENDING)
        database.execute(CARRIED_OUT)

    def expect(self, event_ids: Iterable[str]) -> None:
        """Inside the transaction that stores their values: events that are about to be committed."""
        self._database.execute(
            "DELETE FROM pending WHERE event_id IN (SELECT value FROM json_each(?))", (json.dumps(list(self._settled)),)
        )
        self._settled = set()
        expected = set(event_ids)
        self._expected |= expected
        self._database.executemany("INSERT OR IGNORE INTO pending VALUES (?)", [(each,) for each in expected])

    def settle(self, event_ids: Iterable[str], *, now: bool = False) -> None:
        """These are committed, or discarded. Written with the next ``expect``; a crash before it leaves them to be
        asked about once more. What was discarded is written ``now``: another process may be sent the same again.
        """
        # Most events have no values here, and none of those was expected.
        self._settled |= set(event_ids) if now else self._expected.intersection(event_ids)
        self._expected -= self._settled
        if now and self._settled:
            with transaction(self._database):
                self.expect(())

    def pending(self) -> list[str]:
        """Events of whose commit nothing is known: all that a crash may have left behind."""
        return [event_id for (event_id,) in self._database.execute("SELECT event_id FROM pending")]

    def carried_out(self) -> int:
        """Of how many first entries everything was done that they ask of the vault."""
        found = self._database.execute("SELECT MAX(entries) FROM carried_out").fetchone()[0]
        return int(found or 0)

    def note_carried_out(self, entries: int) -> None:
        """Durable when it returns."""
        self._database.execute("BEGIN IMMEDIATE")
        self._database.execute("DELETE FROM carried_out")
        self._database.execute("INSERT INTO carried_out VALUES (?)", (entries,))
        self._database.execute("COMMIT")
