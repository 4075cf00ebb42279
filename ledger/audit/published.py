"""Published log files, in a folder or over HTTP (C2SP tlog-tiles): bytes by path, with nothing believed.

checkpoint   vkey   tile/<L>/<N>[.p/<W>]   tile/entries/<N>[.p/<W>]
"""

import os
from collections.abc import Iterator
from pathlib import Path

import httpx

from ledger.errors import LedgerError, NotFoundError, TooLargeError
from ledger.tlog.checkpoint import parse_checkpoint
from ledger.tlog.merkle import HASH_SIZE
from ledger.tlog.note import parse_note
from ledger.tlog.tile import MAX_ENTRY_BYTES, TILE_WIDTH, Tile, partial_tiles, truncate_bundle

MAX_TILE_BYTES = TILE_WIDTH * (MAX_ENTRY_BYTES + 2)
CHECKPOINT = "checkpoint"
VKEY = "vkey"
ATTEMPTS = 5
TIMEOUT_SECONDS = 30


class PublishedFolder:
    """A folder with ``checkpoint`` in it. Every file of it must be one that the log leads to (``strict``).

    A publisher may be at work: the checkpoint, its partial tiles and the list of files are taken first, all of one
    moment, and full tiles never change.
    """

    strict = True

    def __init__(self, folder: Path, *, prefix: str) -> None:
        self._folder = folder
        self.prefix = prefix
        self._taken: dict[str, bytes] = {}
        for _ in range(ATTEMPTS):
            if self._take():
                break
        self.files = sorted(self._walk())

    def read(self, path: str) -> bytes:
        """A file's bytes. Raises NotFoundError, TooLargeError."""
        if path in self._taken:
            return self._taken[path]
        try:
            with (self._folder / path).open("rb") as file:
                data = file.read(MAX_TILE_BYTES + 1)
        except OSError:
            raise _no_file(f"{self.prefix}{path}") from None
        return _capped(data)

    def read_tile(self, tile: Tile) -> bytes:
        """Exactly that tile's file. Raises NotFoundError, TooLargeError."""
        return self.read(tile.path)

    def close(self) -> None:
        """Nothing to close."""

    def _take(self) -> bool:
        """Takes the checkpoint and its partial tiles; False if another checkpoint was published meanwhile."""
        self._taken = {}
        try:
            note = self.read(CHECKPOINT)
            size = parse_checkpoint(parse_note(note).text).tree_size
        except LedgerError:
            return True
        for tile in partial_tiles(size):
            try:
                self._taken[tile.path] = self.read(tile.path)
            except LedgerError:
                if self.read(CHECKPOINT) != note:
                    return False
        self._taken[CHECKPOINT] = note
        return True

    def _walk(self) -> Iterator[str]:
        for root, folders, names in os.walk(self._folder):
            links = [name for name in folders if (Path(root) / name).is_symlink()]
            for name in (*names, *links):
                yield (Path(root) / name).relative_to(self._folder).as_posix()


class PublishedSite:
    """A log prefix over HTTP. There is no list of files; signature lines by others are none of ours."""

    strict = False
    prefix = ""
    files: tuple[str, ...] = ()

    def __init__(self, prefix_url: str, client: httpx.Client) -> None:
        self._url = prefix_url
        self._client = client

    def read(self, path: str) -> bytes:
        """A file's bytes. Raises as ``fetch``."""
        return fetch(self._client, f"{self._url}/{path}")

    def read_tile(self, tile: Tile) -> bytes:
        """The tile; where a partial one is gone, that much of the full one (tlog-tiles, "Partial Tiles")."""
        try:
            return self.read(tile.path)
        except NotFoundError:
            if tile.width == TILE_WIDTH:
                raise
        full = self.read(Tile(tile.level, tile.index, TILE_WIDTH).path)
        if tile.level == Tile.ENTRIES:
            return truncate_bundle(full, tile.width)
        return full[: tile.width * HASH_SIZE]

    def close(self) -> None:
        """Closes the connections."""
        self._client.close()


def new_client() -> httpx.Client:
    """A client that tries again where a connection is not made at once."""
    transport = httpx.HTTPTransport(retries=2)
    return httpx.Client(transport=transport, timeout=TIMEOUT_SECONDS, follow_redirects=True)


def fetch(client: httpx.Client, url: str) -> bytes:
    """The body of a successful GET. Raises NotFoundError, TooLargeError; LedgerError where nobody answers.

    That a site is out of reach says nothing about its ledger, so it is not among what an audit takes for findings.
    """
    try:
        with client.stream("GET", url) as response:
            if response.status_code in {404, 410}:
                raise _no_file(url)
            response.raise_for_status()
            body = b""
            for part in response.iter_bytes():
                body = _capped(body + part)
    except httpx.HTTPStatusError as error:
        status = error.response.status_code
        raise LedgerError(f"{url}回答了{status}。", f"{url} answered {status}.") from None
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise LedgerError(f"读不到{url}（{error}）。", f"Cannot reach {url} ({error}).") from None
    return body


def _capped(data: bytes) -> bytes:
    if len(data) > MAX_TILE_BYTES:
        raise TooLargeError("文件", "file", len(data), MAX_TILE_BYTES)
    return data


def _no_file(name: str) -> NotFoundError:
    return NotFoundError(f"没有{name}。", f"There is no {name}.")
