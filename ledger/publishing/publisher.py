"""The publisher: puts the log's files where the public reads them, in an order that is safe at any moment.

Order: full tiles and bundles, then the current partials, then the checkpoint, then old partials go. A crash
before the checkpoint leaves files that the old checkpoint does not need and the next round writes again; a
reader never sees a checkpoint whose tiles are missing. Full files are compared, never overwritten: a
difference means that the store and what was published disagree, and nothing more is published. Where several
processes write one log, each publishes, one at a time: whoever comes next goes on from the files that are there. One
that hangs is waited for only so long, and what it has begun never becomes public after that (``fence``).

Cosignatures come and go without an entry: then the checkpoint alone is written again, and its tiles are there already.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from ledger.domain.ledger import LedgerLogKeyRotated
from ledger.errors import ReadOnlyError
from ledger.publishing.fence import PATIENCE_SECONDS, Stage, SupersededError, turn
from ledger.store.engine import Leaf
from ledger.store.mapper import admitted_from
from ledger.tlog.checkpoint import parse_checkpoint
from ledger.tlog.merkle import HashReader
from ledger.tlog.note import parse_note
from ledger.tlog.tile import (
    TILE_HEIGHT,
    TILE_WIDTH,
    Tile,
    format_bundle,
    new_tiles,
    parse_path,
    partial_tiles,
    tile_bytes,
    tiles_of_size,
)


class LogToPublish(HashReader, Protocol):
    """What a publisher asks of a log, as ``LogReader`` answers it."""

    def size(self) -> int:
        """How many entries there are."""

    def checkpoint(self, tree_size: int) -> bytes:
        """The note that the log signed at a size."""

    def entries(self, start: int, stop: int) -> Iterator[bytes]:
        """Entry bytes with start <= index < stop, in order."""

    def leaf_at(self, entry_index: int) -> Leaf:
        """Where an entry stands."""

    def leaves_of(self, uuid: str) -> Sequence[Leaf]:
        """Where a record's entries stand, in order; asked of the record of entry 0 alone."""


