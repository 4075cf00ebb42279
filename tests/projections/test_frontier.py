"""The frontier that the views carry: of every size the root that the log's own tree has."""

import hashlib

from ledger.tlog.merkle import MemoryTree, leaf_hash
from projections.frontier import Frontier, parse_frontier


def test_the_frontier_has_the_root_of_the_tree_at_every_size_to_300() -> None:
    tree, frontier = MemoryTree(), Frontier()
    for number in range(300):
        assert frontier.root() == tree.root()
        assert parse_frontier(frontier.size, frontier.to_bytes()) == frontier
        entry = hashlib.sha256(bytes([number % 256])).digest()
        tree.append(leaf_hash(entry))
        frontier = frontier.after([entry])
