"""Entries that a backup lacks, taken byte for byte from a newer published log, with that log's own checkpoint.

    backup   0 … 1999            checkpoint of 2000
    log      0 … 1999 2000 2035  checkpoint of 2036, which the log signed when it admitted entry 2035

Nothing is signed again: what a signed checkpoint covered cannot be un-signed, only copied back. That the log extends
the backup is proved by its hashes; that its entries are the ones it signed, by the root they lead to. Their signatures
and chains are verified in the restored ledger, with everything else.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Self

from ledger.audit.identity import Identity
from ledger.audit.published import CHECKPOINT
from ledger.audit.source import Published
from ledger.backup.refusal import BackupError
from ledger.backup.signed import Kept, check_history, open_kept, rotation
from ledger.backup.stages import Progress
from ledger.errors import LedgerError, ProofError
from ledger.store.engine import Append
from ledger.store.log_store import LogStore
from ledger.store.mapper import Admitted, admitted_from, leaf_of
from ledger.tlog.checkpoint import Checkpoint, parse_checkpoint
from ledger.tlog.merkle import check_consistency, leaf_hash, new_nodes, prove_consistency, tree_root
from ledger.tlog.note import parse_note
from ledger.tlog.tile import TILE_WIDTH, Tile, TileHashReader, parse_bundle


@dataclass(frozen=True, slots=True)
class NewerLog:
    """Published files and one checkpoint of theirs, a claim until ``copy_missing`` has opened it."""

    published: Published
    note: bytes
    checkpoint: Checkpoint

    @classmethod
    def read(cls, published: Published, *, origin: str) -> Self:
        """The log as it stands now. Raises BackupError for a log of another name."""
        note = published.read(CHECKPOINT)
        checkpoint = parse_checkpoint(parse_note(note).text)
        if checkpoint.origin != origin:
            raise BackupError(
                f"备份是账本“{origin}”的，公布的却是“{checkpoint.origin}”：不是同一本账。",
                f"The backup is of the ledger {origin!r}, the log of {checkpoint.origin!r}: not the same ledger.",
            )
        return cls(published, note, checkpoint)

    @property
    def kept(self) -> Kept:
        """The checkpoint as somebody kept it."""
        return Kept("那份公布的账本的签章", "The published log's checkpoint", self.note)

    def check_extends(self, store: LogStore) -> None:
        """The log holds what the store holds, or the store what the log holds. Raises BackupError where they fork."""
        size, tree_size = store.size(), self.checkpoint.tree_size
        if tree_size <= size:
            check_history(store, self.checkpoint, self.kept)
            return
        reader = TileHashReader(self.published.read_tile, tree_size)
        try:
            proof = prove_consistency(size, tree_size, reader)
            roots = {"old_root": tree_root(size, store), "new_root": self.checkpoint.root_hash}
            check_consistency(size, tree_size, **roots, proof=proof)
        except ProofError as error:
            raise BackupError(
                f"那份公布的账本不是备份的延续：它分了叉，被改写过，或已损坏。（{error.zh}）",
                f"The published log does not continue the backup: it forked, was rewritten or is damaged. ({error.en})",
            ) from None

    def copy_missing(self, store: LogStore, identity: Identity, progress: Progress) -> Identity:
        """Appends what the store lacks; the identity with the rotations among it. Raises BackupError.

        The checkpoint comes with the last group. An error leaves the store half copied: throw it away.
        """
        size, log_keys = self.checkpoint.tree_size, [(item.index, item.vkey) for item in identity.rotations]
        for start, entries in self._missing(store.size()):
            group = _Group(store, start, entries)
            further = (rotation(start + place, event) for place, event in enumerate(group.events))
            log_keys += [item for item in further if item is not None]
            done = start + len(entries)
            if done < size:
                group.append(size)
            else:
                identity = identity.rotated(log_keys)
                group.append(size, self._opened(identity, tree_root(size, group)))
            progress(done, size)
        return identity

    def _missing(self, first: int) -> Iterator[tuple[int, list[bytes]]]:
        size = self.checkpoint.tree_size
        for start in range(first // TILE_WIDTH * TILE_WIDTH, size, TILE_WIDTH):
            width = min(TILE_WIDTH, size - start)
            bundle = self.published.read_tile(Tile(Tile.ENTRIES, start // TILE_WIDTH, width))
            skip = max(first - start, 0)
            if skip < width:
                yield start + skip, parse_bundle(bundle, width=width)[skip:]

    def _opened(self, identity: Identity, root: bytes) -> bytes:
        """The checkpoint with the log's own signature alone: what others signed beside it is not the store's."""
        open_kept(identity, self.kept)
        if root != self.checkpoint.root_hash:
            raise BackupError(
                "那份公布的账本里，账目推算不出它签章的总指纹：它被改动过，或已损坏。",
                "The entries of the published log do not lead to the root it signed: it was changed or is damaged.",
            )
        return identity.own_note(self.note)


class _Group:
    """Entries about to be appended; ``read`` serves stored and pending tree nodes alike."""

    def __init__(self, store: LogStore, start: int, entries: Sequence[bytes]) -> None:
        self._store = store
        self._start = start
        self._pending: dict[tuple[int, int], bytes] = {}
        self.events = [_admitted(start + place, raw) for place, raw in enumerate(entries)]
        for place, raw in enumerate(entries):
            for level, index, node in new_nodes(start + place, leaf_hash(raw), self):
                self._pending[level, index] = node

    def read(self, level: int, index: int) -> bytes:
        """A node's hash."""
        return self._pending.get((level, index)) or self._store.read(level, index)

    def append(self, tree_size: int, note: bytes | None = None) -> None:
        """Stores the group; its receipts will prove against ``note``, the checkpoint of ``tree_size``."""
        leaves = [leaf_of(self._start + place, event, proved_at=tree_size) for place, event in enumerate(self.events)]
        nodes = [(level, index, node) for (level, index), node in self._pending.items()]
        sign = None if note is None else lambda: note
        try:
            self._store.append(self.events, Append(leaves, nodes, tree_size, sign))
        except Exception as error:  # noqa: BLE001 - what no ledger recorded may collide in any way
            raise BackupError(
                f"那份公布的账本里，从第{self._start:,}条起的账目不能接在备份后面：它被改动过。",
                f"The entries of the published log from {self._start} on do not fit behind the backup: it was changed"
                f" ({error!r}).",
            ) from None


def _admitted(entry_index: int, raw: bytes) -> Admitted:
    try:
        return admitted_from(raw)
    except LedgerError as error:
        raise BackupError(
            f"那份公布的账本的第{entry_index:,}条读不成账目：{error.zh}",
            f"Entry {entry_index} of the published log cannot be read as an entry: {error.en}",
        ) from None
