"""The copies of each entry, in the store and in the published files: read bundle by bundle, chosen and compared.

A good copy is chosen by the leaf hash that the checkpoint covers, so that one changed copy is named and the walk
goes on with the other; where no copy is good, it goes on with what there is.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ledger.audit.evidence import UNREADABLE, Evidence, stored_rows
from ledger.audit.opened import open_entry
from ledger.audit.sentences import (
    changed_entry,
    differing_entry,
    entry_finding,
    file_finding,
    missing_entry,
    missing_file,
)
from ledger.audit.stored import StoredEntry
from ledger.errors import LedgerError, NotFoundError
from ledger.tlog.merkle import leaf_hash
from ledger.tlog.tile import TILE_WIDTH, Tile, parse_bundle


@dataclass(frozen=True, slots=True)
class WalkedGroup:
    """The entries of one bundle: ``entries`` the chosen copies, ``rows`` and ``published`` what each place holds."""

    start: int
    entries: Sequence[bytes | None]
    rows: Mapping[int, StoredEntry]
    published: Sequence[bytes | None]

    def since(self, index: int) -> "WalkedGroup":
        """The entries from an index on."""
        skipped = index - self.start
        return WalkedGroup(index, self.entries[skipped:], self.rows, self.published[skipped:])


class Copies:
    """All copies of the evidence's entries. ``public_keys`` are those known so far, to say what a change did."""

    def __init__(self, evidence: Evidence, public_keys: Callable[[], Mapping[str, bytes]]) -> None:
        self._evidence = evidence
        self._findings = evidence.findings
        self._public_keys = public_keys

    def groups(self) -> Iterator[WalkedGroup]:
        """The entries to judge, to the end, or to where nothing can be read any more; those before are compared."""
        evidence, resumed_at = self._evidence, self._evidence.resumed_at
        # Of a site, what is older is not even asked for.
        first = 0 if evidence.source.published.strict else resumed_at // TILE_WIDTH * TILE_WIDTH
        for start in range(first, evidence.size, TILE_WIDTH):
            stop = min(start + TILE_WIDTH, evidence.size)
            rows = stored_rows(evidence, start, stop)
            published = self._published(start, stop)
            if not rows and all(entry is None for entry in published):
                # Beyond this a signature alone says that there is more, and it may say so of any number.
                self._findings.add(missing_entry(start))
                return
            places = range(stop - start) if rows else ()
            chosen = [self._choose(rows.get(start + at), published[at], start + at) for at in places]
            group = WalkedGroup(start, chosen or published, rows, published)
            if start < resumed_at:
                self._compare_old(group, min(resumed_at, stop) - start)
            if stop > resumed_at:
                yield group.since(max(start, resumed_at))

    def _compare_old(self, group: WalkedGroup, count: int) -> None:
        """Entries that an earlier run judged: each copy must still be the bytes that the tree covers."""
        for place in range(count):
            index, raw = group.start + place, group.entries[place]
            if self._evidence.stored is not None:
                self.compare(group, place)
            if raw is None:
                self._findings.add(missing_entry(index))
            elif leaf_hash(raw) != self.trusted_leaf(index) and not self._findings.has_index(index):
                self._add_changed(index, raw)

    def _published(self, start: int, stop: int) -> list[bytes | None]:
        """The published entries; None for what is not published yet, and for what cannot be read."""
        entries: list[bytes | None] = [None] * (stop - start)
        width = min(TILE_WIDTH, self._evidence.published_size - start)
        if width <= 0:
            return entries
        tile = Tile(Tile.ENTRIES, start // TILE_WIDTH, width)
        file = self._evidence.published_file(tile.path)
        data = b""
        try:
            data = self._evidence.source.published.read_tile(tile)
            entries[:width] = parse_bundle(data, width=width)
        except NotFoundError:
            self._findings.add(missing_file(file))
        except UNREADABLE as error:
            self._findings.add(
                file_finding("bad-bundle", file, f"条目包{file}读不出来：{error.zh}", f"The bundle {file}: {error.en}")
            )
            salvaged = _salvage(data, width)
            entries[: len(salvaged)] = salvaged
        return entries

    def trusted_leaf(self, index: int) -> bytes | None:
        """The leaf hash that a checkpoint covers; None beyond it."""
        return self._evidence.tree.read(0, index) if index < self._evidence.trusted else None

    def compare(self, group: WalkedGroup, place: int) -> None:
        """Names an entry whose copies are not all there and the same, where there is a store."""
        index, published = group.start + place, group.published[place]
        row = group.rows.get(index)
        stored = row.entry if row else None
        if stored is None:
            self._findings.add(missing_entry(index))
        elif stored != group.entries[place]:
            self._add_changed(index, stored)
        elif published is not None and published != stored:
            self._findings.add(differing_entry(index))

    def _choose(self, row: StoredEntry | None, published: bytes | None, index: int) -> bytes | None:
        stored = row.entry if row else None
        if stored is None or published is None or stored == published:
            return published if stored is None else stored
        leaf = self.trusted_leaf(index)
        return published if leaf_hash(stored) != leaf == leaf_hash(published) else stored

    def _add_changed(self, index: int, stored: bytes) -> None:
        """Says what the change did, where that can be said of the changed bytes alone."""
        try:
            open_entry(stored, self._public_keys())
        except LedgerError as refusal:
            self._findings.add(entry_finding(index, refusal))
        else:
            self._findings.add(changed_entry(index))


def _salvage(data: bytes, width: int) -> list[bytes]:
    """The whole entries at the start of a bundle that does not parse."""
    entries: list[bytes] = []
    position = 0
    while len(entries) < width and position + 2 <= len(data):
        end = position + 2 + int.from_bytes(data[position : position + 2], "big")
        if end > len(data):
            break
        entries.append(data[position + 2 : end])
        position = end
    return entries
