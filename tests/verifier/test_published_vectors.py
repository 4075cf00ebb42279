"""What others published about signatures, Merkle proofs and cosignatures, put to the browser's verifier."""

import json
import os
from base64 import b64decode
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from ledger.signing.keys import PrivateKey
from ledger.tlog.base64 import encode_base64
from ledger.tlog.note import COSIGNATURE_ED25519, VerifierKey, format_vkey, note_key_id
from tests.ledger.signing.test_wycheproof_vectors import VECTORS
from tests.ledger.tlog.test_merkle_vectors import PROBES
from tests.verifier.asking import answers_of
from tests.verifier.cases import Case

TEXT = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
NAME = "witness.example.com/w1"
FOO = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
NOTE = (
    "This is an example message.\n\n— example.com/foo"
    " Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
)


def published(path: Path) -> Path:
    """The path, if it is there; else a loud skip, and a failure in CI."""
    if not path.exists():
        reason = f"NOT RUN: the published vectors are not at {path}"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return path


def test_all_151_vectors_of_wycheproof_are_accepted_or_refused_as_published(page: Page) -> None:
    groups = json.loads(published(VECTORS).read_bytes())["testGroups"]
    tests = [(group["publicKey"]["pk"], test) for group in groups for test in group["tests"]]
    cases: list[Case] = [
        ("signature", {"key": key, "signature": test["sig"], "message": test["msg"]}) for key, test in tests
    ]
    found = answers_of(page, cases)
    for (_, test), accepted in zip(tests, found, strict=True):
        assert (accepted is True) == (test["result"] == "valid"), test
    assert Counter(found) == {True: 88, None: 63}


def hexed(text: str | None) -> str:
    return b64decode(text or "").hex()


def probe_case(kind: str, probe: dict[str, Any]) -> Case:
    """A published probe in the words of judge.js."""
    proof = [hexed(item) for item in probe["proof"] or []]
    if kind == "inclusion":
        given = {"index": str(probe["leafIdx"]), "size": str(probe["treeSize"])}
        return kind, {**given, "leaf": hexed(probe["leafHash"]), "root": hexed(probe["root"]), "proof": proof}
    sizes = {"old_size": str(probe["size1"]), "new_size": str(probe["size2"])}
    return kind, {**sizes, "old_root": hexed(probe["root1"]), "new_root": hexed(probe["root2"]), "proof": proof}


@pytest.mark.parametrize("kind", ["inclusion", "consistency"])
def test_all_98_published_merkle_probes_are_judged_as_published(page: Page, kind: str) -> None:
    published(VECTORS.parents[2] / "merkle")
    probes = [json.loads(path.read_text("utf-8")) for path in PROBES[kind]]
    assert len(probes) == 98
    found = answers_of(page, [probe_case(kind, probe) for probe in probes])
    assert [answer is None for answer in found] == [probe["wantErr"] for probe in probes]
    assert {True, None} == set(found)


def test_example_note_of_the_specification_verifies(page: Page) -> None:
    given = {"data": NOTE.encode().hex(), "origin": "example.com/foo", "keys": [FOO]}
    # It is no checkpoint, so only its parsing and its key can be asked about here.
    vkey, note, opened = answers_of(page, [("log_vkey", {"text": FOO}), ("note", given), ("open_checkpoint", given)])
    assert vkey == "530d903a"
    assert note["signatures"][0]["key_id"] == "530d903a"
    assert opened is None


def cosigned(*times: int, text: str = TEXT, signed_text: str = TEXT) -> tuple[str, str]:
    """A checkpoint with a cosignature line for each time, and the vkey of the witness (tlog-cosignature, type 0x04)."""
    key = PrivateKey.from_seed(b"w" * 32)
    key_id = note_key_id(NAME, COSIGNATURE_ED25519, key.public_key).to_bytes(4, "big")
    lines = ""
    for time in times:
        signature = key.sign(f"cosignature/v1\ntime {time}\n{signed_text}".encode())
        lines += f"— {NAME} {encode_base64(key_id + time.to_bytes(8, 'big') + signature)}\n"
    return f"{text}\n{lines}", format_vkey(VerifierKey(NAME, COSIGNATURE_ED25519, key.public_key))


def ask_cosigners(page: Page, note: str, *keys: str) -> Any:
    return answers_of(page, [("cosignatures", {"data": note.encode().hex(), "keys": list(keys)})])[0]


def test_cosignature_of_a_known_witness_says_who_and_when(page: Page) -> None:
    note, key = cosigned(1679315147)
    assert ask_cosigners(page, note, key) == [[NAME, "1679315147"]]


def test_cosignature_over_another_text_or_time_is_refused(page: Page) -> None:
    note, key = cosigned(1679315147, signed_text=TEXT.replace("20852163", "20852164"))
    assert ask_cosigners(page, note, key) is None
    good, _ = cosigned(1679315147)
    assert ask_cosigners(page, good.replace("behind-the-sofa", "in-front-of-it"), key) is None
    assert ask_cosigners(page, *cosigned(2**63)) is None


def test_plain_signature_key_is_no_witness_and_an_unknown_witness_proves_nothing(page: Page) -> None:
    note, _ = cosigned(1679315147)
    other = VerifierKey(NAME, COSIGNATURE_ED25519, PrivateKey.from_seed(b"o" * 32).public_key)
    assert ask_cosigners(page, note, FOO) is None
    assert ask_cosigners(page, note, format_vkey(other)) is None
