"""Entries copied back from a newer published log: byte for byte, with the log's own checkpoint, or not at all."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from ledger.application import Ledger
from ledger.audit.source import open_source
from ledger.audit.verify import Options, verify
from ledger.backup.back_up import back_up
from ledger.domain.entry import format_entry
from ledger.errors import LedgerError, NotFoundError
from ledger.signing.notes import Ed25519NoteSigner
from ledger.store.highest import HighestCheckpoint
from ledger.tlog.checkpoint import Checkpoint, format_checkpoint
from ledger.tlog.note import parse_note, sign_note
from ledger.tlog.tile import Tile, format_bundle, parse_bundle
from tests.ledger.audit.conftest import Files, published, stored
from tests.ledger.backup.conftest import Two
from tests.ledger.backup.town import Town, publish, restored_at
from tests.ledger.rotation import put_in_place, rotate, rotation
from tests.ledger.small_ledger import SmallLedger
from tests.ledger.world import ORIGIN, World, private_key

Copy = Callable[[Path], Path]


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    town = Town(tmp_path / "town")
    town.back_up(tmp_path / "backup", tmp_path / "keys")
    yield town
    town.ledger.close()


def verified(directory: Path) -> None:
    with closing(open_source(str(directory))) as source:
        report = verify(source, Options(rules=True))
    assert (report.verdict, report.findings) == ("good", ())


def tree(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def test_missing_entries_come_back_byte_for_byte_and_are_not_signed_again(two: Two, tmp_path: Path) -> None:
    two.town.restore(tmp_path / "ledger", two.older, log=two.log)
    assert stored(tmp_path / "ledger") == stored(two.directory)
    assert tree(tmp_path / "ledger" / "log") == tree(Path(two.log))
    note = (two.directory / "log" / "checkpoint").read_bytes()
    assert HighestCheckpoint(tmp_path / "ledger" / "highest").note() == note
    verified(tmp_path / "ledger")


def test_a_published_folder_and_a_ledger_directory_serve_alike_as_the_newer_log(two: Two, tmp_path: Path) -> None:
    for number, log in enumerate((two.log, str(two.directory), str(two.newer))):
        assert two.town.restore(tmp_path / str(number), two.older, log=log).size == two.town.ledger.head().size


def test_a_log_that_ends_where_the_backup_does_adds_nothing(two: Two, tmp_path: Path) -> None:
    outcome = two.town.restore(tmp_path / "ledger", two.newer, keys=two.newer_keys, log=two.log)
    assert (outcome.copied, outcome.whole, outcome.without_values) == (0, True, 0)


def test_an_older_log_of_the_same_ledger_takes_nothing_away(two: Two, tmp_path: Path) -> None:
    outcome = two.town.restore(tmp_path / "ledger", two.newer, log=str(two.older / "log"))
    assert (outcome.copied, outcome.size) == (0, two.town.ledger.head().size)


def test_it_says_how_many_copied_entries_have_values_that_are_lost(two: Two, tmp_path: Path) -> None:
    outcome = two.town.restore(tmp_path / "ledger", two.older, log=two.log)
    assert outcome.without_values == 1  # the correction that stated a note again; erasures hold no values


@pytest.mark.parametrize("count", [1, 226, 227, 228, 300, 600])
def test_any_number_of_entries_comes_back_across_the_edges_of_bundles(tmp_path: Path, count: int) -> None:
    (tmp_path / "small").mkdir()
    small = SmallLedger(tmp_path / "small")
    small.fill(28)
    publish(small.ledger)
    back_up(small.ledger.settings, tmp_path / "backup", keys=tmp_path / "keys", now=small.clock.now)
    small.fill(count)
    publish(small.ledger)
    log = str(small.ledger.settings.log)
    place, request = tmp_path / "ledger", {"keys": tmp_path / "keys", "log": log}
    outcome = restored_at(place, tmp_path / "backup", small.clock.now, **request)
    assert (outcome.copied, outcome.size) == (count, 29 + count)
    verified(tmp_path / "ledger")
    small.ledger.close()
    small.ledger = Ledger.open(tmp_path / "ledger", clock=small.clock, random=small.random)
    small.fill(1)
    small.ledger.close()


def test_old_receipts_stay_good_and_new_ones_are_given_for_copied_entries(two: Two, tmp_path: Path) -> None:
    two.town.restore(tmp_path / "ledger", two.older, keys=two.older_keys, log=two.log)
    with closing(Ledger.open(tmp_path / "ledger", clock=two.town.clock)) as ledger:
        for index in range(ledger.head().size):
            event_id = ledger.store.leaf_at(index).event_id
            old, new = two.town.ledger.receipt(event_id), ledger.receipt(event_id)
            assert (old.index, old.entry) == (new.index, new.entry)
            assert index >= two.size or old.proof == new.proof


def test_recording_goes_on_after_a_restore(town: Town, tmp_path: Path) -> None:
    town.forget()
    log = str(town.ledger.settings.log)
    town.restore(tmp_path / "ledger", tmp_path / "backup", keys=tmp_path / "keys", log=log)
    before = town.ledger.head()
    town.ledger.close()
    town.ledger = Ledger.open(tmp_path / "ledger", clock=town.clock, random=town.random)
    town.place("又一个村")
    town.publish()
    assert town.ledger.head().size == before.size + 1
    (tmp_path / "kept").write_bytes(before.checkpoint)
    with closing(open_source(str(tmp_path / "ledger"))) as source:
        assert verify(source, Options(since=tmp_path / "kept")).verdict == "good"


def test_a_key_that_was_rotated_after_the_backup_signs_for_the_newer_log(town: Town, tmp_path: Path) -> None:
    rotate(town, "log-2")
    town.place("又一个村")
    town.publish()
    log = str(town.ledger.settings.log)
    outcome = town.restore(tmp_path / "ledger", tmp_path / "backup", keys=tmp_path / "keys", log=log)
    assert outcome.secrets is not None
    assert not outcome.secrets.log_key  # it came into being after the backup of keys
    verified(tmp_path / "ledger")
    with pytest.raises(NotFoundError, match="holds no private key"):
        Ledger.open(tmp_path / "ledger", clock=town.clock)
    shutil.copy(town.ledger.settings.keys / "log-log-2.pem", tmp_path / "ledger" / "keys")
    with closing(Ledger.open(tmp_path / "ledger", clock=town.clock)) as ledger:
        assert ledger.read_only is None


def test_a_stolen_key_that_was_rotated_away_cannot_lead_the_restore_astray(town: Town, tmp_path: Path) -> None:
    rotate(town, "log-2")
    town.place("又一个村")
    town.publish()
    log = Path(shutil.copytree(town.ledger.settings.log, tmp_path / "false"))
    head = town.ledger.head()
    text = format_checkpoint(Checkpoint(ORIGIN, head.size, head.root))
    (log / "checkpoint").write_bytes(sign_note(text, [Ed25519NoteSigner(ORIGIN, private_key("log"))]))
    assert "was not in force" in town.refusal(tmp_path / "ledger", tmp_path / "backup", log=str(log))


def test_a_rotation_that_the_admins_did_not_sign_is_refused(town: Town, tmp_path: Path) -> None:
    entries = stored(town.ledger.settings.directory)
    put_in_place(town, "thief")
    stolen = rotation(town, "thief", keys=["admin-1"])
    false = published([*entries, format_entry(stolen.envelope, town.now)], origin=ORIGIN, log_key=private_key("thief"))
    log = str(false.write(tmp_path / "false"))
    assert "do not verify" in town.refusal(tmp_path / "ledger", tmp_path / "backup", log=log)


def test_a_log_of_another_name_is_refused(two: Two, tmp_path: Path) -> None:
    other = World(tmp_path / "other", origin="ledger.example/other")
    publish(other.ledger)
    log = str(other.ledger.settings.log)
    other.ledger.close()
    assert "not the same ledger" in two.town.refusal(tmp_path / "ledger", two.older, log=log)


@pytest.mark.parametrize("more", [0, 200])
def test_another_ledger_of_the_same_name_is_refused(two: Two, tmp_path: Path, more: int) -> None:
    other = World(tmp_path / "other", founded_on=date(2023, 4, 4))
    for number in range(more):
        other.place(f"示例村{number}", level="village")
    publish(other.ledger)
    log = str(other.ledger.settings.log)
    other.ledger.close()
    sentence = two.town.refusal(tmp_path / "ledger", two.older, log=log)
    assert "forked" in sentence


def test_a_fork_signed_with_the_true_key_is_refused(two: Two, tmp_path: Path) -> None:
    """Entry by entry the same until just before the backup's end, longer or shorter than it."""
    entries = stored(two.directory)
    for number, fork in enumerate(([*entries[: two.size - 1], *entries[two.size :]], entries[1 : two.size - 2])):
        false = published(fork, origin=ORIGIN, log_key=private_key("log")).write(tmp_path / str(number))
        assert "forked" in two.town.refusal(tmp_path / "ledger", two.older, log=str(false))


