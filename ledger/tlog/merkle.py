"""The Merkle tree of the log: RFC 6962 section 2.1, verifiers as in RFC 9162 sections 2.1.3 and 2.1.4.

    leaf   SHA-256(0x00 || entry)
    node   SHA-256(0x01 || left || right)
    empty  SHA-256("") = 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=

Hashes are 32 raw bytes. ``prove_…`` makes a proof from hashes that a HashReader hands in; ``check_…`` needs
nothing but the proof, and raises.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from ledger.errors import ProofError

HASH_SIZE = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()


class HashReader(Protocol):
    """Where the hashes of complete subtrees come from: a store, tiles, memory."""

    def read(self, level: int, index: int) -> bytes:
        """The hash over leaves ``[index * 2**level, (index + 1) * 2**level)``. Raises ProofError if absent."""


def leaf_hash(entry: bytes) -> bytes:
    """The hash of one entry (RFC 6962 section 2.1). The prefix 0x00 keeps a leaf from posing as a node."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two 32-byte children (RFC 6962 section 2.1)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def tree_root(size: int, reader: HashReader) -> bytes:
    """The root hash of the first ``size`` leaves; EMPTY_ROOT for none (RFC 6962 section 2.1)."""
    return _range_root(0, size, reader)


def root_of(leaf_hashes: Sequence[bytes]) -> bytes:
    """The root by the recursive definition of RFC 6962 section 2.1: slow, and plainly the same text."""
    if not leaf_hashes:
        return EMPTY_ROOT
    if len(leaf_hashes) == 1:
        return leaf_hashes[0]
    split = _split(len(leaf_hashes))
    return node_hash(root_of(leaf_hashes[:split]), root_of(leaf_hashes[split:]))


def new_nodes(index: int, leaf: bytes, reader: HashReader) -> list[tuple[int, int, bytes]]:
    """The ``(level, index, hash)`` of every subtree completed by leaf number ``index``, from level 0 upwards.

    ``leaf`` is a leaf hash; ``reader`` is asked only for subtrees completed by earlier leaves.
    """
    nodes = [(0, index, leaf)]
    level, node = 0, leaf
    while index & 1:
        node = node_hash(reader.read(level, index - 1), node)
        level, index = level + 1, index >> 1
        nodes.append((level, index, node))
    return nodes


def prove_inclusion(index: int, size: int, reader: HashReader) -> list[bytes]:
    """The audit path of leaf ``index`` in the tree of ``size``, leaf's sibling first (RFC 6962 section 2.1.1).

    Raises ProofError when that tree has no such leaf.
    """
    path = AuditPaths(size, reader).of(index)
    return [path[place : place + HASH_SIZE] for place in range(0, len(path), HASH_SIZE)]


class AuditPaths:
    """Audit paths in the tree of ``size``, each joined: the ``form`` of its hashes, leaf's sibling first.

    What a path shares with that of the leaf before is read and formed once: next to it, a leaf costs two hashes.
    """

    def __init__(self, size: int, reader: HashReader, form: Callable[[bytes], bytes] = bytes) -> None:
        self._size = size
        self._reader = reader
        self._form = form
        self._above = [(0, size, b"")]

    def of(self, index: int) -> bytes:
        """The path of leaf ``index``. Raises ProofError when the tree has no such leaf."""
        _check_index(index, self._size)
        above = self._above
        while not above[-1][0] <= index < above[-1][1]:
            above.pop()
        start, end, path = above[-1]
        while end - start > 1:
            split = start + _split(end - start)
            if index < split:
                beside, end = _range_root(split, end, self._reader), split
            else:
                beside, start = _range_root(start, split, self._reader), split
            path = self._form(beside) + path
            above.append((start, end, path))
        return path


def check_inclusion(index: int, size: int, *, leaf: bytes, proof: Sequence[bytes], root: bytes) -> None:
    """Leaf hash ``leaf`` is number ``index`` under ``root`` (RFC 9162 section 2.1.3.2). Raises ProofError."""
    _check_index(index, size)
    _check_hashes(leaf, root, *proof)
    node = leaf
    fn, sn = index, size - 1
    for sibling in proof:
        if sn == 0:
            raise _wrong_length(len(proof))
        if fn & 1 or fn == sn:
            node = node_hash(sibling, node)
            fn, sn = _skip_zeros(fn, sn)
        else:
            node = node_hash(node, sibling)
        fn, sn = fn >> 1, sn >> 1
    if sn != 0:
        raise _wrong_length(len(proof))
    if node != root:
        raise ProofError(
            f"第{index}条账目的存在证明算出的根是{node.hex()[:16]}…，而不是{root.hex()[:16]}…。",
            f"The inclusion proof of entry {index} leads to root {node.hex()[:16]}…, not {root.hex()[:16]}….",
        )


def prove_consistency(old_size: int, new_size: int, reader: HashReader) -> list[bytes]:
    """That the tree of ``old_size`` is a prefix of the tree of ``new_size`` (RFC 6962 section 2.1.2).

    Empty for equal sizes. Raises ProofError unless 1 <= old_size <= new_size.
    """
    _check_sizes(old_size, new_size)
    proof = []
    start, end = 0, new_size
    while end != old_size:
        split = start + _split(end - start)
        if old_size <= split:
            proof.append(_range_root(split, end, reader))
            end = split
        else:
            proof.append(_range_root(start, split, reader))
            start = split
    if start > 0:  # only otherwise is this subtree the old root itself, which the verifier has
        proof.append(_range_root(start, end, reader))
    return proof[::-1]


