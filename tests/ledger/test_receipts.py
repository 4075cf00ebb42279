"""Receipts of one group share what their paths have in common, and are the same bytes as each made alone."""

import random

import pytest

from ledger.errors import ProofError, TooLargeError
from ledger.receipts import Prover
from ledger.tlog.checkpoint import Checkpoint, format_checkpoint
from ledger.tlog.merkle import MemoryTree, leaf_hash, prove_inclusion
from ledger.tlog.note import Note, Signature, format_note
from ledger.tlog.proof import MAX_PROOF_BYTES, TlogProof, format_proof

ENTRIES = [b"entry %d" % number for number in range(70)]


def tree_and_note(size: int) -> tuple[MemoryTree, bytes]:
    tree = MemoryTree()
    for entry in ENTRIES[:size]:
        tree.append(leaf_hash(entry))
    text = format_checkpoint(Checkpoint("ledger.example/log", size, tree.root()))
    return tree, format_note(Note(text, (Signature("ledger.example/log", 7, b"s" * 64),)))


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 7, 8, 9, 16, 31, 33, 64, 65, 70])
def test_in_any_order_a_receipt_is_the_proof_of_its_entry_alone(size: int) -> None:
    tree, note = tree_and_note(size)
    prover = Prover(note, size, tree)
    places = [*range(size), *random.Random(size).sample(range(size), size), size - 1, 0, 0]
    for index in places:
        hashes = tuple(prove_inclusion(index, size, tree))
        assert prover.proof(index, ENTRIES[index]) == format_proof(TlogProof(index, hashes, note, ENTRIES[index]))


def test_an_entry_that_is_not_in_the_tree_or_too_long_is_refused_and_the_next_is_not() -> None:
    tree, note = tree_and_note(5)
    prover = Prover(note, 5, tree)
    for index in (-1, 5):
        with pytest.raises(ProofError):
            prover.proof(index, b"")
    with pytest.raises(TooLargeError):
        prover.proof(3, bytes(MAX_PROOF_BYTES))
    assert prover.receipt(4, ENTRIES[4]).index == 4
