"""A backup that is not, byte for byte, what was made is refused with a sentence, and nothing is laid out."""

import json
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from ledger.backup.back_up import BackedUp
from ledger.backup.copying import measure
from ledger.backup.manifest import Kept, Kind, Manifest, format_manifest, parse_manifest
from ledger.backup.refusal import BackupError
from tests.ledger.backup.conftest import Two

Copy = Callable[[Path], Path]


@pytest.fixture
def backup(two: Two, copy: Copy) -> Path:
    """A copy of the newer backup that a test may change."""
    return copy(two.newer)


def listed(backup: Path) -> list[str]:
    return [item["path"] for item in json.loads((backup / "backup.json").read_bytes())["files"]]


def test_every_file_of_a_backup_is_measured(two: Two, tmp_path: Path) -> None:
    """One bit of any file, first, middle or last."""
    for number, path in enumerate(listed(two.newer)):
        backup = Path(shutil.copytree(two.newer, tmp_path / "changed"))
        data = bytearray((backup / path).read_bytes())
        data[(0, len(data) // 2, -1)[number % 3]] ^= 1
        (backup / path).write_bytes(data)
        assert f"{path} in the backup is not what was backed up" in two.town.refusal(tmp_path / "ledger", backup)
        shutil.rmtree(backup)


def test_a_missing_file_is_named(two: Two, tmp_path: Path, backup: Path) -> None:
    (backup / "vault" / "disclosures.sqlite3").unlink()
    sentence = two.town.refusal(tmp_path / "ledger", backup)
    assert "lacks 1 of its files, the first of them vault/disclosures.sqlite3" in sentence


@pytest.mark.parametrize("path", ["notes.txt", "vault/keys/kek", "log/tile/0/001", "keys/log.pem"])
def test_a_file_that_does_not_belong_is_named(two: Two, tmp_path: Path, backup: Path, path: str) -> None:
    (backup / path).parent.mkdir(parents=True, exist_ok=True)
    (backup / path).write_bytes(b"?")
    assert f"not its own, the first of them {path}" in two.town.refusal(tmp_path / "ledger", backup)


def test_a_link_in_place_of_a_file_is_refused(two: Two, tmp_path: Path, backup: Path) -> None:
    (backup / "ledger.sqlite3").unlink()
    (backup / "ledger.sqlite3").symlink_to(two.newer / "ledger.sqlite3")
    assert "ledger.sqlite3" in two.town.refusal(tmp_path / "ledger", backup)


def test_a_link_to_a_folder_is_refused(two: Two, tmp_path: Path, backup: Path) -> None:
    (backup / "more").symlink_to(two.newer)
    assert "the first of them more" in two.town.refusal(tmp_path / "ledger", backup)


@pytest.mark.parametrize("path", ["../outside", "log/../../outside", "/etc/motd", "vault/keys/kek", "keys/log.pem"])
def test_a_manifest_that_lists_files_a_backup_cannot_hold_is_refused(
    two: Two, tmp_path: Path, backup: Path, path: str
) -> None:
    rewrite(backup, lambda manifest: (*manifest.files, Kept(path, 1, "0" * 64)))
    assert "does not belong into such a backup" in two.town.refusal(tmp_path / "ledger", backup)


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b"\xff", b'{"files":1}', b"null", b'{"format": "x"}'])
def test_a_manifest_that_cannot_be_read_is_refused(two: Two, tmp_path: Path, backup: Path, data: bytes) -> None:
    (backup / "backup.json").write_bytes(data)
    assert "backup.json" in two.town.refusal(tmp_path / "ledger", backup)


def test_a_manifest_in_another_spelling_is_refused(two: Two, tmp_path: Path, backup: Path) -> None:
    value = json.loads((backup / "backup.json").read_bytes())
    (backup / "backup.json").write_text(json.dumps(value))
    assert "backup.json" in two.town.refusal(tmp_path / "ledger", backup)


