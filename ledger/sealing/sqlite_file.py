"""SQLite files whose commits survive a power cut and whose deleted bytes are overwritten."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ledger.errors import NotFoundError

BUSY_SECONDS = 10
# FULL would not sync the directory after the rollback journal is unlinked: after a power cut the journal could come
# back and undo the commit, and with it a shredded secret (sqlite.org/pragma.html#pragma_synchronous). EXTRA is
# FULL with that sync. DELETE, because a WAL would keep old pages, wrapped secrets included, until a checkpoint.
EXPECTED = {"journal_mode": "delete", "synchronous": 3, "secure_delete": 1}


def create_database(path: Path, *schema: str) -> None:
    """Makes the file, mode 0600, with the ``schema`` statements; one left half made by a crash is completed."""
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    connection = open_database(path)
    try:
        for statement in schema:
            connection.execute(statement)
    finally:
        connection.close()


def open_database(path: Path) -> sqlite3.Connection:
    """A connection in autocommit to an existing file, its settings asserted by reading them back.

    Raises NotFoundError where there is no file: an empty database must never stand in for a lost one.
    """
    if not path.exists():
        raise NotFoundError(
            f"没有数据文件{path}。请从备份恢复。", f"There is no file {path}. Restore it from a backup."
        )
    connection = sqlite3.connect(
        f"{path.resolve().as_uri()}?mode=rw",
        uri=True,
        timeout=BUSY_SECONDS,
        isolation_level=None,
        check_same_thread=False,
    )
    connection.execute("PRAGMA journal_mode = DELETE")
    connection.execute("PRAGMA synchronous = EXTRA")
    connection.execute("PRAGMA secure_delete = ON")
    for name, expected in EXPECTED.items():
        (found,) = connection.execute(f"PRAGMA {name}").fetchone()
        if found != expected:
            connection.close()
            raise RuntimeError(f"{path}: {name} is {found!r}, not {expected!r}")
    return connection


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """All statements inside or none; durable when it returns."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
