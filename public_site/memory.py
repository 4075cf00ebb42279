"""Pages and log files answered again from memory, as long as they are what would be made now.

The version of read models and published files is asked for all requests of one turn of the event loop together. While
it stays, an answer stays. When it has moved, a page is asked for what it was made from (``Made``): if all of that is as
it was, only what it says of the ledger as a whole is put in anew; else it is made again. What is no page is dropped.
A full tile never changes, and is never asked about again. What depends on more is never kept: searches, forms, and
whatever holds a text that may be withdrawn at any moment, which says ``no-store``. HTML is also kept compressed, and
named by an ETag, so that a phone that has a page loads nothing again.
"""

import asyncio
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager

from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from public_site.kept import NOTE, Again, Kept, Made, Store, kept_of, nothing_again

MOST_BYTES = 64 * 1024 * 1024
LONGEST_KEY = 600
NEVER = ("/ask", "/search", "/static/", "/data/", "/api")
FULL_TILES, PARTIAL = "/log/tile/", ".p/"
Version = Callable[[], Hashable]
Key = tuple[bytes | None, bytes, bytes | None]
"""Path and query as they were sent, and the host where it matters."""
OUTDATED = object()
"""A version that is never the current one."""


class Memory:
    """ASGI middleware. ``version`` says of which log and read models an answer is; ``by_host`` keeps hosts apart."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        version: Version,
        by_host: bool,
        again: Again = nothing_again,
        most_bytes: int = MOST_BYTES,
    ) -> None:
        self.app = app
        self._version = version
        self._by_host = by_host
        self.again = again
        self._pages = Store(most_bytes)
        self._tiles = Store(most_bytes // 2)
        self._making: dict[Hashable, asyncio.Future[Kept | None]] = {}
        self._now: Hashable = OUTDATED
        self._seen: Hashable = OUTDATED
        self._count = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes on whatever is not a GET, or HEAD, of something that may be kept."""
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD") or scope["path"].startswith(NEVER):
            await self.app(scope, receive, send)
        elif scope["method"] == "HEAD":
            await self._answer({**scope, "method": "GET"}, receive, _without_body(send))
        else:
            await self._answer(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = dict(scope["headers"])
        key: Key = (scope.get("raw_path"), scope["query_string"], asked.get(b"host") if self._by_host else None)
        kept = self._tiles.get(key)
        if kept is None:
            version, kept = self._version_of_turn(), self._pages.get(key)
            if kept is None or kept.version != version or version is None:
                kept = await self._made_by_one(version, key, kept, (scope, receive, send))
        if kept is not None:
            await kept.send(asked, send)

    def _version_of_turn(self) -> Hashable:
        """The version, asked once for all that is answered in this turn of the event loop."""
        if self._now is OUTDATED:
            self._now = self._current()
            asyncio.get_running_loop().call_soon(self._turn)
        return self._now

    def _current(self) -> Hashable:
        """A version that never comes back, even if the files that it was told by do; None while there is none."""
        found = self._version()
        if found != self._seen:
            self._seen, self._count = found, self._count + 1
        return None if found is None else self._count

    def _turn(self) -> None:
        self._now = OUTDATED

    async def _made_by_one(
        self, version: Hashable, key: Key, old: Kept | None, request: tuple[Scope, Receive, Send]
    ) -> Kept | None:
        """The answer; None once it has been sent already. A crowd that asks for the same has it made once."""
        waited_for = self._making.get((version, key))
        found = await waited_for if waited_for is not None else None
        if found is not None:
            return found
        with self._made(version, key) as making:
            found = None if old is None or version is None else await self._kept_again(version, key, old)
            if found is None:
                found, messages = await self._made_anew(version, key, request[0], request[1])
            if version is not None:
                making.set_result(found)
        if found is None:
            for message in messages:
                await request[2](message)
        return found

    async def _kept_again(self, version: Hashable, key: Hashable, old: Kept) -> Kept | None:
        body = None if old.made is None else await run_in_threadpool(self.again, old.made)
        if body is None:
            self._pages.drop(key)
            return None
        found = old.grown(body, version)
        if self._current() == version:
            self._pages.put(key, found)
        return found

    async def _made_anew(
        self, version: Hashable, key: Key, scope: Scope, receive: Receive
    ) -> tuple[Kept | None, list[Message]]:
        """What may be kept of an answer, and the answer."""
        made: list[Made] = []
        messages: list[Message] = []
        await self.app({**scope, NOTE: made}, receive, _into(messages))
        found = kept_of(messages, made[0] if made else None, version)
        if found is not None and len(key[0] or b"") + len(key[1]) < LONGEST_KEY:
            path = scope["path"]
            if path.startswith(FULL_TILES) and PARTIAL not in path:
                self._tiles.put(key, found)
            # Where the log grew meanwhile, nobody can say of which version the answer is.
            elif version is not None and self._current() == version:
                self._pages.put(key, found)
        return found, messages

    @contextmanager
    def _made(self, version: Hashable, key: Hashable) -> Iterator[asyncio.Future[Kept | None]]:
        """Whoever asks for the same meanwhile waits; None tells them to ask anew."""
        making = self._making[version, key] = asyncio.get_running_loop().create_future()
        try:
            yield making
        finally:
            self._making.pop((version, key), None)
            if not making.done():
                making.set_result(None)


def _into(messages: list[Message]) -> Send:
    async def take(message: Message) -> None:
        messages.append(message)

    return take


def _without_body(send: Send) -> Send:
    async def outward(message: Message) -> None:
        await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

    return outward
