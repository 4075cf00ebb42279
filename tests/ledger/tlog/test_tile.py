"""Which files a log of a given size consists of, under which paths, and what they hold."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import MalformedError, ProofError
from ledger.tlog.merkle import MemoryTree, leaf_hash, prove_consistency, prove_inclusion, root_of, tree_root
from ledger.tlog.tile import (
    TILE_WIDTH,
    Tile,
    TileHashReader,
    new_tiles,
    parse_hash_tile,
    parse_path,
    partial_tiles,
    tile_bytes,
    tiles_of_size,
)

SIZES = range(601)
LARGE = 70_000
LEAVES = [leaf_hash(b"entry %d" % number) for number in range(LARGE)]


@pytest.fixture(scope="module")
def tree() -> MemoryTree:
    tree = MemoryTree()
    for leaf in LEAVES:
        tree.append(leaf)
    return tree


def _as_specified(size: int) -> set[Tile]:
    """The two sentences of tlog-tiles, "Partial Tiles", written out."""
    tiles = set()
    for level in (Tile.ENTRIES, 0, 1, 2, 3):
        span = 256 ** max(level, 0)
        tiles |= {Tile(level, index, 256) for index in range(size // (span * 256))}
        if width := size // span % 256:
            tiles.add(Tile(level, size // (span * 256), width))
    return tiles


@pytest.mark.parametrize("size", [*SIZES, 65_535, 65_536, 65_537, LARGE, 2**24 + 1])
def test_a_log_serves_exactly_the_files_its_size_implies(size: int) -> None:
    tiles = tiles_of_size(size)
    assert len(tiles) == len(set(tiles))
    assert set(tiles) == _as_specified(size)


def test_seventy_thousand_entries_are_the_tiles_the_specification_counts() -> None:
    tiles = [tile for tile in tiles_of_size(LARGE) if tile.level != Tile.ENTRIES]
    assert [tile for tile in tiles if tile.level == 0 and tile.width == 256] == [Tile(0, n, 256) for n in range(273)]
    assert tiles[273:] == [Tile(1, 0, 256), Tile(0, 273, 112), Tile(1, 1, 17), Tile(2, 0, 1)]


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (0, []),
        (1, ["tile/entries/000.p/1", "tile/0/000.p/1"]),
        (255, ["tile/entries/000.p/255", "tile/0/000.p/255"]),
        (256, ["tile/entries/000", "tile/0/000", "tile/1/000.p/1"]),
        (257, ["tile/entries/000", "tile/0/000", "tile/entries/001.p/1", "tile/0/001.p/1", "tile/1/000.p/1"]),
    ],
)
def test_files_of_a_small_log(size: int, expected: list[str]) -> None:
    assert [tile.path for tile in tiles_of_size(size)] == expected


def test_the_65536th_entry_completes_a_tile_on_two_levels_and_begins_a_third() -> None:
    written = {tile.path for tile in new_tiles(65_535, 65_536)}
    assert written == {"tile/entries/255", "tile/0/255", "tile/1/000", "tile/2/000.p/1"}
    assert {tile.path for tile in new_tiles(65_536, 65_537)} == {"tile/entries/256.p/1", "tile/0/256.p/1"}


@pytest.mark.parametrize("old_size", [0, 1, 2, 255, 256, 257, 511, 512, 513, 600])
def test_growth_writes_what_is_missing_and_never_a_full_file_again(old_size: int) -> None:
    before = set(tiles_of_size(old_size))
    for new_size in range(old_size, 601):
        written = new_tiles(old_size, new_size)
        assert set(written) == _as_specified(new_size) - before
        assert sorted(tile.width < TILE_WIDTH for tile in written) == [tile.width < TILE_WIDTH for tile in written]


def test_a_log_that_would_shrink_is_our_own_mistake() -> None:
    with pytest.raises(RuntimeError, match="never shrinks"):
        new_tiles(2, 1)


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 0, 256), "tile/0/000"),
        (Tile(0, 255, 256), "tile/0/255"),
        (Tile(0, 256, 1), "tile/0/256.p/1"),
        (Tile(63, 999, 256), "tile/63/999"),
        (Tile(1, 1000, 17), "tile/1/x001/000.p/17"),
        (Tile(0, 1067, 8), "tile/0/x001/067.p/8"),
        (Tile(0, 1_234_067, 256), "tile/0/x001/x234/067"),
        (Tile(Tile.ENTRIES, 0, 256), "tile/entries/000"),
        (Tile(Tile.ENTRIES, 999_999, 255), "tile/entries/x999/999.p/255"),
    ],
)
def test_paths_are_those_of_the_specification(tile: Tile, path: str) -> None:
    assert tile.path == path
    assert parse_path(path) == tile


@given(st.integers(-1, 63), st.integers(0, 10**21 - 1), st.integers(1, 256))
def test_every_path_parses_back_to_its_tile(level: int, index: int, width: int) -> None:
    tile = Tile(level, index, width)
    assert parse_path(tile.path) == tile


@pytest.mark.parametrize(
    "path",
    [
        "",
        "tile",
        "/tile/0/000",
        "tile/0/000/",
        "tile/0/000\n",
        "tile/0/0",
        "tile/0/0000",
        "tile/0/1000",
        "tile/00/000",
        "tile/01/000",
        "tile/64/000",
        "tile/100/000",
        "tile/-1/000",
        "tile/+1/000",
        "tile/8/0/000",
        "tile/entry/000",
        "tile/Entries/000",
        "tile/0/x000/000",
        "tile/0/x000/x001/000",
        "tile/0/001/000",
        "tile/0/x001",
        "tile/0/x001/x000",
        "tile/0/X001/000",
        "tile/0/x001//000",
        "tile/0/x001/x000/x000/x000/x000/x000/x000/000",
        "tile/0/000.p",
        "tile/0/000.p/",
        "tile/0/000.p/0",
        "tile/0/000.p/00",
        "tile/0/000.p/01",
        "tile/0/000.p/256",
        "tile/0/000.p/257",
        "tile/0/000.p/1000",
        "tile/0/000.p/-1",
        "tile/0/000.p/1/",
        "tile/0/000.p/1.p/1",
        "tile/0/000.P/1",
        "tile/0/../0/000",
        "tile/0/%30%30%30",
        "tile/０/000",
        "tile/0/٠٠٠",
    ],
)
def test_any_other_path_is_refused(path: str) -> None:
    with pytest.raises(MalformedError):
        parse_path(path)


@pytest.mark.parametrize(("level", "index", "width"), [(-2, 0, 1), (64, 0, 1), (0, -1, 1), (0, 0, 0), (0, 0, 257)])
def test_a_tile_outside_the_format_cannot_be_made(level: int, index: int, width: int) -> None:
    with pytest.raises(MalformedError):
        Tile(level, index, width)


def test_slots_hold_the_hashes_the_specification_defines(tree: MemoryTree) -> None:
    for tile in (Tile(0, 0, 256), Tile(0, 2, 88), Tile(1, 0, 5), Tile(1, 1, 2), Tile(2, 0, 1)):
        span = 256**tile.level
        slots = range(tile.index * 256, tile.index * 256 + tile.width)
        expected = [root_of(LEAVES[slot * span : (slot + 1) * span]) for slot in slots]
        assert parse_hash_tile(tile_bytes(tile, tree), tile.width) == expected


def test_a_partial_tile_is_the_beginning_of_every_wider_one(tree: MemoryTree) -> None:
    full = tile_bytes(Tile(0, 1, 256), tree)
    for width in range(1, 256):
        assert tile_bytes(Tile(0, 1, width), tree) == full[: 32 * width]


def test_a_bundle_is_not_made_of_hashes(tree: MemoryTree) -> None:
    with pytest.raises(RuntimeError, match="entries"):
        tile_bytes(Tile(Tile.ENTRIES, 0, 1), tree)


@pytest.mark.parametrize(("length", "width"), [(0, 1), (31, 1), (33, 1), (64, 1), (8192, 255), (8191, 256)])
def test_a_tile_of_another_length_is_refused(length: int, width: int) -> None:
    with pytest.raises(MalformedError):
        parse_hash_tile(bytes(length), width)


class PublishedTiles:
    """The files of a log of one size, and which of them were fetched."""

    def __init__(self, tree: MemoryTree, size: int) -> None:
        self._tree = tree
        self._served = set(tiles_of_size(size))
        self.fetched: list[Tile] = []

    def fetch(self, tile: Tile) -> bytes:
        assert tile in self._served, tile
        self.fetched.append(tile)
        return tile_bytes(tile, self._tree)


@pytest.mark.parametrize("size", SIZES)
def test_published_tiles_give_the_root_at_every_size(tree: MemoryTree, size: int) -> None:
    reader = TileHashReader(PublishedTiles(tree, size).fetch, size)
    assert tree_root(size, reader) == tree.root(size)


@pytest.mark.parametrize("size", [65_535, 65_536, 65_537, LARGE])
def test_published_tiles_of_a_large_log_give_root_and_proofs(tree: MemoryTree, size: int) -> None:
    reader = TileHashReader(PublishedTiles(tree, size).fetch, size)
    assert tree_root(size, reader) == tree.root(size)
    for index in (0, 255, 256, 40_000, 65_279, size - 1):
        assert prove_inclusion(index, size, reader) == prove_inclusion(index, size, tree)
        assert prove_consistency(index + 1, size, reader) == prove_consistency(index + 1, size, tree)


def test_every_complete_subtree_is_read_from_tiles_and_each_tile_is_fetched_once(tree: MemoryTree) -> None:
    size = 600
    published = PublishedTiles(tree, size)
    reader = TileHashReader(published.fetch, size)
    for level in range(10):
        for index in range(size >> level):
            assert reader.read(level, index) == tree.read(level, index)
    hash_tiles = [tile for tile in tiles_of_size(size) if tile.level != Tile.ENTRIES]
    assert sorted(published.fetched, key=repr) == sorted(hash_tiles, key=repr)


def test_a_reader_does_not_answer_beyond_its_size(tree: MemoryTree) -> None:
    reader = TileHashReader(PublishedTiles(tree, 600).fetch, 600)
    for level, index in itertools.chain(((0, 600), (9, 1), (10, 0), (-1, 0), (0, -1)), [(4, 37)]):
        with pytest.raises(ProofError):
            reader.read(level, index)


def test_a_fetched_tile_of_the_wrong_width_is_refused(tree: MemoryTree) -> None:
    reader = TileHashReader(lambda tile: tile_bytes(Tile(tile.level, tile.index, tile.width - 1), tree), 600)
    with pytest.raises(MalformedError):
        reader.read(0, 599)


def test_partial_tiles_are_those_of_the_whole_list_at_every_size() -> None:
    for size in [*range(600), 65_535, 65_536, 65_537, 70_000]:
        assert set(partial_tiles(size)) == {tile for tile in tiles_of_size(size) if tile.width < TILE_WIDTH}
