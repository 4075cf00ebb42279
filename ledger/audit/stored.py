"""The store as an auditor reads it: read-only, no trust in any column, no lock on the writer.

The log only grows, so everything is read up to the size seen first; a writer may go on meanwhile.
"""

import sqlite3
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Self
from urllib.parse import quote

from ledger.audit.gist import CLASSES, Gist
from ledger.domain.payload import Payload
from ledger.errors import MalformedError
from ledger.settings import Settings
from ledger.store.choosing import server_snapshot

DAMAGED = (sqlite3.Error, UnicodeDecodeError)
"""What a damaged file makes sqlite3 raise; the second where its own message quotes the damage."""
TOPICS = tuple(cls.topic() for cls in CLASSES)
SELECT_ENTRIES = """
SELECT l.entry_index, l.event_id, l.originator_id, l.originator_version, l.proved_at, e.topic, e.state
FROM leaves l LEFT JOIN stored_events e USING (originator_id, originator_version)
WHERE l.entry_index>=? AND l.entry_index<? ORDER BY l.entry_index"""
SELECT_STRAY_EVENTS = """
SELECT e.originator_id, e.originator_version FROM stored_events e
LEFT JOIN leaves l USING (originator_id, originator_version) WHERE l.entry_index IS NULL LIMIT 100"""
SELECT_SURPLUS = """
SELECT (SELECT count(*) FROM leaves WHERE entry_index < 0)
 + (SELECT count(*) FROM nodes WHERE level NOT BETWEEN 0 AND 62 OR node_index < 0
    OR ((node_index+1) << level) > (SELECT COALESCE(MAX(entry_index)+1, 0) FROM leaves))
 + (SELECT count(*) FROM checkpoints WHERE tree_size NOT BETWEEN 1 AND
    (SELECT COALESCE(MAX(entry_index)+1, 0) FROM leaves))"""


class Columns(NamedTuple):
    """What the columns beside an entry should say."""

    event_id: str
    originator_id: str
    originator_version: int
    topic: str

    @classmethod
    def of_payload(cls, payload: Payload) -> Self:
        """As a payload says."""
        uuid = payload.uuid.replace("-", "")
        return cls(payload.event_id, uuid, payload.version, f"{payload.type}/{payload.schema}")

    @classmethod
    def of_gist(cls, gist: Gist) -> Self:
        """As the gist of an entry says."""
        return cls(gist.event_id.hex(), gist.uuid.hex(), gist.version, TOPICS[gist.event])


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """A row of ``leaves`` and what stands in ``stored_events`` for it; ``state`` is None where nothing does."""

    entry_index: Any
    event_id: Any
    originator_id: Any
    originator_version: Any
    proved_at: Any
    topic: Any
    state: Any

    @property
    def entry(self) -> bytes | None:
        """The entry's bytes, if a row is there and holds bytes."""
        return self.state if isinstance(self.state, bytes) else None

    def wrong_columns(self, signed: Columns) -> list[str]:
        """The columns that do not say what was signed."""
        if (self.event_id, self.originator_id, self.originator_version, self.topic) == signed:
            return []
        return [name for name in Columns._fields if getattr(self, name) != getattr(signed, name)]


def stored_log(settings: Settings) -> "StoredLog":
    """The store that a ledger's settings name."""
    return StoredLog(settings.database) if settings.server is None else StoredServer(settings.server)


