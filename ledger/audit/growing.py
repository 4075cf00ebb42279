"""A log that was judged entry by entry and goes on from there: nothing that was judged once is judged again.

Each growth is judged as ``audit`` judges: every signature under the keys in force at its index, every chain, every
rule, and that all entries lead to the root that the log key in force at that size signed. Only then there is more.
"""

from collections.abc import Callable, Iterator, Sequence

from ledger.audit.fold import Fold
from ledger.audit.identity import Identity
from ledger.audit.opened import open_entry
from ledger.audit.rows import Rows
from ledger.audit.tree import CompactTree
from ledger.errors import LedgerError, ProofError
from ledger.store.engine import Leaf
from ledger.tlog.checkpoint import Checkpoint, parse_checkpoint
from ledger.tlog.merkle import leaf_hash
from ledger.tlog.note import parse_note
from ledger.tlog.tile import TILE_WIDTH, Tile, parse_bundle

ReadTile = Callable[[Tile], bytes]
Going = Callable[[], bool]
"""Whether to go on: False ends a long work with InterruptedError."""


class RefusedEntryError(LedgerError):
    """An entry that its log signed for, and that does not hold. ``cause`` says why."""

    def __init__(self, index: int, cause: LedgerError) -> None:
        super().__init__(f"第{index:,}条没有通过核对：{cause.zh}", f"Entry {index} does not hold: {cause.en}")
        self.index = index
        self.cause = cause


class GrowingLog:
    """What a publisher asks of a log, every byte of it judged; empty until the first ``grow``.

    ``read_tile`` hands out entry bundles, of what was judged and of what is to be. After a refusal that is not about
    the tree the log is ``spoilt``: what it knows is between two sizes, and whoever owns it begins a new one.
    """

    def __init__(self, identity: Identity, read_tile: ReadTile, going: Going = lambda: True) -> None:
        self.identity = identity
        self.spoilt = False
        self._read_tile = read_tile
        self._going = going
        self._tree = CompactTree()
        self._fold = Fold(identity.origin, self._tree, Rows(), rules=True)
        self._size = 0
        self._note = b""
        self._last: tuple[int, int, list[bytes]] | None = None

    def grow(self, note: bytes) -> None:
        """Takes in all that ``note`` covers. Raises RefusedEntryError, InterruptedError, ProofError and its kin."""
        seen = parse_checkpoint(parse_note(note).text)
        self._take_leaves(seen)
        self.spoilt = True
        for index in range(self._size, seen.tree_size):
            self._judge(index, seen.tree_size)
        rotated = self.identity.rotated(self._fold.log_keys)
        own = rotated.own_note(note)
        self.identity, self._note, self._size, self.spoilt = rotated, own, seen.tree_size, False

    def size(self) -> int:
        """How many entries were judged good."""
        return self._size

    def checkpoint(self, tree_size: int) -> bytes:
        """The log's own note of the whole. Of no other size there is one."""
        if tree_size != self._size:
            raise RuntimeError(f"no checkpoint of size {tree_size} is kept")
        return self._note

    def entries(self, start: int, stop: int) -> Iterator[bytes]:
        """Entry bytes with start <= index < stop, in order. Raises ProofError where they are not those judged."""
        for index in range(start, stop):
            yield self._entry(index, self._size)

    def read(self, level: int, index: int) -> bytes:
        """The hash of a complete subtree."""
        return self._tree.read(level, index)

    def leaf_at(self, entry_index: int) -> Leaf:
        """The place of an entry; nothing else is known of it."""
        return Leaf(entry_index, "", "", 0, 0)

    def leaves_of(self, uuid: str) -> Sequence[Leaf]:
        """The entries that put a log key in force."""
        return [self.leaf_at(index) for index, _ in self._fold.log_keys]

    def _take_leaves(self, seen: Checkpoint) -> None:
        """Hashes what is new, and takes it back where that does not lead to the signed root."""
        try:
            for number in range(self._size // TILE_WIDTH, -(-seen.tree_size // TILE_WIDTH)):
                self._check_going()
                self._take_bundle(number, seen.tree_size)
            self._check_root(seen)
        except BaseException:
            self._tree.cut(self._size)
            self._last = None
            raise

    def _check_root(self, seen: Checkpoint) -> None:
        if self._tree.root() != seen.root_hash:
            raise ProofError(
                f"读到的账目推算不出签章（{seen.tree_size:,}条）里的总指纹。",
                f"The entries do not lead to the root of the checkpoint of size {seen.tree_size}.",
            )

    def _take_bundle(self, number: int, size: int) -> None:
        for index, raw in enumerate(self._bundle(number, size), number * TILE_WIDTH):
            if index >= self._size:
                self._tree.append(leaf_hash(raw))
            elif leaf_hash(raw) != self._tree.read(0, index):
                raise _changed(index)

    def _judge(self, index: int, size: int) -> None:
        self._check_going()
        raw = self._entry(index, size)
        try:
            self._fold.judge(open_entry(raw, self._fold.public_keys))
        except LedgerError as error:
            raise RefusedEntryError(index, error) from None

    def _entry(self, index: int, size: int) -> bytes:
        raw = self._bundle(index // TILE_WIDTH, size)[index % TILE_WIDTH]
        if leaf_hash(raw) != self._tree.read(0, index):
            raise _changed(index)
        return raw

    def _bundle(self, number: int, size: int) -> list[bytes]:
        width = min(TILE_WIDTH, size - number * TILE_WIDTH)
        kept = self._last
        if kept is None or kept[:2] != (number, width):
            data = self._read_tile(Tile(Tile.ENTRIES, number, width))
            self._last = kept = (number, width, parse_bundle(data, width=width))
        return kept[2]

    def _check_going(self) -> None:
        if not self._going():
            raise InterruptedError


def _changed(index: int) -> ProofError:
    return ProofError(
        f"第{index:,}条与核对过的不同。", f"Entry {index} is not the one that was judged.", f"/entries/{index}"
    )
