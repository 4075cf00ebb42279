"""What a witness keeps: which logs it watches, and the last checkpoint of each that it cosigned. One SQLite file.

``advance`` reads, judges and writes in one transaction that is durable before it returns. A crash before its commit
leaves nothing, and no cosignature was answered; a crash after it leaves a cosigned checkpoint that nobody has: the log
submits again, hears 409 with that size, and gets a cosignature of it with an empty proof.
"""

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

from ledger.errors import DuplicateError, NotFoundError
from ledger.sealing.sqlite_file import create_database, open_database, transaction
from ledger.tlog.checkpoint import Checkpoint, parse_checkpoint
from ledger.tlog.note import parse_note

FILE = "witness.sqlite3"
SCHEMA = (
    "CREATE TABLE IF NOT EXISTS log_keys (origin TEXT NOT NULL, vkey TEXT NOT NULL UNIQUE)",
    "CREATE TABLE IF NOT EXISTS cosigned (origin TEXT PRIMARY KEY, note BLOB NOT NULL, time INTEGER NOT NULL)",
)


@dataclass(frozen=True, slots=True)
class Cosigned:
    """The newest cosigned checkpoint of a log: the note as served to monitors, and when (POSIX seconds)."""

    note: bytes
    time: int

    @property
    def checkpoint(self) -> Checkpoint:
        """What the note says."""
        return parse_checkpoint(parse_note(self.note).text)


class WitnessStore:
    """The file of one witness. Safe to call from several threads, and beside other processes."""

    def __init__(self, directory: Path) -> None:
        create_database(directory / FILE, *SCHEMA)
        self._connection = open_database(directory / FILE)
        self._lock = Lock()

    def close(self) -> None:
        """Closes the file."""
        self._connection.close()

    def add_log(self, origin: str, vkey: str) -> None:
        """Watches a log by one more of its keys. Raises DuplicateError."""
        with self._lock:
            try:
                self._connection.execute("INSERT INTO log_keys VALUES (?, ?)", (origin, vkey))
            except sqlite3.IntegrityError:
                raise DuplicateError(f"{vkey}已经登记过。", f"{vkey} is there already.") from None

    def drop_log_key(self, vkey: str) -> None:
        """No longer believes a key; what was cosigned stays. Raises NotFoundError."""
        with self._lock:
            if not self._connection.execute("DELETE FROM log_keys WHERE vkey=?", (vkey,)).rowcount:
                raise NotFoundError(f"没有登记过{vkey}。", f"{vkey} is not here.")

    def log_keys(self, origin: str) -> list[str]:
        """The vkeys of a log; none where it is not watched."""
        rows = self._query("SELECT vkey FROM log_keys WHERE origin=? ORDER BY rowid", origin)
        return [vkey for (vkey,) in rows]

    def logs(self) -> Iterator[tuple[str, Cosigned | None]]:
        """The watched logs by origin, each with what was cosigned last."""
        for (origin,) in self._query("SELECT DISTINCT origin FROM log_keys ORDER BY origin"):
            yield origin, self.cosigned(origin)

    def cosigned(self, origin: str) -> Cosigned | None:
        """The newest cosigned checkpoint of a log."""
        rows = self._query("SELECT note, time FROM cosigned WHERE origin=?", origin)
        return Cosigned(*rows[0]) if rows else None

    def origins(self) -> list[str]:
        """Of every log that a checkpoint was cosigned of, watched still or not."""
        return [origin for (origin,) in self._query("SELECT origin FROM cosigned")]

    def advance(self, origin: str, decide: Callable[[Cosigned | None], Cosigned | None]) -> None:
        """Puts in place of the last cosigned checkpoint what ``decide`` makes of it, durably, or leaves it on None.

        Nobody else, in this process or another, reads or writes between the two.
        """
        with self._lock, transaction(self._connection):
            rows = self._connection.execute("SELECT note, time FROM cosigned WHERE origin=?", (origin,)).fetchall()
            newer = decide(Cosigned(*rows[0]) if rows else None)
            if newer is not None:
                values = (origin, newer.note, newer.time)
                self._connection.execute("INSERT OR REPLACE INTO cosigned VALUES (?, ?, ?)", values)

    def _query(self, statement: str, *parameters: str) -> list[Any]:
        with self._lock:
            return self._connection.execute(statement, parameters).fetchall()
