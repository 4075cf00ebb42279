"""Proof files: an entry, its place and the signed checkpoint, checked without any network."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import MalformedError, ProofError, TooLargeError
from ledger.tlog.base64 import encode_base64
from ledger.tlog.checkpoint import Checkpoint, format_checkpoint
from ledger.tlog.merkle import MemoryTree, leaf_hash, prove_inclusion
from ledger.tlog.note import sign_note
from ledger.tlog.proof import MAX_PROOF_BYTES, TlogProof, check_proof, format_proof, parse_proof

ORIGIN = "ledger.example/sanpai"
ENTRIES = [b"entry %d" % number for number in range(7)]
HASH = encode_base64(bytes(32))
NOTE = f"a\n7\n{HASH}\n\n— a AAAAAQI=\n".encode()


@pytest.fixture
def log_key(note_key: Callable[..., Any]) -> Any:
    return note_key(ORIGIN)


@pytest.fixture
def proofs(log_key: Any) -> list[TlogProof]:
    tree = MemoryTree()
    for entry in ENTRIES:
        tree.append(leaf_hash(entry))
    note = sign_note(format_checkpoint(Checkpoint(ORIGIN, tree.size, tree.root())), [log_key])
    return [
        TlogProof(index, tuple(prove_inclusion(index, tree.size, tree)), note, extra=entry)
        for index, entry in enumerate(ENTRIES)
    ]


def test_every_entry_is_proved_by_its_own_file_and_no_other(proofs: list[TlogProof], log_key: Any) -> None:
    for place, proof in enumerate(proofs):
        read = parse_proof(format_proof(proof))
        assert check_proof(read, entry=ENTRIES[place], origin=ORIGIN, verifiers=[log_key]).tree_size == 7
        for entry in ENTRIES[:place] + ENTRIES[place + 1 :]:
            with pytest.raises(ProofError):
                check_proof(read, entry=entry, origin=ORIGIN, verifiers=[log_key])


def test_a_proof_is_refused_for_another_log_key_or_place(
    proofs: list[TlogProof], log_key: Any, note_key: Callable[..., Any]
) -> None:
    with pytest.raises(ProofError):
        check_proof(proofs[3], entry=ENTRIES[3], origin="other.example/log", verifiers=[log_key])
    with pytest.raises(ProofError):
        check_proof(proofs[3], entry=ENTRIES[3], origin=ORIGIN, verifiers=[note_key(ORIGIN, 2)])
    with pytest.raises(ProofError):
        check_proof(replace(proofs[3], index=2), entry=ENTRIES[3], origin=ORIGIN, verifiers=[log_key])


def test_the_extra_line_proves_nothing(proofs: list[TlogProof], log_key: Any) -> None:
    forged = replace(proofs[3], extra=b"another entry")
    check_proof(forged, entry=ENTRIES[3], origin=ORIGIN, verifiers=[log_key])
    with pytest.raises(ProofError):
        check_proof(forged, entry=b"another entry", origin=ORIGIN, verifiers=[log_key])


def test_the_file_has_the_lines_of_the_specification() -> None:
    header = f"c2sp.org/tlog-proof@v1\nextra AQI=\nindex 73894\n{HASH}\n\n".encode()
    assert format_proof(TlogProof(73_894, (bytes(32),), NOTE, b"\x01\x02")) == header + NOTE
    assert format_proof(TlogProof(0, (), NOTE)) == b"c2sp.org/tlog-proof@v1\nindex 0\n\n" + NOTE


@given(
    st.integers(0, 2**63 - 1),
    st.lists(st.binary(min_size=32, max_size=32), max_size=63),
    st.none() | st.binary(max_size=200),
)
def test_every_proof_parses_back(index: int, hashes: list[bytes], extra: bytes | None) -> None:
    proof = TlogProof(index, tuple(hashes), NOTE, extra)
    assert parse_proof(format_proof(proof)) == proof


@pytest.mark.parametrize(
    "header",
    [
        "",
        "c2sp.org/tlog-proof@v1",
        "c2sp.org/tlog-proof@v2\nindex 0",
        " c2sp.org/tlog-proof@v1\nindex 0",
        "c2sp.org/tlog-proof@v1\nextra AQI=",
        f"c2sp.org/tlog-proof@v1\n{HASH}",
        f"c2sp.org/tlog-proof@v1\n{HASH}\nindex 0",
        "c2sp.org/tlog-proof@v1\nindex 0\nextra AQI=",
        "c2sp.org/tlog-proof@v1\nextra AQI=\nextra AQI=\nindex 0",
        "c2sp.org/tlog-proof@v1\nextra\nindex 0",
        "c2sp.org/tlog-proof@v1\nextra AQJ=\nindex 0",
        "c2sp.org/tlog-proof@v1\nextra AQI\nindex 0",
        "c2sp.org/tlog-proof@v1\nindex 0\nindex 0",
        "c2sp.org/tlog-proof@v1\nindex",
        "c2sp.org/tlog-proof@v1\nindex ",
        "c2sp.org/tlog-proof@v1\nindex  0",
        "c2sp.org/tlog-proof@v1\nindex 00",
        "c2sp.org/tlog-proof@v1\nindex 01",
        "c2sp.org/tlog-proof@v1\nindex -1",
        "c2sp.org/tlog-proof@v1\nindex 9223372036854775808",
        "c2sp.org/tlog-proof@v1\r\nindex 0",
        "c2sp.org/tlog-proof@v1\nindex 0\r",
        "c2sp.org/tlog-proof@v1\nindex 0\nAAAA",
        f"c2sp.org/tlog-proof@v1\nindex 0\n{HASH} ",
        f"c2sp.org/tlog-proof@v1\nindex 0\n{HASH[:-1]}",
        "c2sp.org/tlog-proof@v1\nindex 0" + f"\n{HASH}" * 64,
        "c2sp.org/tlog-proof@v1\nindex ０",
        "\ufeffc2sp.org/tlog-proof@v1\nindex 0",
    ],
)
def test_any_other_header_is_refused(header: str) -> None:
    with pytest.raises(MalformedError):
        parse_proof(header.encode() + b"\n\n" + NOTE)


@pytest.mark.parametrize(
    "rest", [b"", b"\n", b"\n\n", b"\n" + NOTE, b"\n\n\n" + NOTE, b"\n\ntext\n", b"\n\n" + NOTE * 2]
)
def test_a_proof_without_a_well_formed_note_is_refused(rest: bytes) -> None:
    with pytest.raises(MalformedError):
        parse_proof(b"c2sp.org/tlog-proof@v1\nindex 0" + rest)


def test_a_proof_over_2_mib_is_refused_on_both_sides() -> None:
    with pytest.raises(TooLargeError):
        parse_proof(bytes(MAX_PROOF_BYTES + 1))
    with pytest.raises(TooLargeError):
        format_proof(TlogProof(0, (), NOTE, bytes(MAX_PROOF_BYTES)))


@pytest.mark.parametrize(
    ("index", "hashes", "checkpoint"),
    [(-1, (), NOTE), (2**63, (), NOTE), (0, (bytes(31),), NOTE), (0, (bytes(32),) * 64, NOTE), (0, (), b"not a note")],
)
def test_a_proof_outside_the_format_cannot_be_made(index: int, hashes: tuple[bytes, ...], checkpoint: bytes) -> None:
    with pytest.raises(MalformedError):
        TlogProof(index, hashes, checkpoint)
