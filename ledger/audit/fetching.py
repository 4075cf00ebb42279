"""Reading files of a site that may be hostile: bounded in bytes, in time and in where it may lead.

Every file has one deadline for everything (name, connection, headers, body), so a site that drips a byte at a time
holds nobody up; a body is cut off at the largest bundle there can be, compressed or not; a redirect is not followed.
"""

import asyncio
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx

from ledger.errors import LedgerError, MalformedError, NotFoundError, TooLargeError
from ledger.tlog.tile import MAX_ENTRY_BYTES, TILE_WIDTH

MAX_TILE_BYTES = TILE_WIDTH * (MAX_ENTRY_BYTES + 2)
PAUSE_SECONDS = 30
DEADLINE_SECONDS = 120
GZIP = zlib.MAX_WBITS | 16
HEADERS = {"Accept-Encoding": "gzip", "User-Agent": "yangguang-audit"}


class UnreachableError(LedgerError):
    """A site that does not answer, or not in the way a log does: which says nothing about its ledger."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file, and the ETag that the site gave it; empty where it gave none."""

    body: bytes
    etag: str


class Fetcher:
    """Reads files one after another over kept connections. Not to be shared between threads, nor used in a loop.

    The client is an asynchronous one because only there a deadline covers all of a request.
    """

    def __init__(self, *, deadline_seconds: float | None = None) -> None:
        self._deadline = DEADLINE_SECONDS if deadline_seconds is None else deadline_seconds
        self._runner = asyncio.Runner()
        # A connection that is not made at once is tried again.
        transport = httpx.AsyncHTTPTransport(retries=2)
        self._client = httpx.AsyncClient(transport=transport, timeout=PAUSE_SECONDS, headers=HEADERS)

    def fetch(self, url: str) -> bytes:
        """The body of a successful GET. Raises NotFoundError, TooLargeError, MalformedError; UnreachableError.

        That a site is out of reach says nothing about its ledger, so it is not among what an audit takes for findings.
        """
        found = self.fetch_changed(url, "")
        return b"" if found is None else found.body

    def fetch_changed(self, url: str, etag: str) -> Fetched | None:
        """The file, or None where it is still the one that the site named ``etag``. Raises as ``fetch``."""
        try:
            return self._runner.run(self._within_deadline(url, etag))
        except TimeoutError:
            raise UnreachableError(
                f"{url}在{self._deadline:g}秒内没有答完。", f"{url} did not finish within {self._deadline:g} seconds."
            ) from None
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
            why = str(error) or type(error).__name__
            raise UnreachableError(f"读不到{url}（{why}）。", f"Cannot reach {url} ({why}).") from None

    def close(self) -> None:
        """Closes the connections."""
        self._runner.run(self._client.aclose())
        self._runner.close()

    async def _within_deadline(self, url: str, etag: str) -> Fetched | None:
        async with asyncio.timeout(self._deadline):
            return await self._fetch(url, etag)

    async def _fetch(self, url: str, etag: str) -> Fetched | None:
        headers = {"If-None-Match": etag} if etag else {}
        async with self._client.stream("GET", url, headers=headers) as response:
            if etag and response.status_code == httpx.codes.NOT_MODIFIED:
                return None
            _check_status(response, url)
            take, check_end = _decoder(response, url)
            body = bytearray()
            async for part in response.aiter_raw():
                body += take(part, MAX_TILE_BYTES + 1 - len(body))
                if len(body) > MAX_TILE_BYTES:
                    raise TooLargeError("文件", "file", len(body), MAX_TILE_BYTES)
            check_end()
            return Fetched(bytes(body), response.headers.get("etag", ""))


def _check_status(response: httpx.Response, url: str) -> None:
    status = response.status_code
    if status in {404, 410}:
        raise no_file(url)
    if response.is_redirect:
        to = response.headers.get("location", "")[:200]
        raise UnreachableError(
            f"{url}要转到别处（{to}），没有跟去。如果那是账本的新地址，请直接用它。",
            f"{url} redirects to {to}, which was not followed. If the ledger moved there, give that address.",
        )
    if status != httpx.codes.OK:
        raise UnreachableError(f"{url}回答了{status}。", f"{url} answered {status}.")


def _decoder(response: httpx.Response, url: str) -> tuple[Callable[[bytes, int], bytes], Callable[[], None]]:
    """What takes a part of the body and makes at most so many bytes of it; and a check that it came to an end.

    gzip may come unasked (tlog-tiles); several layers of it are a bomb and nothing else.
    """
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    if encoding in {"", "identity"}:
        return lambda part, _: part, lambda: None
    if encoding != "gzip":
        raise MalformedError(
            f"{url}的编码“{encoding[:40]}”读不了。",
            f"{url} has a content encoding, {encoding[:40]!r}, that is not read.",
        )
    inflating: Any = zlib.decompressobj(GZIP)

    def take(part: bytes, most: int) -> bytes:
        try:
            inflated: bytes = inflating.decompress(part, most)
        except zlib.error:
            raise _broken(url) from None
        return inflated

    def check_end() -> None:
        if not inflating.eof or inflating.unused_data:
            raise _broken(url)

    return take, check_end


def _broken(url: str) -> LedgerError:
    return MalformedError(f"{url}的压缩内容不完整或已损坏。", f"The compressed content of {url} is damaged.")


def no_file(name: str) -> NotFoundError:
    """There is no such file."""
    return NotFoundError(f"没有{name}。", f"There is no {name}.")
