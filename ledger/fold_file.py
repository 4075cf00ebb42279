"""The tables of the rules' state, and what a start needs besides, in one SQLite file; in memory only what is newest.

    rows(space INTEGER, key BLOB, value BLOB)    space: the table's place in TABLES; both MessagePack, digests raw
    about(size INTEGER, snapshot BLOB)           ``rules.snapshot`` of the first ``size`` entries, without tables

Changes are written down many at a time, beside the recording, which goes on meanwhile: all of them and what they
amount to in one transaction, so a crash leaves the old file or the new one. The file is a cache of the log, tied to the
root at its size, and may be deleted at any time. One process writes it.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from itertools import zip_longest
from pathlib import Path
from typing import Any

import msgspec

from ledger.errors import ReadOnlyError
from ledger.filed_tables import FiledDigests, FiledTable
from ledger.rules.snapshot import Snapshot, format_snapshot, parse_snapshot, table_types
from ledger.rules.state import State

TABLES = ("digests", *table_types())
"""State's tables in the file; of records the store is the file."""
CREATE = (
    "CREATE TABLE IF NOT EXISTS rows (space INTEGER, key BLOB, value BLOB, PRIMARY KEY (space, key)) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS about (size INTEGER, snapshot BLOB)",
    "INSERT INTO about SELECT 0, x'' WHERE NOT EXISTS (SELECT 1 FROM about)",
)
SELECT = "SELECT value FROM rows WHERE space=? AND key=?"
EVERY = "SELECT space, key, value FROM rows ORDER BY space, key"
CACHE_KIB = 8 * 1024
"""The pages that lead to the others, of many millions of rows."""
PATIENCE_SECONDS = 30


class FoldFileError(Exception):
    """The file is damaged. No LedgerError: an entry may be entered by half, so nobody may go on to the next.

    ``refusal`` is what to answer from now on.
    """

    def __init__(self, error: Exception) -> None:
        self.refusal = ReadOnlyError(
            f"保存推算结果的文件读不出来（{error}），已停止记账。请重新启动账本，它会从第0条起重新推算。",
            f"The file of what the entries amount to cannot be read ({error}); recording has stopped. Restart the"
            " ledger: it will fold the log again from entry 0.",
        )
        super().__init__(str(self.refusal))