def test_a_checkpoint_that_the_log_did_not_sign_is_refused(two: Two, tmp_path: Path) -> None:
    for number, entries in enumerate((stored(two.directory), stored(two.older), stored(two.older)[:10])):
        false = published(entries, origin=ORIGIN, log_key=private_key("stranger")).write(tmp_path / str(number))
        assert "was not signed by this ledger" in two.town.refusal(tmp_path / "ledger", two.older, log=str(false))


def test_an_entry_changed_in_the_published_log_is_refused(two: Two, tmp_path: Path, copy: Copy) -> None:
    size = two.town.ledger.head().size
    for index in range(two.size, size):
        log = copy(Path(two.log))
        path = log / Tile(Tile.ENTRIES, 0, size).path
        entries = parse_bundle(path.read_bytes(), width=size)
        entries[index] = entries[index].replace(b'"recorded_at":"2023', b'"recorded_at":"2024')
        path.write_bytes(format_bundle(entries))
        sentence = two.town.refusal(tmp_path / "ledger", two.older, log=str(log))
        assert "do not lead to the root it signed" in sentence
        shutil.rmtree(log)


def test_a_broken_entry_in_the_published_log_is_named(two: Two, tmp_path: Path, copy: Copy) -> None:
    size = two.town.ledger.head().size
    log = copy(Path(two.log))
    path = log / Tile(Tile.ENTRIES, 0, size).path
    entries = parse_bundle(path.read_bytes(), width=size)
    path.write_bytes(format_bundle([*entries[: two.size], b"{}", *entries[two.size + 1 :]]))
    assert f"Entry {two.size} of the published log" in two.town.refusal(tmp_path / "ledger", two.older, log=str(log))


