"""What a fold cannot hold in memory: values by key in a SQLite file, the newest of them in memory until they are many.

    rows(space INTEGER, key BLOB, value BLOB)     space: heads, records, digests, leaves, about

Without a name the file is a temporary one that nobody else sees and that is gone with the process.
"""

import sqlite3
import weakref
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

from ledger.errors import LedgerError

ABOUT, HEADS, RECORDS, DIGESTS, LEAVES = range(5)
CREATE = "CREATE TABLE IF NOT EXISTS rows (space INTEGER, key BLOB, value BLOB, PRIMARY KEY (space, key)) WITHOUT ROWID"
MAGIC = b"SQLite format 3\0"
APPLICATION = int.from_bytes(b"yang", "big")
CACHE_KIB = 32 * 1024
ASKED_AT_ONCE = 200
ASK = "SELECT key FROM rows WHERE space=? AND key IN ({})"


class Rows:
    """An open file of rows; nothing put in stands before ``commit``. Raises sqlite3.Error where it is damaged."""

    def __init__(self, path: Path | None = None) -> None:
        if path is not None and not _may_be_a_database(path):
            raise _somebody_elses(path)
        # In autocommit, with transactions begun by hand; used by whoever has the turn, in whatever thread that is.
        self._connection = sqlite3.connect(path or "", isolation_level=None, timeout=0.1, check_same_thread=False)
        weakref.finalize(self, self._connection.close)
        try:
            self._prepare(path)
        except (sqlite3.Error, LedgerError):
            self.close()
            raise

    def _prepare(self, path: Path | None) -> None:
        self._connection.execute(f"PRAGMA cache_size=-{CACHE_KIB}")
        self._connection.execute("BEGIN IMMEDIATE")
        is_empty = self._connection.execute("SELECT 1 FROM sqlite_master").fetchone() is None
        if not is_empty and self._connection.execute("PRAGMA application_id").fetchone() != (APPLICATION,):
            raise _somebody_elses(path)
        self._connection.execute(f"PRAGMA application_id={APPLICATION}")
        self._connection.execute(CREATE)

    def get(self, space: int, key: bytes) -> bytes | None:
        """The value, if there is one."""
        row = self._connection.execute("SELECT value FROM rows WHERE space=? AND key=?", (space, key)).fetchone()
        return None if row is None else row[0]

    def has_any(self, space: int, keys: Iterable[bytes]) -> bool:
        """Whether any of the keys has a value."""
        asked = iter(keys)
        while some := list(islice(asked, ASKED_AT_ONCE)):
            statement = ASK.format(",".join("?" * len(some)))
            if self._connection.execute(statement, (space, *some)).fetchone() is not None:
                return True
        return False

    def last_key(self, space: int) -> bytes:
        """The greatest key of a space; empty where it has none."""
        row = self._connection.execute("SELECT MAX(key) FROM rows WHERE space=?", (space,)).fetchone()
        return row[0] or b""

    def put(self, space: int, rows: Iterable[tuple[bytes, bytes]]) -> None:
        """Puts in values, in place of those that were there."""
        statement = "INSERT OR REPLACE INTO rows VALUES (?, ?, ?)"
        with _written():
            # In the order of the keys, so that the file is written from front to back.
            self._connection.executemany(statement, ((space, key, value) for key, value in sorted(rows)))

    def every(self, first_space: int, last_space: int) -> Iterator[tuple[int, bytes, bytes]]:
        """All rows of these spaces, in order."""
        statement = "SELECT space, key, value FROM rows WHERE space BETWEEN ? AND ? ORDER BY space, key"
        yield from self._connection.execute(statement, (first_space, last_space))

    def commit(self) -> None:
        """Makes what was put in stand, all at once: a crash leaves what stood before, or this."""
        with _written():
            self._connection.execute("COMMIT")
            self._connection.execute("BEGIN IMMEDIATE")

    def close(self) -> None:
        """Lets go of the file; what was not committed is forgotten."""
        self._connection.close()


def _may_be_a_database(path: Path) -> bool:
    if not path.is_file():
        return True
    with path.open("rb") as file:
        return file.read(len(MAGIC)) in {b"", MAGIC}


def _somebody_elses(path: Path | None) -> LedgerError:
    return LedgerError(
        f"{path}是别的文件，不是核对保存的状态，没有动它。请给一个新的文件名。",
        f"{path} is another file and no saved state; it was left alone. Give the name of a new file.",
    )


@contextmanager
def _written() -> Iterator[None]:
    """A disk that is full says nothing of the ledger."""
    try:
        yield
    except sqlite3.Error as error:
        raise LedgerError(
            f"核对用的文件写不进去（{error}），没有得出结论。",
            f"A file of this verification cannot be written ({error}); there is no verdict.",
        ) from None


class Spilling:
    """Values by key in one space of the rows; at most ``kept`` of them in memory, the newest."""

    def __init__(self, rows: Rows, space: int, *, kept: int) -> None:
        self._rows = rows
        self._space = space
        self._kept = kept
        self._new: dict[bytes, bytes] = {}
        self._last = b""

    def get(self, key: bytes) -> bytes | None:
        """The value, if there is one."""
        found = self._new.get(key)
        # UUIDs of version 7 grow with time: the key of a new record is nearly always beyond the last that was spilled.
        return found if found is not None or key > self._last else self._rows.get(self._space, key)

    def has_any(self, keys: list[bytes]) -> bool:
        """Whether any of the keys has a value."""
        if not self._new.keys().isdisjoint(keys):
            return True
        return bool(self._last) and self._rows.has_any(self._space, keys)

    def __setitem__(self, key: bytes, value: bytes) -> None:
        self._new[key] = value
        if len(self._new) > self._kept:
            self.spill()

    def spill(self) -> None:
        """Writes down what is in memory."""
        self._rows.put(self._space, self._new.items())
        self._new = {}
        self.take_up()

    def take_up(self) -> None:
        """Goes on with what is written down."""
        self._last = self._rows.last_key(self._space)
