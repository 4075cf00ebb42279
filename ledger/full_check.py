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
from ledger.replaying import replay
from ledger.rules.snapshot import Snapshot, same_fold, snapshot_of
from ledger.rules.state import State
from ledger.settings import Settings
from ledger.store.log_store import StoredRecords, open_store
from ledger.store.mapper import admitted_from
from ledger.tasks import Waiting
from ledger.tlog.merkle import tree_root
from ledger.used_digests import Frozen, UsedDigests

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
    """One check of ``snapshot`` against the store of ``settings``. ``done`` is called once, with the fault if any."""

    def __init__(self, settings: Settings, snapshot: Snapshot, done: Done) -> None:
        self._done = done
        self.checked = 0
        self.size = snapshot.size
        context = multiprocessing.get_context("spawn")
        self._ours, theirs = context.Pipe(duplex=False)
        self._process = context.Process(target=_check, args=(settings, snapshot, theirs), daemon=True)
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


def _check(settings: Settings, snapshot: Snapshot, answers: Connection) -> None:
    os.nice(NICE)
    try:
        answers.send(_difference(settings, snapshot, answers.send))
    except LedgerError as error:
        answers.send(error.en)
    except BrokenPipeError:
        return


def _difference(settings: Settings, snapshot: Snapshot, progress: Callable[[int], None]) -> str | None:
    """What is different, in a few words; None where nothing is."""
    with (
        suppress(sqlite3.DatabaseError),
        closing(Frozen(settings.directory / "folds" / "digests")) as digests,
        TemporaryDirectory() as folder,
        closing(UsedDigests(Path(folder) / "digests")) as own,
    ):
        return _compare(settings, snapshot, (digests, own), progress)
    return "the digests cannot be read"


def _compare(
    settings: Settings, snapshot: Snapshot, digests: tuple[Frozen, UsedDigests], progress: Callable[[int], None]
) -> str | None:
    frozen, own = digests
    store = open_store(settings)
    state = State(settings.origin, root_at=lambda size: tree_root(size, store))
    records = StoredRecords(store, lambda: state.size)
    state.records = records
    state.digests = own
    waiting = Waiting()
    while state.size < snapshot.size:
        stop = min(state.size + AT_ONCE, snapshot.size)
        records.read_ahead(stop)
        replayed = replay(state, store.entries(state.size, stop), store)
        for record in replayed.records:
            waiting.note(record)
        if state.size < stop:
            return f"the store has {state.size} entries"
        progress(state.size)
        if own.new > MOST_NEW:
            own.keep(state.size, b"")
    root = tree_root(state.size, store)
    if root != snapshot.root:
        return "the root"
    folded = snapshot_of(state, root, {Waiting.NAME: waiting.to_bytes()})
    if not same_fold(folded, snapshot):
        return "a table of the rules"
    for raw in store.entries(snapshot.size, frozen.size):
        for digest in admitted_from(raw).past.digests:
            own[digest] = True
    own.keep(frozen.size, b"")
    return None if frozen.same_as(own) else "the digests used"
