"""The fold snapshot of a ledger directory: what a start needs not fold again. It may be deleted at any time.

``folds/snapshot`` is replaced as a whole; a crash leaves the old one or the new one. It is taken up where the store has
its root at its size (``rules.snapshot``). Nothing it says is believed for good: ``full_check`` folds the log from entry
0 behind the running ledger, and the ledger is not ready until both say the same.
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

EVERY = 25_000
AT_CLOSE = 1_000
"""How many new entries make a snapshot worth its while: as the ledger runs, and when it is closed."""


class Folds:
    """The snapshot file of one open ledger."""

    def __init__(self, directory: Path) -> None:
        self._path = directory / "folds" / "snapshot"
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

    def load(self, origin: str, size: int, root_at: Callable[[int], bytes]) -> Snapshot | None:
        """The snapshot, if it is one of this very log of ``size`` entries, by this very code."""
        found = parse_snapshot(self._path.read_bytes()) if self._path.is_file() else None
        if found is None or (found.origin, found.code) != (origin, code()) or not 0 < found.size <= size:
            return None
        return found if root_at(found.size) == found.root else None

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
                stop_recording(fault)
            self._unchecked = None

        self._check = FullCheck(settings, self._unchecked, done)

    def close(self) -> None:
        """Ends the check, without a result."""
        if self._check is not None:
            self._check.stop()

    def due(self, size: int, *, closing: bool = False) -> bool:
        """Whether enough entries came since the last one."""
        return size - self._size >= (AT_CLOSE if closing else EVERY)

    def keep(self, state: State, waiting: Waiting, root: bytes) -> None:
        """Replaces the file. Not synced: a snapshot that is lost is made again."""
        data = format_snapshot(snapshot_of(state, root, {Waiting.NAME: waiting.to_bytes()}))
        self._path.parent.mkdir(exist_ok=True)
        with locked(self._path.parent):
            temporary = self._path.with_suffix(".tmp")
            temporary.write_bytes(data)
            temporary.replace(self._path)
        self._size = state.size
