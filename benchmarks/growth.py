"""Growth from 10^3 entries: admission, proofs, start-up, memory, verification and the read models."""

import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

from benchmarks.figure import Figure
from benchmarks.ledgers import ORIGIN, fill, new_ledger, publish, submissions
from benchmarks.limits import Limits
from benchmarks.load import get_load
from benchmarks.reading import PAGE_BUDGET_MS, afresh
from benchmarks.recording import serve
from ledger.application import Ledger
from ledger.audit.source import open_source
from ledger.audit.verify import Options, verify
from ledger.fold_file import FoldFile
from ledger.rules.snapshot import without_tables
from ledger.rules.state import State, Table
from ledger.sealing.base64url import encode_base64url
from projections.runner import Runner
from projections.source import LogFolderSource

SMALL = 1000
PROOFS = 500
LARGE_PAGES = ["/", "/where", "/entries/500", "/audit", "/how-much", "/verify"]
DIGESTS_AT_ONCE = 20_000


def figures(directory: Path, limit: Limits, *, entries: int, seconds: float) -> list[Figure]:
    """Each figure at ``entries`` against itself at 10^3, or against its limit."""
    ledger = new_ledger(directory / "growth")
    fill(ledger, SMALL)
    rate_small, proof_small = _rate(ledger), _proof_seconds(ledger)
    fill(ledger, max(0, entries - ledger.head().size))
    rate_large, proof_large = _rate(ledger), _proof_seconds(ledger)
    publish(ledger)
    size, home = ledger.head().size, ledger.settings.directory
    ledger.close()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    cores = os.cpu_count() or 1
    return [
        Figure(f"admission at {size:,} entries", rate_large, "/s", "at 1,000 entries", rate_small, "≥ 0.85"),
        Figure(f"inclusion proof at {size:,}", 1e6 * proof_large, "µs", "µs at 1,000", 1e6 * proof_small, "≤ 1.5"),
        Figure("memory of the writing process", memory, "MB", "MB allowed", 400, "≤ 1"),
        _digest_lookup(directory / "digests", size),
        Figure(
            f"start at {size:,} entries, from a snapshot",
            _seconds(lambda: Ledger.open(home).close()),
            "s",
            "s allowed at 10^6",
            5,
            "≤ 1",
        ),
        Figure(
            f"verify {size:,} entries, {cores} cores",
            verify_seconds(home, processes=cores),
            "s",
            "libsodium alone, s",
            size / limit.verifies / cores,
            "≤ 1.5",
        ),
        Figure(f"memory to verify {size:,}", _memory_of("verify", home), "MB", "MB allowed", 512, "≤ 1"),
        Figure(
            f"audit {size:,} entries by every rule, {cores} cores",
            verify_seconds(home, processes=cores, rules=True),
            "s",
            "libsodium alone, s",
            size / limit.verifies / cores,
            "none set",
        ),
        Figure(f"memory to audit {size:,}", _memory_of("audit", home), "MB", "MB allowed", 512, "≤ 1"),
        *_resumed(home, cores),
        Figure("rebuild of the read models", size / rebuild_seconds(home), "entries/s", "aim", 30_000, "≥ 1"),
        Figure(
            f"pages at {size:,}, made afresh",
            _page_ms(home, seconds=seconds),
            "ms p95",
            "ms budget",
            PAGE_BUDGET_MS,
            "≤ 1",
        ),
    ]


def _rate(ledger: Ledger, count: int = 1000) -> float:
    signed = submissions(ledger, count)
    return count / _seconds(lambda: [ledger.admit(signed[first : first + 250]) for first in range(0, count, 250)])


def _proof_seconds(ledger: Ledger) -> float:
    size = ledger.head().size
    indices = [number * 7919 % size for number in range(PROOFS)]
    for index in indices:
        ledger.proof(index)
    return _seconds(lambda: [ledger.proof(index) for index in indices]) / PROOFS


def _digest_lookup(path: Path, count: int) -> Figure:
    """Whether a digest was used: asked for each that an event has, of all that came before."""
    with closing(FoldFile(path)) as file:
        _use(file, 0, SMALL)
        among_small = _lookup_seconds(file.tables["digests"])
        _use(file, SMALL, count)
        among_all = _lookup_seconds(file.tables["digests"])
    name = f"lookup among {count:,} digests used"
    return Figure(name, 1e6 * among_all, "µs", "µs among 1,000", 1e6 * among_small, "≤ 2")


def _lookup_seconds(used: Table[str, bool]) -> float:
    runs = [[_digest() for _ in range(4 * PROOFS)] for _ in range(3)]
    return min(_seconds(partial(_look_up, used, asked)) for asked in runs) / (4 * PROOFS)


def _look_up(used: Table[str, bool], asked: list[str]) -> None:
    for digest in asked:
        used.get(digest)


def _use(file: FoldFile, start: int, stop: int) -> None:
    for first in range(start, stop, DIGESTS_AT_ONCE):
        size = min(first + DIGESTS_AT_ONCE, stop)
        for _ in range(first, size):
            file.tables["digests"][_digest()] = True
        file.keep(without_tables(State(ORIGIN, size=size), b"", {}))


def _digest() -> str:
    return encode_base64url(os.urandom(32))


def _resumed(directory: Path, cores: int) -> Iterator[Figure]:
    """A second run from a saved state, with nothing new to judge, against the run that saved it."""
    for name, rules in (("verify", False), ("audit", True)):
        state = directory / f"{name}.state"
        first, again = (verify_seconds(directory, processes=cores, rules=rules, state=state) for _ in range(2))
        yield Figure(f"{name} again, from its saved state", again, "s", "the first time, s", first, "≤ 0.2")


def verify_seconds(directory: Path, *, processes: int, rules: bool = False, state: Path | None = None) -> float:
    """How long the published log takes to verify."""
    return _seconds(lambda: _verify(directory, Options(processes=processes, rules=rules, state=state)))


def rebuild_seconds(directory: Path) -> float:
    """How long the read models take to fold from entry 0."""
    return _seconds(lambda: _rebuild(directory))


def _verify(directory: Path, options: Options) -> None:
    report = verify(open_source(str(directory / "log")), options)
    if report.exit_code:
        raise RuntimeError(report.summary.en)


def _memory_of(command: str, directory: Path) -> float:
    """The most that ``yangguang verify`` or ``audit`` held, in MB."""
    arguments = [sys.executable, "-m", "yangguang", command, str(directory / "log"), "--json"]
    started = subprocess.Popen(arguments, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(started.pid, 0)
    if status:
        raise RuntimeError(f"yangguang {command} found something")
    return used.ru_maxrss / 1024


def _page_ms(directory: Path, *, seconds: float) -> float:
    with serve(directory, role="public") as port:
        load = get_load(port, afresh(LARGE_PAGES), connections=1, seconds=seconds)
    return 1000 * load.quantile(0.95)


def _rebuild(directory: Path) -> None:
    (directory / "views").mkdir(exist_ok=True)
    Runner(directory / "views" / "views.sqlite3", LogFolderSource(directory / "log")).run_once()


def _seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun
