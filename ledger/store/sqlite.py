"""SQLite through eventsourcing's recorder: event, leaf, nodes and signed checkpoint in ONE transaction.

The library never sets ``synchronous`` and begins deferred, so both are set here, and FULL is asserted by
reading it back. One connection writes and checkpoints the WAL (SQLite before 3.51.3 can corrupt it
otherwise). The directory's lock keeps every other process away, so a turn needs no lock of its own.
"""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from threading import Lock
from typing import Any

from eventsourcing.persistence import StoredEvent
from eventsourcing.sqlite import (
    SQLiteApplicationRecorder,
    SQLiteConnection,
    SQLiteConnectionPool,
    SQLiteCursor,
    SQLiteDatastore,
    SQLiteTransaction,
)

from ledger.store.engine import TABLES, Append, Engine, T
from ledger.tlog.merkle import leaf_hash

FULL = 2
CACHE_KIB = 64 * 1024
WAL_PAGES = 16_000
"""64 MB are written before a commit moves them into the file. In a large ledger each commit of a group touches a page
of an index for nearly every event; with SQLite's 1,000 pages the same pages are written again and again."""
READER_CACHE_KIB = 16 * 1024
STATEMENTS_KEPT = 32
LAST_ROW = "SELECT COALESCE(MAX(rowid), 0) FROM stored_events"
CREATE_TABLES = (
    """CREATE TABLE IF NOT EXISTS leaves (entry_index INTEGER PRIMARY KEY, event_id TEXT NOT NULL UNIQUE,
       originator_id TEXT NOT NULL, originator_version INTEGER NOT NULL, proved_at INTEGER NOT NULL,
       UNIQUE (originator_id, originator_version))""",
    """CREATE TABLE IF NOT EXISTS nodes (level INTEGER, node_index INTEGER, hash BLOB NOT NULL,
       PRIMARY KEY (level, node_index)) WITHOUT ROWID""",
    "CREATE TABLE IF NOT EXISTS checkpoints (tree_size INTEGER PRIMARY KEY, note BLOB NOT NULL)",
)
# Append-only is promised by the tree, not by these; they stop mistakes, and they keep rowids from being reused.
TRIGGERS = tuple(
    f"CREATE TRIGGER IF NOT EXISTS {table}_{verb} BEFORE {verb} ON {table}"
    f" BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    for table in TABLES
    for verb in ("UPDATE", "DELETE")
)


class ImmediateTransaction(SQLiteTransaction):
    """Takes the write lock at BEGIN: a deferred one can fail half-way with "database is locked"."""

    def __enter__(self) -> SQLiteCursor:
        cursor = self.connection.cursor()
        cursor.execute("BEGIN IMMEDIATE" if self.commit else "BEGIN")
        return cursor


class DurableConnection(SQLiteConnection):
    """A connection whose commits reach the disk before they return."""

    def __init__(self, sqlite_conn: sqlite3.Connection, max_age: float | None) -> None:
        super().__init__(sqlite_conn, max_age)
        sqlite_conn.execute("PRAGMA synchronous=FULL")
        sqlite_conn.execute(f"PRAGMA cache_size=-{CACHE_KIB}")
        sqlite_conn.execute(f"PRAGMA wal_autocheckpoint={WAL_PAGES}")
        if sqlite_conn.execute("PRAGMA synchronous").fetchone()[0] != FULL:
            raise RuntimeError("SQLite did not accept synchronous=FULL")


class OneConnectionPool(SQLiteConnectionPool):
    def _create_connection(self) -> DurableConnection:
        # The library's own keeps one prepared statement, and an append has eight.
        connection = sqlite3.connect(
            self.db_name, uri=True, check_same_thread=False, isolation_level=None, cached_statements=STATEMENTS_KEPT
        )
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA journal_mode=WAL")
        return DurableConnection(connection, self.max_age)


