"""The entries of anything that an audit can read, as a log that read models are built from."""

from ledger.audit.published import CHECKPOINT
from ledger.audit.source import Published
from ledger.tlog.checkpoint import Checkpoint, parse_checkpoint
from ledger.tlog.note import parse_note
from ledger.tlog.tile import TILE_WIDTH, Tile, parse_bundle


class PublishedEntries:
    """The published log as it is when this is made. Nothing of it is believed but by ``yangguang verify``."""

    def __init__(self, published: Published) -> None:
        """Raises NotFoundError where nothing is published, MalformedError."""
        self._published = published
        self._checkpoint: Checkpoint = parse_checkpoint(parse_note(published.read(CHECKPOINT)).text)
        self._bundles: dict[int, list[bytes]] = {}

    def size(self) -> int:
        """The checkpoint's tree size."""
        return self._checkpoint.tree_size

    def root(self) -> bytes:
        """The checkpoint's root hash."""
        return self._checkpoint.root_hash

    def read(self, start: int, stop: int) -> list[bytes]:
        """Entries ``[start, stop)``. Raises as ``Published.read_tile``, MalformedError."""
        entries: list[bytes] = []
        for number in range(start // TILE_WIDTH, -(-stop // TILE_WIDTH)):
            first = number * TILE_WIDTH
            entries += self._bundle(number)[max(0, start - first) : stop - first]
        return entries

    def _bundle(self, number: int) -> list[bytes]:
        if number not in self._bundles:
            width = min(TILE_WIDTH, self._checkpoint.tree_size - number * TILE_WIDTH)
            data = self._published.read_tile(Tile(Tile.ENTRIES, number, width))
            self._bundles[number] = parse_bundle(data, width=width)
        return self._bundles[number]
