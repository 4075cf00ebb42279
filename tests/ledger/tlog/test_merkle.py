"""Inclusion and consistency proofs for every tree of up to 256 entries, and every way to spoil them."""

import hashlib
from collections.abc import Iterator, Sequence

import pytest

from ledger.errors import ProofError
from ledger.tlog.merkle import (
    EMPTY_ROOT,
    MemoryTree,
    check_consistency,
    check_inclusion,
    leaf_hash,
    new_nodes,
    node_hash,
    prove_consistency,
    prove_inclusion,
    root_of,
    tree_root,
)

LARGEST = 256
LEAVES = [leaf_hash(b"entry %d" % number) for number in range(LARGEST)]
ROOTS = [root_of(LEAVES[:size]) for size in range(LARGEST + 1)]
SPOILED_SIZES = [*range(1, 34), 63, 64, 65]


@pytest.fixture(scope="module")
def tree() -> MemoryTree:
    tree = MemoryTree()
    for leaf in LEAVES:
        tree.append(leaf)
    return tree


def _spoiled(proof: Sequence[bytes]) -> Iterator[list[bytes]]:
    """Every proof with one hash flipped, dropped, or added."""
    for place, item in enumerate(proof):
        yield [*proof[:place], bytes([item[0] ^ 1]) + item[1:], *proof[place + 1 :]]
        yield [*proof[:place], item[:31] + bytes([item[31] ^ 0x80]), *proof[place + 1 :]]
        yield [*proof[:place], *proof[place + 1 :]]
    for place in range(len(proof) + 1):
        for extra in (LEAVES[0], EMPTY_ROOT, b"", *proof):
            yield [*proof[:place], extra, *proof[place:]]


def test_hashes_are_those_of_rfc_6962() -> None:
    assert hashlib.sha256(b"").digest() == EMPTY_ROOT
    assert leaf_hash(b"").hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert node_hash(LEAVES[0], LEAVES[1]) == hashlib.sha256(b"\x01" + LEAVES[0] + LEAVES[1]).digest()


@pytest.mark.parametrize("size", range(LARGEST + 1))
def test_stored_subtrees_give_the_root_of_the_definition(tree: MemoryTree, size: int) -> None:
    assert tree_root(size, tree) == tree.root(size) == ROOTS[size]


def test_a_growing_tree_has_the_root_of_the_definition_at_every_size() -> None:
    tree = MemoryTree()
    for size, leaf in enumerate(LEAVES):
        assert (tree.size, tree.root()) == (size, ROOTS[size])
        tree.append(leaf)


def test_an_appended_leaf_completes_exactly_the_subtrees_that_end_with_it(tree: MemoryTree) -> None:
    nodes = new_nodes(7, LEAVES[7], tree)
    assert nodes == [(0, 7, LEAVES[7]), (1, 3, root_of(LEAVES[6:8])), (2, 1, root_of(LEAVES[4:8])), (3, 0, ROOTS[8])]
    assert new_nodes(8, LEAVES[8], tree) == [(0, 8, LEAVES[8])]


@pytest.mark.parametrize("size", range(1, LARGEST + 1))
def test_every_entry_is_provably_in_every_tree_that_has_it(tree: MemoryTree, size: int) -> None:
    for index in range(size):
        proof = prove_inclusion(index, size, tree)
        check_inclusion(index, size, leaf=LEAVES[index], proof=proof, root=ROOTS[size])


@pytest.mark.parametrize("new_size", range(1, LARGEST + 1))
def test_every_tree_is_provably_the_beginning_of_every_larger_one(tree: MemoryTree, new_size: int) -> None:
    for old_size in range(1, new_size + 1):
        proof = prove_consistency(old_size, new_size, tree)
        check_consistency(old_size, new_size, old_root=ROOTS[old_size], new_root=ROOTS[new_size], proof=proof)


def test_proofs_of_seven_leaves_are_those_printed_in_rfc_6962(tree: MemoryTree) -> None:
    a, b, c, d, e, f, j = LEAVES[:7]
    g, h, i = node_hash(a, b), node_hash(c, d), node_hash(e, f)
    k, l = node_hash(g, h), node_hash(i, j)  # noqa: E741 the letters of section 2.1.3
    assert prove_inclusion(0, 7, tree) == [b, h, l]
    assert prove_inclusion(3, 7, tree) == [c, g, l]
    assert prove_inclusion(4, 7, tree) == [f, j, k]
    assert prove_inclusion(6, 7, tree) == [i, k]
    assert prove_consistency(3, 7, tree) == [c, d, g, l]
    assert prove_consistency(4, 7, tree) == [l]
    assert prove_consistency(6, 7, tree) == [i, j, k]


