"""What a caller brings along: the genesis digest, the key, an old checkpoint, receipts."""

import json
import shutil
from pathlib import Path

import pytest

from ledger.application import Ledger
from ledger.audit.verify import verify
from ledger.domain.entry import parse_entry
from ledger.errors import MalformedError, NotFoundError
from ledger.signing.keys import PrivateKey
from ledger.tlog.proof import TlogProof, format_proof, parse_proof
from tests.ledger.audit.conftest import audit, codes, published
from tests.ledger.world import ORIGIN, private_key

STRANGER = PrivateKey.from_seed(b"s" * 32)


@pytest.fixture(scope="session")
def receipts(grown: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Receipts of five entries, as JSON and as proofs; read from a copy, so that ``grown`` stays as it is."""
    folder = tmp_path_factory.mktemp("receipts")
    ledger = Ledger.open(Path(shutil.copytree(grown, tmp_path_factory.mktemp("copied") / "ledger")))
    for index in (0, 10, 20, 30, 50):
        receipt = ledger.receipt(parse_entry(next(ledger.store.entries(index, index + 1))).envelope.event_id)
        (folder / f"{index:02}.json").write_text(json.dumps(receipt.to_json()))
        (folder / f"{index:02}.tlog-proof").write_bytes(receipt.proof)
    ledger.close()
    return folder


@pytest.fixture
def kept(receipts: Path, tmp_path: Path) -> Path:
    """Receipts that a test may change."""
    return Path(shutil.copytree(receipts, tmp_path / "kept"))


def test_right_genesis_digest_pins_the_identity(grown: Path, entries: list[bytes]) -> None:
    report = audit(grown, genesis=parse_entry(entries[0]).envelope.event_id)
    assert (report.verdict, report.pinned, report.summary.zh) == ("good", True, "一致")


@pytest.mark.parametrize("genesis", ["0" * 64, "", "no hex"])
def test_other_genesis_digest_is_a_finding(grown: Path, genesis: str) -> None:
    report = audit(grown, genesis=genesis)
    assert (codes(report), report.pinned) == (["wrong-genesis"], True)


def test_right_key_pins_the_identity(grown: Path) -> None:
    report = audit(grown, vkey=(grown / "log" / "vkey").read_text())
    assert (report.verdict, report.pinned) == ("good", True)


def test_other_key_is_a_finding(grown: Path) -> None:
    assert codes(audit(grown, vkey="ledger.example/test+00000000+AAAA")) == ["wrong-vkey"]


def test_another_ledger_of_the_same_name_is_not_the_pinned_one(eight: Path, entries: list[bytes]) -> None:
    assert "wrong-genesis" in codes(audit(eight, genesis=parse_entry(entries[0]).envelope.event_id))


def test_ledger_that_only_grew_since_an_old_checkpoint_is_good(
    grown: Path, entries: list[bytes], tmp_path: Path
) -> None:
    for size in range(1, len(entries) + 1, 6):
        old = published(entries[:size], origin=ORIGIN, log_key=private_key("log")).content["checkpoint"]
        (tmp_path / "old").write_bytes(old)
        assert audit(grown, since=tmp_path / "old").verdict == "good"


def test_history_rewritten_with_the_true_log_key_is_betrayed_by_an_old_checkpoint(
    entries: list[bytes], tmp_path: Path
) -> None:
    true = published(entries[:30], origin=ORIGIN, log_key=private_key("log"))
    (tmp_path / "old").write_bytes(true.content["checkpoint"])
    false = published(entries[:29], origin=ORIGIN, log_key=private_key("log")).write(tmp_path / "false")
    assert audit(false).verdict == "good"
    report = audit(false, since=tmp_path / "old")
    assert codes(report) == ["not-consistent"]
    assert "29" in report.findings[0].zh


def test_fork_at_the_same_size_is_betrayed_by_an_old_checkpoint(entries: list[bytes], tmp_path: Path) -> None:
    forked = [*entries[:29], entries[29].replace(b":00.000Z", b":00.001Z")]
    fork = published(forked, origin=ORIGIN, log_key=private_key("log"))
    (tmp_path / "old").write_bytes(fork.content["checkpoint"])
    true = published(entries[:30], origin=ORIGIN, log_key=private_key("log")).write(tmp_path / "true")
    assert verify(fork.source).verdict == "good"
    report = audit(true, since=tmp_path / "old")
    assert "历史被改写过" in report.findings[0].zh


def test_old_checkpoint_signed_by_a_stranger_is_a_finding(grown: Path, entries: list[bytes], tmp_path: Path) -> None:
    old = published(entries[:5], origin=ORIGIN, log_key=STRANGER).content["checkpoint"]
    (tmp_path / "old").write_bytes(old)
    assert codes(audit(grown, since=tmp_path / "old")) == ["not-consistent"]


def test_old_checkpoint_that_is_not_there_is_wrong_usage(grown: Path, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        audit(grown, since=tmp_path / "none")


def test_receipts_of_entries_that_were_kept_are_good(grown: Path, receipts: Path) -> None:
    report = audit(grown, receipts=receipts)
    assert (report.verdict, report.counts.receipts) == ("good", 10)
    assert audit(grown / "log", receipts=receipts).verdict == "good"


def test_every_receipt_whose_entry_was_dropped_is_named(entries: list[bytes], receipts: Path, tmp_path: Path) -> None:
    short = published(entries[:25], origin=ORIGIN, log_key=private_key("log")).write(tmp_path / "short")
    report = audit(short, receipts=receipts)
    assert {(finding.index, finding.code) for finding in report.findings} == {
        (30, "receipt-not-kept"),
        (50, "receipt-not-kept"),
    }
    assert len(report.findings) == 4


def test_receipt_whose_index_holds_another_entry_is_named(entries: list[bytes], receipts: Path, tmp_path: Path) -> None:
    other = [*entries[:50], entries[50].replace(b":00.000Z", b":00.001Z")]
    false = published(other, origin=ORIGIN, log_key=private_key("log")).write(tmp_path / "false")
    report = audit(false, receipts=receipts)
    assert {(finding.index, finding.code) for finding in report.findings} == {(50, "receipt-not-kept")}
    assert "50" in report.findings[0].zh


def test_receipt_without_its_entry_is_checked_by_the_leaf_in_the_log(
    grown: Path, entries: list[bytes], kept: Path, tmp_path: Path
) -> None:
    path = kept / "50.tlog-proof"
    proof = parse_proof(path.read_bytes())
    path.write_bytes(format_proof(TlogProof(proof.index, proof.hashes, proof.checkpoint)))
    assert audit(grown, receipts=kept).verdict == "good"
    other = [*entries[:50], entries[50].replace(b":00.000Z", b":00.001Z")]
    false = published(other, origin=ORIGIN, log_key=private_key("log")).write(tmp_path / "false")
    assert "50.tlog-proof" in {finding.file for finding in audit(false, receipts=kept).findings}


def test_receipt_of_another_ledger_is_a_finding(eight: Path, receipts: Path) -> None:
    assert set(codes(audit(eight, receipts=receipts))) == {"bad-receipt"}


@pytest.mark.parametrize(
    "text", ["", "{}", "[1]", '{"index": 3, "entry": "AA==", "proof": "x"}', '{"index": 1.5}', "{" * 40]
)
def test_receipt_that_cannot_be_read_is_a_finding(grown: Path, kept: Path, text: str) -> None:
    (kept / "50.json").write_text(text)
    report = audit(grown, receipts=kept)
    assert [(finding.code, finding.file) for finding in report.findings] == [("unreadable-receipt", "50.json")]


def test_receipt_that_names_another_index_than_its_proof_is_a_finding(grown: Path, kept: Path) -> None:
    value = json.loads((kept / "50.json").read_text())
    (kept / "50.json").write_text(json.dumps({**value, "index": 49}))
    assert codes(audit(grown, receipts=kept)) == ["unreadable-receipt"]


def test_receipt_with_a_changed_entry_is_a_finding(grown: Path, kept: Path) -> None:
    value = json.loads((kept / "50.json").read_text())
    other = json.loads((kept / "30.json").read_text())
    (kept / "50.json").write_text(json.dumps({**value, "entry": other["entry"]}))
    assert codes(audit(grown, receipts=kept)) == ["bad-receipt"]


def test_empty_folder_of_receipts_is_said_to_be_empty(grown: Path, tmp_path: Path) -> None:
    report = audit(grown, receipts=tmp_path)
    assert (report.verdict, report.counts.receipts) == ("good", 0)
    assert "没有回执" in report.notes[0].zh


def test_folder_of_receipts_that_is_not_there_is_wrong_usage(grown: Path, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        audit(grown, receipts=tmp_path / "none")


def test_unreadable_settings_are_wrong_usage(ledger_directory: Path) -> None:
    (ledger_directory / "ledger.toml").write_text("origin =")
    with pytest.raises(MalformedError):
        audit(ledger_directory)
