"""Recording: single events over HTTP at many connections, a lone one, and events in bulk."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.figure import Figure
from benchmarks.ledgers import bodies, new_ledger, submissions
from benchmarks.limits import Limits
from benchmarks.load import Load, post_load, wait_for
from ledger.signing.checking import ChecksApart

MOST_PER_SECOND = 6_000
START_SECONDS = 2
FORMS = {
    1: ("core in a thread", ("none set", "none set")),
    2: ("core in its own process", ("≥ 0.30", "≥ 0.55")),
}
"""By the number of processes; with what is aimed at against a bare server and against libsodium."""


def figures(directory: Path, limit: Limits, *, seconds: float) -> list[Figure]:
    """The recording figures."""
    return [
        *_over_http(directory / "one", limit, seconds=seconds, processes=1),
        *_over_http(directory / "several", limit, seconds=seconds, processes=2),
        _in_bulk(directory / "bulk", limit),
    ]


def _over_http(directory: Path, limit: Limits, *, seconds: float, processes: int) -> list[Figure]:
    form, aims = FORMS[processes]
    ledger = new_ledger(directory)
    requests = bodies(ledger, int(MOST_PER_SECOND * seconds) + 300)
    ledger.close()
    with serve(directory, processes) as port:
        lone = post_load(port, requests[:200], connections=1, seconds=seconds)
        load = post_load(port, requests[300:], connections=256, seconds=seconds)
    _check(lone, load)
    return [
        Figure(f"POST, 256 connections, {form}", load.rate, "/s", "bare uvicorn", limit.bare_posts, aims[0]),
        Figure(f"POST, 256 connections, {form}", load.rate, "/s", "libsodium verify", limit.verifies, aims[1]),
        Figure(f"tail, {form}", 1000 * load.quantile(0.99), "ms p99", "ms p50", 1000 * load.quantile(0.5), "≤ 1.5"),
        Figure(
            f"lone POST, {form}",
            1000 * lone.quantile(0.5),
            "ms p50",
            "FULL commit ms",
            1000 * limit.commit_seconds,
            "≤ 5",
        ),
    ]


def _check(*loads: Load) -> None:
    for load in loads:
        if load.refused:
            raise RuntimeError(f"{load.refused} of {len(load.latencies)} posts were refused")


def _in_bulk(directory: Path, limit: Limits, *, count: int = 4000) -> Figure:
    """Signatures in all cores. The processes for it start with the first batch, which is not counted."""
    ledger = new_ledger(directory)
    cores = os.cpu_count() or 1
    ledger.checks = checks = ChecksApart(cores - 1)
    ledger.admit_together(submissions(ledger, 100))
    time.sleep(START_SECONDS)
    signed = submissions(ledger, count)
    begun = time.perf_counter()
    for first in range(0, count, 100):
        ledger.admit_together(signed[first : first + 100])
    rate = count / (time.perf_counter() - begun)
    ledger.close()
    checks.close()
    return Figure(f"batches of 100, {cores} cores", rate, "/s", "libsodium verify", limit.verifies, "≥ 0.80")


@contextlib.contextmanager
def serve(directory: Path, processes: int = 1, role: str = "staff") -> Iterator[int]:
    """``yangguang serve`` in a process group of its own; its port."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = int(listener.getsockname()[1])
    command = [sys.executable, "-m", "yangguang", "serve", str(directory), "--port", str(port), "--role", role]
    if processes > 1:
        command += ["--processes", str(processes)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True)
    try:
        wait_for(port)
        yield port
    finally:
        os.killpg(server.pid, signal.SIGINT)
        server.wait()
