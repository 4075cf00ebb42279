"""Work that needs no order, done by processes apart and handed back in order."""

import gc
import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import islice
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from pathlib import Path
from threading import Thread
from typing import Any, Generic, TypeVar

from ledger.errors import LedgerError

AHEAD = 16
"""Jobs that each process has at a time, so that none waits while this one writes down or reads something."""
MOST_WAITING = 64
"""Results and jobs that may wait for an earlier one to be finished."""
WORTH_PROCESSES, FORK = 8192, 8
"""Of fewer entries one process has checked the signatures before another has begun, which by fork is so much sooner."""
THREADS = Path("/proc/self/task")
"""Where Linux lists the threads of this process."""
T = TypeVar("T")
R = TypeVar("R")


def are_worth_it(entries: int) -> bool:
    """Whether so many entries are better shared by several processes."""
    return entries >= (WORTH_PROCESSES // FORK if _is_alone() else WORTH_PROCESSES)


def apart(work: Callable[..., R], jobs: Iterable[tuple[T, tuple[Any, ...]]], processes: int) -> Iterator[tuple[T, R]]:
    """What ``work`` makes of the arguments of each job, in order, beside what the job came with.

    This process is one of them: where it would wait, it does the last job that no other has begun. Raises what
    ``work`` raises, and LedgerError if the system ends a process.
    """
    others, ahead = max(1, processes - 1), iter(jobs)
    with _said_if_broken(), ProcessPoolExecutor(others, mp_context=_context(), initializer=_begin) as pool:
        waiting: deque[Job[T, R]] = deque()
        try:
            while True:
                room = min(AHEAD * others - sum(not job.is_done() for job in waiting), MOST_WAITING - len(waiting))
                waiting.extend(Job(kept, work, arguments, pool) for kept, arguments in islice(ahead, max(0, room)))
                if not waiting:
                    return
                if waiting[0].is_done() or not any(job.do_here() for job in reversed(waiting)):
                    yield waiting.popleft().finished()
        finally:
            for job in waiting:
                job.give_up()


class Job(Generic[T, R]):
    """One job, given to the pool."""

    def __init__(self, kept: T, work: Callable[..., R], arguments: tuple[Any, ...], pool: ProcessPoolExecutor) -> None:
        self._kept = kept
        self._work = work
        self._arguments = arguments
        self._future: Future[R] = pool.submit(work, *arguments)

    def is_done(self) -> bool:
        """Whether ``finished`` need not wait."""
        return self._future.done()

    def do_here(self) -> bool:
        """Takes it back and does it; False where another process has begun it."""
        if not self._future.cancel():
            return False
        self._future = Future()
        self._future.set_result(self._work(*self._arguments))
        return True

    def give_up(self) -> None:
        """Nobody wants it any more."""
        self._future.cancel()

    def finished(self) -> tuple[T, R]:
        """What it came with, and its result."""
        return self._kept, self._future.result()


@contextmanager
def _said_if_broken() -> Iterator[None]:
    try:
        yield
    except BrokenProcessPool:
        raise LedgerError(
            "核对用的一个进程被系统中止了（可能内存不够），没有得出结论。",
            "A process of this verification was ended by the system, perhaps for want of memory; there is no verdict.",
        ) from None


def _context() -> BaseContext:
    """By fork where it is safe: what has been imported need not be again."""
    return multiprocessing.get_context("fork" if _is_alone() else "spawn")


def _is_alone() -> bool:
    """Whether this process is known to have one thread: another's locks would stay locked in a fork for ever."""
    return THREADS.is_dir() and len(list(THREADS.iterdir())) == 1


def _begin() -> None:
    """Ctrl-C is for the process that began all this, which ends the others; if it is killed, they end too."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # What was inherited is not looked through again, which would copy it page by page.
    gc.freeze()
    Thread(target=_end_with, args=(multiprocessing.parent_process(),), daemon=True).start()


def _end_with(process: BaseProcess | None) -> None:
    if process is not None:
        process.join()
        os._exit(1)
