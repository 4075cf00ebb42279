"""The stored log: eventsourcing's Application over SQLite, and the log's reads."""

import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Lock
from typing import Any
from uuid import UUID

from eventsourcing.application import Application, Repository
from eventsourcing.persistence import EventStore, JSONTranscoder, Mapper
from eventsourcing.utils import Environment

from ledger.domain.record import Record
from ledger.errors import NotFoundError
from ledger.store.mapper import Admitted, EntryMapper, project_record
from ledger.store.sqlite import Append, Leaf, LogDatastore, LogRecorder

SELECT_ENTRIES = (
    "SELECT state FROM leaves JOIN stored_events USING (originator_id, originator_version)"
    " WHERE entry_index>=? AND entry_index<? ORDER BY entry_index"
)
CHUNK = 1000
RECORDS_KEPT = 4096
NODES_KEPT = 65_536


class StoredEvents(Application[UUID]):
    """The library's application: mapper, recorder, event store, repository of records."""

    def __init__(self, path: Path) -> None:
        self._datastore = LogDatastore(str(path))
        self.log_recorder = LogRecorder(self._datastore)
        self.log_recorder.create_table()
        super().__init__({"AGGREGATE_CACHE_MAXSIZE": "", "PERSISTENCE_MODULE": "eventsourcing.popo"})

    def construct_mapper(self) -> Mapper[UUID]:
        """Ours: the stored state is the entry."""
        return EntryMapper(JSONTranscoder())

    def construct_recorder(self) -> LogRecorder:
        """Ours: one transaction for all of an append."""
        return self.log_recorder

    def construct_env(self, name: str, env: object = None) -> Environment:
        """Settings from the call alone: the machine's environment must not change how events are stored."""
        return Environment(name, env)  # type: ignore[arg-type]

    def construct_event_store(self) -> EventStore[UUID]:
        """Mapper and recorder joined."""
        return EventStore(mapper=self.mapper, recorder=self.recorder)

    def close(self) -> None:
        """Closes the connection, which checkpoints the WAL."""
        super().close()
        self._datastore.close()


class LogStore:
    """Entries, nodes and checkpoints on disk. ``read(level, index)`` makes it a ``HashReader``."""

    def __init__(self, path: Path) -> None:
        self._events = StoredEvents(path)
        self._repository: Repository[UUID] = self._events.repository
        self._reader = sqlite3.connect(
            f"{path.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None, check_same_thread=False
        )
        self._reading = Lock()
        self._nodes: dict[tuple[int, int], bytes] = {}

    def append(self, events: Sequence[Admitted], append: Append) -> None:
        """All or nothing, durable when it returns. An exception means *unknown*: stop and reopen."""
        self._events.save(*events, append=append)
        for level, index, node in append.nodes:
            self._remember(level, index, node)

    def size(self) -> int:
        """How many entries are stored."""
        return int(self._query("SELECT COALESCE(MAX(entry_index)+1, 0) FROM leaves")[0][0])

    def read(self, level: int, index: int) -> bytes:
        """The hash of a complete subtree."""
        kept = self._nodes.get((level, index))
        if kept is not None:
            return kept
        rows = self._query("SELECT hash FROM nodes WHERE level=? AND node_index=?", (level, index))
        if not rows:
            raise RuntimeError(f"node {level}/{index} is not stored")
        return self._remember(level, index, bytes(rows[0][0]))

    def entries(self, start: int, stop: int) -> Iterator[bytes]:
        """Entry bytes with start <= index < stop, in order."""
        for first in range(start, stop, CHUNK):
            for row in self._query(SELECT_ENTRIES, (first, min(first + CHUNK, stop))):
                yield bytes(row[0])

    def leaf(self, event_id: str) -> Leaf | None:
        """Where an event stands, if it was ever admitted."""
        rows = self._query("SELECT * FROM leaves WHERE event_id=?", (event_id,))
        return Leaf(*rows[0]) if rows else None

    def leaf_at(self, entry_index: int) -> Leaf:
        """The leaf of an index. Raises NotFoundError."""
        rows = self._query("SELECT * FROM leaves WHERE entry_index=?", (entry_index,))
        if not rows:
            raise NotFoundError(f"账本里没有第{entry_index}条。", f"The ledger has no entry {entry_index}.")
        return Leaf(*rows[0])

    def leaves_of(self, uuid: str) -> list[Leaf]:
        """A record's leaves in the order of its versions."""
        statement = "SELECT * FROM leaves WHERE originator_id=? ORDER BY originator_version"
        return [Leaf(*row) for row in self._query(statement, (UUID(uuid).hex,))]

    def checkpoint(self, tree_size: int) -> bytes:
        """The checkpoint note signed at a size. Raises NotFoundError."""
        rows = self._query("SELECT note FROM checkpoints WHERE tree_size=?", (tree_size,))
        if not rows:
            raise NotFoundError(f"第{tree_size}条时没有签章。", f"No checkpoint was signed at size {tree_size}.")
        return bytes(rows[0][0])

    def record(self, uuid: str) -> Record | None:
        """A record folded from its entries, or None."""
        # New records are the common case, and the library's way of finding nothing is a long one.
        if not self._query("SELECT 1 FROM leaves WHERE originator_id=? LIMIT 1", (UUID(uuid).hex,)):
            return None
        return self._repository.get(UUID(uuid), projector_func=project_record)

    def close(self) -> None:
        """Closes the database."""
        self._reader.close()
        self._events.close()

    def _query(self, statement: str, parameters: Sequence[Any] = ()) -> list[Any]:
        # A connection that only reads: it never checkpoints the WAL, and skips the library's pool and transaction.
        with self._reading:
            return self._reader.execute(statement, parameters).fetchall()

    def _remember(self, level: int, index: int, node: bytes) -> bytes:
        if len(self._nodes) >= NODES_KEPT:
            self._nodes.clear()
        self._nodes[level, index] = node
        return node


class StoredRecords:
    """A table base that reads records through from the store and keeps the newest in memory."""

    def __init__(self, store: LogStore) -> None:
        self._store = store
        self._kept: dict[str, Record] = {}

    def get(self, uuid: str, /) -> Record | None:
        """The record of a UUID, whatever its kind."""
        kept = self._kept.pop(uuid, None) or self._store.record(uuid)
        if kept is not None:
            self[uuid] = kept
        return kept

    def __setitem__(self, uuid: str, record: Record, /) -> None:
        self._kept.pop(uuid, None)
        self._kept[uuid] = record
        if len(self._kept) > RECORDS_KEPT:
            del self._kept[next(iter(self._kept))]