class Publisher:
    """Publishes one log store into a directory (C2SP tlog-tiles layout, plus ``vkey``).

    ``vkey`` is the key that entry 0 names. The file lists one a line, the current one first: the log names the rest.
    The log's ML-DSA-44 keys come after them. ``cosigned`` adds cosignatures to the stored note; without it, a published
    checkpoint is left as it is until there are new entries. ``patience`` is how long, in seconds, a publisher is waited
    for that shows no sign of life.
    """

    patience = PATIENCE_SECONDS

    def __init__(
        self,
        store: LogToPublish,
        directory: Path,
        *,
        vkey: str,
        ml_dsa_vkeys: Sequence[str] = (),
        cosigned: Callable[[bytes], bytes] | None = None,
    ) -> None:
        self._store = store
        self._directory = directory
        self._vkeys = [vkey]
        self._ml_dsa_vkeys = ml_dsa_vkeys
        self._cosigned = cosigned
        self._own_note = (0, b"")
        self._vkey_written = False
        self._keys_read = 0
        self._swept = False

    def publish(self) -> int:
        """Publishes what the store holds now; the published size. Raises ReadOnlyError on a disagreement."""
        self._directory.mkdir(exist_ok=True)
        while not self._is_up_to_date():
            try:
                with turn(self._directory, patience=self.patience) as stage:
                    # Read after the turn began: from here on nobody else makes anything public.
                    return self._publish(stage, self._store.size(), self._published_size())
            except SupersededError:
                continue
        return self._published_size()

    def _is_up_to_date(self) -> bool:
        published = self._published_size()
        return (
            self._store.size() == published and self._cosigned_anew(published) is None and not self._vkey_due(published)
        )

    def _publish(self, stage: Stage, size: int, published: int) -> int:
        if size == published:
            self._cosign(stage, size)
            return size
        if size < published:
            raise ReadOnlyError(
                f"已公布{published}条，库里只有{size}条，已停止公布。请先核对账本。",
                f"{published} entries were published and the store has {size}; publishing has stopped."
                " Verify the ledger.",
            )
        tiles = new_tiles(published, size) if published else tiles_of_size(size)
        for tile in sorted(tiles, key=_is_partial):
            self._write(stage, tile)
        self._write_vkey(stage, size)
        stage.put(self._directory / "checkpoint", self._note(size))
        self._drop(partial_tiles(published) if self._swept else self._partials_on_disk(size), keep=partial_tiles(size))
        self._swept = True
        return size

    @property
    def own_note(self) -> bytes:
        """The log's own note of what was published last, without cosignatures; empty before the first."""
        return self._own_note[1]

    def _note(self, size: int) -> bytes:
        if self._own_note[0] != size:
            self._own_note = (size, self._store.checkpoint(size))
        return self.own_note if self._cosigned is None else self._cosigned(self.own_note)

    def _cosign(self, stage: Stage, size: int) -> None:
        """Writes the checkpoint again where it has other signature lines by now; never with another text."""
        if (note := self._cosigned_anew(size)) is not None:
            stage.put(self._directory / "checkpoint", note)
        if self._vkey_due(size):
            self._write_vkey(stage, size)

    def _vkey_due(self, size: int) -> bool:
        # Once a start: a setting may have changed the keys.
        return size > 0 and self._cosigned is not None and not self._vkey_written

    def _cosigned_anew(self, size: int) -> bytes | None:
        if not size or self._cosigned is None:
            return None
        note, published = self._note(size), (self._directory / "checkpoint").read_bytes()
        is_new = published != note and parse_note(published).text == parse_note(note).text
        return note if is_new else None

    def _write_vkey(self, stage: Stage, size: int) -> None:
        stage.put(self._directory / "vkey", self._vkey_file(size))
        self._vkey_written = True

    def _vkey_file(self, size: int) -> bytes:
        for leaf in self._store.leaves_of(self._store.leaf_at(0).originator_id):
            if self._keys_read < leaf.entry_index < size:
                event = admitted_from(next(self._store.entries(leaf.entry_index, leaf.entry_index + 1))).past.event
                if isinstance(event, LedgerLogKeyRotated):
                    self._vkeys.append(event.log_vkey)
        self._keys_read = size - 1
        return "".join(f"{vkey}\n" for vkey in (*reversed(self._vkeys), *self._ml_dsa_vkeys)).encode()

    def _published_size(self) -> int:
        path = self._directory / "checkpoint"
        return parse_checkpoint(parse_note(path.read_bytes()).text).tree_size if path.exists() else 0

    def _write(self, stage: Stage, tile: Tile) -> None:
        path = self._directory / tile.path
        data = self._bytes_of(tile)
        if not path.exists():
            stage.put(path, data)
        elif path.read_bytes() != data:
            raise ReadOnlyError(
                f"已公布的文件{tile.path}与库里的内容不同，已停止公布。请先核对账本。",
                f"The published file {tile.path} differs from the store; publishing has stopped. Verify the ledger.",
            )

    def _bytes_of(self, tile: Tile) -> bytes:
        if tile.level != Tile.ENTRIES:
            return tile_bytes(tile, self._store)
        first = tile.index * TILE_WIDTH
        return format_bundle(list(self._store.entries(first, first + tile.width)))

    def _drop(self, tiles: list[Tile], *, keep: list[Tile]) -> None:
        for tile in set(tiles) - set(keep):
            path = self._directory / tile.path
            path.unlink(missing_ok=True)
            with suppress(OSError):  # not empty, or gone already
                path.parent.rmdir()

    def _partials_on_disk(self, size: int) -> list[Tile]:
        # Once a start: a crash leaves partials of a checkpoint that was never published. Wider ones than ``size`` asks
        # for are let be: they are another publisher's, or will be written again before they are named.
        for temporary in self._directory.glob("**/*.tmp"):
            temporary.unlink(missing_ok=True)
        paths = self._directory.glob("tile/**/*.p/*")
        tiles = [parse_path(path.relative_to(self._directory).as_posix()) for path in paths]
        return [tile for tile in tiles if _is_within(tile, size)]


def _is_within(tile: Tile, size: int) -> bool:
    return tile.index * TILE_WIDTH + tile.width <= size >> (TILE_HEIGHT * max(tile.level, 0))


def _is_partial(tile: Tile) -> bool:
    return tile.width < TILE_WIDTH
