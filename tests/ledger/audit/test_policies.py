"""A policy says whose log it is and who must have seen it; what is missing or false is found and named."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from ledger.audit.report import Report
from ledger.receipts import Receipt
from ledger.signing.cosignature import CosignatureSigner
from ledger.signing.keys import PrivateKey
from ledger.signing.ml_dsa import MlDsaPrivateKey
from ledger.signing.notes import Ed25519NoteSigner
from ledger.tlog.note import Note, Signature, format_note, format_vkey, parse_note
from ledger.tlog.policy import Policy, parse_policy
from ledger.tlog.proof import format_proof, parse_proof
from public_site.published_log import PublishedLog
from tests.ledger.audit.conftest import audit, codes

ORIGIN = "ledger.example/small"
LOG = format_vkey(Ed25519NoteSigner(ORIGIN, PrivateKey.from_seed(b"l" * 32)).verifier_key)


def witness(number: int) -> CosignatureSigner:
    return CosignatureSigner(f"w{number}.example", PrivateKey.from_seed(bytes([number]) * 32), clock=lambda: 1_800_000)


def text(threshold: str, *, log: str = LOG) -> str:
    witnesses = "".join(f"witness W{number} {format_vkey(witness(number).verifier_key)}\n" for number in (1, 2, 3))
    return f"log {log}\n{witnesses}group g {threshold} W1 W2 W3\nquorum g\n"


def policy(threshold: str, *, log: str = LOG) -> Policy:
    return parse_policy(text(threshold, log=log).encode())


def cosign(log: Path, *signers: CosignatureSigner) -> None:
    """Puts cosignatures under a published checkpoint."""
    note = parse_note((log / "checkpoint").read_bytes())
    lines = (Signature(each.name, each.key_id, each.sign(note.text.encode())) for each in signers)
    (log / "checkpoint").write_bytes(format_note(Note(note.text, (*note.signatures, *lines))))


@pytest.fixture
def folder(eight: Path, tmp_path: Path) -> Path:
    """A copy of the ledger directory whose published checkpoint two of three witnesses cosigned."""
    copied = Path(shutil.copytree(eight, tmp_path / "copy"))
    cosign(copied / "log", witness(1), witness(2))
    return copied


def sentences(report: Report) -> str:
    return "".join(f"{finding.zh}{finding.en}" for finding in report.findings)


def test_a_checkpoint_with_the_quorum_is_good_and_the_policy_pins_the_log(folder: Path) -> None:
    for place in (folder, folder / "log"):
        report = audit(place, policy=policy("2"))
        assert (report.findings, report.pinned) == ((), True)
        assert any("W1、W2" in note.zh for note in report.notes)


def test_a_checkpoint_without_the_quorum_says_who_is_missing(folder: Path) -> None:
    report = audit(folder / "log", policy=policy("all"))
    assert codes(report) == ["quorum-not-met"]
    assert "至少要3家，现有2家，缺W3" in sentences(report)
    assert report.findings[0].file == "checkpoint"


def test_another_logs_policy_is_a_finding(folder: Path) -> None:
    for other in (ORIGIN, "other.example/log"):
        key = format_vkey(Ed25519NoteSigner(other, PrivateKey.from_seed(b"o" * 32)).verifier_key)
        assert codes(audit(folder / "log", policy=policy("2", log=key))) == ["wrong-vkey"]


def test_a_policy_may_name_the_log_by_a_key_that_signed_the_checkpoint(folder: Path) -> None:
    signer = CosignatureSigner(ORIGIN, MlDsaPrivateKey.from_seed(b"m" * 32), clock=lambda: 5)
    named = policy("2", log=format_vkey(signer.verifier_key))
    assert codes(audit(folder / "log", policy=named)) == ["wrong-vkey"]
    cosign(folder / "log", signer)
    with (folder / "log" / "vkey").open("a") as file:
        file.write(f"{format_vkey(signer.verifier_key)}\n")
    assert codes(audit(folder / "log", policy=named)) == []


def test_without_a_policy_cosignatures_are_lines_that_nobody_knows(folder: Path) -> None:
    report = audit(folder)
    assert codes(report) == ["bad-checkpoint", "wrong-file"]
    assert "--policy" in sentences(report)


def test_a_ledger_directory_knows_the_witnesses_of_its_own_policy(folder: Path) -> None:
    with (folder / "ledger.toml").open("a") as file:
        file.write('policy = "witness.policy"\n')
    assert codes(audit(folder)) == ["bad-policy", "bad-checkpoint", "wrong-file"]
    (folder / "witness.policy").write_text(text("all"))
    assert codes(audit(folder)) == []
    assert codes(audit(folder, policy=policy("all"))) == ["quorum-not-met"]
    cosign(folder / "log", CosignatureSigner("stranger.example", PrivateKey.from_seed(b"x" * 32), clock=lambda: 1))
    assert codes(audit(folder)) == ["bad-checkpoint", "wrong-file"]


def test_the_logs_own_line_must_still_be_the_stored_one(folder: Path) -> None:
    (folder / "witness.policy").write_text(text("2"))
    with (folder / "ledger.toml").open("a") as file:
        file.write('policy = "witness.policy"\n')
    note = parse_note((folder / "log" / "checkpoint").read_bytes())
    moved = Note(note.text, (*note.signatures[1:], note.signatures[0]))
    (folder / "log" / "checkpoint").write_bytes(format_note(moved))
    assert codes(audit(folder)) == []
    twice = Note(note.text, (*note.signatures, note.signatures[1]))
    (folder / "log" / "checkpoint").write_bytes(format_note(twice))
    assert codes(audit(folder)) == ["bad-checkpoint"]


@pytest.mark.parametrize("place", [0, 30, -1])
def test_a_false_cosignature_of_a_known_witness_is_a_finding(folder: Path, place: int) -> None:
    note = parse_note((folder / "log" / "checkpoint").read_bytes())
    data = bytearray(note.signatures[1].signature)
    data[place] ^= 1
    false = Signature(note.signatures[1].name, note.signatures[1].key_id, bytes(data))
    (folder / "log" / "checkpoint").write_bytes(
        format_note(Note(note.text, (note.signatures[0], false, note.signatures[2])))
    )
    assert set(codes(audit(folder / "log", policy=policy("any")))) == {"bad-checkpoint", "bad-cosignature"}


def test_a_proof_without_a_quorum_is_good_only_in_a_tree_that_has_one(folder: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "3.tlog-proof").write_bytes(PublishedLog(folder / "log").proof(3))
    report = audit(folder / "log", policy=policy("2"), receipts=kept)
    assert (codes(report), report.counts.receipts) == ([], 1)
    unseen = parse_note((folder / "log" / "checkpoint").read_bytes())
    (folder / "log" / "checkpoint").write_bytes(format_note(Note(unseen.text, unseen.signatures[:1])))
    (kept / "4.tlog-proof").write_bytes(PublishedLog(folder / "log").proof(4))
    report = audit(folder / "log", policy=policy("2"), receipts=kept)
    assert [(finding.code, finding.file) for finding in report.findings] == [
        ("quorum-not-met", "checkpoint"),
        ("quorum-not-met", "4.tlog-proof"),
    ]
    (kept / "4.tlog-proof").unlink()
    (kept / "4.json").write_text(json.dumps(receipt_of(folder, 4)))
    cosign(folder / "log", witness(1), witness(3))
    report = audit(folder / "log", policy=policy("2"), receipts=kept)
    assert codes(report) == []
    assert any("1张凭证自己没有带够联署" in note.zh for note in report.notes)


def receipt_of(folder: Path, index: int) -> dict[str, object]:
    """As the ledger answered it in the moment of the commit."""
    log = PublishedLog(folder / "log")
    proof = parse_proof(log.proof(index))
    own = parse_note(proof.checkpoint)
    plain = replace(proof, checkpoint=format_note(Note(own.text, own.signatures[:1])))
    return Receipt(index, log.entry(index, 8), format_proof(plain)).to_json()


def test_a_policy_that_asks_for_nobody_still_pins_the_log(folder: Path) -> None:
    report = audit(folder / "log", policy=parse_policy((text("2").rsplit("quorum", 1)[0] + "quorum none\n").encode()))
    assert (codes(report), report.pinned) == ([], True)
    unnamed = parse_policy(text("2").partition("\n")[2].encode())
    assert not audit(folder / "log", policy=unnamed).pinned
