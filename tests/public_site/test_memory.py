"""Answers from memory are the answers of now, or there are none."""

import asyncio
import gzip
from collections.abc import Hashable

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from public_site.memory import Memory
from tests.public_site.served import Served


class Counted:
    """A site that says how often it was asked."""

    def __init__(self) -> None:
        self.times = 0
        self.version: Hashable = 1
        self.site = Memory(self, version=lambda: self.version, by_host=True, most_bytes=60_000)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.times += 1
        request = Request(scope)
        answer: Response = HTMLResponse(
            f"<p>{self.times} {request.url.path} {request.headers['host']}</p>" + " " * 2000
        )
        if request.url.path == "/slow":
            await asyncio.sleep(0.05)
        if request.url.path == "/withdrawable":
            answer.headers["Cache-Control"] = "no-store"
        if request.url.path == "/broken":
            answer = PlainTextResponse("500", 500)
        if request.url.path == "/growing":
            self.version = self.times + 100
        await answer(scope, receive, send)

    def get(self, path: str, **headers: str) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.site)
            async with httpx.AsyncClient(transport=transport, base_url="http://ledger.example") as client:
                return await client.get(
                    path, headers={name.replace("_", "-"): value for name, value in headers.items()}
                )

        return asyncio.run(ask())


@pytest.fixture
def counted() -> Counted:
    return Counted()


def test_a_page_is_made_once_for_each_version_of_the_log(counted: Counted) -> None:
    assert counted.get("/a").text == counted.get("/a").text
    counted.version = 2
    assert counted.get("/a").text.startswith("<p>2 ")
    assert counted.times == 2


@pytest.mark.parametrize("path", ["/withdrawable", "/broken", "/growing", "/search?q=a", "/ask", "/static/site.css"])
def test_what_may_be_withdrawn_failed_or_was_asked_by_somebody_is_made_anew(counted: Counted, path: str) -> None:
    counted.get(path)
    counted.get(path)
    assert counted.times == 2


def test_queries_and_hosts_are_kept_apart(counted: Counted) -> None:
    texts = {counted.get("/a").text, counted.get("/a?page=2").text, counted.get("/a", host="other.example").text}
    assert len(texts) == 3
    assert "other.example" not in counted.get("/a").text


def test_a_crowd_that_asks_at_once_has_the_page_made_once(counted: Counted) -> None:
    async def crowd() -> set[str]:
        transport = httpx.ASGITransport(app=counted.site)
        async with httpx.AsyncClient(transport=transport, base_url="http://ledger.example") as client:
            return {answer.text for answer in await asyncio.gather(*(client.get("/slow") for _ in range(50)))}

    assert len(asyncio.run(crowd())) == 1
    assert counted.times == 1


def test_memory_is_bounded(counted: Counted) -> None:
    for number in range(100):
        counted.get(f"/{number}")
    assert counted.site._pages.bytes <= 60_000
    assert 1 < len(counted.site._pages) < 30
    counted.get("/99")
    assert counted.times == 100


def test_a_version_that_comes_back_is_another_one(counted: Counted) -> None:
    counted.get("/a")
    counted.version = 2
    counted.get("/b")
    counted.version = 1
    assert counted.get("/a").text.startswith("<p>3 ")


def test_without_a_version_nothing_is_kept(counted: Counted) -> None:
    counted.version = None
    counted.get("/a")
    counted.get("/a")
    assert counted.times == 2


def test_a_full_tile_is_read_once_and_a_partial_one_for_each_version(counted: Counted) -> None:
    for path in ("/log/tile/0/000", "/log/tile/0/001.p/7"):
        counted.get(path)
        counted.version = counted.times + 10
        counted.get(path)
    assert counted.times == 3


def test_versions_are_asked_once_for_a_crowd_and_again_for_the_next(counted: Counted) -> None:
    versions: list[Hashable] = []
    counted.site._version = lambda: versions.append(1) or counted.version  # type: ignore[func-returns-value]
    counted.get("/a")
    versions.clear()

    async def crowd() -> None:
        transport = httpx.ASGITransport(app=counted.site)
        async with httpx.AsyncClient(transport=transport, base_url="http://ledger.example") as client:
            await asyncio.gather(*(client.get("/a") for _ in range(40)))

    asyncio.run(crowd())
    assert len(versions) < 20
    counted.version = 2
    assert counted.get("/a").text.startswith("<p>2 ")


def test_a_reader_who_has_the_page_is_told_so(counted: Counted) -> None:
    etag = counted.get("/a").headers["etag"]
    again = counted.get("/a", if_none_match=etag)
    assert (again.status_code, again.content) == (304, b"")
    counted.version = 2
    assert counted.get("/a", if_none_match=etag).status_code == 200


def test_pages_travel_compressed_and_log_files_byte_for_byte(demo: Served) -> None:
    page, tile = demo.get("/how-much"), demo.get("/log/tile/entries/000")
    assert page.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in tile.headers
    plain = demo.get("/how-much", headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.text == page.text
    assert int(page.headers["content-length"]) < len(gzip.compress(plain.content)) * 1.1


def test_a_page_that_shows_a_withdrawable_text_is_never_kept(demo: Served) -> None:
    digest = next(path for path in demo.pages if path.startswith("/disclosures/"))
    assert demo.get(digest).headers["cache-control"] == "no-store"
