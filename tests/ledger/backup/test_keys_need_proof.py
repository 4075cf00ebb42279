"""Keys come back only where nothing is missing that may have destroyed one of them."""

import json
import shutil
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from ledger.backup.back_up import back_up
from ledger.backup.manifest import Kind, format_manifest, parse_manifest
from ledger.backup.refusal import BackupError
from ledger.settings import load_settings
from tests.ledger.backup.canaries import readable
from tests.ledger.backup.conftest import Two
from tests.ledger.backup.town import Town

Copy = Callable[[Path], Path]


def test_keys_without_a_newer_log_are_refused_because_old_keys_would_bring_people_back(
    two: Two, tmp_path: Path
) -> None:
    sentence = two.town.refusal(tmp_path / "ledger", two.older, keys=two.older_keys)
    assert "old keys would bring erased people back" in sentence


def test_without_keys_the_backup_is_laid_out_and_nothing_sealed_can_be_read(two: Two, tmp_path: Path) -> None:
    outcome = two.town.restore(tmp_path / "ledger", two.older)
    assert (outcome.whole, outcome.size, outcome.copied, outcome.secrets) == (True, two.size, 0, None)
    assert readable(tmp_path / "ledger" / "vault") == set()


def test_keys_come_back_with_the_checkpoint_of_the_backup_itself(two: Two, tmp_path: Path) -> None:
    (tmp_path / "checkpoint").write_bytes(two.town.ledger.store.checkpoint(two.town.ledger.head().size))
    outcome = two.town.restore(
        tmp_path / "ledger", two.newer, keys=two.newer_keys, nothing_newer=tmp_path / "checkpoint"
    )
    assert outcome.secrets is not None
    assert outcome.secrets.log_key


def test_a_checkpoint_beyond_the_backup_proves_that_something_came_after(two: Two, tmp_path: Path) -> None:
    (tmp_path / "checkpoint").write_bytes(two.town.ledger.head().checkpoint)
    request = {"keys": two.older_keys, "nothing_newer": tmp_path / "checkpoint"}
    assert "does not prove" in two.town.refusal(tmp_path / "ledger", two.older, **request)


def test_a_checkpoint_before_the_backup_proves_nothing(two: Two, tmp_path: Path) -> None:
    (tmp_path / "checkpoint").write_bytes(two.town.ledger.store.checkpoint(two.size))
    request = {"keys": two.newer_keys, "nothing_newer": tmp_path / "checkpoint"}
    assert "does not prove" in two.town.refusal(tmp_path / "ledger", two.newer, **request)


def test_a_log_older_than_the_backup_knows_nothing_of_later_erasures(two: Two, tmp_path: Path) -> None:
    request = {"keys": two.newer_keys, "log": str(two.older / "log")}
    assert "fewer than the backup" in two.town.refusal(tmp_path / "ledger", two.newer, **request)


def test_keys_are_refused_where_a_kept_checkpoint_shows_that_the_log_is_not_the_newest(
    two: Two, tmp_path: Path
) -> None:
    (tmp_path / "kept").write_bytes(two.town.ledger.head().checkpoint)
    request = {"keys": two.older_keys, "log": str(two.older / "log"), "since": tmp_path / "kept"}
    assert "erasures may be among them" in two.town.refusal(tmp_path / "ledger", two.older, **request)


def test_keys_are_refused_where_a_receipt_shows_that_the_log_is_not_the_newest(two: Two, tmp_path: Path) -> None:
    event_id = two.town.ledger.store.leaf_at(two.size).event_id
    (tmp_path / "receipts").mkdir()
    (tmp_path / "receipts" / "erasure.json").write_text(json.dumps(two.town.ledger.receipt(event_id).to_json()))
    request = {"keys": two.older_keys, "log": str(two.older / "log"), "receipts": tmp_path / "receipts"}
    assert "erasures may be among them" in two.town.refusal(tmp_path / "ledger", two.older, **request)


def test_keys_are_refused_where_they_were_backed_up_after_the_log_given(two: Two, tmp_path: Path) -> None:
    request = {"keys": two.newer_keys, "log": str(two.older / "log")}
    assert "erasures may be among them" in two.town.refusal(tmp_path / "ledger", two.older, **request)


