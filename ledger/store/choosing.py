"""The one setting: ``database`` names a PostgreSQL server, or the events are in a SQLite file of the directory."""

from contextlib import closing
from types import ModuleType
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ledger.errors import MalformedError
from ledger.settings import Settings
from ledger.store.engine import Engine, Rows
from ledger.store.highest import Highest, HighestCheckpoint
from ledger.store.sqlite import SqliteEngine, SqliteRows
from ledger.store.unreachable import MissingDriverError

if TYPE_CHECKING:
    from ledger.store.postgres_connection import PostgresRows, PostgresSnapshot

SCHEMES = ("postgresql://", "postgres://")


def engine_of(settings: Settings) -> Engine:
    """The engine that takes a ledger's entries. Raises UnreachableError, UnsafeServerError, MissingDriverError."""
    if settings.server is None:
        return SqliteEngine(settings.database)
    check_address(settings.server)
    try:
        # Imported here alone: its packages are an extra.
        from ledger.store.postgres import PostgresEngine  # noqa: PLC0415
    except ImportError:
        raise MissingDriverError from None
    return PostgresEngine(settings.server)


def rows_of(settings: Settings) -> Rows:
    """The same for a process that only reads."""
    return SqliteRows(settings.database) if settings.server is None else server_rows(settings.server)


def server_rows(url: str) -> "PostgresRows":
    """A server's database opened for reading. Raises MalformedError for another address, MissingDriverError."""
    found: PostgresRows = _connections(url).PostgresRows(url)
    return found


def server_snapshot(url: str) -> "PostgresSnapshot":
    """The same for an auditor."""
    found: PostgresSnapshot = _connections(url).PostgresSnapshot(url)
    return found


def highest_note(settings: Settings) -> bytes | None:
    """The highest signed checkpoint, only read. Raises as ``engine_of``."""
    if settings.highest_server is None:
        return HighestCheckpoint(settings.highest).note()
    with closing(server_snapshot(settings.highest_server)) as snapshot:
        found = list(snapshot.rows("SELECT note FROM highest_checkpoints WHERE origin=?", (settings.origin,)))
        return bytes(found[0][0]) if found else None


def _connections(url: str) -> ModuleType:
    check_address(url)
    try:
        from ledger.store import postgres_connection  # noqa: PLC0415 - as above
    except ImportError:
        raise MissingDriverError from None
    return postgres_connection


def highest_of(settings: Settings) -> Highest:
    """Where the highest signed checkpoint is kept. Raises as ``engine_of``."""
    if settings.highest_server is None:
        return HighestCheckpoint(settings.highest)
    check_address(settings.highest_server)
    try:
        from ledger.store.highest_row import HighestRow  # noqa: PLC0415 - as above
    except ImportError:
        raise MissingDriverError from None
    return HighestRow(settings.highest_server, settings.origin)


def check_address(url: str) -> None:
    """The address of a PostgreSQL database. Raises MalformedError."""
    if not url.startswith(SCHEMES):
        raise MalformedError(
            "database应是postgresql://开头的数据库地址。", "database must be an address that begins with postgresql://."
        )


def check_without_password(url: str) -> None:
    """An address to be written into ``ledger.toml``, which is no place for secrets. Raises MalformedError."""
    check_address(url)
    if urlsplit(url).password or "password=" in urlsplit(url).query or '"' in url:
        raise MalformedError(
            "数据库地址里不要写密码。请把密码放进~/.pgpass或环境变量PGPASSWORD。",
            "Leave the password out of the database's address: put it into ~/.pgpass or PGPASSWORD.",
        )
