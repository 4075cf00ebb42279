"""Backups and restores against erasure: twenty names, sought in every byte and past every encryption."""

import os
from contextlib import closing
from pathlib import Path

import pytest

from ledger.application import Ledger
from ledger.audit.source import open_source
from ledger.audit.verify import Options, verify
from ledger.errors import NotFoundError, WithdrawnError
from ledger.sealing.vault import Vault
from tests.ledger.backup.canaries import NAMES, contents, in_files, readable, wrapped_secrets
from tests.ledger.backup.conftest import Two
from tests.ledger.backup.town import SHA256, Town

ALL = set(NAMES)


@pytest.fixture(scope="session")
def restored(two: Two, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The older backup with its keys and the newer log."""
    place = tmp_path_factory.mktemp("restored") / "ledger"
    outcome = two.town.restore(place, two.older, keys=two.older_keys, log=two.log)
    assert (outcome.whole, outcome.copied) == (True, two.town.ledger.head().size - two.size)
    return place


def test_control_the_older_backup_with_its_keys_holds_every_name_and_shows_none(two: Two) -> None:
    assert readable(two.older / "vault", two.older_keys / "vault" / "keys") == ALL
    assert in_files(two.older, two.older_keys) == set()


def test_control_the_older_vault_opened_by_hand_without_the_log_still_gives_a_child_away(
    two: Two, tmp_path: Path
) -> None:
    vault = tmp_path / "vault"
    for folder in (two.older / "vault", two.older_keys / "vault"):
        for path in (path for path in folder.rglob("*") if path.is_file()):
            target = vault / path.relative_to(folder)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    with closing(Vault.open(vault, random=os.urandom)) as opened:
        assert all(opened.holds(key) for key in two.town.vault_keys)
    assert readable(vault) == ALL


def test_after_erasure_the_ledger_itself_yields_no_name(two: Two) -> None:
    assert in_files(two.directory) == set()
    assert readable(two.directory / "vault") == set()


def test_a_backup_made_afterwards_yields_no_name_even_with_its_keys_and_even_with_older_ciphertexts(two: Two) -> None:
    assert in_files(two.newer, two.newer_keys) == set()
    assert readable(two.newer / "vault", two.newer_keys / "vault" / "keys") == set()
    assert readable(two.older / "vault", two.newer_keys / "vault" / "keys") == set()


def test_no_ordinary_backup_holds_a_key_or_anything_that_decrypts(two: Two) -> None:
    for backup in (two.older, two.newer):
        assert not (backup / "vault" / "keys").exists()
        assert not (backup / "keys").exists()
        assert readable(backup / "vault") == set()
    private = [path.read_bytes() for path in two.older_keys.rglob("*") if path.suffix == ".pem" or path.name == "kek"]
    assert len(private) == 2
    assert not any(key in data for key in private for data in contents(two.older))


def test_restoring_the_older_backup_with_its_keys_and_the_newer_log_brings_no_name_back(
    restored: Path,
) -> None:
    assert in_files(restored) == set()
    assert readable(restored / "vault") == set()


def test_no_trace_of_an_erased_secret_is_left_in_the_restored_files(two: Two, restored: Path) -> None:
    before = {key_id: wrapped for key_id, _, wrapped in wrapped_secrets(two.older_keys / "vault" / "keys")}
    kept = {key_id for key_id, _, _ in wrapped_secrets(restored / "vault" / "keys")}
    gone = before.keys() - kept
    assert set(two.town.vault_keys) <= gone
    everything = b"".join(contents(restored))
    assert not any(before[key_id] in everything for key_id in gone)


def test_the_restored_ledger_verifies_and_keeps_every_receipt_and_total(two: Two, restored: Path) -> None:
    receipts = restored.parent / "receipts"
    receipts.mkdir()
    for index in range(two.size):
        event_id = two.town.ledger.store.leaf_at(index).event_id
        (receipts / f"{index}.tlog-proof").write_bytes(two.town.ledger.receipt(event_id).proof)
    with closing(open_source(str(restored))) as source:
        report = verify(source, Options(genesis=two.town.ledger.genesis(), receipts=receipts, rules=True))
    assert (report.verdict, report.findings) == ("good", ())
    assert (report.size, report.counts.receipts) == (two.town.ledger.head().size, two.size)
    with closing(Ledger.open(restored, clock=two.town.clock)) as ledger:
        assert ledger.head() == two.town.ledger.head()
        for reference in (two.town.award_of_town, two.town.survey, two.town.project_of_town):
            assert ledger.record(reference) == two.town.ledger.record(reference)


def test_the_restored_ledger_answers_that_the_texts_were_withdrawn_and_starts_again_and_again(
    two: Two, restored: Path
) -> None:
    survey = two.town.ledger.record(two.town.survey)
    assert survey is not None
    for _ in range(2):
        with closing(Ledger.open(restored, clock=two.town.clock)) as ledger:
            assert ledger.read_only is None
            for digest in survey.history[0].withdrawable:
                with pytest.raises(WithdrawnError):
                    ledger.text(digest)
            with pytest.raises(WithdrawnError):
                ledger.evidence(SHA256)
        assert readable(restored / "vault") == set()


def test_a_text_that_a_lost_correction_restated_does_not_come_back(two: Two, restored: Path) -> None:
    award = two.town.ledger.record(two.town.award_of_town)
    assert award is not None
    granted = award.find(two.town.granted)
    assert granted is not None
    with closing(Ledger.open(restored, clock=two.town.clock)) as ledger:
        with pytest.raises(WithdrawnError):
            ledger.text(granted.withdrawable[0])
        with pytest.raises(NotFoundError):  # what it was restated as came after the backup and is lost
            ledger.text(award.history[-1].withdrawable[0])


def test_a_list_that_a_lost_correction_restated_does_not_come_back(tmp_path: Path) -> None:
    town = Town(tmp_path)
    town.back_up(tmp_path / "backup", tmp_path / "keys")
    town.restate_rows()
    town.publish()
    log = str(town.ledger.settings.log)
    town.ledger.close()
    outcome = town.restore(tmp_path / "restored", tmp_path / "backup", keys=tmp_path / "keys", log=log)
    assert outcome.secrets is not None
    assert outcome.secrets.lost.corrected == (town.granted,)
    with closing(Ledger.open(tmp_path / "restored", clock=town.clock)) as ledger:
        award = ledger.record(town.award_of_town)
        assert award is not None
        granted = award.find(town.granted)
        assert granted is not None
        assert len(granted.sealed) == 16
        for digest in granted.sealed:
            with pytest.raises(NotFoundError):
                ledger._vault.get(town.granted, digest)
        assert ledger.text(granted.withdrawable[0]).entry_index == award_index(ledger, town)  # a note is no list


def award_index(ledger: Ledger, town: Town) -> int:
    leaf = ledger.store.leaf(town.granted)
    assert leaf is not None
    return leaf.entry_index


def test_consent_withdrawn_after_the_backup_does_not_count_again(tmp_path: Path) -> None:
    town = Town(tmp_path)
    town.back_up(tmp_path / "backup", tmp_path / "keys")
    town.take_consent_back()
    town.publish()
    log = str(town.ledger.settings.log)
    outcome = town.restore(tmp_path / "restored", tmp_path / "backup", keys=tmp_path / "keys", log=log)
    assert outcome.secrets is not None
    assert outcome.secrets.lost.consents == (town.consents,)
    town.ledger.close()
    town.ledger = Ledger.open(tmp_path / "restored", clock=town.clock, random=town.random)
    with closing(town.ledger):
        # Whose consent it was is sealed and lost, so everybody's in that stack has to be recorded again.
        for key in town.vault_keys:
            assert town.ledger._vault.holds(key)
            assert town.ledger._vault.consents(key) == []
