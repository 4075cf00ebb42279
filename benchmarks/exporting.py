"""A whole ledger exported as files, and again after it grew: what is written, what it costs, how large it is.

python -m benchmarks.exporting --entries 20000
"""

import argparse
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.ledgers import fill, new_ledger, publish
from ledger.application import Ledger
from ledger.settings import load_settings
from yangguang.export.exporting import Exported, Wanted, export, processes_here
from yangguang.export.snapshot import Progress

COLUMNS = ("entries", "pages", "of these made", "files written", "MB written", "s of CPU", "s")


def main() -> None:
    """Prints a row for each of two exports."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--entries", type=int, default=20_000)
    parser.add_argument("--growth", type=int, default=1000, help="how many entries come before the second export")
    parser.add_argument("--processes", type=int, default=processes_here())
    options = parser.parse_args()
    with TemporaryDirectory() as place:
        home, out = Path(place) / "ledger", Path(place) / "out"
        ledger = new_ledger(home)
        fill(ledger, options.entries - ledger.head().size)
        _close(ledger)
        print(f"| {' | '.join(COLUMNS)} |\n|{'---|' * len(COLUMNS)}")
        _measure(home, out, options.processes)
        ledger = Ledger.open(home)
        fill(ledger, options.growth)
        _close(ledger)
        _measure(home, out, options.processes)
        most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        print(f"\n{options.processes} processes; the largest held {most:,.0f} MB.")


def _close(ledger: Ledger) -> None:
    publish(ledger)
    ledger.close()


def _measure(home: Path, out: Path, processes: int) -> None:
    begun, before = time.perf_counter(), _cpu_seconds()
    made = export(load_settings(home), out, Wanted(processes=processes), _quiet)
    print(_row(made, _cpu_seconds() - before, time.perf_counter() - begun), flush=True)


def _row(made: Exported, cpu: float, wall: float) -> str:
    figures = (made.size, made.pages, made.made, made.changed, made.changed_bytes / 1e6, cpu, wall)
    return f"| {' | '.join(f'{figure:,.0f}' for figure in figures)} |"


def _cpu_seconds() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


@contextmanager
def _quiet(_title: str) -> Iterator[Progress]:
    yield lambda _done, _total: None


if __name__ == "__main__":
    main()