class LogDatastore(SQLiteDatastore):
    """One connection, which both writes and checkpoints."""

    def __init__(self, db_name: str) -> None:
        super().__init__(db_name, pool_size=1, max_overflow=0)
        self.pool.close()
        self.pool = OneConnectionPool(db_name=db_name, pool_size=1, max_overflow=0)

    @contextmanager
    def transaction(self, *, commit: bool) -> Iterator[SQLiteCursor]:
        """As the library's, but immediate when it will commit."""
        connection = self.pool.get_connection(is_writer=commit)
        try:
            with ImmediateTransaction(connection, commit=commit) as cursor:
                yield cursor
                cursor.sqlite_cursor.close()
        finally:
            self.pool.put_connection(connection)


class LogRecorder(SQLiteApplicationRecorder):
    """The library's recorder with the log's own tables beside ``stored_events``."""

    def construct_create_table_statements(self) -> list[str]:
        """The library's table, ours, and the append-only triggers."""
        return [*super().construct_create_table_statements(), *CREATE_TABLES, *TRIGGERS]

    def _insert_events(
        self, c: SQLiteCursor, stored_events: Sequence[StoredEvent], **kwargs: Any
    ) -> Sequence[int] | None:
        append: Append = kwargs["append"]
        c.execute(LAST_ROW)
        last = c.fetchone()[0]
        both = zip(append.leaves, stored_events, strict=True)
        rows = [(leaf.originator_id, leaf.originator_version, stored.topic, stored.state) for leaf, stored in both]
        c.executemany(self.insert_events_statement, rows)
        _check_stored(c, last, append.leaf_hashes)
        c.executemany("INSERT INTO leaves VALUES (?,?,?,?,?)", append.leaves)
        c.executemany("INSERT INTO nodes VALUES (?,?,?)", append.nodes)
        if append.sign is not None:
            c.execute("INSERT INTO checkpoints VALUES (?,?)", (append.tree_size, append.sign()))
        return None


class SqliteRows:
    """A connection that only reads: it never checkpoints the WAL, and skips the library's pool and transaction."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(
            f"{path.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None, check_same_thread=False
        )
        # The inner pages of a million entries' index fit; with the usual 2 MB an entry's bytes cost half as much again.
        self._connection.execute(f"PRAGMA cache_size=-{READER_CACHE_KIB}")
        self._reading = Lock()

    def query(self, statement: str, parameters: Sequence[Any] = ()) -> list[Any]:
        """The rows."""
        with self._reading:
            return self._connection.execute(statement, parameters).fetchall()

    def close(self) -> None:
        """Closes the connection."""
        self._connection.close()


class SqliteEngine(Engine):
    """One file, one process."""

    SHARED = False

    def __init__(self, path: Path) -> None:
        self._datastore = LogDatastore(str(path))
        self.recorder = LogRecorder(self._datastore)
        self.recorder.create_table()
        self._rows = SqliteRows(path)

    def query(self, statement: str, parameters: Sequence[Any] = ()) -> list[Any]:
        """As ``SqliteRows.query``."""
        return self._rows.query(statement, parameters)

    def turn(self) -> AbstractContextManager[None]:
        """Nothing to wait for."""
        return nullcontext()

    def steadily(self, work: Callable[[], T]) -> T:
        """Once: a file is there or it is not, and after an error only reopening tells."""
        return work()

    def settle(self) -> None:
        """It is: what one process reads, it committed."""

    def close(self) -> None:
        """Closes the connections, which checkpoints the WAL."""
        self._rows.close()
        self._datastore.close()


def _check_stored(c: SQLiteCursor, last: int, expected: Sequence[bytes]) -> None:
    """Leaf hashes are recomputed from what the store gives back after row ``last``, before the checkpoint is signed."""
    c.execute("SELECT state FROM stored_events WHERE rowid>? ORDER BY rowid", (last,))
    if [leaf_hash(row[0]) for row in c.fetchall()] != expected:
        raise RuntimeError("the store gave back other bytes than it was given")