def test_a_backup_without_manifest_was_not_finished(two: Two, tmp_path: Path, backup: Path) -> None:
    (backup / "backup.json").unlink()
    assert "was not finished" in two.town.refusal(tmp_path / "ledger", backup)


def test_one_kind_of_backup_is_not_taken_for_the_other(two: Two, tmp_path: Path) -> None:
    assert "it has no backup.json" in two.town.refusal(tmp_path / "ledger", two.newer_keys)
    request = {"keys": two.older, "log": two.log}
    assert "it has no keys-backup.json" in two.town.refusal(tmp_path / "ledger", two.newer, **request)


def test_a_ledger_changed_together_with_its_manifest_does_not_verify(two: Two, tmp_path: Path, backup: Path) -> None:
    database = sqlite3.connect(backup / "ledger.sqlite3", isolation_level=None)
    database.execute("DROP TRIGGER stored_events_UPDATE")
    changed = (
        'UPDATE stored_events SET state = CAST(replace(CAST(state AS TEXT), \'"recorded_at":"2023-04\', ?) AS BLOB)'
    )
    assert database.execute(changed, ('"recorded_at":"2023-03',)).rowcount
    database.close()
    remeasure(backup)
    assert "The backup does not verify" in two.town.refusal(tmp_path / "ledger", backup)


def test_a_manifest_of_another_checkpoint_is_refused(two: Two, tmp_path: Path, backup: Path) -> None:
    older = parse_manifest((two.older / "backup.json").read_bytes(), Kind.LEDGER)
    path = backup / "backup.json"
    manifest = parse_manifest(path.read_bytes(), Kind.LEDGER)
    path.write_bytes(
        format_manifest(Manifest(Kind.LEDGER, manifest.made_at, manifest.genesis, older.note, manifest.files))
    )
    assert "another checkpoint" in two.town.refusal(tmp_path / "ledger", backup)


def test_a_manifest_says_what_it_was_made_from_and_reads_back_as_the_same_bytes(two: Two) -> None:
    for folder, kind in ((two.newer, Kind.LEDGER), (two.newer_keys, Kind.KEYS)):
        data = (folder / kind.file).read_bytes()
        manifest = parse_manifest(data, kind)
        assert format_manifest(manifest) == data
        assert manifest.checkpoint.tree_size == two.town.ledger.head().size
        assert manifest.genesis == two.town.ledger.genesis()


def test_a_full_folder_is_never_written_into(two: Two, tmp_path: Path) -> None:
    (tmp_path / "precious").mkdir()
    (tmp_path / "precious" / "file").write_text("1")
    (tmp_path / "file").write_text("1")
    for place in (tmp_path / "precious", tmp_path / "file"):
        with pytest.raises(BackupError, match="never overwritten"):
            two.town.restore(place, two.newer)
        with pytest.raises(BackupError, match="never overwritten"):
            two.town.back_up(place)
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["file", "file", "precious"]


def test_an_empty_folder_is_filled(two: Two, tmp_path: Path) -> None:
    (tmp_path / "backup").mkdir()
    (tmp_path / "ledger").mkdir()
    made: BackedUp = two.town.back_up(tmp_path / "backup")
    assert two.town.restore(tmp_path / "ledger", tmp_path / "backup").size == made.manifest.checkpoint.tree_size


def rewrite(backup: Path, files: Callable[[Manifest], tuple[Kept, ...]]) -> None:
    path = backup / "backup.json"
    old = parse_manifest(path.read_bytes(), Kind.LEDGER)
    path.write_bytes(format_manifest(Manifest(Kind.LEDGER, old.made_at, old.genesis, old.note, files(old))))


def remeasure(backup: Path) -> None:
    """Makes the manifest fit the files again, as whoever changed them on purpose would."""
    rewrite(backup, lambda manifest: tuple(Kept(kept.path, *measure(backup / kept.path)) for kept in manifest.files))
