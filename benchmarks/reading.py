"""Reading: log tiles and pages of the demonstration, over HTTP."""

from collections.abc import Sequence
from pathlib import Path

from benchmarks.figure import Figure
from benchmarks.limits import Limits
from benchmarks.load import get_load
from benchmarks.recording import serve
from ledger.publishing.publisher import Publisher
from yangguang.demo.scribe import build
from yangguang.serving import build_views

PAGES = [
    "/",
    "/where",
    "/what",
    "/whom",
    "/how-much",
    "/effect",
    "/audit",
    "/entries/300",
    "/duties",
    "/score/projects",
]
PAGE_BUDGET_MS = 50


def afresh(paths: Sequence[str], count: int = 20_000) -> list[str]:
    """Addresses that no memory holds, for each is asked once."""
    return [f"{paths[number % len(paths)]}?afresh={number}" for number in range(count)]


def figures(directory: Path, limit: Limits, *, seconds: float) -> list[Figure]:
    """The reading figures, from a server with the role ``public``."""
    home = directory / "demo"
    home.mkdir()
    ledger = build(home)
    Publisher(ledger.store, ledger.settings.log, vkey=ledger.settings.vkey).publish()
    ledger.close()
    build_views(ledger.settings).run_once()
    with serve(home, role="public") as port:
        tiles = get_load(port, ["/log/tile/0/000", "/log/tile/0/001"], connections=64, seconds=seconds)
        kept = get_load(port, PAGES, connections=64, seconds=seconds)
        pages = get_load(port, afresh(PAGES), connections=1, seconds=seconds)
    return [
        Figure("full tiles, 64 connections", tiles.rate, "/s", "bare uvicorn", limit.bare_gets, "≥ 0.7"),
        Figure("pages from memory, 64 connections", kept.rate, "/s", "bare uvicorn", limit.bare_gets, "≥ 0.7"),
        Figure(
            "pages made afresh, one reader", 1000 * pages.quantile(0.95), "ms p95", "ms budget", PAGE_BUDGET_MS, "≤ 1"
        ),
    ]
