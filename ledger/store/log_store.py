"""The stored log that takes entries: eventsourcing's Application over an engine."""

import re
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from uuid import UUID

from eventsourcing.application import Application
from eventsourcing.persistence import ApplicationRecorder, EventStore, JSONTranscoder, Mapper
from eventsourcing.utils import Environment

from ledger.domain.record import Record
from ledger.rules.state import Table
from ledger.settings import Settings
from ledger.store.choosing import engine_of
from ledger.store.engine import Append, Engine, T
from ledger.store.log_reader import LogReader
from ledger.store.mapper import Admitted, EntryMapper, project_record
from ledger.store.sqlite import SqliteEngine

RECORDS_KEPT = 4096
UUIDS = re.compile(rb"/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\"")
ALL = 2**62
"""More entries than any log has."""


class StoredEvents(Application[UUID]):
    """The library's application: mapper, recorder, event store, repository of records."""

    def __init__(self, recorder: ApplicationRecorder) -> None:
        self.log_recorder = recorder
        super().__init__({"AGGREGATE_CACHE_MAXSIZE": "", "PERSISTENCE_MODULE": "eventsourcing.popo"})

    def construct_mapper(self) -> Mapper[UUID]:
        """Ours: the stored state is the entry."""
        return EntryMapper(JSONTranscoder())

    def construct_recorder(self) -> ApplicationRecorder:
        """Ours: one transaction for all of an append."""
        return self.log_recorder

    def construct_env(self, name: str, env: object = None) -> Environment:
        """Settings from the call alone: the machine's environment must not change how events are stored."""
        return Environment(name, env)  # type: ignore[arg-type]

    def construct_event_store(self) -> EventStore[UUID]:
        """Mapper and recorder joined."""
        return EventStore(mapper=self.mapper, recorder=self.recorder)


def open_store(settings: Settings) -> "LogStore":
    """The store that a ledger's settings name."""
    return LogStore(engine_of(settings))


def open_file(path: Path) -> "LogStore":
    """The store in a SQLite file, made where there is none."""
    return LogStore(SqliteEngine(path))


class LogStore(LogReader):
    """A log to append to. An append belongs into a ``turn``; where the store is ``shared``, others take turns too."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self._engine = engine
        self._events = StoredEvents(engine.recorder)

    @property
    def shared(self) -> bool:
        """Whether other processes may append meanwhile."""
        return self._engine.SHARED

    def turn(self) -> AbstractContextManager[None]:
        """As ``Engine.turn``."""
        return self._engine.turn()

    def steadily(self, work: Callable[[], T]) -> T:
        """As ``Engine.steadily``."""
        return self._engine.steadily(work)

    def settle(self) -> None:
        """As ``Engine.settle``."""
        self._engine.settle()

    def append(self, events: Sequence[Admitted], append: Append) -> None:
        """All or nothing, durable when it returns.

        UnreachableError means *unknown*: the next turn sees what became of it. Any other: stop and reopen.
        """
        # Not ``save``, which also asks of each event what it is and whom to notify.
        self._events.events.put(events, append=append)
        for level, index, node in append.nodes:
            self._remember(level, index, node)

    def record(self, uuid: str, *, size: int = ALL) -> Record | None:
        """A record folded from those of its entries that are among the first ``size`` of the log, or None."""
        # New records are the common case, and the library's way of finding nothing is a long one.
        statement = "SELECT MAX(originator_version) FROM leaves WHERE originator_id=? AND entry_index<?"
        version = self.query(statement, (UUID(uuid).hex, size))[0][0]
        if version is None:
            return None
        return self._events.repository.get(UUID(uuid), version=version, projector_func=project_record)

    def records(self, originator_ids: Sequence[str], *, size: int) -> set[str]:
        """Those of some records that have entries among the first ``size``; ids as in ``Leaf``."""
        marks = ",".join("?" * len(originator_ids))
        statement = f"SELECT DISTINCT originator_id FROM leaves WHERE originator_id IN ({marks}) AND entry_index<?"  # noqa: S608 - marks alone
        return {row[0] for row in self.query(statement, (*originator_ids, size))}

    def close(self) -> None:
        """Closes the database."""
        self._events.close()
        super().close()


class StoredRecords(Table[str, Record]):
    """A table that reads records through from the store and keeps the newest in memory, and no others.

    ``size`` says up to which entry: another process may have appended more than the table's owner has folded.
    """

    def __init__(self, store: LogStore, size: Callable[[], int]) -> None:
        super().__init__()
        self._store = store
        self._size = size
        self._kept: dict[str, Record] = {}
        self._absent: set[str] = set()

    def get(self, uuid: str, /) -> Record | None:
        """The record of a UUID, whatever its kind."""
        if uuid in self._absent:
            return None
        kept = self._kept.pop(uuid, None) or self._store.record(uuid, size=self._size())
        if kept is not None:
            self[uuid] = kept
        else:
            self._make_room(1)
            self._absent.add(uuid)
        return kept

    def expect(self, payloads: Iterable[bytes]) -> None:
        """Asks in one question which records do not exist yet, of those whose ids stand in the payloads."""
        named = {uuid.decode() for payload in payloads for uuid in UUIDS.findall(payload)}
        new = {UUID(uuid).hex: uuid for uuid in named - self._absent - self._kept.keys()}
        if 0 < len(new) <= RECORDS_KEPT:
            self._make_room(len(new))
            self._absent |= {new[found] for found in new.keys() - self._store.records(list(new), size=self._size())}

    def read_ahead(self, stop: int) -> None:
        """Before the entries from ``size`` up to ``stop`` are entered: which records begin there, and their hashes."""
        start = self._size()
        statement = "SELECT originator_id FROM leaves WHERE entry_index>=? AND entry_index<? AND originator_version=1"
        new = {str(UUID(row[0])) for row in self._store.query(statement, (start, stop))}
        self._make_room(len(new))
        self._absent |= new
        self._store.read_ahead(start, stop)

    def _make_room(self, count: int) -> None:
        if len(self._absent) + count > RECORDS_KEPT:
            self._absent.clear()

    def __setitem__(self, uuid: str, record: Record, /) -> None:
        self._absent.discard(uuid)
        self._kept.pop(uuid, None)
        self._kept[uuid] = record
        if len(self._kept) > RECORDS_KEPT:
            del self._kept[next(iter(self._kept))]
