"""Processes that share the work of a verification: in order, none left behind, and no verdict where one is ended."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ledger.audit import apart
from ledger.errors import LedgerError

ENDLESS = """
import os, time
from ledger.audit import apart
apart.Job.do_here = lambda job: False
def work(number):
    print(os.getpid(), flush=True)
    time.sleep(600)
list(apart.apart(work, [(0, (0,))], 2))
"""


@pytest.fixture(autouse=True)
def _by_fork(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "_is_alone", lambda: True)


def square(number: int) -> tuple[int, int]:
    time.sleep(0.001 * (number % 3))
    return number * number, os.getpid()


def end(number: int) -> int:
    os._exit(number)


@pytest.mark.parametrize("processes", [1, 2, 4])
def test_results_come_in_order_whoever_did_the_work(processes: int) -> None:
    found = list(apart.apart(square, [(number, (number,)) for number in range(200)], processes))
    assert [(kept, result) for kept, (result, _) in found] == [(number, number * number) for number in range(200)]
    assert {os.getpid()} < {process for _, (_, process) in found}


def test_a_reader_that_stops_early_ends_the_others() -> None:
    results = apart.apart(square, ((number, (number,)) for number in range(10**9)), 2)
    assert next(iter(results))[0] == 0
    results.close()  # type: ignore[attr-defined]


def test_no_verdict_where_the_system_ends_a_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart.Job, "do_here", lambda _job: False)
    with pytest.raises(LedgerError, match="there is no verdict"):
        list(apart.apart(end, [(number, (1,)) for number in range(50)], 2))


@pytest.mark.skipif(not apart.THREADS.is_dir(), reason="a script cannot be started by others of its processes")
def test_a_process_ends_with_the_one_that_is_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", ENDLESS], stdout=subprocess.PIPE, text=True) as killed:
        assert killed.stdout is not None
        other = int(killed.stdout.readline())
        killed.send_signal(signal.SIGKILL)
    until = time.monotonic() + 10
    while _is_running(other) and time.monotonic() < until:
        time.sleep(0.02)
    assert not _is_running(other)


def _is_running(process: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{process}/status").read_text()
    except FileNotFoundError:
        return False
