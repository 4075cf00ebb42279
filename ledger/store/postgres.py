"""PostgreSQL through eventsourcing's recorder: event, leaf, nodes and signed checkpoint in ONE transaction.

A turn is a transaction that begins with an advisory lock: whoever has it reads what all others have committed, judges,
inserts and commits. A lost connection ends transaction and lock together, so two never write at once. Whether a commit
whose answer was lost came about, the next turn sees in the log: its lock is had only once that transaction is over.

Not as the library does it: no pipeline, in which a save of 0.5 MB hangs for ever while it holds the lock; no functions
in the database, which lose the order; no repetition of an insert, which would collide with itself.

Any number of processes may record, on ONE machine: they share the ledger's directory, with its keys, vault, published
files and inbox. Readers may be anywhere (``yangguang.mirroring``). Of servers that the address lists, the primary is
asked. With a synchronous standby that is gone a commit waits until it is back, as PostgreSQL's commits do.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, LiteralString
from uuid import UUID

import psycopg
from eventsourcing.persistence import StoredEvent
from eventsourcing.postgres import PostgresAggregateRecorder, PostgresApplicationRecorder, PostgresDatastore
from psycopg.pq import TransactionStatus
from psycopg.rows import DictRow

from ledger.store.engine import TABLES, Append, Engine, T
from ledger.store.postgres_connection import PATIENCE_SECONDS, OneConnection, PostgresRows, steadily
from ledger.store.unreachable import UnreachableError
from ledger.tlog.merkle import leaf_hash

TURN = 0x796C6564676572
"""The advisory lock of whoever appends; such locks are a database's own."""
MAX_CHUNK = 128 * 1024
"""Bytes of entries in one statement."""
CREATE: tuple[LiteralString, ...] = (
    """CREATE TABLE leaves (entry_index bigint PRIMARY KEY, event_id text NOT NULL UNIQUE,
       originator_id uuid NOT NULL, originator_version bigint NOT NULL, proved_at bigint NOT NULL,
       UNIQUE (originator_id, originator_version))""",
    "CREATE TABLE nodes (level int, node_index bigint, hash bytea NOT NULL, PRIMARY KEY (level, node_index))",
    "CREATE TABLE checkpoints (tree_size bigint PRIMARY KEY, note bytea NOT NULL)",
    """CREATE OR REPLACE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$""",
    *(
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
        " FOR EACH STATEMENT EXECUTE FUNCTION append_only()"
        for table in TABLES
    ),
)
BEGIN = f"BEGIN; SELECT pg_advisory_xact_lock({TURN})"
SELECT_SIZE = "SELECT COALESCE(MAX(entry_index)+1, 0) AS size FROM leaves"
INSERT_LOG = """WITH
 l AS (INSERT INTO leaves SELECT * FROM unnest(%s::bigint[], %s::text[], %s::uuid[], %s::bigint[], %s::bigint[])),
 n AS (INSERT INTO nodes SELECT * FROM unnest(%s::int[], %s::bigint[], %s::bytea[]))
 INSERT INTO checkpoints SELECT * FROM unnest(%s::bigint[], %s::bytea[])"""
SELECT_STORED = """SELECT state FROM unnest(%s::uuid[], %s::bigint[]) WITH ORDINALITY AS wanted (id, version, place)
 LEFT JOIN stored_events ON originator_id = id AND originator_version = version ORDER BY place"""
Cursor = psycopg.Cursor[DictRow]


class LogDatastore(PostgresDatastore):
    """The library's datastore over one connection that heals."""

    def __init__(self, url: str, *, writes: bool) -> None:
        super().__init__("", "", "", "", "", lock_timeout=int(PATIENCE_SECONDS))
        self.pool = OneConnection(url, writes=writes, primary=True)  # type: ignore[assignment]


class LogRecorder(PostgresApplicationRecorder):
    """The library's recorder with the log's own tables beside ``stored_events``. Reads have their own connection."""

    def __init__(self, writing: LogDatastore, reading: LogDatastore) -> None:
        super().__init__(writing)
        self.sql_create_statements.remove(self.sql_create_pg_function_insert_events)
        self._reading = PostgresApplicationRecorder(reading)
        self._size = 0

    def create_table(self) -> None:
        """All tables, types and triggers at once, where they are not there yet, by one process."""
        with self._transaction(BEGIN) as connection:
            found = connection.execute("SELECT to_regclass('public.checkpoints') AS checkpoints").fetchone()
            if found is None or found["checkpoints"] is None:
                for statement in self.sql_create_statements:
                    connection.execute(statement)
                for ours in CREATE:
                    connection.execute(ours)
                connection.execute("COMMIT")
        self.datastore.register_type_adapters()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """A transaction that has the lock. What is not committed in it is rolled back."""
        with self._transaction(f"{BEGIN}; {SELECT_SIZE}") as connection:
            assert_in_transaction(connection)
            yield

    @contextmanager
    def _transaction(self, begin: LiteralString) -> Iterator[psycopg.Connection[DictRow]]:
        with self.datastore.get_connection() as connection:
            try:
                found = connection.execute(begin)
                while found.nextset():
                    pass
                self._size = (found.fetchone() or {}).get("size", 0)
                yield connection
            finally:
                if connection.info.transaction_status not in (TransactionStatus.IDLE, TransactionStatus.UNKNOWN):
                    connection.execute("ROLLBACK")

    def select_events(self, *args: Any, **kwargs: Any) -> Sequence[StoredEvent]:
        """As the library's, on the connection that reads."""
        return steadily(lambda: self._reading.select_events(*args, **kwargs))

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int] | None:
        """Everything in the turn's transaction, and its commit. Never repeated here: the outcome may be unknown."""
        append: Append = kwargs["append"]
        ids: list[int] = []
        with self.datastore.get_connection() as connection, connection.cursor() as cursor:
            assert_in_transaction(connection)
            _check_place(self._size, append)
            for chunk, hashes in _chunks(stored_events, append.leaf_hashes):
                PostgresAggregateRecorder._insert_stored_events(self, cursor, chunk)  # noqa: SLF001 - without NOTIFY
                ids += self._fetch_ids_after_insert_events(cursor, chunk) or ()
                _check_stored(cursor, chunk, hashes)
            _insert_log(cursor, append)
            commit(connection)
        return ids


