"""Work that needs no order, done by processes apart and handed back in order."""

import multiprocessing
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from typing import Any, TypeVar

from ledger.errors import LedgerError

AHEAD = 2
"""Jobs that each process has at a time, so that none waits."""
MOST_WAITING = 64
"""Results and jobs that may wait for an earlier one to be finished."""
WORTH_PROCESSES = 8192
"""Of fewer entries one process has checked the signatures before others have even started."""
T = TypeVar("T")
R = TypeVar("R")


def apart(work: Callable[..., R], jobs: Iterable[tuple[T, tuple[Any, ...]]], processes: int) -> Iterator[tuple[T, R]]:
    """What ``work`` makes of the arguments of each job, in order, beside what the job came with.

    This process is one of them: while others start, or are slow, it does jobs itself. Raises what ``work`` raises, and
    LedgerError if the system ends a process.
    """
    context, others = multiprocessing.get_context("spawn"), max(1, processes - 1)
    with ProcessPoolExecutor(others, mp_context=context, initializer=_leave_interrupts) as pool:
        waiting: deque[tuple[T, Future[R]]] = deque()
        ahead = iter(jobs)
        while True:
            room = AHEAD * others - sum(not future.done() for _, future in waiting)
            waiting.extend((kept, pool.submit(work, *arguments)) for kept, arguments in islice(ahead, max(0, room)))
            if not waiting:
                return
            if waiting[0][1].done() or len(waiting) >= MOST_WAITING:
                yield _finished(*waiting.popleft())
            elif (job := next(ahead, None)) is not None:
                waiting.append((job[0], _done_here(work, job[1])))
            else:
                yield _finished(*waiting.popleft())


def _done_here(work: Callable[..., R], arguments: tuple[Any, ...]) -> Future[R]:
    done: Future[R] = Future()
    done.set_result(work(*arguments))
    return done


def _leave_interrupts() -> None:
    """Ctrl-C is for the process that began all this, which ends the others."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _finished(kept: T, future: Future[R]) -> tuple[T, R]:
    try:
        return kept, future.result()
    except BrokenProcessPool:
        raise LedgerError(
            "核对用的一个进程被系统中止了（可能内存不够），没有得出结论。",
            "A process of this verification was ended by the system, perhaps for want of memory; there is no verdict.",
        ) from None
