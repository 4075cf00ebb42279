"""The highest signed checkpoint as a row in a PostgreSQL database, which must not be the one that holds the events.

Whoever restores the events' database from a backup has then not restored this one with it.
"""

from ledger.store.highest import Highest, MovedError
from ledger.store.postgres_connection import OneConnection, steadily

CREATE = "CREATE TABLE IF NOT EXISTS highest_checkpoints (origin text PRIMARY KEY, note bytea NOT NULL)"
INSERT = "INSERT INTO highest_checkpoints VALUES (%(origin)s, %(note)s) ON CONFLICT DO NOTHING"
SWAP = "UPDATE highest_checkpoints SET note = %(note)s WHERE origin = %(origin)s AND note = %(expected)s"
CREATING = 0x68696768657374
"""The advisory lock under which the table is made: statements of several processes at once would collide."""


class HighestRow(Highest):
    """One row for each origin; swapped by one statement."""

    def __init__(self, url: str, origin: str) -> None:
        self._pool = OneConnection(url, writes=True, primary=True)
        self._origin = origin
        steadily(self._create)

    def note(self) -> bytes | None:
        """The note, or None before the first. Raises UnreachableError."""
        return steadily(self._note)

    def advance(self, expected: bytes | None, note: bytes) -> None:
        """Replaces ``expected`` by ``note``. Raises MovedError if another writer moved it, UnreachableError."""
        if not steadily(lambda: self._swap(expected, note)) and self.note() != note:
            # A swap whose answer was lost finds itself done.
            raise MovedError

    def close(self) -> None:
        """Closes the connection."""
        self._pool.close()

    def _create(self) -> None:
        with self._pool.connection() as connection, connection.transaction():
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (CREATING,))
            connection.execute(CREATE)

    def _note(self) -> bytes | None:
        with self._pool.connection() as connection:
            query = "SELECT note FROM highest_checkpoints WHERE origin = %s"
            row = connection.execute(query, (self._origin,)).fetchone()
            return None if row is None else bytes(row["note"])

    def _swap(self, expected: bytes | None, note: bytes) -> bool:
        values = {"origin": self._origin, "expected": expected, "note": note}
        with self._pool.connection() as connection:
            return connection.execute(INSERT if expected is None else SWAP, values).rowcount == 1
