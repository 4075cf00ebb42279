"""The tree that an audit keeps is the tree of RFC 6962, however its leaves come."""

import random

from ledger.audit.tree import CompactTree
from ledger.tlog.merkle import HASH_SIZE, MemoryTree, leaf_hash, root_of

LEAVES = [leaf_hash(bytes([number])) for number in range(130)]


def test_leaves_that_come_in_any_portions_lead_to_the_same_tree() -> None:
    chance, memory = random.Random(1), MemoryTree()
    for leaf in LEAVES:
        memory.append(leaf)
    for _ in range(50):
        tree = CompactTree()
        while tree.size < len(LEAVES):
            portion = LEAVES[tree.size : tree.size + chance.randrange(1, 60)]
            tree.extend(b"".join(portion))
        assert tree.leaves(0, len(LEAVES)) == b"".join(LEAVES)
        for level in range(8):
            for index in range(len(LEAVES) >> level):
                assert tree.read(level, index) == memory.read(level, index)


def test_root_at_every_size_is_that_of_the_leaves_so_far() -> None:
    tree = CompactTree.of(LEAVES)
    for size in range(len(LEAVES) + 1):
        assert tree.root(size) == root_of(LEAVES[:size])
    assert tree.leaves(128, 200) == b"".join(LEAVES[128:])
    assert len(tree.leaves(3, 5)) == 2 * HASH_SIZE
