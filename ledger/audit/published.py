"""Published log files, in a folder or over HTTP (C2SP tlog-tiles): bytes by path, with nothing believed.

checkpoint   vkey   tile/<L>/<N>[.p/<W>]   tile/entries/<N>[.p/<W>]
"""

import os
from collections.abc import Iterator
from pathlib import Path

from ledger.audit.fetching import MAX_TILE_BYTES, Fetched, Fetcher, no_file
from ledger.errors import LedgerError, MalformedError, NotFoundError, TooLargeError
from ledger.tlog.checkpoint import parse_checkpoint
from ledger.tlog.merkle import HASH_SIZE
from ledger.tlog.note import parse_note
from ledger.tlog.tile import TILE_WIDTH, Tile, partial_tiles, truncate_bundle

CHECKPOINT = "checkpoint"
VKEY = "vkey"
ATTEMPTS = 5


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
        """A file's bytes. Raises NotFoundError, TooLargeError; MalformedError for a pipe, folder or the like."""
        if path in self._taken:
            return self._taken[path]
        target = self._folder / path
        if os.path.lexists(target) and not target.is_file():
            # Opening a pipe would wait for ever for somebody to write into it.
            raise MalformedError(f"{path}不是普通文件。", f"{path} is not a regular file.")
        try:
            with target.open("rb") as file:
                data = file.read(MAX_TILE_BYTES + 1)
        except OSError:
            raise no_file(f"{self.prefix}{path}") from None
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

    def __init__(self, prefix_url: str, fetcher: Fetcher) -> None:
        self._url = prefix_url
        self._fetcher = fetcher

    def read(self, path: str) -> bytes:
        """A file's bytes. Raises as ``Fetcher.fetch``."""
        return self._fetcher.fetch(f"{self._url}/{path}")

    def read_changed(self, path: str, etag: str) -> Fetched | None:
        """As ``Fetcher.fetch_changed``."""
        return self._fetcher.fetch_changed(f"{self._url}/{path}", etag)

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
        self._fetcher.close()


def _capped(data: bytes) -> bytes:
    if len(data) > MAX_TILE_BYTES:
        raise TooLargeError("文件", "file", len(data), MAX_TILE_BYTES)
    return data
