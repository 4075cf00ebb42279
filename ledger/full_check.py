"""The full check behind a start from a snapshot: another process folds the log from entry 0 and compares.

It hashes every leaf again, checks every signature and applies every rule's bookkeeping, at a low priority, while the
ledger already serves. Until it agrees the ledger is not ready (``/readyz``); if it disagrees, it stops recording:
either the snapshot or the store is not what was admitted.
"""

import logging
import multiprocessing
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread

from ledger.errors import LedgerError, ReadOnlyError
from ledger.fold_file import FoldFile, FrozenFile
from ledger.replaying import replay
from ledger.rules.snapshot import Snapshot, without_tables
from ledger.rules.state import State
from ledger.settings import Settings
from ledger.store.log_store import LogStore, StoredRecords, open_store
from ledger.tasks import Waiting
from ledger.tlog.merkle import tree_root

logger = logging.getLogger(__name__)
AT_ONCE = 1000
MOST_NEW = 100_000
NICE = 10
Done = Callable[[ReadOnlyError | None], None]


class FullCheckError(ReadOnlyError):
    """What was folded from entry 0 is not what the ledger started from."""

    def __init__(self, why: str) -> None:
        super().__init__(
            f"从第0条起重新核算的结果与启动时采用的快照不同，已停止记账。请用 yangguang verify 核对账本。（{why}）",
            f"Folding the log from entry 0 gives another state than the snapshot; recording has stopped. ({why})",
        )


class FullCheck:
    """One check of a fold file against the store of ``settings``. ``done`` is called once, with the fault if any."""

    def __init__(self, settings: Settings, path: Path, done: Done) -> None:
        self._done = done
        self.checked = 0
        context = multiprocessing.get_context("spawn")
        self._ours, theirs = context.Pipe(duplex=False)
        self._process = context.Process(target=_check, args=(settings, path, theirs), daemon=True)
        self._process.start()
        theirs.close()
        Thread(target=self._listen, name="full check", daemon=True).start()

    def stop(self) -> None:
        """Ends it without a result."""
        self._done = _forget
        self._process.terminate()

    def _listen(self) -> None:
        fault: ReadOnlyError | None = FullCheckError("the check ended before it was done")
        try:
            while isinstance(said := self._ours.recv(), int):
                self.checked = said
            fault = None if said is None else FullCheckError(said)
        except EOFError:
            logger.exception("the full check ended before it was done")
        self._done(fault)


def _forget(_fault: ReadOnlyError | None) -> None:
    """The ledger is closing: nobody asks any more."""


def _check(settings: Settings, path: Path, answers: Connection) -> None:
    os.nice(NICE)
    try:
        answers.send(_difference(settings, path, answers.send))
    except LedgerError as error:
        answers.send(error.en)
    except BrokenPipeError:
        return


def _difference(settings: Settings, path: Path, progress: Callable[[int], None]) -> str | None:
    """What is different, in a few words; None where nothing is."""
    with (
        suppress(sqlite3.DatabaseError),
        closing(FrozenFile(path)) as frozen,
        TemporaryDirectory() as folder,
        closing(FoldFile(Path(folder) / "state")) as own,
    ):
        # Up to where the file stands, which may be further than where the ledger started.
        return _fold(settings, own, frozen.size, progress) or own.difference(frozen)
    return "it cannot be read"


def _fold(settings: Settings, own: FoldFile, size: int, progress: Callable[[int], None]) -> str | None:
    """Folds the first ``size`` entries; why not, if so."""
    store = open_store(settings)
    state = State(settings.origin, root_at=lambda size: tree_root(size, store))
    own.lay_under(state)
    records = StoredRecords(store, lambda: state.size)
    state.records = records
    waiting = Waiting()
    while state.size < size:
        stop = min(state.size + AT_ONCE, size)
        records.read_ahead(stop)
        replayed = replay(state, store.entries(state.size, stop), store)
        for record in replayed.records:
            waiting.note(record)
        if state.size < stop:
            return f"the store has {state.size} entries"
        progress(state.size)
        if own.new > MOST_NEW:
            own.keep(_so_far(state, waiting, store))
    own.keep(_so_far(state, waiting, store))
    return None


def _so_far(state: State, waiting: Waiting, store: LogStore) -> Snapshot:
    return without_tables(state, tree_root(state.size, store), {Waiting.NAME: waiting.to_bytes()})
