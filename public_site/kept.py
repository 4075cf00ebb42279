"""Answers as memory keeps them: ready to be sent, with what is needed to tell later whether they still hold."""

import gzip
import hashlib
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

from starlette.types import Message, Scope, Send

from public_site.drawn import Drawn
from public_site.inputs import Inputs

NO_STORE = "no-store"
HTML = b"text/html"
NOTE = "public_site.made"
Headers = list[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Made:
    """A page before its holes are filled, and what it was made from."""

    drawn: Drawn
    inputs: Inputs

    @property
    def size(self) -> int:
        """Bytes in memory, near enough."""
        return self.drawn.size + self.inputs.size


Again = Callable[[Made], bytes | None]
"""The page as it is now, if nothing changed that it was made from."""


def remember(scope: Scope, made: Made) -> None:
    """Leaves word for the memory above of how the page that answers was made."""
    if NOTE in scope:
        scope[NOTE].append(made)


def nothing_again(_made: Made) -> bytes | None:
    """For sites whose pages hold nothing that could be asked again."""
    return None


@dataclass(slots=True)
class Kept:
    """One answer of status 200, ready to be sent. ``version`` is the newest at which it was what it says."""

    headers: Headers
    body: bytes
    is_html: bool
    made: Made | None
    version: Hashable = None
    etag: bytes = b""
    plain: tuple[Message, Message] = field(init=False)
    unchanged: tuple[Message, Message] = field(init=False)
    _compressed: tuple[Message, Message] | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self.etag = b'"%b"' % hashlib.sha256(self.body).hexdigest()[:32].encode()
        named = [*self.headers, (b"etag", self.etag)]
        self.plain = _messages(200, named, self.body)
        self.unchanged = _start(304, named), _body(b"")

    @property
    def compressed(self) -> tuple[Message, Message]:
        """Made when the first reader wants it."""
        if self._compressed is None:
            named = [*self.headers, (b"etag", self.etag), (b"content-encoding", b"gzip")]
            self._compressed = _messages(200, named, gzip.compress(self.body, 6, mtime=0))
        return self._compressed

    @property
    def size(self) -> int:
        """Bytes in memory, near enough."""
        shown = len(self.body) + (len(self.body) // 3 if self.is_html else 0)
        return shown + 2048 + (self.made.size if self.made else 0)

    def grown(self, body: bytes, version: Hashable) -> "Kept":
        """The same page with its holes filled anew."""
        return Kept(self.headers, body, self.is_html, self.made, version)

    async def send(self, asked: dict[bytes, bytes], send: Send) -> None:
        """Answers, compressed if the reader takes it, or that they have it."""
        if b"if-none-match" in asked and self.etag in asked[b"if-none-match"]:
            start, body = self.unchanged
        elif self.is_html and b"gzip" in asked.get(b"accept-encoding", b""):
            start, body = self.compressed
        else:
            start, body = self.plain
        await send(start)
        await send(body)


class Store:
    """Answers by request, the last used, bounded in bytes."""

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._kept: OrderedDict[Hashable, Kept] = OrderedDict()
        self.bytes = 0

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: Hashable) -> Kept | None:
        """What is kept, now the last used."""
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
        return found

    def put(self, key: Hashable, found: Kept) -> None:
        """Keeps one, and drops what was not used for longest."""
        self.drop(key)
        self._kept[key] = found
        self.bytes += found.size
        while self.bytes > self._most_bytes:
            self.drop(next(iter(self._kept)))

    def drop(self, key: Hashable) -> None:
        """Forgets one, if it is there."""
        dropped = self._kept.pop(key, None)
        self.bytes -= dropped.size if dropped else 0


def kept_of(messages: list[Message], made: Made | None, version: Hashable) -> Kept | None:
    """The answer, if it is a whole one of status 200 that may be kept."""
    if not messages or messages[0].get("status") != 200:
        return None
    if (b"cache-control", NO_STORE.encode()) in messages[0]["headers"]:
        return None
    body = b"".join(message.get("body", b"") for message in messages[1:])
    headers = [(name, value) for name, value in messages[0]["headers"] if name != b"content-length"]
    is_html = any(name == b"content-type" and value.startswith(HTML) for name, value in headers)
    if is_html:
        headers.append((b"vary", b"Accept-Encoding"))
    return Kept(headers, body, is_html, made, version)


def _messages(status: int, headers: Headers, body: bytes) -> tuple[Message, Message]:
    return _start(status, [*headers, (b"content-length", b"%d" % len(body))]), _body(body)


def _start(status: int, headers: Headers) -> Message:
    return {"type": "http.response.start", "status": status, "headers": headers}


def _body(body: bytes) -> Message:
    return {"type": "http.response.body", "body": body}