@pytest.mark.parametrize("size", SPOILED_SIZES)
def test_inclusion_proof_with_a_hash_flipped_dropped_or_added_is_refused(tree: MemoryTree, size: int) -> None:
    for index in range(size):
        for proof in _spoiled(prove_inclusion(index, size, tree)):
            with pytest.raises(ProofError):
                check_inclusion(index, size, leaf=LEAVES[index], proof=proof, root=ROOTS[size])


@pytest.mark.parametrize("new_size", SPOILED_SIZES)
def test_consistency_proof_with_a_hash_flipped_dropped_or_added_is_refused(tree: MemoryTree, new_size: int) -> None:
    for old_size in range(1, new_size + 1):
        roots = {"old_root": ROOTS[old_size], "new_root": ROOTS[new_size]}
        for proof in _spoiled(prove_consistency(old_size, new_size, tree)):
            with pytest.raises(ProofError):
                check_consistency(old_size, new_size, **roots, proof=proof)


@pytest.mark.parametrize("size", SPOILED_SIZES)
def test_an_entry_is_provable_only_in_its_own_place_and_under_its_own_root(tree: MemoryTree, size: int) -> None:
    for index in range(size):
        proof = prove_inclusion(index, size, tree)
        for place in range(-1, size + 2):
            if place != index:
                with pytest.raises(ProofError):
                    check_inclusion(place, size, leaf=LEAVES[index], proof=proof, root=ROOTS[size])
        with pytest.raises(ProofError):
            check_inclusion(index, size, leaf=LEAVES[size], proof=proof, root=ROOTS[size])
        with pytest.raises(ProofError):
            check_inclusion(index, size, leaf=LEAVES[index], proof=proof, root=ROOTS[size + 1])


@pytest.mark.parametrize("new_size", SPOILED_SIZES)
def test_a_log_whose_history_was_changed_has_no_consistency_proof(tree: MemoryTree, new_size: int) -> None:
    for old_size in range(1, new_size + 1):
        proof = prove_consistency(old_size, new_size, tree)
        with pytest.raises(ProofError):
            check_consistency(old_size, new_size, old_root=EMPTY_ROOT, new_root=ROOTS[new_size], proof=proof)
        with pytest.raises(ProofError):
            check_consistency(old_size, new_size, old_root=ROOTS[old_size], new_root=EMPTY_ROOT, proof=proof)


@pytest.mark.parametrize(("old_size", "new_size"), [(0, 0), (0, 1), (0, 5), (-1, 5), (5, 4), (1, 0)])
def test_sizes_that_say_nothing_are_refused_on_both_sides(tree: MemoryTree, old_size: int, new_size: int) -> None:
    with pytest.raises(ProofError):
        prove_consistency(old_size, new_size, tree)
    with pytest.raises(ProofError):
        check_consistency(
            old_size, new_size, old_root=ROOTS[max(old_size, 0)], new_root=ROOTS[max(new_size, 0)], proof=[]
        )


@pytest.mark.parametrize(("index", "size"), [(0, 0), (1, 1), (-1, 4), (4, 4), (0, -1)])
def test_an_entry_outside_the_tree_cannot_be_proved(tree: MemoryTree, index: int, size: int) -> None:
    with pytest.raises(ProofError):
        prove_inclusion(index, size, tree)


def test_a_tree_does_not_answer_for_leaves_it_does_not_have(tree: MemoryTree) -> None:
    with pytest.raises(ProofError):
        tree.root(LARGEST + 1)
    with pytest.raises(ProofError):
        prove_inclusion(0, LARGEST + 1, tree)
    with pytest.raises(ProofError) as refusal:
        MemoryTree().read(0, 0)
    assert "size 0" in str(refusal.value)
    assert "大小为0" in refusal.value.zh


@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_hash_that_is_not_32_bytes_is_refused(length: int) -> None:
    short = bytes(length)
    with pytest.raises(ProofError):
        check_inclusion(0, 1, leaf=short, proof=[], root=short)
    with pytest.raises(ProofError):
        check_consistency(1, 2, old_root=short, new_root=ROOTS[2], proof=[LEAVES[1]])
    with pytest.raises(ProofError):
        check_consistency(1, 2, old_root=ROOTS[1], new_root=ROOTS[2], proof=[short])
    with pytest.raises(ProofError):
        check_consistency(1, 2, old_root=ROOTS[1], new_root=short, proof=[LEAVES[1]])
