"""Reading: log tiles and pages of the demonstration, over HTTP.

What is answered from memory is held against a bare server that answers the same bytes, in turns with it: what a body
costs to send is not ours, and a machine that is busy for a while is busy for both.
"""

import statistics
from collections.abc import Mapping, Sequence
from http.client import HTTPConnection
from pathlib import Path

from starlette.types import ASGIApp, Receive, Scope, Send

from benchmarks.figure import Figure
from benchmarks.load import get_load, serving
from benchmarks.recording import serve
from ledger.publishing.publisher import Publisher
from ledger.settings import Settings
from projections.disclosed.claims import claims
from projections.disclosed.past import Past
from projections.runner import as_of_folder
from projections.source import LogFolderSource
from projections.views import Views
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
TILES = ["/log/tile/0/000", "/log/tile/0/001"]
PAGE_BUDGET_MS = 50
TURNS = 3


def afresh(paths: Sequence[str], count: int = 20_000) -> list[str]:
    """Addresses that no memory holds, for each is asked once."""
    return [f"{paths[number % len(paths)]}?afresh={number}" for number in range(count)]


def figures(directory: Path, *, seconds: float) -> list[Figure]:
    """The reading figures, from a server with the role ``public``."""
    home = directory / "demo"
    home.mkdir()
    ledger = build(home)
    Publisher(ledger.store, ledger.settings.log, vkey=ledger.settings.vkey).publish()
    ledger.close()
    build_views(ledger.settings).run_once()
    _recompute(ledger.settings)
    with serve(home, role="public") as port:
        tiles, kept = _in_turns(port, TILES, seconds=seconds), _in_turns(port, PAGES, seconds=seconds)
        pages = get_load(port, afresh(PAGES), connections=1, seconds=seconds)
    return [
        Figure("full tiles, 64 connections", tiles[0], "/s", "bare uvicorn, same bytes", tiles[1], "≥ 0.7"),
        Figure("pages from memory, 64 connections", kept[0], "/s", "bare uvicorn, same bytes", kept[1], "≥ 0.7"),
        Figure(
            "pages made afresh, one reader", 1000 * pages.quantile(0.95), "ms p95", "ms budget", PAGE_BUDGET_MS, "≤ 1"
        ),
    ]


def _recompute(settings: Settings) -> None:
    """The figures of every size that was signed for, which a server else recomputes in its first half minute."""
    with Views(settings.views).reading() as db:
        sizes = {claim.at_size for claim in claims(db)}
    Past(as_of_folder(settings.views), LogFolderSource(settings.log)).catch_up(sizes)


def _in_turns(port: int, paths: Sequence[str], *, seconds: float) -> tuple[float, float]:
    """Answers per second of the server at ``port`` and of a bare one with the same bodies: medians of some turns."""
    ours, bare = [], []
    with serving(_answering({path: _body(port, path) for path in paths})) as other:
        for _ in range(TURNS):
            ours.append(get_load(port, paths, connections=64, seconds=seconds / TURNS).rate)
            bare.append(get_load(other, paths, connections=64, seconds=seconds / TURNS).rate)
    return statistics.median(ours), statistics.median(bare)


def _body(port: int, path: str) -> bytes:
    connection = HTTPConnection("127.0.0.1", port)
    connection.request("GET", path)
    body = connection.getresponse().read()
    connection.close()
    return body


def _answering(bodies: Mapping[str, bytes]) -> ASGIApp:
    """The least an ASGI application can do to answer with these."""

    async def answer(scope: Scope, _receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            body = bodies[scope["path"]]
            headers = [(b"content-length", b"%d" % len(body)), (b"content-type", b"text/html; charset=utf-8")]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": body})

    return answer
