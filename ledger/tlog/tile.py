"""Tiles and entry bundles: the files of a published log (C2SP tlog-tiles, "Merkle Tree" and "Log entries").

    tile/0/x001/067            256 leaf hashes, 8192 bytes: entries 273152 to 273407
    tile/1/000.p/17            17 hashes, each over 256 entries
    tile/entries/x001/067.p/8  8 entries, each a big-endian uint16 length and its bytes

Slot i of tile N at level L is the hash over entries [(N*256+i) * 256**L, (N*256+i+1) * 256**L). The seven
levels in between are never published; a reader recomputes them.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

from ledger.errors import MalformedError, TooLargeError
from ledger.tlog.merkle import HASH_SIZE, HashReader, no_subtree, node_hash

TILE_WIDTH = 256
TILE_HEIGHT = 8  # levels of the tree that one level of tiles stands for
MAX_LEVEL = 63
MAX_ENTRY_BYTES = 65_535  # what a uint16 length can say
CACHED_TILES = 64
PATH = re.compile(r"tile/(entries|[0-9]{1,2})/((?:x[0-9]{3}/){0,6}[0-9]{3})(?:\.p/([0-9]{1,3}))?")


@dataclass(frozen=True, slots=True)
class Tile:
    """One file: level 0 to 63, or ENTRIES for an entry bundle; width 1 to 256, below 256 a partial one."""

    ENTRIES: ClassVar[int] = -1

    level: int
    index: int
    width: int

    def __post_init__(self) -> None:
        if not (self.ENTRIES <= self.level <= MAX_LEVEL and self.index >= 0 and 1 <= self.width <= TILE_WIDTH):
            raise MalformedError(
                f"没有这样的哈希块：层{self.level}，序号{self.index}，宽{self.width}。",
                f"There can be no tile at level {self.level}, index {self.index}, width {self.width}.",
            )

    @property
    def path(self) -> str:
        """The path under the log prefix, such as ``tile/0/x001/067.p/8``."""
        level = "entries" if self.level == self.ENTRIES else self.level
        partial = f".p/{self.width}" if self.width < TILE_WIDTH else ""
        return f"tile/{level}/{_grouped(self.index)}{partial}"


def parse_path(path: str) -> Tile:
    """The tile whose ``path`` this is, character for character. Raises MalformedError."""
    match = PATH.fullmatch(path)
    if match is None:
        raise _bad_path(path)
    level, index, width = match.groups()
    tile = Tile(
        Tile.ENTRIES if level == "entries" else int(level),
        int(re.sub("[x/]", "", index)),
        TILE_WIDTH if width is None else int(width),
    )
    if tile.path != path:
        raise _bad_path(path)
    return tile


def tiles_of_size(size: int) -> list[Tile]:
    """Every tile and bundle that a log of ``size`` entries serves, full ones before partial ones."""
    return new_tiles(0, size)


def new_tiles(old_size: int, new_size: int) -> list[Tile]:
    """What must be written when the log grows, full ones before partial ones (the safe order to publish).

    Bundles come before hashes and lower levels before higher ones. Nothing that ``old_size`` already
    had in full is in the list.
    """
    if old_size > new_size:
        raise RuntimeError(f"a log never shrinks from {old_size} to {new_size}")
    tiles: list[Tile] = []
    for level in range(Tile.ENTRIES, MAX_LEVEL + 1):
        shift = TILE_HEIGHT * max(level, 0)
        tiles += _grown(level, old_size >> shift, new_size >> shift)
    return sorted(tiles, key=lambda tile: tile.width < TILE_WIDTH)


def partial_tiles(size: int) -> list[Tile]:
    """The partial tiles and bundle at the right edge of a log of ``size``: at most one a level."""
    rows = [(Tile.ENTRIES, size)] + [(level, size >> (TILE_HEIGHT * level)) for level in range(MAX_LEVEL + 1)]
    return [Tile(level, count // TILE_WIDTH, count % TILE_WIDTH) for level, count in rows if count % TILE_WIDTH]


def tile_bytes(tile: Tile, reader: HashReader) -> bytes:
    """The content of a tile of hashes, ``width`` times 32 bytes. Raises ProofError where ``reader`` does."""
    if tile.level == Tile.ENTRIES:
        raise RuntimeError("an entry bundle holds entries, not hashes")
    first = tile.index * TILE_WIDTH
    return b"".join(reader.read(TILE_HEIGHT * tile.level, first + slot) for slot in range(tile.width))


def parse_hash_tile(data: bytes, width: int) -> list[bytes]:
    """The ``width`` hashes of a tile. Raises MalformedError for any other length."""
    if len(data) != width * HASH_SIZE:
        raise MalformedError(
            f"哈希块有{len(data)}字节，应为{width * HASH_SIZE}字节（{width}个哈希）。",
            f"The tile has {len(data)} bytes instead of {width * HASH_SIZE} ({width} hashes).",
        )
    return [data[start : start + HASH_SIZE] for start in range(0, len(data), HASH_SIZE)]


def format_bundle(entries: Sequence[bytes]) -> bytes:
    """An entry bundle of 1 to 256 entries. Raises TooLargeError for one over 65,535 bytes, MalformedError."""
    if not 1 <= len(entries) <= TILE_WIDTH:
        raise MalformedError(
            f"一个条目包应有1至{TILE_WIDTH}条，而不是{len(entries)}条。",
            f"A bundle holds 1 to {TILE_WIDTH} entries, not {len(entries)}.",
        )
    for entry in entries:
        if len(entry) > MAX_ENTRY_BYTES:
            raise TooLargeError("条目", "entry", len(entry), MAX_ENTRY_BYTES)
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def parse_bundle(data: bytes, *, width: int) -> list[bytes]:
    """The entries of a bundle of exactly ``width``, nothing after them. Raises MalformedError."""
    entries, end = _entries(data, width)
    if end != len(data):
        raise MalformedError(
            f"条目包在第{width}条之后还有{len(data) - end}字节。",
            f"The bundle has {len(data) - end} more bytes after entry {width}.",
        )
    return entries


def truncate_bundle(data: bytes, width: int) -> bytes:
    """The bundle of the first ``width`` entries. Raises MalformedError if there are fewer.

    Every partial is a prefix of the wider ones, so any width can be served from the widest.
    """
    return data[: _entries(data, width)[1]]


class TileHashReader:
    """A HashReader over the published tiles of a log of ``size`` entries, with a small cache.

    ``fetch`` answers with exactly the tile it is given; where a partial one is gone, with that many
    hashes of the full one. The hashes are as trustworthy as their source: compare ``tree_root`` with a
    verified checkpoint and ``tile_bytes`` with each file before believing the rest.
    """

    def __init__(self, fetch: Callable[[Tile], bytes], size: int) -> None:
        self.size = size
        self._fetch = fetch
        self._rows = lru_cache(maxsize=CACHED_TILES)(self._read_rows)

    def read(self, level: int, index: int) -> bytes:
        """As HashReader asks. Raises ProofError beyond ``size``, MalformedError for a tile of the wrong length."""
        if level < 0 or index < 0 or (index + 1) << level > self.size:
            raise no_subtree(level, index, self.size)
        tile_level, height = divmod(level, TILE_HEIGHT)
        slots = TILE_WIDTH >> height
        return self._rows(tile_level, index // slots)[height][index % slots]

    def _read_rows(self, level: int, index: int) -> list[list[bytes]]:
        """The hashes of one tile and those of the complete subtrees above them, lowest row first."""
        width = min(TILE_WIDTH, (self.size >> TILE_HEIGHT * level) - index * TILE_WIDTH)
        rows = [parse_hash_tile(self._fetch(Tile(level, index, width)), width)]
        while len(rows) < TILE_HEIGHT:
            below = rows[-1]
            rows.append([node_hash(left, right) for left, right in zip(below[::2], below[1::2], strict=False)])
        return rows


def _grown(level: int, old: int, new: int) -> list[Tile]:
    """The tiles of one level that change when it grows from ``old`` to ``new`` slots."""
    tiles = [Tile(level, index, TILE_WIDTH) for index in range(old // TILE_WIDTH, new // TILE_WIDTH)]
    if new > old and new % TILE_WIDTH:
        tiles.append(Tile(level, new // TILE_WIDTH, new % TILE_WIDTH))
    return tiles


def _entries(data: bytes, width: int) -> tuple[list[bytes], int]:
    entries: list[bytes] = []
    position = 0
    while len(entries) < width:
        start = position + 2
        position = start + int.from_bytes(data[position:start], "big")
        if position > len(data):
            raise MalformedError(
                f"条目包在第{len(entries)}条处中断，应有{width}条。",
                f"The bundle breaks off in entry {len(entries)} of {width}.",
            )
        entries.append(data[start:position])
    return entries, position


def _grouped(index: int) -> str:
    path = f"{index % 1000:03}"
    while index := index // 1000:
        path = f"x{index % 1000:03}/{path}"
    return path


def _bad_path(path: str) -> MalformedError:
    return MalformedError(f"“{path[:80]}”不是哈希块的路径。", f"{path[:80]!r} is not the path of a tile.")