def test_an_entry_that_is_there_twice_is_refused_even_under_the_true_key(two: Two, tmp_path: Path) -> None:
    entries = stored(two.older)
    false = published([*entries, entries[5]], origin=ORIGIN, log_key=private_key("log")).write(tmp_path / "false")
    assert "do not fit behind the backup" in two.town.refusal(tmp_path / "ledger", two.older, log=str(false))


def test_entries_that_no_ledger_admitted_are_refused_even_under_the_true_key(two: Two, tmp_path: Path) -> None:
    entries = stored(two.directory)
    swapped = [*entries[: two.size], *reversed(entries[two.size :])]
    false = published(swapped, origin=ORIGIN, log_key=private_key("log")).write(tmp_path / "false")
    assert "do not verify" in two.town.refusal(tmp_path / "ledger", two.older, log=str(false))


@pytest.mark.parametrize("lost", ["checkpoint", "tile/0", "tile/entries"])
def test_a_published_log_with_lost_files_is_refused(two: Two, tmp_path: Path, copy: Copy, lost: str) -> None:
    log = copy(Path(two.log))
    if (log / lost).is_dir():
        shutil.rmtree(log / lost)
    else:
        (log / lost).unlink()
    with pytest.raises(LedgerError):
        two.town.restore(tmp_path / "ledger", two.older, log=str(log))
    assert not (tmp_path / "ledger").exists()


def test_lines_that_others_signed_beside_the_log_do_not_enter_the_store(two: Two, tmp_path: Path, copy: Copy) -> None:
    log = copy(Path(two.log))
    note = parse_note((log / "checkpoint").read_bytes())
    witness = Ed25519NoteSigner("witness.example/w", private_key("witness"))
    own = Ed25519NoteSigner(ORIGIN, private_key("log"))
    (log / "checkpoint").write_bytes(sign_note(note.text, [own, witness]))
    two.town.restore(tmp_path / "ledger", two.older, log=str(log))
    verified(tmp_path / "ledger")


def test_a_log_out_of_reach_leaves_nothing(two: Two, tmp_path: Path) -> None:
    for log in ("http://127.0.0.1:9", str(tmp_path / "nowhere")):
        with pytest.raises(LedgerError):
            two.town.restore(tmp_path / "ledger", two.older, log=log)
    assert list(tmp_path.iterdir()) == []


def test_false_files_in_memory_are_what_an_attacker_with_the_log_key_publishes(two: Two) -> None:
    """Control for the forgeries above: with the true entries and the true key they are the true files."""
    false: Files = published(stored(two.directory), origin=ORIGIN, log_key=private_key("log"))
    for path in false.files:
        assert false.content[path] == (Path(two.log) / path).read_bytes()
