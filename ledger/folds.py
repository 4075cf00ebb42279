"""What a start of a ledger directory need not fold again: the fold file, and whether it is right.

``folds/state`` is taken up where the store has its root at its size (``rules.snapshot``), by the very code that wrote
it. What grows with every entry is read through from it (``fold_file``), or from the store: records. Nothing of this is
believed for good: ``full_check`` folds the log from entry 0 behind the running ledger, which is not ready until both
say the same.
"""

import logging
import sqlite3
from collections.abc import Callable
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread

import msgspec

from ledger.errors import BusyError, LedgerError, ReadOnlyError
from ledger.fold_file import FoldFile, FrozenFile, discard
from ledger.full_check import FullCheck
from ledger.rules.snapshot import Snapshot, code, take_up_without_tables, without_tables
from ledger.rules.state import State
from ledger.settings import Settings
from ledger.store.directory_lock import lock_directory
from ledger.tasks import Waiting

EVERY = 25_000
AT_CLOSE = 1_000
"""How many new entries are worth writing down: as the ledger runs, and when it is closed."""
MOST_NEW = 50_000
"""How many changes are in memory alone: some megabytes."""
logger = logging.getLogger(__name__)
RootAt = Callable[[int], bytes]


class Folds:
    """The fold file of one open ledger, whose store has ``size`` entries now."""

    def __init__(self, directory: Path, size: int, root_at: RootAt) -> None:
        self._opened = ExitStack()
        self._file = _opened_file(_path(directory / "folds", self._opened))
        self._opened.enter_context(closing(self._file))
        self._within = size
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

    def take_up(self, state: State, waiting: Waiting) -> bool:
        """Makes a state of no entries stand on the file, as it is, or on an empty one, which makes no difference."""
        self._file.lay_under(state)
        with suppress(sqlite3.DatabaseError, msgspec.DecodeError, ValueError, KeyError):
            found, fork = self._file.snapshot, state.fork()
            if found is not None and self._is_of(found, state.origin):
                take_up_without_tables(found, fork)
                waiting.take_up(found.extra[Waiting.NAME])
                fork.merge(state)
                self._size, self._unchecked = found.size, found
                return True
        self._file.forget()
        return False

    def check_in_full(self, settings: Settings, stop_recording: Callable[[ReadOnlyError], None]) -> None:
        """Compares what was taken up with the log, in another process; once, and only where something was."""
        if self._unchecked is None or self._check is not None:
            return

        def done(fault: ReadOnlyError | None) -> None:
            if fault is not None:
                # What led astray must not do so again at the next start.
                discard(self._file.path)
                stop_recording(fault)
            self._unchecked = None

        self._check = FullCheck(settings, self._file.path, done)

    def close(self) -> None:
        """Ends the check, without a result, finishes writing and lets go of the file."""
        if self._check is not None:
            self._check.stop()
        self._finish()
        self._opened.close()

    def due(self, size: int, *, closing: bool = False) -> bool:
        """Whether enough entries or changes came since the last time."""
        return size - self._size >= (AT_CLOSE if closing else EVERY) or self._file.new >= MOST_NEW

    def keep(self, state: State, waiting: Waiting, root: bytes) -> None:
        """Begins to write down what ``state`` is now; a thread does it while the ledger goes on."""
        self._finish()
        write = self._file.leaving(without_tables(state, root, {Waiting.NAME: waiting.to_bytes()}))
        self._size = state.size
        self._writing = Thread(target=self._write, args=(write,), name="folds")
        self._writing.start()

    def _write(self, write: Callable[[], None]) -> None:
        try:
            write()
        except (OSError, sqlite3.Error) as error:
            logger.warning("the fold was not written down, the next start takes longer: %s", error)

    def _finish(self) -> None:
        if self._writing is not None:
            self._writing.join()

    def _is_of(self, found: Snapshot, origin: str) -> bool:
        return (
            (found.origin, found.code) == (origin, code())
            and 0 < found.size <= self._within
            and self._root_at(found.size) == found.root
        )


def _path(folder: Path, opened: ExitStack) -> Path:
    """The file of the process that came first; a copy that goes with it for any other one of the same ledger."""
    folder.mkdir(exist_ok=True)
    path = folder / "state"
    try:
        opened.enter_context(lock_directory(folder, "lock"))
    except BusyError:
        copy = Path(opened.enter_context(TemporaryDirectory())) / "state"
        with suppress(sqlite3.Error), closing(FrozenFile(path)) as frozen:
            frozen.copy_to(copy)
        return copy
    return path


def _opened_file(path: Path) -> FoldFile:
    """An empty one, in its place, where it is damaged."""
    with suppress(sqlite3.DatabaseError, msgspec.DecodeError):
        return FoldFile(path)
    discard(path)
    return FoldFile(path)
