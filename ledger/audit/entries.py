"""Single entries of a published log, by index. Nothing is believed: ``verify`` the source for that."""

from collections.abc import Iterator
from functools import lru_cache

from ledger.audit.published import CHECKPOINT
from ledger.audit.source import Source
from ledger.domain.entry import Entry, parse_entry
from ledger.domain.payload import Payload, parse_payload
from ledger.errors import NotFoundError
from ledger.tlog.checkpoint import parse_checkpoint
from ledger.tlog.note import parse_note
from ledger.tlog.tile import TILE_WIDTH, Tile, parse_bundle

KEPT_BUNDLES = 8


class PublishedEntries:
    """``size`` is what the published checkpoint claims. Raises as the source does where a file cannot be read."""

    def __init__(self, source: Source) -> None:
        self._published = source.published
        self.size = parse_checkpoint(parse_note(source.published.read(CHECKPOINT)).text).tree_size
        self._bundle = lru_cache(maxsize=KEPT_BUNDLES)(self._read_bundle)

    def entry(self, index: int) -> Entry:
        """The entry. Raises NotFoundError beyond the end, MalformedError and its kin."""
        if not 0 <= index < self.size:
            raise NotFoundError(f"账本里没有第{index}条。", f"The ledger has no entry {index}.")
        return parse_entry(self._bundle(index // TILE_WIDTH)[index % TILE_WIDTH])

    def payload(self, index: int) -> Payload:
        """What was signed in an entry."""
        return parse_payload(self.entry(index).envelope.payload, assigned=False)

    def payloads(self, start: int = 0) -> Iterator[tuple[int, Payload]]:
        """Every entry from ``start`` on, with its index."""
        return ((index, self.payload(index)) for index in range(start, self.size))

    def _read_bundle(self, number: int) -> list[bytes]:
        width = min(TILE_WIDTH, self.size - number * TILE_WIDTH)
        return parse_bundle(self._published.read_tile(Tile(Tile.ENTRIES, number, width)), width=width)