@pytest.mark.parametrize(("days", "good"), [(29, True), (30, True), (31, False), (400, False)])
def test_a_backup_of_keys_is_used_for_thirty_days(two: Two, tmp_path: Path, copy: Copy, days: int, good: bool) -> None:
    keys = copy(two.newer_keys)
    made_at = two.town.now - timedelta(days=days)
    redate(keys, made_at)
    request = {"keys": keys, "log": two.log}
    if good:
        assert two.town.restore(tmp_path / "ledger", two.newer, **request).secrets is not None
    else:
        assert "more than 30 days ago" in two.town.refusal(tmp_path / "ledger", two.newer, **request)


def test_a_backup_of_keys_dated_in_the_future_is_refused(two: Two, tmp_path: Path, copy: Copy) -> None:
    keys = copy(two.newer_keys)
    redate(keys, two.town.now + timedelta(days=2))
    assert "in the future" in two.town.refusal(tmp_path / "ledger", two.newer, keys=keys, log=two.log)


def test_a_backup_of_keys_says_in_words_and_by_date_how_long_to_keep_it(two: Two) -> None:
    said = json.loads((two.newer_keys / "keys-backup.json").read_bytes())
    assert said["keep_until"][:10] == f"{two.town.now + timedelta(days=30):%Y-%m-%d}"
    assert "30天" in said["notice"]
    assert "30 days" in said["notice"]


def test_keys_of_another_ledger_are_refused(two: Two, tmp_path: Path) -> None:
    other = Town(tmp_path / "other", founded_on=date(2023, 4, 4))
    other.back_up(tmp_path / "backup", tmp_path / "keys")
    other.ledger.close()
    redate(tmp_path / "keys", two.town.now)
    request = {"keys": tmp_path / "keys", "log": two.log}
    assert "another ledger's" in two.town.refusal(tmp_path / "ledger", two.newer, **request)


def test_keys_are_never_written_into_the_backup_or_the_ledger_they_belong_to(two: Two, tmp_path: Path) -> None:
    for out, keys in (("backup", "backup/keys"), ("backup", "backup"), ("keys/backup", "keys")):
        with pytest.raises(BackupError, match="Keep them apart"):
            two.town.back_up(tmp_path / out, tmp_path / keys)
    with pytest.raises(BackupError, match="Keep them apart"):
        two.town.back_up(two.directory / "backup")
    assert list(tmp_path.iterdir()) == []


def test_only_the_ledgers_own_keys_are_backed_up(two: Two, tmp_path: Path) -> None:
    directory = Path(shutil.copytree(two.directory / "keys", tmp_path / "kept"))
    assert {path.name for path in directory.iterdir()} == {"log.pem"}
    admin = two.directory / "keys" / "admin-1.pem"
    admin.write_bytes(b"a holder's own")
    try:
        made = two.town.back_up(tmp_path / "backup", tmp_path / "keys")
    finally:
        admin.unlink()
    assert {path.name for path in (tmp_path / "keys" / "keys").iterdir()} == {"log.pem"}
    assert "keys/admin-1.pem" in made.left_out


def test_a_ledger_without_keys_has_none_to_back_up(two: Two, tmp_path: Path) -> None:
    two.town.restore(tmp_path / "ledger", two.newer)
    settings = load_settings(tmp_path / "ledger")
    with pytest.raises(BackupError, match="restored without them"):
        back_up(settings, tmp_path / "backup", keys=tmp_path / "keys", now=two.town.now)
    assert [path.name for path in tmp_path.iterdir()] == ["ledger"]


def test_every_secret_file_is_readable_by_its_owner_alone(two: Two, tmp_path: Path) -> None:
    two.town.restore(tmp_path / "ledger", two.newer, keys=two.newer_keys, log=two.log)
    assert two.newer_keys.stat().st_mode & 0o077 == 0
    for folder in (two.newer_keys, two.newer, tmp_path / "ledger"):
        for secret in (folder / "vault", folder / "keys"):
            for path in (secret, *secret.rglob("*")):
                assert not path.exists() or path.stat().st_mode & 0o077 == 0, path


def redate(keys: Path, made_at: datetime) -> None:
    """Writes another date into a backup of keys, as a forger or a wrong clock would."""
    path = keys / "keys-backup.json"
    manifest = parse_manifest(path.read_bytes(), Kind.KEYS)
    values = {name: getattr(manifest, name) for name in ("kind", "genesis", "note", "files")}
    path.write_bytes(format_manifest(type(manifest)(made_at=made_at, **values)))
