"""After a rotation each checkpoint must be by the key in force at its size, whoever signed it (threat 43)."""

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from ledger.application import Ledger
from ledger.audit.report import Report
from ledger.domain.entry import format_entry, parse_entry
from ledger.errors import MissingCapabilityError
from ledger.signing.envelope import sign_envelope
from tests.ledger.audit.conftest import Files, audit, codes, publish, published, stored, tamper
from tests.ledger.rotation import put_in_place, rotate, rotation, vkey_of
from tests.ledger.world import ORIGIN, World, private_key


@pytest.fixture(scope="session")
def rotated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed and published ledger directory of twelve entries; 4 and 8 rotate the log key."""
    world = World(tmp_path_factory.mktemp("rotated"))
    for name in ("second", "third"):
        for number in range(3):
            world.place(f"{name} {number}", level="village")
        assert rotate(world, name).index == (4 if name == "second" else 8)
    for number in range(3):
        world.place(f"last {number}", level="village")
    publish(world)
    world.ledger.close()
    return world.ledger.settings.directory


@pytest.fixture
def copy(rotated: Path, tmp_path: Path) -> Path:
    """A copy that a test may change."""
    return Path(shutil.copytree(rotated, tmp_path / "copy"))


def key_at(size: int) -> str:
    return "third" if size > 8 else "second" if size > 4 else "log"


def named_below(size: int) -> list[str]:
    return [name for name, index in (("third", 8), ("second", 4), ("log", -1)) if index < size]


def signed_by(entries: Sequence[bytes], name: str) -> Files:
    """What the holder of a log key publishes of these entries, with the true list of keys beside it."""
    files = published(entries, origin=ORIGIN, log_key=private_key(name))
    files.content["vkey"] = "".join(f"{vkey_of(each)}\n" for each in named_below(len(entries))).encode()
    return files


def audit_since(directory: Path, note: bytes, folder: Path) -> Report:
    (folder / "old").write_bytes(note)
    return audit(directory, since=folder / "old")


def test_rotated_ledger_is_good_by_directory_by_folder_and_under_every_rule(rotated: Path) -> None:
    for source in (rotated, rotated / "log"):
        assert audit(source).verdict == audit(source, rules=True).verdict == "good"


def test_checkpoint_of_every_size_is_good_by_the_key_in_force_there_and_by_no_other(
    rotated: Path, tmp_path: Path
) -> None:
    entries = stored(rotated)
    for size in range(1, len(entries) + 1):
        for name in ("log", "second", "third"):
            files = signed_by(entries[:size], name)
            folder = files.write(tmp_path / f"{size}-{name}")
            since = audit_since(rotated, files.content["checkpoint"], tmp_path)
            if name == key_at(size):
                assert audit(folder).verdict == since.verdict == "good"
            else:
                assert codes(audit(folder)) == ["bad-checkpoint"]
                assert codes(since) == ["not-consistent"]


def test_stolen_old_key_that_signs_beyond_the_rotation_is_named_with_both_entries(
    rotated: Path, tmp_path: Path
) -> None:
    files = published(stored(rotated), origin=ORIGIN, log_key=private_key("log"))
    report = audit(files.write(tmp_path / "stolen"))
    assert codes(report) == ["bad-checkpoint", "wrong-file"]
    assert "应由第8条写明的账本密钥签" in report.findings[0].zh
    assert "却是第0条写明的那一把" in report.findings[0].zh


def test_entries_that_a_thief_of_the_old_key_adds_after_the_rotation_are_betrayed(
    rotated: Path, tmp_path: Path
) -> None:
    entries = stored(rotated)
    fork = signed_by([*entries[:9], *entries[10:]], "log").write(tmp_path / "fork")
    assert "bad-checkpoint" in codes(audit(fork))


def test_stored_checkpoint_by_the_old_key_is_a_finding(rotated: Path, copy: Path) -> None:
    note = signed_by(stored(rotated)[:10], "second").content["checkpoint"]
    tamper(copy, ("UPDATE checkpoints SET note=? WHERE tree_size=10", [note]))
    report = audit(copy)
    assert codes(report) == ["stored-checkpoint"]
    assert "第8条" in report.findings[0].zh


def test_highest_checkpoint_by_the_old_key_is_a_finding(rotated: Path, copy: Path) -> None:
    (copy / "highest" / "checkpoint").write_bytes(signed_by(stored(rotated), "second").content["checkpoint"])
    assert codes(audit(copy)) == ["highest-checkpoint"]


def test_receipts_from_before_and_after_a_rotation_are_good(rotated: Path, copy: Path, tmp_path: Path) -> None:
    (tmp_path / "receipts").mkdir()
    ledger = Ledger.open(copy)
    for index in range(ledger.head().size):
        receipt = ledger.receipt(parse_entry(ledger.entry(index)).envelope.event_id)
        (tmp_path / "receipts" / f"{index}.json").write_text(json.dumps(receipt.to_json()))
    ledger.close()
    for source in (rotated, rotated / "log"):
        report = audit(source, receipts=tmp_path / "receipts")
        assert (report.verdict, report.counts.receipts) == ("good", 12)


def test_receipt_by_the_old_key_beyond_the_rotation_is_a_finding(rotated: Path, copy: Path, tmp_path: Path) -> None:
    ledger = Ledger.open(copy)
    receipt = ledger.receipt(parse_entry(ledger.entry(10)).envelope.event_id)
    true = ledger.store.checkpoint(11)
    ledger.close()
    false = signed_by(stored(rotated)[:11], "log").content["checkpoint"]
    (tmp_path / "receipts").mkdir()
    (tmp_path / "receipts" / "10.tlog-proof").write_bytes(receipt.proof.replace(true, false))
    report = audit(rotated, receipts=tmp_path / "receipts")
    assert codes(report) == ["bad-receipt"]
    assert "第8条" in report.findings[0].zh


@pytest.mark.parametrize("name", ["log", "second", "third"])
def test_every_key_that_the_log_names_pins_the_identity_and_an_old_one_is_remarked_on(rotated: Path, name: str) -> None:
    report = audit(rotated, vkey=vkey_of(name))
    assert (report.verdict, report.pinned) == ("good", True)
    said = "".join(note.zh for note in report.notes)
    assert (vkey_of("third") in said) == (name != "third")


def test_a_key_that_the_log_does_not_name_pins_nothing(rotated: Path) -> None:
    assert codes(audit(rotated, vkey=vkey_of("fourth"))) == ["wrong-vkey"]


def test_the_whole_published_list_of_keys_pins_by_its_first_line(rotated: Path) -> None:
    report = audit(rotated, vkey=(rotated / "log" / "vkey").read_text())
    assert (report.verdict, report.notes) == ("good", ())


def test_settings_keep_the_key_of_entry_0_and_no_other(rotated: Path, copy: Path) -> None:
    text = (copy / "ledger.toml").read_text()
    assert vkey_of("log") in text
    (copy / "ledger.toml").write_text(text.replace(vkey_of("log"), vkey_of("third")))
    assert codes(audit(copy)) == ["wrong-settings"]


@pytest.mark.parametrize("names", [["log"], ["log", "second", "third"], ["third", "log"], ["fourth", "second", "log"]])
def test_published_list_of_keys_that_is_not_the_logs_is_the_one_finding(copy: Path, names: list[str]) -> None:
    (copy / "log" / "vkey").write_text("".join(f"{vkey_of(name)}\n" for name in names))
    for source in (copy, copy / "log"):
        assert codes(audit(source)) == ["wrong-file"]


def test_missing_list_of_keys_is_the_one_finding(copy: Path) -> None:
    (copy / "log" / "vkey").unlink()
    for source in (copy, copy / "log"):
        assert codes(audit(source)) == ["missing-file"]


def test_store_cut_back_to_before_the_rotation_is_betrayed_by_the_published_files(copy: Path) -> None:
    (copy / "log" / "vkey").unlink()
    doomed = "SELECT originator_id, originator_version FROM leaves WHERE entry_index >= 11"
    tamper(
        copy,
        (f"DELETE FROM stored_events WHERE (originator_id, originator_version) IN ({doomed})", []),
        ("DELETE FROM leaves WHERE entry_index >= 11", []),
        ("DELETE FROM nodes WHERE ((node_index+1) << level) > 11", []),
        ("DELETE FROM checkpoints WHERE tree_size > 11", []),
    )
    report = audit(copy)
    assert (report.findings[0].code, report.findings[0].index) == ("missing-entry", 11)


def test_list_of_keys_one_publication_ahead_of_the_checkpoint_is_no_finding(world: World) -> None:
    # What a crash leaves between the two files.
    publish(world)
    rotate(world, "second")
    settings = world.ledger.settings
    (settings.log / "vkey").write_text(f"{vkey_of('second')}\n{vkey_of('log')}\n")
    report = audit(settings.directory)
    assert report.verdict == "good"
    assert "还没有公布" in report.notes[0].zh


def test_rotation_that_too_few_admins_signed_is_named_and_its_key_signs_nothing(world: World, tmp_path: Path) -> None:
    put_in_place(world, "second")
    alone = sign_envelope(rotation(world, "second").envelope.payload, [private_key("admin-1")])
    whole = [world.ledger.entry(0)]
    forged = format_entry(alone, parse_entry(whole[0]).recorded_at)
    files = published([*whole, forged], origin=ORIGIN, log_key=private_key("second"))
    files.content["vkey"] = f"{vkey_of('second')}\n{vkey_of('log')}\n".encode()
    report = audit(files.write(tmp_path / "forged"))
    assert codes(report) == [MissingCapabilityError.type, "bad-checkpoint", "wrong-file"]
    assert report.findings[0].index == 1
