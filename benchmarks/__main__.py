"""``python -m benchmarks``: one command, one table; ``--json`` for programs.

python -m benchmarks                     about three minutes
python -m benchmarks --small             about half a minute: for CI, so that it cannot rot
python -m benchmarks --entries 100000    growth from 10^3 to 10^5
"""

import argparse
import json
import os
import platform
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import engines, growth, limits, reading, recording
from benchmarks.figure import Figure, as_table


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--entries", type=int, default=20_000, help="the larger ledger of the growth figures")
    parser.add_argument("--seconds", type=float, default=4.0, help="how long each load lasts")
    parser.add_argument("--small", action="store_true", help="a quick run: 1,500 entries, half a second a load")
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    entries, seconds = (1_500, 0.5) if chosen.small else (chosen.entries, chosen.seconds)
    with tempfile.TemporaryDirectory() as directory:
        found = measure(Path(directory), entries=entries, seconds=seconds)
    if chosen.json:
        print(json.dumps([figure.to_json() for figure in found], ensure_ascii=False, indent=1))
    else:
        print(
            f"{datetime.now(UTC).date()} · {platform.python_version()} · {os.cpu_count()} cores · {platform.machine()}"
        )
        print(f"python -m benchmarks --entries {entries} --seconds {seconds:g}\n")
        print(as_table(found))


def measure(directory: Path, *, entries: int, seconds: float) -> list[Figure]:
    """Limits first, then the figures that are held against them."""
    limit = limits.measure(directory, seconds=seconds)
    return [
        *recording.figures(directory, limit, seconds=seconds),
        *engines.figures(directory, seconds=seconds),
        *growth.figures(directory, limit, entries=entries, seconds=seconds),
        *reading.figures(directory, seconds=seconds),
    ]


if __name__ == "__main__":
    main()
