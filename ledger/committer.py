"""The committer: one thread that admits waiting submissions in arrival order, in groups.

There is no timer: the commit that is running is the window in which the next group gathers, so a lone
submission waits for nothing and a crowd shares commits. Nothing here decides: ``Ledger`` does.

A crash at any moment loses only what was not answered. Whoever sends the same submission again gets the
receipt if it was admitted, and otherwise has it judged.
"""

import logging
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from threading import Condition, Thread
from typing import Any

from ledger.application import Ledger
from ledger.errors import BusyError, LedgerError, ReadOnlyError
from ledger.opening import Submission
from ledger.receipts import Receipt
from ledger.store.unreachable import UnreachableError

MAX_GROUP_BYTES = 256 * 1024
logger = logging.getLogger(__name__)


class Waiting(Future[Any]):
    """A submission, or a batch of them, that waits for its answer.

    ``recorded`` is set before the result: whether this very submission put anything into the log, or only
    met what was there already.
    """

    def __init__(self, submissions: tuple[Submission, ...], *, together: bool) -> None:
        super().__init__()
        self.submissions = submissions
        self.together = together
        self.recorded = False

    @property
    def size(self) -> int:
        """Payload and disclosure bytes."""
        return sum(len(item.envelope.payload) + sum(map(len, item.disclosures)) for item in self.submissions)


class Committer:
    """The only caller of ``Ledger.admit`` in a running server. ``on_commit`` is called after each commit.

    ``on_doubt`` is called once, after those who wait have their answer, when a commit failed with an unknown
    outcome: whoever serves must stop the process then, for only reopening tells. A ledger that was opened
    read-only, or whose clock is behind, is no such case: it goes on being read.
    """

    def __init__(
        self,
        ledger: Ledger,
        *,
        most_waiting: int = 1000,
        group: int = 250,
        on_commit: Callable[[], None] | None = None,
        on_doubt: Callable[[ReadOnlyError], None] | None = None,
    ) -> None:
        self._ledger = ledger
        self._most_waiting = most_waiting
        self._group = group
        self._on_commit = on_commit
        self._on_doubt = on_doubt
        self._queue: deque[Waiting] = deque()
        self._waiting = 0
        self._closing = False
        self._changed = Condition()
        self._thread = Thread(target=self._run, name="committer", daemon=True)
        self._thread.start()

    def submit(self, submission: Submission) -> Waiting:
        """A future of its Receipt, or of the LedgerError that refuses it, as a value. Raises BusyError."""
        return self._enqueue(Waiting((submission,), together=False))

    def submit_together(self, submissions: Sequence[Submission]) -> Waiting:
        """A future of all Receipts; it raises the refusal of the first refused one. Raises BusyError."""
        return self._enqueue(Waiting(tuple(submissions), together=True))

    def close(self) -> None:
        """Finishes what waits, then ends the thread. Later submissions get BusyError."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._thread.join()

    def _enqueue(self, waiting: Waiting) -> Waiting:
        with self._changed:
            if self._closing or self._waiting + len(waiting.submissions) > self._most_waiting:
                raise BusyError
            self._queue.append(waiting)
            self._waiting += len(waiting.submissions)
            self._changed.notify()
        return waiting

    def _run(self) -> None:
        while (group := self._next_group()) is not None:
            # Someone who stopped waiting has no answer and knows nothing; not recording keeps that true.
            group = [waiting for waiting in group if waiting.set_running_or_notify_cancel()]
            if not group:
                continue
            if (reason := self._ledger.read_only) is not None:
                _refuse(group, reason)
            else:
                self._answer(group)
                self._stop_on_doubt()

    def _next_group(self) -> list[Waiting] | None:
        with self._changed:
            self._changed.wait_for(lambda: self._queue or self._closing)
            if not self._queue:
                return None
            group = [self._queue.popleft()]
            size = group[0].size
            while self._queue and not self._queue[0].together and not group[0].together and len(group) < self._group:
                size += self._queue[0].size
                if size > MAX_GROUP_BYTES:
                    break
                group.append(self._queue.popleft())
            self._waiting -= sum(len(waiting.submissions) for waiting in group)
            return group

    def _answer(self, group: list[Waiting]) -> None:
        try:
            before = self._ledger.size()
            outcomes = self._admit(group)
        except Exception as error:  # noqa: BLE001 - whatever it is, everyone in the group waits for an answer
            self._answer_failure(group, error)
            return
        seen: set[int] = set()
        for waiting, outcome in zip(group, outcomes, strict=True):
            _resolve(waiting, outcome, before, seen)
        if seen:
            self._notify()

    def _admit(self, group: list[Waiting]) -> Sequence[list[Receipt] | Receipt | LedgerError]:
        if not group[0].together:
            return self._ledger.admit([waiting.submissions[0] for waiting in group])
        try:
            return [self._ledger.admit_together(group[0].submissions)]
        except LedgerError as refusal:
            return [refusal]

    def _answer_failure(self, group: list[Waiting], error: Exception) -> None:
        logger.error("a group of %d was not admitted", len(group), exc_info=error)
        if (reason := self._ledger.read_only) is not None:
            _refuse(group, reason)
        elif isinstance(error, UnreachableError):
            for waiting in group:
                _refuse_one(waiting, UnreachableError())
        elif len(group) == 1:
            group[0].set_exception(error)
        else:
            # Nothing was committed: one submission's fault must not refuse its neighbours.
            for waiting in group:
                self._answer([waiting])

    def _stop_on_doubt(self) -> None:
        reason = self._ledger.read_only
        if reason is not None and self._on_doubt is not None:
            self._on_doubt(reason)

    def _notify(self) -> None:
        if self._on_commit is not None:
            try:
                self._on_commit()
            except Exception:
                # The commit stands whatever its audience does.
                logger.exception("on_commit failed")


def _resolve(waiting: Waiting, outcome: list[Receipt] | Receipt | LedgerError, before: int, seen: set[int]) -> None:
    if isinstance(outcome, LedgerError):
        _refuse_one(waiting, outcome)
        return
    receipts = outcome if isinstance(outcome, list) else [outcome]
    fresh = {receipt.index for receipt in receipts if receipt.index >= before} - seen
    seen |= fresh
    waiting.recorded = bool(fresh)
    waiting.set_result(outcome)


def _refuse(group: list[Waiting], reason: ReadOnlyError) -> None:
    for waiting in group:
        # A new one each time: raising an error again and again would keep every caller's frames alive.
        _refuse_one(waiting, ReadOnlyError(reason.zh, reason.en))


def _refuse_one(waiting: Waiting, refusal: LedgerError) -> None:
    if waiting.together:
        waiting.set_exception(refusal)
    else:
        waiting.set_result(refusal)
