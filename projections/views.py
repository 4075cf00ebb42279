"""The SQLite file of the read models: one connection that writes, read-only ones for everybody else.

WAL lets pages read a whole snapshot while the runner writes. Readers never checkpoint (they are read-only): before
3.51.3 SQLite can corrupt a WAL when two connections write and checkpoint at once.
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ledger.errors import NotFoundError
from projections.held import HoldingConnection

WAIT_SECONDS = 5.0
CACHE_KIB = 64 * 1024
STATEMENTS = 1024
"""Prepared statements kept: those that look for what changed in a figure are many, and long to compile."""


def open_writer(path: Path) -> HoldingConnection:
    """The runner's connection, in autocommit: it begins and commits by itself. Made where there is none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    db = _connect_to_write(path)
    db.execute("PRAGMA journal_mode=WAL")
    # A power cut may lose the last batches, never mix them: they are folded from the log again.
    db.execute("PRAGMA synchronous=NORMAL")
    db.execute(f"PRAGMA cache_size=-{CACHE_KIB}")
    db.execute("PRAGMA temp_store=MEMORY")
    return db


def open_builder(path: Path) -> HoldingConnection:
    """A connection to a new file that is worth nothing before it is complete: no journal, no wait for the disk."""
    db = _connect_to_write(path)
    for setting in ("journal_mode=OFF", "synchronous=OFF", "locking_mode=EXCLUSIVE", f"cache_size=-{4 * CACHE_KIB}"):
        db.execute(f"PRAGMA {setting}")
    return db


def _connect_to_write(path: Path) -> HoldingConnection:
    db = HoldingConnection(
        path, isolation_level=None, timeout=WAIT_SECONDS, check_same_thread=False, cached_statements=STATEMENTS
    )
    db.row_factory = sqlite3.Row
    return db


def open_reader(path: Path) -> sqlite3.Connection:
    """Read-only access to views that are being written."""
    db = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=ro",
        uri=True,
        isolation_level=None,
        timeout=WAIT_SECONDS,
        check_same_thread=False,
        cached_statements=STATEMENTS,
    )
    db.row_factory = sqlite3.Row
    return db


def freeze(path: Path) -> None:
    """Makes views that nobody writes any more one file without a WAL beside it."""
    db = sqlite3.connect(path)
    db.execute("PRAGMA journal_mode=DELETE")
    db.close()


def connect_frozen(path: Path) -> sqlite3.Connection:
    """Read-only access to frozen views, without locks. Raises sqlite3.OperationalError where there is no file."""
    uri = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
    db = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)
    db.row_factory = sqlite3.Row
    return db


@contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    """All or nothing. A crash inside leaves what was there before."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")


class Views:
    """Read-only access to the read models at ``path``, one connection per thread."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._local = threading.local()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection that sees one size of the log until the end. Raises NotFoundError if nothing is built yet."""
        db = self._connection()
        db.execute("BEGIN")
        try:
            yield db
        finally:
            db.execute("ROLLBACK")

    def _connection(self) -> sqlite3.Connection:
        db: sqlite3.Connection | None = getattr(self._local, "db", None)
        if db is None:
            db = self._local.db = self._connect()
        return db

    def _connect(self) -> sqlite3.Connection:
        if not self.path.exists():
            raise NotFoundError(
                "网页数据还没有生成，请稍后再试。", "The read models are not built yet. Try again soon."
            )
        return open_reader(self.path)

    def close(self) -> None:
        """Closes this thread's connection, if it has one."""
        db: sqlite3.Connection | None = getattr(self._local, "db", None)
        if db is not None:
            db.close()
            self._local.db = None
