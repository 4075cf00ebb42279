"""Pages and log files answered again from memory, until the log grows.

A page depends on the read models and the published log alone, so its answer holds for as long as neither changes: the
version is asked of both at each request, and everything is forgotten when it moves. What depends on more is never kept:
searches, forms, and whatever holds a text that may be withdrawn at any moment, which says ``no-store``. HTML is also
kept compressed, and named by an ETag, so that a phone that has a page loads nothing again.
"""

import asyncio
import gzip
import hashlib
import sqlite3
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from public_site.published_log import PublishedLog

MOST_BYTES = 64 * 1024 * 1024
LONGEST_KEY = 600
NEVER = ("/ask", "/search", "/static/", "/data/", "/api")
NO_STORE = "no-store"
HTML = b"text/html"
Headers = list[tuple[bytes, bytes]]
Version = Callable[[], Hashable]


@dataclass(frozen=True, slots=True)
class Kept:
    """One answer of status 200: its headers without length and encoding, its body plain and, of HTML, compressed."""

    headers: Headers
    body: bytes
    compressed: bytes | None
    etag: bytes

    @property
    def size(self) -> int:
        """Bytes in memory, near enough."""
        return len(self.body) + len(self.compressed or b"") + 1024


class Memory:
    """ASGI middleware. ``version`` says of which log and read models an answer is; ``by_host`` keeps hosts apart."""

    def __init__(self, app: ASGIApp, *, version: Version, by_host: bool, most_bytes: int = MOST_BYTES) -> None:
        self.app = app
        self._version = version
        self._by_host = by_host
        self._most_bytes = most_bytes
        self._kept: OrderedDict[Hashable, Kept] = OrderedDict()
        self._making: dict[Hashable, asyncio.Future[Kept | None]] = {}
        self._bytes = 0
        self._at: Hashable = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes on whatever is not a GET, or HEAD, of something that may be kept."""
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD") or scope["path"].startswith(NEVER):
            await self.app(scope, receive, send)
        elif scope["method"] == "HEAD":
            await self._answer({**scope, "method": "GET"}, receive, _without_body(send))
        else:
            await self._answer(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        version, asked = self._version(), dict(scope["headers"])
        if version != self._at:
            self._kept.clear()
            self._bytes, self._at = 0, version
        key = (scope.get("raw_path"), scope["query_string"], asked.get(b"host") if self._by_host else None)
        kept = self._kept.get(key)
        if kept is not None:
            self._kept.move_to_end(key)
            await _answer(kept, asked, send)
            return
        waited_for = self._making.get((version, key))
        found = await waited_for if waited_for is not None else None
        if found is not None:
            await _answer(found, asked, send)
            return
        heard = _Heard()
        with self._made(version, key, heard):
            await self.app(scope, receive, heard)
        found = heard.found
        if found is None:
            for message in heard.messages:
                await send(message)
            return
        # Where the log grew meanwhile, nobody can say of which version the answer is.
        if version is not None and self._version() == version == self._at and sum(map(len, key[:2])) < LONGEST_KEY:
            self._keep(key, found)
        await _answer(found, asked, send)

    @contextmanager
    def _made(self, version: Hashable, key: Hashable, heard: "_Heard") -> Iterator[None]:
        """Whoever asks for the same meanwhile waits, so that a crowd makes a page once; None tells them to ask anew."""
        making = self._making[version, key] = asyncio.get_running_loop().create_future()
        try:
            yield
            heard.found = heard.kept()
            making.set_result(None if version is None else heard.found)
        finally:
            self._making.pop((version, key), None)
            if not making.done():
                making.set_result(None)

    def _keep(self, key: Hashable, found: Kept) -> None:
        replaced = self._kept.pop(key, None)
        self._kept[key] = found
        self._bytes += found.size - (replaced.size if replaced else 0)
        while self._bytes > self._most_bytes:
            self._bytes -= self._kept.popitem(last=False)[1].size


@dataclass(slots=True)
class _Heard:
    """Takes an answer in."""

    messages: list[Message] = field(default_factory=list)
    found: Kept | None = None

    async def __call__(self, message: Message) -> None:
        self.messages.append(message)

    def kept(self) -> Kept | None:
        """The answer, if it is a whole one of status 200 that may be kept."""
        if not self.messages or self.messages[0].get("status") != 200:
            return None
        if (b"cache-control", NO_STORE.encode()) in self.messages[0]["headers"]:
            return None
        body = b"".join(message.get("body", b"") for message in self.messages[1:])
        headers = [(name, value) for name, value in self.messages[0]["headers"] if name != b"content-length"]
        is_html = any(name == b"content-type" and value.startswith(HTML) for name, value in headers)
        if is_html:
            headers.append((b"vary", b"Accept-Encoding"))
        etag = b'"%b"' % hashlib.sha256(body).hexdigest()[:32].encode()
        return Kept(headers, body, gzip.compress(body, 6, mtime=0) if is_html else None, etag)


def _without_body(send: Send) -> Send:
    async def outward(message: Message) -> None:
        await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

    return outward


async def _answer(kept: Kept, asked: dict[bytes, bytes], send: Send) -> None:
    if kept.etag in asked.get(b"if-none-match", b""):
        await send({"type": "http.response.start", "status": 304, "headers": [*kept.headers, (b"etag", kept.etag)]})
        await send({"type": "http.response.body", "body": b""})
        return
    compressed = kept.compressed if b"gzip" in asked.get(b"accept-encoding", b"") else None
    body = kept.body if compressed is None else compressed
    headers = [*kept.headers, (b"etag", kept.etag), (b"content-length", b"%d" % len(body))]
    if compressed is not None:
        headers.append((b"content-encoding", b"gzip"))
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


class VersionOfFiles:
    """What the read models' file and the published checkpoint are now; None, which keeps nothing, without them.

    To be asked by one thread: SQLite's data_version is a connection's own count of others' commits.
    """

    def __init__(self, views: Path, published: PublishedLog) -> None:
        self._views = views
        self._published = published
        self._db: sqlite3.Connection | None = None
        self._file: tuple[int, int] | None = None

    def __call__(self) -> Hashable:
        """Some microseconds: a few files looked at, none read."""
        try:
            here = self._views.stat()
            if self._db is None or self._file != (here.st_dev, here.st_ino):
                self._connect(here.st_dev, here.st_ino)
            assert self._db is not None
            return (self._file, self._db.execute("PRAGMA data_version").fetchone()[0], self._published.version())
        except (OSError, sqlite3.Error):
            return None

    def _connect(self, device: int, inode: int) -> None:
        if self._db is not None:
            self._db.close()
        self._db = sqlite3.connect(
            f"{self._views.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None, check_same_thread=False
        )
        self._file = (device, inode)
