"""The tree in little memory: 32 bytes for each complete subtree, 64 bytes a leaf, so a million leaves are 64 MB."""

from collections.abc import Iterable
from hashlib import sha256
from typing import Self

from ledger.tlog.merkle import HASH_SIZE, no_subtree, tree_root

PAIR = 2 * HASH_SIZE
MAX_LEVEL = 64


class CompactTree:
    """A HashReader that grows: one byte string a level, in the order of the subtrees."""

    def __init__(self) -> None:
        self._levels: list[bytearray] = []
        self.size = 0

    @classmethod
    def of(cls, leaf_hashes: Iterable[bytes]) -> Self:
        """The tree of some leaf hashes, in order."""
        tree = cls()
        tree.extend(b"".join(leaf_hashes))
        return tree

    def append(self, leaf_hash: bytes) -> None:
        """Adds one leaf, given its hash."""
        self.extend(leaf_hash)

    def extend(self, leaf_hashes: bytes) -> None:
        """Adds leaves, given their hashes, joined; level by level, which is quicker than leaf by leaf."""
        new = leaf_hashes
        for level in range(MAX_LEVEL):
            if not new:
                break
            if level == len(self._levels):
                self._levels.append(bytearray())
            hashes = self._levels[level]
            start = len(hashes) // PAIR * PAIR
            hashes += new
            pairs = bytes(hashes[start : len(hashes) // PAIR * PAIR])
            new = b"".join([sha256(b"\x01" + pairs[at : at + PAIR]).digest() for at in range(0, len(pairs), PAIR)])
        self.size += len(leaf_hashes) // HASH_SIZE

    def leaves(self, start: int, stop: int) -> bytes:
        """The hashes of leaves that follow one another, joined; fewer where there are fewer."""
        return bytes(self._levels[0][start * HASH_SIZE : stop * HASH_SIZE]) if self._levels else b""

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