class StoredLog:
    """A store opened for reading. Every method raises MalformedError where SQLite finds the file damaged."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection: sqlite3.Connection | None = None

    @property
    def file(self) -> str:
        """The name of the database file."""
        return self._path.name

    def count(self) -> int:
        """How many leaves there are, whatever their indices."""
        return int(self._query("SELECT count(*) FROM leaves")[0][0])

    def is_dense(self) -> bool:
        """Whether the leaves' indices run from 0 without a gap."""
        return bool(self._query("SELECT count(*) = COALESCE(MAX(entry_index)+1, 0) FROM leaves")[0][0])

    def entries(self, start: int, stop: int) -> dict[int, StoredEntry]:
        """The rows with ``start`` <= index < ``stop`` by index; an index without a row is absent."""
        return {row[0]: StoredEntry(*row) for row in self._query(SELECT_ENTRIES, (start, stop))}

    def leaf_hashes(self, size: int) -> Iterator[bytes]:
        """The stored level-0 nodes of the first ``size`` leaves, unverified."""
        statement = "SELECT hash FROM nodes WHERE level=0 AND node_index<? ORDER BY node_index"
        return (bytes(row[0]) if isinstance(row[0], bytes) else b"" for row in self._rows(statement, (size,)))

    def nodes(self, size: int) -> Iterator[tuple[Any, Any, Any]]:
        """``(level, index, hash)`` of the stored subtrees within the first ``size`` leaves."""
        statement = "SELECT level, node_index, hash FROM nodes WHERE ((node_index+1) << level) <= ?"
        return self._rows(statement, (size,))

    def newest_checkpoints(self) -> list[tuple[int, Any]]:
        """``(tree size, note)`` of the highest sizes, highest first."""
        return self._query("SELECT tree_size, note FROM checkpoints ORDER BY tree_size DESC LIMIT 16")

    def checkpoint(self, tree_size: int) -> bytes | None:
        """The checkpoint note stored for a size."""
        rows = self._query("SELECT note FROM checkpoints WHERE tree_size=?", (tree_size,))
        return rows[0][0] if rows and isinstance(rows[0][0], bytes) else None

    def checkpoints(self, above: int, size: int) -> Iterator[tuple[int, Any]]:
        """``(tree size, note)`` of the sizes above the one and up to the other, in order."""
        statement = "SELECT tree_size, note FROM checkpoints WHERE tree_size>? AND tree_size<=? ORDER BY tree_size"
        return self._rows(statement, (above, size))

    def checkpoint_sizes(self, size: int) -> "array[int]":
        """The sizes at which a checkpoint is stored, in order."""
        statement = "SELECT tree_size FROM checkpoints WHERE tree_size<=? ORDER BY tree_size"
        return array("q", (row[0] for row in self._rows(statement, (size,))))

    def stray_events(self) -> list[tuple[Any, Any]]:
        """``(originator_id, originator_version)`` of stored events that no leaf names; a hundred at most."""
        return self._query(SELECT_STRAY_EVENTS)

    def damage(self) -> str | None:
        """What SQLite's own check of the file's structure finds first, if anything."""
        found = str(self._query("PRAGMA quick_check(1)")[0][0])
        return None if found == "ok" else found

    def surplus(self) -> int:
        """How many leaves, nodes and checkpoints lie outside the log's own size."""
        return int(self._query(SELECT_SURPLUS)[0][0])

    def close(self) -> None:
        """Closes the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _query(self, statement: str, parameters: tuple[int, ...] = ()) -> list[Any]:
        return list(self._rows(statement, parameters))

    def _rows(self, statement: str, parameters: tuple[int, ...] = ()) -> Iterator[Any]:
        try:
            yield from self._connected().execute(statement, parameters)
        except (*DAMAGED, OverflowError) as error:
            raise MalformedError(f"{error}", f"{error}", self.file) from None

    def _connected(self) -> sqlite3.Connection:
        if self._connection is None:
            try:
                self._connection = self._connect("mode=ro")
            except sqlite3.OperationalError:
                # A folder that cannot be written to has no place for the index of a write-ahead log; without
                # such a log nothing is lost by reading the file as it stands.
                if self._path.with_name(self._path.name + "-wal").exists():
                    raise
                self._connection = self._connect("mode=ro&immutable=1")
        return self._connection

    def _connect(self, mode: str) -> sqlite3.Connection:
        uri = f"file:{quote(str(self._path.absolute()))}?{mode}"
        connection = sqlite3.connect(uri, uri=True, isolation_level=None)
        connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
        try:
            connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone()
        except DAMAGED:
            connection.close()
            raise
        return connection


class StoredServer(StoredLog):
    """The same of a PostgreSQL database, all as of one moment. Every method raises UnreachableError too."""

    def __init__(self, url: str) -> None:
        self._snapshot = server_snapshot(url)

    @property
    def file(self) -> str:
        """What stands for the name of a file."""
        return "postgresql"

    def damage(self) -> None:
        """The server has tools of its own for that, such as pg_amcheck, and page checksums."""

    def close(self) -> None:
        """Closes the connection."""
        self._snapshot.close()

    def _rows(self, statement: str, parameters: tuple[int, ...] = ()) -> Iterator[Any]:
        return self._snapshot.rows(statement, parameters)