class PostgresEngine(Engine):
    """One database, any number of processes."""

    SHARED = True

    def __init__(self, url: str) -> None:
        self._writing, self._reading = LogDatastore(url, writes=True), LogDatastore(url, writes=False)
        self._rows = PostgresRows(url, primary=True)
        self.recorder: LogRecorder = steadily(self._made)

    def query(self, statement: str, parameters: Sequence[Any] = ()) -> list[Any]:
        """As ``PostgresRows.query``."""
        return self._rows.query(statement, parameters)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """As ``LogRecorder.turn``."""
        with self.recorder.turn():
            yield

    def steadily(self, work: Callable[[], T]) -> T:
        """As the function of that name."""
        return steadily(work)

    def settle(self) -> None:
        """Commits a message of no meaning, which waits for a synchronous standby as an append does.

        An entry whose commit lost its answer may stand in the log before the standby has it. Ends the turn.
        """
        with self._writing.get_connection() as connection:
            connection.execute("SELECT pg_logical_emit_message(true, 'yangguang', '')")
            commit(connection)

    def close(self) -> None:
        """Closes the connections."""
        self._rows.close()
        self._reading.close()
        self._writing.close()

    def _made(self) -> LogRecorder:
        recorder = LogRecorder(self._writing, self._reading)
        recorder.create_table()
        return recorder


def assert_in_transaction(connection: psycopg.Connection[DictRow]) -> None:
    """An append belongs into a turn: in autocommit its parts would be committed one by one."""
    if connection.info.transaction_status != TransactionStatus.INTRANS:
        raise RuntimeError("an append belongs into a turn")


def commit(connection: psycopg.Connection[DictRow]) -> None:
    """Commits. Raises UnreachableError where the server only warns that it did not wait for the standby."""
    warnings: list[str] = []
    connection.add_notice_handler(note := lambda notice: warnings.append(notice.message_primary or ""))
    try:
        done = connection.execute("COMMIT").statusmessage
    finally:
        connection.remove_notice_handler(note)
    if warnings:
        raise UnreachableError from RuntimeError("; ".join(warnings))
    if done != "COMMIT":
        raise RuntimeError(f"the database answered COMMIT with {done}")


def _check_place(size: int, append: Append) -> None:
    """The append follows what this very server holds: reads may have asked another one before a failover."""
    start = append.leaves[0].entry_index
    if size != start:
        raise UnreachableError from RuntimeError(f"the server has {size} entries, and {start} were read")


def _chunks(stored: Sequence[StoredEvent], hashes: Sequence[bytes]) -> Iterator[tuple[list[StoredEvent], list[bytes]]]:
    events: list[StoredEvent] = []
    expected: list[bytes] = []
    size = 0
    for event, node in zip(stored, hashes, strict=True):
        if events and size + len(event.state) > MAX_CHUNK:
            yield events, expected
            events, expected, size = [], [], 0
        events.append(event)
        expected.append(node)
        size += len(event.state)
    yield events, expected


def _check_stored(cursor: Cursor, stored: Sequence[StoredEvent], expected: Sequence[bytes]) -> None:
    """Leaf hashes are recomputed from what the store gives back, before the checkpoint is signed."""
    wanted = [event.originator_id for event in stored], [event.originator_version for event in stored]
    states = [row["state"] for row in cursor.execute(SELECT_STORED, wanted)]
    if [None if state is None else leaf_hash(state) for state in states] != expected:
        raise RuntimeError("the store gave back other bytes than it was given")


def _insert_log(cursor: Cursor, append: Append) -> None:
    leaves = [
        (x.entry_index, x.event_id, UUID(x.originator_id), x.originator_version, x.proved_at) for x in append.leaves
    ]
    notes = [] if append.sign is None else [(append.tree_size, append.sign())]
    columns = [
        *zip(*leaves, strict=True),
        *zip(*append.nodes, strict=True),
        *(zip(*notes, strict=True) if notes else ((), ())),
    ]
    cursor.execute(INSERT_LOG, [list(column) for column in columns])
