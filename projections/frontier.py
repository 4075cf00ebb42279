"""The right edge of the log's tree: enough to append leaves and to know the root (RFC 6962 section 2.1).

    size 6    [hash over entries 0-3, hash over entries 4-5]

The views keep it beside their position, so that what they were folded from can be compared with the signed root.
"""

from dataclasses import dataclass

from ledger.tlog.merkle import EMPTY_ROOT, HASH_SIZE, leaf_hash, node_hash


@dataclass(frozen=True, slots=True)
class Frontier:
    """``size`` entries, and the roots of the complete subtrees they divide into, largest first."""

    size: int = 0
    hashes: tuple[bytes, ...] = ()

    def after(self, entries: list[bytes]) -> "Frontier":
        """The frontier with further entries."""
        size, hashes = self.size, list(self.hashes)
        for entry in entries:
            found, rest = leaf_hash(entry), size
            while rest & 1:
                found, rest = node_hash(hashes.pop(), found), rest >> 1
            hashes.append(found)
            size += 1
        return Frontier(size, tuple(hashes))

    def root(self) -> bytes:
        """The 32-byte root hash."""
        if not self.hashes:
            return EMPTY_ROOT
        *left, root = self.hashes
        for node in reversed(left):
            root = node_hash(node, root)
        return root

    def to_bytes(self) -> bytes:
        """The hashes one after another; ``parse_frontier`` reads them back."""
        return b"".join(self.hashes)


def parse_frontier(size: int, data: bytes) -> Frontier:
    """The frontier of ``size`` entries. RuntimeError for bytes that cannot be one: only the views hold them."""
    if len(data) != size.bit_count() * HASH_SIZE:
        raise RuntimeError(f"{len(data)} bytes are no frontier of {size} entries")
    return Frontier(size, tuple(data[start : start + HASH_SIZE] for start in range(0, len(data), HASH_SIZE)))
