"""Work that needs no order, done by processes apart and handed back in order."""

import multiprocessing
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any, TypeVar

from ledger.errors import LedgerError

AHEAD = 2
WORTH_PROCESSES = 16_384
"""Of fewer entries one process has checked the signatures before others have even started."""
T = TypeVar("T")
R = TypeVar("R")


def apart(work: Callable[..., R], jobs: Iterable[tuple[T, tuple[Any, ...]]], processes: int) -> Iterator[tuple[T, R]]:
    """What ``work`` makes of the arguments of each job, beside what the job came with. Raises what ``work`` raises.

    Jobs are taken only so far ahead that no process waits. LedgerError if the system ends a process.
    """
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=context, initializer=_leave_interrupts) as pool:
        waiting: deque[tuple[T, Future[R]]] = deque()
        for kept, arguments in jobs:
            waiting.append((kept, pool.submit(work, *arguments)))
            if len(waiting) > AHEAD * processes:
                yield _finished(*waiting.popleft())
        while waiting:
            yield _finished(*waiting.popleft())


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
