"""The walk: every entry in the order of the log, each copy of it compared, opened and judged. Memory stays bounded.

A good copy is chosen by the leaf hash that the checkpoint covers, so that one changed copy is named and the walk
goes on with the other; where no copy is good, it goes on with what there is.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ledger.audit import apart
from ledger.audit.evidence import UNREADABLE, Evidence, stored_rows
from ledger.audit.fold import Fold
from ledger.audit.gist import ID_BYTES, Gist
from ledger.audit.glimpse import Glimpse, glimpse, glimpse_of
from ledger.audit.opened import Opened, OpenedEntry, open_entry, open_groups, parsed_entry, reopened
from ledger.audit.replayed import Replayed, Replaying
from ledger.audit.rows import Rows
from ledger.audit.saved import Progressed, SavedState
from ledger.audit.sentences import (
    changed_entry,
    damaged_store,
    differing_entry,
    entry_finding,
    file_finding,
    missing_entry,
    missing_file,
    wrong_column,
)
from ledger.audit.stored import Columns, StoredEntry
from ledger.errors import LedgerError, MalformedError, NotFoundError
from ledger.tlog.merkle import HASH_SIZE, leaf_hash
from ledger.tlog.tile import TILE_WIDTH, Tile, parse_bundle

Progress = Callable[[int, int], None]


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


class Walk:
    """Judges the entries of the evidence from ``resumed_at`` on, and compares those before with the tree.

    ``entry_count`` and ``signature_count`` say how many were judged.
    """

    def __init__(self, evidence: Evidence, rows: Rows, *, rules: bool, processes: int) -> None:
        origin = evidence.identity.origin if evidence.identity else evidence.head.origin if evidence.head else ""
        self.entry_count = 0
        self.signature_count = 0
        self._evidence = evidence
        self._findings = evidence.findings
        self._processes = processes
        self._replaying = Replaying() if rules else None
        self._fold = Fold(origin, evidence.tree, rows, rules=rules)
        self._proved_at = self._checkpoint_sizes()

    @property
    def log_keys(self) -> tuple[tuple[int, str], ...]:
        """``(entry index, vkey)`` of the log keys that the entries judged so far put in force."""
        return self._fold.log_keys

    @property
    def replayed(self) -> Replayed | None:
        """What was judged by every rule, if rules were."""
        return None if self._replaying is None else self._replaying.result()

    def resume(self, saved: Progressed) -> None:
        """Goes on where an earlier run ended. Raises msgspec.DecodeError, ValueError."""
        self._fold.take_up(saved.fold)
        if self._replaying is not None:
            self._replaying = Replaying.of(saved.replayed)

    @property
    def size(self) -> int:
        """Up to which entry all are judged."""
        return self._fold.size

    def save(self, state: SavedState, *, complete: bool) -> bool:
        """Saves what was judged so far, if nothing was found and a checkpoint covers it; whether it did."""
        size, identity = self._fold.size, self._evidence.identity
        if self._findings.count or identity is None or not 0 < size <= self._evidence.trusted:
            return False
        fold = self._fold.snapshot(self._evidence.tree.root(size))
        replayed = b"" if self._replaying is None else self._replaying.to_bytes()
        run = Progressed(identity.genesis, fold, replayed, complete, self._evidence.stored is not None)
        state.save(run, self._evidence.tree, self._fold.spill)
        return True

    def run(self, progress: Progress, after_group: Callable[[int], None]) -> None:
        """Walks to the end, or to where nothing can be read any more."""
        size, resumed_at = self._evidence.size, self._evidence.resumed_at
        progress(resumed_at, size)
        processes = self._processes if size - resumed_at >= apart.WORTH_PROCESSES else 1
        for group, found in open_groups(self._groups(), self._fold.known, processes=processes):
            self._walk_group(group, found)
            progress(group.start + len(group.entries), size)
            after_group(self._fold.size)

    def _walk_group(self, group: WalkedGroup, found: Opened) -> None:
        trusted = max(0, self._evidence.trusted - group.start)
        self._evidence.tree.extend(found.leaves[trusted * HASH_SIZE :])
        has_rows = self._evidence.stored is not None
        for place, gist in enumerate(found.gists):
            if has_rows:
                self._compare_copies(group, place)
            if isinstance(gist, Gist) and self._fold.try_entering(gist):
                self.entry_count += 1
                self.signature_count += len(gist.keyids) // ID_BYTES
                if has_rows:
                    self._check_columns(group, place, Columns.of_gist(gist))
            else:
                self._judge(group, place, gist)
        self._compare_leaves(group, found, trusted)

    def _groups(self) -> Iterator[WalkedGroup]:
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
            entries = [self._choose(rows.get(start + at), published[at], start + at) for at in range(stop - start)]
            group = WalkedGroup(start, entries, rows, published)
            if start < resumed_at:
                self._compare_old(group, min(resumed_at, stop) - start)
            if stop > resumed_at:
                yield group.since(max(start, resumed_at))

    def _compare_old(self, group: WalkedGroup, count: int) -> None:
        """Entries that an earlier run judged: each copy must still be the bytes that the tree covers."""
        for place in range(count):
            index, raw = group.start + place, group.entries[place]
            if self._evidence.stored is not None:
                self._compare_copies(group, place)
            if raw is None:
                self._findings.add(missing_entry(index))
            elif leaf_hash(raw) != self._trusted_leaf(index) and not self._findings.has_index(index):
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

    def _choose(self, row: StoredEntry | None, published: bytes | None, index: int) -> bytes | None:
        stored = row.entry if row else None
        if stored is None or published is None or stored == published:
            return published if stored is None else stored
        leaf = self._trusted_leaf(index)
        return published if leaf_hash(stored) != leaf == leaf_hash(published) else stored

    def _trusted_leaf(self, index: int) -> bytes | None:
        return self._evidence.tree.read(0, index) if index < self._evidence.trusted else None

    def _judge(self, group: WalkedGroup, place: int, gist: Gist | bool) -> None:
        """Opens an entry the strict way, since its gist was not enough, and judges it."""
        index, raw = group.start + place, group.entries[place]
        if raw is None:
            self._findings.add(missing_entry(index))
            self._fold.skip()
            return
        self.entry_count += 1
        try:
            entry = _reopened(raw) if gist else open_entry(raw, self._fold.public_keys)
        except LedgerError as refusal:
            self._findings.add(entry_finding(index, refusal))
            self._fold.skip()
            self._replay(glimpse(index, raw))
            return
        self.signature_count += len(entry.keyids)
        self._replay(glimpse_of(index, entry))
        try:
            self._fold.judge(entry)
        except LedgerError as refusal:
            self._findings.add(entry_finding(index, refusal))
        self._check_columns(group, place, Columns.of_payload(entry.payload))

    def _replay(self, entry: Glimpse | None) -> None:
        if self._replaying is not None and entry is not None:
            self._replaying.enter(entry)

    def _compare_leaves(self, group: WalkedGroup, found: Opened, trusted: int) -> None:
        """Names each entry that isn't what the checkpoint covers, unless something else was found at it."""
        stop = min(trusted, len(group.entries))
        if self._evidence.tree.leaves(group.start, group.start + stop) == found.leaves[: stop * HASH_SIZE]:
            return
        for place in range(stop):
            index = group.start + place
            if found.leaf(place) != self._trusted_leaf(index) and not self._findings.has_index(index):
                self._findings.add(changed_entry(index))

    def _compare_copies(self, group: WalkedGroup, place: int) -> None:
        index, published = group.start + place, group.published[place]
        row = group.rows.get(index)
        stored = row.entry if row else None
        if stored is None:
            self._findings.add(missing_entry(index))
        elif stored != group.entries[place]:
            self._add_changed(index, stored)
        elif published is not None and published != stored:
            self._findings.add(differing_entry(index))

    def _add_changed(self, index: int, stored: bytes) -> None:
        """Says what the change did, where that can be said of the changed bytes alone."""
        try:
            open_entry(stored, self._fold.public_keys)
        except LedgerError as refusal:
            self._findings.add(entry_finding(index, refusal))
        else:
            self._findings.add(changed_entry(index))

    def _check_columns(self, group: WalkedGroup, place: int, signed: Columns) -> None:
        index = group.start + place
        row = group.rows.get(index)
        if row is None or row.entry is None:
            return
        for column in row.wrong_columns(signed):
            self._findings.add(wrong_column(index, column))
        if self._proved_at is None:
            return
        at = bisect_right(self._proved_at, index)
        if at == len(self._proved_at) or row.proved_at != self._proved_at[at]:
            self._findings.add(wrong_column(index, "proved_at"))

    def _checkpoint_sizes(self) -> Sequence[int] | None:
        stored = self._evidence.stored
        if stored is None:
            return None
        try:
            return stored.checkpoint_sizes(self._evidence.size)
        except MalformedError as error:
            self._findings.add(damaged_store(stored.file, error.en))
            return None


def _reopened(raw: bytes) -> OpenedEntry:
    try:
        return reopened(raw)
    except ValueError:
        return parsed_entry(raw, verified=True)


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
