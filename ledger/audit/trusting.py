"""The leaf hashes that a checkpoint's root covers, before any entry is read; and whether they continue a saved state.

Of a site that was verified before, only those that are new are asked for.
"""

from collections.abc import Iterable, Iterator
from itertools import islice

from ledger.audit.evidence import UNREADABLE, Evidence
from ledger.audit.saved import About, SavedState
from ledger.audit.stored import StoredLog
from ledger.audit.tree import CompactTree
from ledger.tlog.checkpoint import Checkpoint
from ledger.tlog.merkle import HASH_SIZE
from ledger.tlog.tile import TILE_WIDTH, Tile


def trust_leaves(evidence: Evidence, saved: SavedState | None) -> None:
    """Takes the leaf hashes that lead to a checkpoint's root, so that a changed entry can be told from a good one."""
    if evidence.stored is not None and evidence.head is not None and evidence.head.tree_size == evidence.stored_size:
        tree = _tree(_stored_hashes(evidence.stored, evidence.stored_size), evidence.head)
        if tree is not None:
            evidence.tree, evidence.trusted = tree, tree.size
            return
    if evidence.published is None or evidence.published.tree_size > evidence.size:
        return
    size = evidence.published.tree_size
    tree = None
    if saved is not None and not evidence.source.published.strict:
        # What a site showed before it is not asked for again, if that and what is new lead to its root.
        tree = _tree(_continued_hashes(evidence, saved, size), evidence.published)
        evidence.tiles_from = 0 if tree is None or saved.about is None else saved.about.size
    if tree is None:
        tree = _tree(_tile_hashes(evidence, 0, size), evidence.published)
    if tree is not None:
        evidence.tree, evidence.trusted, evidence.tiles_read = tree, tree.size, True


def resume(evidence: Evidence, saved: SavedState | None) -> None:
    """Takes the first entries from a saved state if the log begins with them: its leaf hashes lead to both roots."""
    about = None if saved is None else saved.about
    if about is not None and _begins_with(evidence, about):
        evidence.resumed_at = about.size
    else:
        evidence.tiles_from = 0


def _begins_with(evidence: Evidence, about: About) -> bool:
    identity = evidence.identity
    if identity is None or (about.origin, about.genesis) != (identity.origin, identity.genesis):
        return False
    return evidence.trusted >= about.size and evidence.tree.root(about.size).hex() == about.root


def _tree(leaf_hashes: Iterable[bytes], checkpoint: Checkpoint) -> CompactTree | None:
    """The tree of leaf hashes that come joined, tile by tile; None unless it is the checkpoint's."""
    tree = CompactTree()
    try:
        for leaves in leaf_hashes:
            tree.extend(leaves)
    except UNREADABLE:
        return None
    return tree if tree.size == checkpoint.tree_size and tree.root() == checkpoint.root_hash else None


def _stored_hashes(stored: StoredLog, size: int) -> Iterator[bytes]:
    # Beside one of a wrong length the whole can't lead to the root; a gap leaves too few.
    hashes = stored.leaf_hashes(size)
    while some := list(islice(hashes, TILE_WIDTH)):
        if any(len(leaf) != HASH_SIZE for leaf in some):
            return
        yield b"".join(some)


def _tile_hashes(evidence: Evidence, start: int, size: int) -> Iterator[bytes]:
    for first in range(start, size, TILE_WIDTH):
        tile = Tile(0, first // TILE_WIDTH, min(TILE_WIDTH, size - first))
        leaves = evidence.source.published.read_tile(tile)
        # A tile of another length leads to another tree, or to none.
        yield leaves if len(leaves) == tile.width * HASH_SIZE else b""


def _continued_hashes(evidence: Evidence, saved: SavedState, size: int) -> Iterator[bytes]:
    """The saved leaf hashes, and those of the site's tiles from the first one that is not saved whole."""
    start = (saved.about.size if saved.about else 0) // TILE_WIDTH * TILE_WIDTH
    yield from islice(saved.leaves(), start // TILE_WIDTH)
    yield from _tile_hashes(evidence, start, size)
