"""The publisher: what it writes, in which order, and that it never contradicts what is already public."""

from pathlib import Path

import pytest

from ledger.errors import ReadOnlyError
from ledger.publishing.publisher import Publisher
from ledger.tlog.tile import Tile, parse_bundle, parse_path, tile_bytes, tiles_of_size
from tests.ledger.small_ledger import SmallLedger


def publisher(small: SmallLedger) -> Publisher:
    return Publisher(small.ledger.store, small.directory / "log", vkey=small.ledger.settings.vkey)


def files(log: Path) -> dict[str, bytes]:
    return {path.relative_to(log).as_posix(): path.read_bytes() for path in log.rglob("*") if path.is_file()}


def expected(small: SmallLedger) -> dict[str, bytes]:
    head = small.ledger.head()
    found = {"checkpoint": head.checkpoint, "vkey": f"{small.ledger.settings.vkey}\n".encode()}
    for tile in tiles_of_size(head.size):
        if tile.level != Tile.ENTRIES:
            found[tile.path] = tile_bytes(tile, small.ledger.store)
    return found


def test_published_files_are_exactly_those_of_the_checkpoint_at_every_step(small: SmallLedger) -> None:
    publish = publisher(small)
    for count in (0, 1, 5, 250, 1, 300):
        small.fill(count) if count else None
        assert publish.publish() == small.ledger.head().size
        published = files(small.directory / "log")
        bundles = {name for name in published if name.startswith("tile/entries/")}
        assert {name: data for name, data in published.items() if name not in bundles} == expected(small)
        entries = [
            entry for name in sorted(bundles) for entry in parse_bundle(published[name], width=parse_path(name).width)
        ]
        assert entries == list(small.ledger.store.entries(0, small.ledger.head().size))


def test_a_published_full_tile_that_differs_from_the_store_stops_publishing(small: SmallLedger) -> None:
    small.fill(260)
    publisher(small).publish()
    tile = small.directory / "log" / "tile" / "0" / "000"
    tile.write_bytes(bytes(8192))
    (small.directory / "log" / "checkpoint").unlink()
    with pytest.raises(ReadOnlyError):
        publisher(small).publish()


def test_leftovers_of_a_crash_are_swept_at_the_next_start(small: SmallLedger) -> None:
    small.fill(3)
    publisher(small).publish()
    log = small.directory / "log"
    (log / "tile" / "0" / "000.p" / "3").write_bytes(bytes(96))
    (log / "checkpoint.tmp").write_bytes(b"half")
    small.fill(1)
    publisher(small).publish()
    assert set(files(log)) == {"checkpoint", "vkey", "tile/0/000.p/5", "tile/entries/000.p/5"}
