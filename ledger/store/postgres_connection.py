"""Connections to a PostgreSQL server that heal: one is made when it is needed, and made anew once it was lost.

Every connection is in autocommit and asserts that a commit that returned survives a power cut, and, with a
synchronous standby, the loss of the primary: ``synchronous_commit`` is ``on`` or stronger, ``fsync`` on.
"""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import RLock
from typing import Any

import psycopg
from psycopg.adapt import Loader
from psycopg.conninfo import conninfo_to_dict
from psycopg.pq import TransactionStatus
from psycopg.rows import DictRow, dict_row, tuple_row

from ledger.errors import MalformedError
from ledger.store.engine import T
from ledger.store.unreachable import UnreachableError, UnsafeServerError

logger = logging.getLogger(__name__)
PATIENCE_SECONDS = 10.0
FIRST_PAUSE, LONGEST_PAUSE = 0.02, 0.5
LOST = (psycopg.OperationalError, psycopg.InterfaceError, psycopg.errors.ReadOnlySqlTransaction)
"""Besides lost connections: servers that start, stop, or stand by, locks that were not had in time, full disks."""
DEFAULTS: dict[str, Any] = {
    "application_name": "yangguang",
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}
SETTINGS = (
    "SET search_path TO public",
    f"SET lock_timeout TO '{PATIENCE_SECONDS:g}s'",
    # A writer that hangs in its turn would keep all others out.
    "SET idle_in_transaction_session_timeout TO '30s'",
)
DURABLE = {"fsync": ("on",), "full_page_writes": ("on",), "synchronous_commit": ("on", "remote_apply")}


def steadily(work: Callable[[], T]) -> T:
    """Does ``work``, and again while it raises UnreachableError, until patience is at its end."""
    until, pause = time.monotonic() + PATIENCE_SECONDS, FIRST_PAUSE
    while True:
        try:
            return work()
        except UnreachableError as error:
            if time.monotonic() > until:
                raise
            logger.warning("the database will be asked again: %s", error.__cause__)
        time.sleep(pause)
        pause = min(2 * pause, LONGEST_PAUSE)


class OneConnection:
    """In the place of the library's pool: one connection, for one thread at a time.

    Of the servers that an address may list, a ``primary`` is what a writer must also read from.
    """

    def __init__(self, url: str, *, writes: bool, primary: bool) -> None:
        self._parameters = DEFAULTS | ({"target_session_attrs": "primary"} if primary else {}) | conninfo_to_dict(url)
        self._writes = writes
        self._using = RLock()
        self._connection: psycopg.Connection[DictRow] | None = None

    def open(self, *_: object) -> None:
        """The library opens its pool before each use."""

    @contextmanager
    def connection(self) -> Iterator[psycopg.Connection[DictRow]]:
        """The connection. What tells that it is lost, or that the server does not do, becomes UnreachableError."""
        with self._using:
            try:
                yield self._connected()
            except LOST as error:
                self.close()
                raise UnreachableError from error

    def close(self) -> None:
        """Closes the connection; the next use makes another."""
        with self._using:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _connected(self) -> psycopg.Connection[DictRow]:
        if self._connection is None or self._connection.closed:
            connection = psycopg.connect(**self._parameters, autocommit=True, row_factory=dict_row)
            for statement in SETTINGS:
                connection.execute(statement)
            if self._writes:
                _assert_durable(connection)
            else:
                connection.execute("SET default_transaction_read_only TO on")
            self._connection = connection
        return self._connection


class PostgresRows:
    """A database opened for reading, on a primary or a standby."""

    def __init__(self, url: str, *, primary: bool = False) -> None:
        self._pool = OneConnection(url, writes=False, primary=primary)

    def query(self, statement: str, parameters: Sequence[Any] = ()) -> list[Any]:
        """The rows; asked again on a new connection where one is lost. Raises UnreachableError."""
        return steadily(lambda: self._query(statement, parameters))

    def close(self) -> None:
        """Closes the connection."""
        self._pool.close()

    def _query(self, statement: str, parameters: Sequence[Any]) -> list[Any]:
        with self._pool.connection() as connection, connection.cursor(row_factory=tuple_row) as cursor:
            cursor.adapters.register_loader("uuid", HexLoader)
            return cursor.execute(in_postgres(statement), parameters).fetchall()


class PostgresSnapshot:
    """A database as it was at the first question, for an auditor: rows stream, and nobody waits for it."""

    def __init__(self, url: str) -> None:
        self._pool = OneConnection(url, writes=False, primary=False)
        self._asked = 0

    def rows(self, statement: str, parameters: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
        """The rows, one after the other. Raises UnreachableError, and MalformedError where a table is missing."""
        with self._pool.connection() as connection:
            if connection.info.transaction_status == TransactionStatus.IDLE:
                connection.execute("SET idle_in_transaction_session_timeout TO 0")
                connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            self._asked += 1
            with connection.cursor(f"rows_{self._asked}", row_factory=tuple_row) as cursor:
                cursor.adapters.register_loader("uuid", HexLoader)
                try:
                    yield from cursor.execute(in_postgres(statement), parameters)
                except psycopg.ProgrammingError as error:
                    raise MalformedError(f"{error}", f"{error}") from None

    def close(self) -> None:
        """Closes the connection."""
        self._pool.close()


class HexLoader(Loader):
    """A UUID as 32 hexadecimal digits, as the log's own tables and SQLite have it."""

    def load(self, data: Any) -> str:
        """From the text form."""
        return bytes(data).decode("ascii").replace("-", "")


def in_postgres(statement: str) -> Any:
    """A statement of the log's own with PostgreSQL's marks for parameters."""
    return statement.replace("?", "%s")


def _assert_durable(connection: psycopg.Connection[DictRow]) -> None:
    if _setting(connection, "synchronous_commit") not in DURABLE["synchronous_commit"]:
        connection.execute("SET synchronous_commit TO on")
    for name, good in DURABLE.items():
        if (value := _setting(connection, name)) not in good:
            connection.close()
            raise UnsafeServerError(name, value)


def _setting(connection: psycopg.Connection[DictRow], name: str) -> str:
    row = connection.execute("SELECT current_setting(%s) AS value", (name,)).fetchone()
    return "" if row is None else str(row["value"])
