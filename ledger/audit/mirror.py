"""A copy of what was read from a site, so that it is read once and can be looked at again, and kept as evidence.

A copy is a published folder like any other: ``verify`` reads it without the site.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from ledger.audit.fetching import MAX_TILE_BYTES
from ledger.audit.published import CHECKPOINT, VKEY, PublishedSite
from ledger.audit.source import Source
from ledger.errors import LedgerError
from ledger.tlog.tile import Tile

MOST_BYTES = 8 * 2**30


class MirroredSite:
    """A site read into the folder ``into``. Tiles that lie in a folder of ``behind`` are not asked for again.

    Full tiles never change and a partial one is named by its width, so what an earlier reading kept still holds; the
    checkpoint and ``vkey`` are read once, so that a whole audit is of one moment. Nothing is believed. At most
    ``most_bytes`` are read; beyond them every reading raises LedgerError.
    """

    strict = False
    prefix = ""
    files: tuple[str, ...] = ()

    def __init__(
        self, site: PublishedSite, into: Path, behind: Sequence[Path] = (), *, most_bytes: int = MOST_BYTES
    ) -> None:
        self._site = site
        self._into = into
        self._behind = behind
        self._bytes_left = most_bytes

    def read(self, path: str) -> bytes:
        """``checkpoint`` or ``vkey``. Raises as the site does."""
        if path not in {CHECKPOINT, VKEY}:
            raise RuntimeError("tiles are read by read_tile, which knows their widths")
        kept = self._into / path
        return kept.read_bytes() if kept.is_file() else self._keep(path, self._site.read(path))

    def read_tile(self, tile: Tile) -> bytes:
        """A tile or bundle. Raises as the site does."""
        for folder in (self._into, *self._behind):
            if (folder / tile.path).is_file():
                with (folder / tile.path).open("rb") as file:
                    return file.read(MAX_TILE_BYTES + 1)
        return self._keep(tile.path, self._site.read_tile(tile))

    def close(self) -> None:
        """Closes the connections."""
        self._site.close()

    def _keep(self, path: str, data: bytes) -> bytes:
        self._bytes_left -= len(data)
        if self._bytes_left < 0:
            raise LedgerError(
                "网站给的内容太多，没有再往下读，以免占满磁盘。真有这么多，请下载成文件夹后核对。",
                "The site sends more than is read, lest it fill the disk. If there truly is so much, verify a"
                " downloaded folder.",
            )
        target = self._into / path
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary = target.with_name(target.name + ".tmp")
        temporary.write_bytes(data)
        temporary.replace(target)
        return data


@contextmanager
def read_once(source: Source) -> Iterator[Source]:
    """A source that is verified and then looked at again: a site must not show something else the second time."""
    if not isinstance(source.published, PublishedSite):
        yield source
        return
    with TemporaryDirectory(prefix="yangguang-") as folder:
        yield replace(source, published=MirroredSite(source.published, Path(folder)))