def check_consistency(
    old_size: int, new_size: int, *, old_root: bytes, new_root: bytes, proof: Sequence[bytes]
) -> None:
    """The new tree only added to the old one (RFC 9162 section 2.1.4.2). Raises ProofError.

    Size 0 is refused: every tree is consistent with the empty one, so such a proof would say nothing.
    Equal sizes need an empty proof and equal roots.
    """
    _check_sizes(old_size, new_size)
    if (old_size == new_size) != (not proof):
        raise _wrong_length(len(proof))
    # Equal sizes hash nothing, so the roots are only compared: the published probes use roots of any length.
    roots = _consistent_roots(old_size, new_size, old_root, proof) if proof else (old_root, old_root)
    for size, found, expected in zip((old_size, new_size), roots, (old_root, new_root), strict=True):
        if found != expected:
            raise ProofError(
                f"一致性证明算出大小{size}的根是{found.hex()[:16]}…，而不是{expected.hex()[:16]}…：历史被改动过。",
                f"The consistency proof leads to root {found.hex()[:16]}… at size {size}, not"
                f" {expected.hex()[:16]}…: history was changed.",
            )


class MemoryTree:
    """A HashReader that keeps every complete subtree in memory, for verifiers and tests."""

    def __init__(self) -> None:
        self._nodes: dict[tuple[int, int], bytes] = {}
        self._size = 0

    @property
    def size(self) -> int:
        """How many leaves it holds."""
        return self._size

    def append(self, leaf_hash: bytes) -> None:
        """Adds one leaf, given its hash."""
        for level, index, node in new_nodes(self._size, leaf_hash, self):
            self._nodes[level, index] = node
        self._size += 1

    def root(self, size: int | None = None) -> bytes:
        """The root hash of the first ``size`` leaves, or of all. Raises ProofError if it has fewer."""
        return tree_root(self._size if size is None else size, self)

    def read(self, level: int, index: int) -> bytes:
        """As HashReader asks. Raises ProofError for a subtree that is not complete."""
        node = self._nodes.get((level, index))
        if node is None:
            raise no_subtree(level, index, self._size)
        return node


def no_subtree(level: int, index: int, size: int) -> ProofError:
    """The refusal of a HashReader asked for leaves that its tree does not have."""
    return ProofError(
        f"大小为{size}的树没有第{level}层第{index}个完整子树。",
        f"A tree of size {size} has no complete subtree {index} at level {level}.",
    )


def _split(count: int) -> int:
    """The largest power of two below ``count``, the k of RFC 6962 section 2.1."""
    return 1 << ((count - 1).bit_length() - 1)


def _range_root(start: int, end: int, reader: HashReader) -> bytes:
    """The hash over leaves ``[start, end)``, where ``start`` is a multiple of the widest subtree inside."""
    width = end - start
    if width & (width - 1) == 0 < width:  # one whole subtree, as all but the last of an audit path are
        level = width.bit_length() - 1
        return reader.read(level, start >> level)
    hashes = [reader.read(level, index) for level, index in _complete_subtrees(start, end)]
    if not hashes:
        return EMPTY_ROOT
    root = hashes.pop()
    while hashes:
        root = node_hash(hashes.pop(), root)
    return root


def _complete_subtrees(start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end:
        level = (end - start).bit_length() - 1
        yield level, start >> level
        start += 1 << level


def _consistent_roots(old_size: int, new_size: int, old_root: bytes, proof: Sequence[bytes]) -> tuple[bytes, bytes]:
    _check_hashes(old_root, *proof)
    # The proof leaves out the old root where that is itself a complete subtree (step 2).
    path = [old_root, *proof] if old_size & (old_size - 1) == 0 else list(proof)
    fn, sn = old_size - 1, new_size - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    old = new = path[0]
    for node in path[1:]:
        if sn == 0:
            raise _wrong_length(len(proof))
        if fn & 1 or fn == sn:
            old, new = node_hash(node, old), node_hash(node, new)
            fn, sn = _skip_zeros(fn, sn)
        else:
            new = node_hash(new, node)
        fn, sn = fn >> 1, sn >> 1
    if sn != 0:
        raise _wrong_length(len(proof))
    return old, new


def _skip_zeros(fn: int, sn: int) -> tuple[int, int]:
    """Past the levels where the right edge of the tree has no sibling, so the proof has no hash."""
    while fn and not fn & 1:
        fn, sn = fn >> 1, sn >> 1
    return fn, sn


def _check_index(index: int, size: int) -> None:
    if not 0 <= index < size:
        raise ProofError(f"大小为{size}的树没有第{index}条账目。", f"A tree of size {size} has no entry {index}.")


def _check_sizes(old_size: int, new_size: int) -> None:
    if not 1 <= old_size <= new_size:
        raise ProofError(
            f"不能证明大小{old_size}的树是大小{new_size}的树的开头：前者至少为1，且不大于后者。",
            f"No proof can link size {old_size} to size {new_size}: the first must be at least 1, and not the larger.",
        )


def _check_hashes(*hashes: bytes) -> None:
    for item in hashes:
        if len(item) != HASH_SIZE:
            raise ProofError(
                f"证明里有{len(item)}字节的哈希，应为{HASH_SIZE}字节。",
                f"The proof has a hash of {len(item)} bytes instead of {HASH_SIZE}.",
            )


def _wrong_length(count: int) -> ProofError:
    return ProofError(
        f"证明有{count}个哈希，与树的大小不符。", f"A proof of {count} hashes does not fit trees of these sizes."
    )
