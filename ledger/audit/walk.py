"""The walk: every entry in the order of the log, its copies compared, then opened and judged. Memory stays bounded."""

from bisect import bisect_right
from collections.abc import Callable, Sequence

from ledger.audit import apart
from ledger.audit.copies import Copies, WalkedGroup
from ledger.audit.evidence import Evidence
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
    entry_finding,
    missing_entry,
    wrong_column,
)
from ledger.audit.stored import Columns
from ledger.errors import LedgerError, MalformedError
from ledger.tlog.merkle import HASH_SIZE

Progress = Callable[[int, int], None]


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
        self._copies = Copies(evidence, lambda: self._fold.public_keys)
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
        processes = self._processes if apart.are_worth_it(size - resumed_at) else 1
        for group, found in open_groups(self._copies.groups(), self._fold.known, processes=processes):
            self._walk_group(group, found)
            progress(group.start + len(group.entries), size)
            after_group(self._fold.size)

    def _walk_group(self, group: WalkedGroup, found: Opened) -> None:
        trusted = max(0, self._evidence.trusted - group.start)
        self._evidence.tree.extend(found.leaves[trusted * HASH_SIZE :])
        has_rows = self._evidence.stored is not None
        for place, gist in enumerate(found.gists):
            if has_rows:
                self._copies.compare(group, place)
            if isinstance(gist, Gist) and self._fold.try_entering(gist):
                self.entry_count += 1
                self.signature_count += len(gist.keyids) // ID_BYTES
                if has_rows:
                    self._check_columns(group, place, Columns.of_gist(gist))
            else:
                self._judge(group, place, gist)
        self._compare_leaves(group, found, trusted)

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
            if found.leaf(place) != self._copies.trusted_leaf(index) and not self._findings.has_index(index):
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