class FoldFile:
    """An open file. ``tables`` read through to it; ``snapshot`` is of what is written down, None of nothing."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.tables: dict[str, FiledTable[Any, Any]] = {"digests": FiledDigests(self, 0, (str, bool))}
        for space, (name, types) in enumerate(table_types().items(), start=1):
            self.tables[name] = FiledTable(self, space, types)
        self._written = False
        self._open()

    @property
    def snapshot(self) -> Snapshot | None:
        """What stands in the file besides tables."""
        return parse_snapshot(self._database.execute("SELECT snapshot FROM about").fetchone()[0])

    @property
    def new(self) -> int:
        """How many changes came since the last were written down, or began to be."""
        return sum(len(table.new) for table in self.tables.values())

    def lay_under(self, state: State) -> None:
        """Makes a state stand on the tables."""
        for name, table in self.tables.items():
            setattr(state, name, table)

    def ask(self, space: int, key: bytes) -> bytes | None:
        """A value that is written down. Raises FoldFileError."""
        if self._written:
            self._settle()
        if not self._size:
            return None
        try:
            row = self._database.execute(SELECT, (space, key)).fetchone()
        except sqlite3.Error as error:
            raise self.damaged(error) from None
        return None if row is None else row[0]

    def damaged(self, error: Exception) -> FoldFileError:
        """What to raise; no start shall take this file up again."""
        discard(self.path)
        return FoldFileError(error)

    def keep(self, snapshot: Snapshot) -> None:
        """Writes down what is new. ``snapshot`` is of all entries entered so far."""
        self.leaving(snapshot)()

    def leaving(self, snapshot: Snapshot) -> Callable[[], None]:
        """What ``keep`` does, to be called once, in any thread, before this is called again. Raises sqlite3.Error."""
        if self._written:
            self._settle()
        before = self._size
        for table in self.tables.values():
            table.leave()

        def write() -> None:
            with closing(_connect(self.path)) as database:
                database.execute("BEGIN IMMEDIATE")
                for space, table in enumerate(self.tables.values()):
                    # In the order of their keys, so that the file is written from front to back.
                    rows = sorted(table.leaving_rows())
                    database.executemany(
                        "INSERT OR REPLACE INTO rows VALUES (?,?,?)", ((space, key, value) for key, value in rows)
                    )
                now = (snapshot.size, format_snapshot(snapshot), before)
                if not database.execute("UPDATE about SET size=?, snapshot=? WHERE size=?", now).rowcount:
                    # Deleted, and perhaps begun anew by somebody else: what is not in it now would be missing for ever.
                    raise sqlite3.DatabaseError("another file is in its place")
                database.execute("COMMIT")
            self._written = True

        return write

    def forget(self) -> None:
        """Begins an empty file in its place."""
        self._database.close()
        discard(self.path)
        for table in self.tables.values():
            table.forget()
        self._open()

    def close(self) -> None:
        """Lets go of the file; what is only in memory is in the log."""
        self._database.close()

    def difference(self, other: "FrozenFile") -> str | None:
        """In what it is another file than this, all that is new written down; None where in nothing."""
        if _compared(self.snapshot) != _compared(other.snapshot):
            return "what is no table"
        for mine, found in zip_longest(self._database.execute(EVERY), other.every()):
            if mine != found:
                spaces = {row[0] for row in (mine, found) if row is not None} & set(range(len(TABLES)))
                return f"the table {', '.join(TABLES[space] for space in sorted(spaces)) or '?'}"
        return None

    def every(self, space: int) -> Iterator[tuple[bytes, bytes]]:
        """The rows of a table that are written down."""
        return self._database.execute("SELECT key, value FROM rows WHERE space=? ORDER BY key", (space,))

    def _open(self) -> None:
        self._database = _connect(self.path)
        self._database.execute(f"PRAGMA cache_size=-{CACHE_KIB}")
        self._database.execute("PRAGMA journal_mode=WAL")
        for statement in CREATE:
            self._database.execute(statement)
        self._size = self._size_written()

    def _settle(self) -> None:
        """What was leaving is in the file from now on. By whoever has the ledger's turn, as all but ``write``."""
        self._written = False
        self._size = self._size_written()
        for table in self.tables.values():
            table.forget_leaving()

    def _size_written(self) -> int:
        return int(self._database.execute("SELECT size FROM about").fetchone()[0])


class FrozenFile:
    """A file as it stands now, whatever is written to it meanwhile. Raises sqlite3.DatabaseError."""

    def __init__(self, path: Path) -> None:
        self._database = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)
        self._database.execute("BEGIN")
        self.size, snapshot = self._database.execute("SELECT size, snapshot FROM about").fetchone()
        self.snapshot = parse_snapshot(snapshot)

    def every(self) -> Iterator[tuple[int, bytes, bytes]]:
        """All rows, in their order."""
        return self._database.execute(EVERY)

    def copy_to(self, path: Path) -> None:
        """Makes another file of it."""
        with closing(sqlite3.connect(path)) as copy:
            self._database.backup(copy)

    def close(self) -> None:
        """Lets the file move on."""
        self._database.close()


def _compared(snapshot: Snapshot | None) -> tuple[Snapshot, dict[str, Any]] | None:
    """Of other folds what they hold, in whatever order: a group that is entered together may leave another."""
    if snapshot is None:
        return None
    return replace(snapshot, extra={}), {name: msgspec.msgpack.decode(data) for name, data in snapshot.extra.items()}


def discard(path: Path) -> None:
    """Removes the file. A process that has it open goes on with what it has."""
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _connect(path: Path) -> sqlite3.Connection:
    # Asked by whoever has the ledger's turn, in whatever thread that is. A loss of power may take the newest changes
    # with it, which are then folded again, but not the file.
    database = sqlite3.connect(path, isolation_level=None, timeout=PATIENCE_SECONDS, check_same_thread=False)
    database.execute("PRAGMA synchronous=NORMAL")
    return database
