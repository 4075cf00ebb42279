"""The tree in little memory: 32 bytes for each complete subtree, 64 bytes a leaf, so a million leaves are 64 MB."""

from collections.abc import Iterable
from typing import Self

from ledger.tlog.merkle import HASH_SIZE, new_nodes, no_subtree, tree_root


class CompactTree:
    """A HashReader that grows: one byte string a level, in the order of the subtrees."""

    def __init__(self) -> None:
        self._levels: list[bytearray] = []
        self.size = 0

    @classmethod
    def of(cls, leaf_hashes: Iterable[bytes]) -> Self:
        """The tree of some leaf hashes, in order."""
        tree = cls()
        for leaf in leaf_hashes:
            tree.append(leaf)
        return tree

    def append(self, leaf_hash: bytes) -> None:
        """Adds one leaf, given its hash."""
        for level, _, node in new_nodes(self.size, leaf_hash, self):
            if level == len(self._levels):
                self._levels.append(bytearray())
            self._levels[level] += node
        self.size += 1

    def cut(self, size: int) -> None:
        """Takes back the leaves from ``size`` on."""
        for level, hashes in enumerate(self._levels):
            del hashes[(size >> level) * HASH_SIZE :]
        self.size = size

    def root(self, size: int | None = None) -> bytes:
        """The root hash of the first ``size`` leaves, or of all. Raises ProofError if it has fewer."""
        return tree_root(self.size if size is None else size, self)

    def read(self, level: int, index: int) -> bytes:
        """As HashReader asks. Raises ProofError for a subtree that is not complete."""
        if not 0 <= level < len(self._levels) or not 0 <= index < len(self._levels[level]) // HASH_SIZE:
            raise no_subtree(level, index, self.size)
        return bytes(self._levels[level][index * HASH_SIZE : (index + 1) * HASH_SIZE])
