"""PostgreSQL against SQLite under the same load, on the same disk: each in turn, twice, so that both see its moods."""

import itertools
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.figure import Figure
from benchmarks.ledgers import bodies, new_ledger, submissions
from benchmarks.load import post_load
from benchmarks.recording import MOST_PER_SECOND, serve
from tests.clusters import Cluster, package_server

ROUNDS = 2
Rate = Callable[[Path, str | None], float]


def figures(directory: Path, *, seconds: float) -> list[Figure]:
    """Over HTTP at 256 connections, and batches of 100 in process."""
    loads: list[tuple[str, Rate]] = [
        ("POST, 256 connections, PostgreSQL", lambda place, url: _over_http(place, url, seconds / ROUNDS)),
        ("batches of 100, in process, PostgreSQL", _in_bulk),
    ]
    with package_server() as cluster:
        return [_compare(name, rate, directory / "engines", cluster) for name, rate in loads]


def _compare(name: str, rate: Rate, directory: Path, cluster: Cluster) -> Figure:
    places = (directory / f"{name[:4]}-{number}" for number in itertools.count())
    pairs = [(rate(next(places), None), rate(next(places), cluster.new_database())) for _ in range(ROUNDS)]
    sqlite, postgres = (sum(rates) / ROUNDS for rates in zip(*pairs, strict=True))
    return Figure(name, postgres, "/s", "SQLite, same load", sqlite, "≥ 0.6")


def _over_http(directory: Path, database: str | None, seconds: float) -> float:
    ledger = new_ledger(directory, database=database)
    requests = bodies(ledger, int(MOST_PER_SECOND * seconds))
    ledger.close()
    with serve(directory) as port:
        load = post_load(port, requests, connections=256, seconds=seconds)
    if load.refused:
        raise RuntimeError(f"{load.refused} of {len(load.latencies)} posts were refused")
    return load.rate


def _in_bulk(directory: Path, database: str | None, count: int = 2000) -> float:
    ledger = new_ledger(directory, database=database)
    signed = submissions(ledger, count)
    begun = time.perf_counter()
    for first in range(0, count, 100):
        ledger.admit_together(signed[first : first + 100])
    rate = count / (time.perf_counter() - begun)
    ledger.close()
    return rate
