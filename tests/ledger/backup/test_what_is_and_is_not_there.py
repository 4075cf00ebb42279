"""The proof after a restore: every known gap is named, and a ledger behind what was signed does not sign."""

import json
import shutil
from contextlib import closing
from pathlib import Path

import pytest

from ledger.application import Ledger
from ledger.audit.source import open_source
from ledger.audit.verify import verify
from ledger.backup.back_up import back_up
from ledger.backup.refusal import BackupError
from ledger.errors import NotFoundError
from ledger.settings import load_settings
from ledger.signing.notes import Ed25519NoteSigner
from ledger.store.highest import HighestCheckpoint
from ledger.tlog.checkpoint import Checkpoint, format_checkpoint
from ledger.tlog.note import sign_note
from tests.ledger.audit.conftest import tamper
from tests.ledger.backup.conftest import Two
from tests.ledger.world import ORIGIN, World, private_key


def keep(two: Two, folder: Path, *indices: int) -> Path:
    """Receipts as staff keep them."""
    folder.mkdir()
    for index in indices:
        receipt = two.town.ledger.receipt(two.town.ledger.store.leaf_at(index).event_id)
        (folder / f"{index}.json").write_text(json.dumps(receipt.to_json()))
        (folder / f"{index}.tlog-proof").write_bytes(receipt.proof)
    return folder


def test_an_older_checkpoint_is_extended(two: Two, tmp_path: Path) -> None:
    (tmp_path / "kept").write_bytes(two.town.ledger.store.checkpoint(two.size - 3))
    assert two.town.restore(tmp_path / "ledger", two.older, since=tmp_path / "kept").whole


def test_a_newer_checkpoint_shows_how_many_entries_are_missing(two: Two, tmp_path: Path) -> None:
    head = two.town.ledger.head()
    (tmp_path / "kept").write_bytes(head.checkpoint)
    outcome = two.town.restore(tmp_path / "ledger", two.older, since=tmp_path / "kept")
    assert not outcome.whole
    assert outcome.to_json()["missing_entries"] == head.size - two.size
    assert HighestCheckpoint(tmp_path / "ledger" / "highest").note() == head.checkpoint


def test_a_ledger_behind_a_known_checkpoint_signs_nothing_even_with_keys_put_there_by_hand(
    two: Two, tmp_path: Path
) -> None:
    (tmp_path / "kept").write_bytes(two.town.ledger.head().checkpoint)
    two.town.restore(tmp_path / "ledger", two.older, since=tmp_path / "kept")
    for path in (path for path in two.older_keys.rglob("*") if path.is_file() and path.suffix != ".json"):
        target = tmp_path / "ledger" / path.relative_to(two.older_keys)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes())
    with closing(Ledger.open(tmp_path / "ledger", clock=two.town.clock)) as ledger:
        assert ledger.read_only is not None
        assert str(two.town.ledger.head().size) in ledger.read_only.en


def test_each_receipt_that_is_not_kept_is_named(two: Two, tmp_path: Path) -> None:
    size = two.town.ledger.head().size
    receipts = keep(two, tmp_path / "receipts", 0, two.size - 1, two.size, size - 1)
    outcome = two.town.restore(tmp_path / "ledger", two.older, receipts=receipts)
    assert {finding.file for finding in outcome.findings} == {
        f"{index}.{suffix}" for index in (two.size, size - 1) for suffix in ("json", "tlog-proof")
    }
    assert {finding.code for finding in outcome.findings} == {"receipt-not-kept"}
    assert outcome.receipts == 8
    assert outcome.beyond is not None
    assert outcome.beyond.tree_size == size  # a receipt carries the checkpoint of its own commit
    assert not outcome.whole


def test_all_receipts_are_there_once_the_newer_log_gave_back_what_was_missing(two: Two, tmp_path: Path) -> None:
    receipts = keep(two, tmp_path / "receipts", *range(two.town.ledger.head().size))
    outcome = two.town.restore(tmp_path / "ledger", two.older, receipts=receipts, log=two.log)
    assert (outcome.whole, outcome.findings, outcome.beyond) == (True, (), None)


def test_a_checkpoint_of_another_history_is_refused(two: Two, tmp_path: Path) -> None:
    text = format_checkpoint(Checkpoint(ORIGIN, two.size - 1, b"x" * 32))
    (tmp_path / "kept").write_bytes(sign_note(text, [Ed25519NoteSigner(ORIGIN, private_key("log"))]))
    assert "forked" in two.town.refusal(tmp_path / "ledger", two.older, since=tmp_path / "kept")


