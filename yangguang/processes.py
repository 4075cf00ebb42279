"""Children of a serving process: they share what it opened before them, end when it ends, and are never orphans."""

import contextlib
import ctypes
import gc
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread
from types import FrameType
from typing import NoReturn

STOPPING = (signal.SIGTERM, signal.SIGINT)
PR_SET_PDEATHSIG = 1
"""prctl(2): the signal that the kernel sends to a process whose parent has ended."""
ASK_AGAIN_SECONDS = 0.02
YOUNG_OBJECTS = 50_000
"""How many new objects wait for the garbage collector: a request makes hundreds, and none of them in a cycle."""


def collect_seldom() -> None:
    """What was made so far stays: the collector passes over it, and comes by less often. For a server that is ready."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS, 20, 100)


class Children:
    """To be started before any thread is, and before anything is opened that must not be shared."""

    def __init__(self, grace_seconds: float) -> None:
        self._grace_seconds = grace_seconds
        self._running: set[int] = set()
        self._lifeline, self._held = os.pipe()

    def start(self, work: Callable[[], object]) -> None:
        """Runs ``work`` in a new process, which leaves when it returns."""
        pid = os.fork()
        if pid:
            self._running.add(pid)
            return
        code = 1
        try:
            self._end_with_parent()
            work()
            code = 0
        except SystemExit as leaving:
            code = leaving.code if isinstance(leaving.code, int) else 1
        except BaseException:  # noqa: BLE001 - nothing may pass into the parent's code
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(code)

    def wait(self) -> int:
        """Waits until a child ends, which none should; its exit code, never 0."""
        pid, status = os.wait()
        self._running.discard(pid)
        code = os.waitstatus_to_exitcode(status)
        return 128 - code if code < 0 else code or 1

    def stop(self) -> None:
        """Asks all to end, and makes them when the grace is over."""
        self._send(signal.SIGTERM)
        until = time.monotonic() + self._grace_seconds
        while self._reap(os.WNOHANG) and time.monotonic() < until:
            time.sleep(ASK_AGAIN_SECONDS)
        self._send(signal.SIGKILL)
        self._reap(0)

    def _send(self, number: signal.Signals) -> None:
        for pid in self._running:
            os.kill(pid, number)

    def _reap(self, options: int) -> set[int]:
        self._running -= {pid for pid in self._running if os.waitpid(pid, options)[0]}
        return self._running

    def _end_with_parent(self) -> None:
        for number in STOPPING:
            signal.signal(number, _leave)
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        # Elsewhere, and if the parent was gone before that call: its end of this pipe closes with it. A child that
        # kept that end too would never see it close.
        os.close(self._held)
        Thread(target=_leave_at_end, args=(self._lifeline,), daemon=True).start()


@contextmanager
def leaving_in_order() -> Iterator[None]:
    """Within the block, SIGTERM and SIGINT unwind the stack and leave with code 0; the first one counts."""
    before = {number: signal.signal(number, _leave) for number in STOPPING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _leave(_number: int, _frame: FrameType | None) -> NoReturn:
    for number in STOPPING:
        signal.signal(number, signal.SIG_IGN)
    raise SystemExit(0)


def _leave_at_end(lifeline: int) -> NoReturn:
    with contextlib.suppress(OSError):
        os.read(lifeline, 1)
    os._exit(1)
