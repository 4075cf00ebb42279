"""The fold snapshot of a ledger directory: what a start needs not fold again. It may be deleted at any time.

``folds/snapshot`` is replaced as a whole; a crash leaves the old one or the new one. It is taken up where the store has
its root at its size (``rules.snapshot``). What grows with every entry is not in it: records are in the store, digests
in a file of their own (``used_digests``), which is never behind it. Nothing of this is believed for good:
``full_check`` folds the log from entry 0 behind the running ledger, which is not ready until both say the same.
"""

import logging
import sqlite3
from collections.abc import Callable
from pathlib import Path
from threading import Thread

import msgspec

from ledger.errors import LedgerError, ReadOnlyError
from ledger.full_check import FullCheck
from ledger.rules.snapshot import Snapshot, code, format_snapshot, parse_snapshot, snapshot_of, take_up
from ledger.rules.state import State
from ledger.settings import Settings
from ledger.store.directory_lock import locked
from ledger.tasks import Waiting
from ledger.used_digests import RootAt, UsedDigests, discard

EVERY = 25_000
AT_CLOSE = 1_000
"""How many new entries make a snapshot worth its while: as the ledger runs, and when it is closed."""
MOST_NEW_DIGESTS = 50_000
"""How many are in memory alone: some megabytes."""
logger = logging.getLogger(__name__)


class Folds:
    """The files of one open ledger, whose store has ``size`` entries now."""

    def __init__(self, directory: Path, size: int, root_at: RootAt) -> None:
        self._path = directory / "folds" / "snapshot"
        self.digests = UsedDigests.open(directory / "folds" / "digests", size, root_at)
        self._root_at = root_at
        self._writing: Thread | None = None
        self._size = 0
        self._unchecked: Snapshot | None = None
        self._check: FullCheck | None = None

    @property
    def unready(self) -> LedgerError | None:
        """That what was taken up is not checked in full yet, and how far that is."""
        if self._unchecked is None:
            return None
        size, done = self._unchecked.size, self._check.checked if self._check else 0
        return LedgerError(
            f"已从快照启动，正在从第0条起全部核对：{done:,}/{size:,}条。",
            f"Started from a snapshot; checking everything from entry 0: {done:,} of {size:,} entries.",
        )

    def load(self, origin: str) -> Snapshot | None:
        """The snapshot, if it is one of this very log, by this very code, and the digests come as far."""
        found = parse_snapshot(self._path.read_bytes()) if self._path.is_file() else None
        if found is None or (found.origin, found.code) != (origin, code()) or not 0 < found.size <= self.digests.size:
            return None
        return found if self._root_at(found.size) == found.root else None

    def take_up(self, snapshot: Snapshot, state: State, waiting: Waiting) -> bool:
        """Puts it into a state of no entries; False, with nothing done, where its tables are odd."""
        fork = state.fork()
        try:
            take_up(snapshot, fork)
            waiting.take_up(snapshot.extra[Waiting.NAME])
        except (msgspec.DecodeError, ValueError, KeyError):
            return False
        fork.merge(state)
        self._size, self._unchecked = snapshot.size, snapshot
        return True

    def check_in_full(self, settings: Settings, stop_recording: Callable[[ReadOnlyError], None]) -> None:
        """Compares what was taken up with the log, in another process; once, and only where something was."""
        if self._unchecked is None or self._check is not None:
            return

        def done(fault: ReadOnlyError | None) -> None:
            if fault is not None:
                # What led astray must not do so again at the next start.
                self._path.unlink(missing_ok=True)
                discard(self._path.with_name("digests"))
                stop_recording(fault)
            self._unchecked = None

        self._check = FullCheck(settings, self._unchecked, done)

    def close(self) -> None:
        """Ends the check, without a result, finishes writing and lets go of the digests."""
        if self._check is not None:
            self._check.stop()
        self._finish()
        self.digests.close()

    def due(self, size: int, *, closing: bool = False) -> bool:
        """Whether enough entries or digests came since the last one."""
        return size - self._size >= (AT_CLOSE if closing else EVERY) or self.digests.new >= MOST_NEW_DIGESTS

    def keep(self, state: State, waiting: Waiting, root: bytes) -> None:
        """Begins to replace the files by what ``state`` is now; a thread does it while the ledger goes on."""
        self._finish()
        data = format_snapshot(snapshot_of(state, root, {Waiting.NAME: waiting.to_bytes()}))
        write_digests = self.digests.leaving(state.size, root)
        self._size = state.size
        self._writing = Thread(target=self._write, args=(write_digests, data), name="folds")
        self._writing.start()

    def _write(self, write_digests: Callable[[], None], data: bytes) -> None:
        """The digests first: a snapshot without them is not taken up. Not synced: one that is lost is made again."""
        try:
            write_digests()
            with locked(self._path.parent):
                temporary = self._path.with_suffix(".tmp")
                temporary.write_bytes(data)
                temporary.replace(self._path)
        except (OSError, sqlite3.Error) as error:
            logger.warning("no snapshot was written, the next start takes longer: %s", error)

    def _finish(self) -> None:
        if self._writing is not None:
            self._writing.join()