@pytest.mark.parametrize("size", [5, 10_000])
def test_a_checkpoint_by_a_stranger_cannot_stop_the_ledger(two: Two, tmp_path: Path, size: int) -> None:
    text = format_checkpoint(Checkpoint(ORIGIN, size, b"x" * 32))
    (tmp_path / "kept").write_bytes(sign_note(text, [Ed25519NoteSigner(ORIGIN, private_key("stranger"))]))
    assert "was not signed by this ledger" in two.town.refusal(tmp_path / "ledger", two.older, since=tmp_path / "kept")


def test_a_file_that_is_no_checkpoint_is_refused(two: Two, tmp_path: Path) -> None:
    (tmp_path / "kept").write_bytes(b"hello")
    assert "kept" in two.town.refusal(tmp_path / "ledger", two.older, since=tmp_path / "kept")
    assert "Cannot read" in two.town.refusal(tmp_path / "ledger", two.older, since=tmp_path / "nowhere")
    with pytest.raises(NotFoundError):
        two.town.restore(tmp_path / "ledger", two.older, receipts=tmp_path / "nowhere")


def test_a_highest_checkpoint_kept_elsewhere_outlives_the_ledger_and_is_never_lowered(
    two: Two, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.setenv("YANGGUANG_HIGHEST", str(tmp_path / "elsewhere"))
    newest = two.town.ledger.head().checkpoint
    (tmp_path / "elsewhere" / "checkpoint").write_bytes(newest)
    outcome = two.town.restore(tmp_path / "ledger", two.older)
    assert outcome.beyond is not None
    assert (tmp_path / "elsewhere" / "checkpoint").read_bytes() == newest
    assert "erasures may be among them" in two.town.refusal(
        tmp_path / "more", two.older, keys=two.older_keys, log=str(two.older)
    )
    assert two.town.restore(tmp_path / "whole", two.older, keys=two.older_keys, log=two.log).whole


def test_a_backup_verifies_although_its_ledger_keeps_the_highest_checkpoint_elsewhere(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.place()
    directory = world.ledger.settings.directory
    world.ledger.close()
    toml = (directory / "ledger.toml").read_text()
    (directory / "ledger.toml").write_text(toml.replace('"highest"', f'"{tmp_path}/elsewhere"'))
    (directory / "highest").rename(tmp_path / "elsewhere")
    back_up(load_settings(directory), tmp_path / "backup", now=world.now)
    ledger = Ledger.open(directory, clock=world.clock)
    world.ledger = ledger
    world.place("又一个村")
    ledger.close()
    with closing(open_source(str(tmp_path / "backup"))) as source:
        report = verify(source)
    assert (report.verdict, report.findings) == ("good", ())


def test_a_backup_of_a_ledger_that_is_behind_says_so_when_it_is_restored(two: Two, tmp_path: Path) -> None:
    (tmp_path / "kept").write_bytes(two.town.ledger.head().checkpoint)
    two.town.restore(tmp_path / "ledger", two.older, since=tmp_path / "kept")
    back_up(load_settings(tmp_path / "ledger"), tmp_path / "backup", now=two.town.now)
    outcome = two.town.restore(tmp_path / "again", tmp_path / "backup")
    assert outcome.beyond is not None
    assert outcome.beyond.tree_size == two.town.ledger.head().size


def test_a_ledger_at_odds_with_itself_is_not_backed_up(two: Two, tmp_path: Path) -> None:
    """Fewer entries than published, a changed node, no store at all."""
    two.town.restore(tmp_path / "ledger", two.older)
    settings = load_settings(tmp_path / "ledger")
    for table in ("leaves", "stored_events"):
        tamper(settings.directory, (f"DELETE FROM {table} WHERE rowid = (SELECT MAX(rowid) FROM {table})", ()))
    with pytest.raises(BackupError, match="do not fit"):
        back_up(settings, tmp_path / "backup", now=two.town.now)
    shutil.copy(two.older / "ledger.sqlite3", settings.database)
    tamper(settings.directory, ("UPDATE nodes SET hash = zeroblob(32) WHERE level = 4", ()))
    with pytest.raises(BackupError, match="do not fit"):
        back_up(settings, tmp_path / "backup", now=two.town.now)
    settings.database.unlink()
    with pytest.raises(BackupError, match="cannot be read"):
        back_up(settings, tmp_path / "backup", now=two.town.now)
    assert [path.name for path in tmp_path.iterdir()] == ["ledger"]
