"""The digests that entries used, and that no later entry may use: in a file beside the fold snapshot.

    folds/digests     SQLite: digests(digest BLOB), each of 32 bytes; about(size, root)

There are more of them than entries, so they are not held in memory but for the newest. They are written down many at a
time, for nearly each belongs into a page of its own, and beside the recording, which goes on meanwhile. Like the
snapshot the file is a cache of the log, tied to the root at its size: it holds those of the first ``size`` entries
and no others. It only grows, so several processes of one ledger may write to it. It may be deleted at any time.
"""

import sqlite3
from base64 import urlsafe_b64decode
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from itertools import zip_longest
from pathlib import Path
from typing import Self

from ledger.rules.state import Table

CREATE = (
    "CREATE TABLE IF NOT EXISTS digests (digest BLOB PRIMARY KEY) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS about (size INTEGER, root BLOB)",
    "INSERT INTO about SELECT 0, x'' WHERE NOT EXISTS (SELECT 1 FROM about)",
)
PATIENCE_SECONDS = 30
RootAt = Callable[[int], bytes]


class UsedDigests(Table[str, bool]):
    """A table of digests as they stand in payloads. ``get`` may be asked while what was new is being written down."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        path.parent.mkdir(exist_ok=True)
        self._path = path
        self._new: set[bytes] = set()
        self._leaving: set[bytes] = set()
        self._database = _connect(path)
        self._database.execute("PRAGMA journal_mode=WAL")
        for statement in CREATE:
            self._database.execute(statement)

    @classmethod
    def open(cls, path: Path, size: int, root_at: RootAt) -> Self:
        """Those in a file; an empty one, in its place, where it is damaged or of another log than one of ``size``."""
        with suppress(sqlite3.DatabaseError):
            found = cls(path)
            if found.size <= size and (found.size == 0 or root_at(found.size) == found._about()[1]):
                return found
            found.close()
        discard(path)
        return cls(path)

    @property
    def size(self) -> int:
        """Of how many first entries the file holds every digest."""
        return self._about()[0]

    @property
    def new(self) -> int:
        """How many came since the last were written down, or began to be."""
        return len(self._new)

    def get(self, digest: str, /) -> bool | None:
        """True, or None for one that no entry used."""
        raw = _raw(digest)
        if raw in self._new or raw in self._leaving:
            return True
        return self._database.execute("SELECT 1 FROM digests WHERE digest=?", (raw,)).fetchone() and True

    def __setitem__(self, digest: str, used: bool, /) -> None:
        self._new.add(_raw(digest))

    def keep(self, size: int, root: bytes) -> None:
        """Writes down what is new, durably. ``size`` is that of all entries entered so far, and ``root`` its root."""
        self.leaving(size, root)()

    def leaving(self, size: int, root: bytes) -> Callable[[], None]:
        """What ``keep`` does, to be called once, in any thread, before this is called again."""
        # What an earlier call failed to write is still there.
        leaving, self._new = self._leaving | self._new, set()
        self._leaving = leaving

        def write() -> None:
            with closing(_connect(self._path)) as database:
                database.execute("BEGIN IMMEDIATE")
                # In their order, so that the file is written from front to back.
                rows = ((digest,) for digest in sorted(leaving))
                database.executemany("INSERT OR IGNORE INTO digests VALUES (?)", rows)
                database.execute("UPDATE about SET size=?, root=? WHERE size<?", (size, root, size))
                database.execute("COMMIT")
            self._leaving = set()

        return write

    def close(self) -> None:
        """Lets go of the file; what is only in memory is in the log."""
        self._database.close()

    def every(self) -> Iterator[bytes]:
        """All that are written down, in their order."""
        return (row[0] for row in self._database.execute("SELECT digest FROM digests ORDER BY digest"))

    def _about(self) -> tuple[int, bytes]:
        size, root = self._database.execute("SELECT size, root FROM about").fetchone()
        return size, root


def discard(path: Path) -> None:
    """Removes the file. A process that has it open goes on with what it has."""
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


class Frozen:
    """A file of digests as it stands now, whatever is written to it meanwhile. Raises sqlite3.DatabaseError."""

    def __init__(self, path: Path) -> None:
        self._database = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)
        self._database.execute("BEGIN")
        self.size: int = self._database.execute("SELECT size FROM about").fetchone()[0]

    def same_as(self, others: UsedDigests) -> bool:
        """Whether both hold the same digests."""
        rows = self._database.execute("SELECT digest FROM digests ORDER BY digest")
        return all(row == other for row, other in zip_longest((row[0] for row in rows), others.every()))

    def close(self) -> None:
        """Lets the file move on."""
        self._database.close()


def _connect(path: Path) -> sqlite3.Connection:
    # Asked by whoever has the ledger's turn, in whatever thread that is.
    database = sqlite3.connect(path, isolation_level=None, timeout=PATIENCE_SECONDS, check_same_thread=False)
    database.execute("PRAGMA synchronous=FULL")
    return database


def _raw(digest: str) -> bytes:
    return urlsafe_b64decode(f"{digest}=")
