"""The fold snapshot of a ledger directory: what a start needs not fold again. It may be deleted at any time.

``folds/snapshot`` is replaced as a whole; a crash leaves the old one or the new one. It is taken up where the store has
its root at its size (``rules.snapshot``). What grows with every entry is not in it: records are in the store, digests
in a file of their own (``used_digests``), which is never behind it. Nothing of this is believed for good:
``full_check`` folds the log from entry 0 behind the running ledger, which is not ready until both say the same.
"""

from collections.abc import Callable
from pathlib import Path

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
NEWEST_DIGESTS = 2000
"""How many are in memory alone. Each belongs into a page of its own, so more at once would make recording wait."""


class Folds:
    """The files of one open ledger, whose store has ``size`` entries now."""

    def __init__(self, directory: Path, size: int, root_at: RootAt) -> None:
        self._path = directory / "folds" / "snapshot"
        self.digests = UsedDigests.open(directory / "folds" / "digests", size, root_at)
        self._root_at = root_at
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
        """Ends the check, without a result, and lets go of the digests."""
        if self._check is not None:
            self._check.stop()
        self.digests.close()

    def keep_digests(self, size: int, *, most: int = NEWEST_DIGESTS) -> None:
        """Writes down those of the first ``size`` entries, all that were entered, if more than ``most`` are new."""
        if self.digests.new > most:
            self.digests.keep(size, self._root_at(size))

    def due(self, size: int, *, closing: bool = False) -> bool:
        """Whether enough entries came since the last one."""
        return size - self._size >= (AT_CLOSE if closing else EVERY)

    def keep(self, state: State, waiting: Waiting, root: bytes) -> None:
        """Replaces the file, once the digests are written down. Not synced: a snapshot that is lost is made again."""
        self.digests.keep(state.size, root)
        data = format_snapshot(snapshot_of(state, root, {Waiting.NAME: waiting.to_bytes()}))
        self._path.parent.mkdir(exist_ok=True)
        with locked(self._path.parent):
            temporary = self._path.with_suffix(".tmp")
            temporary.write_bytes(data)
            temporary.replace(self._path)
        self._size = state.size
