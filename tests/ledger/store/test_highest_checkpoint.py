"""The file of the highest signed checkpoint: whatever a crash leaves of a write, it says the old note or the new."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.errors import MalformedError
from ledger.store import slots
from ledger.store.highest import HighestCheckpoint, MovedError, checkpoint_in
from ledger.tlog.checkpoint import Checkpoint, format_checkpoint
from ledger.tlog.note import Note, Signature, format_note


def note(size: int, signature: bytes = b"s" * 64) -> bytes:
    text = format_checkpoint(Checkpoint("ledger.example/log", size, bytes([size]) * 32))
    return format_note(Note(text, (Signature("ledger.example/log", 7, signature),)))


@pytest.fixture
def highest(tmp_path: Path) -> HighestCheckpoint:
    return HighestCheckpoint(tmp_path / "highest")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "highest" / "checkpoint"


def torn(old: bytes, new: bytes) -> Iterator[bytes]:
    """Every way to have only the beginning of what was written, only its end, or zeros after its beginning."""
    changed = [place for place, pair in enumerate(zip(old, new, strict=True)) if pair[0] != pair[1]]
    end = changed[-1] + 1
    for place in range(changed[0], end + 1):
        yield new[:place] + old[place:]
        yield old[:place] + new[place:]
        yield new[:place] + bytes(end - place) + old[end:]


@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_a_write_torn_at_any_byte_leaves_the_old_note(highest: HighestCheckpoint, file: Path, size: int) -> None:
    for number in range(size):
        highest.advance(highest.note(), note(number + 1))
    old = file.read_bytes()
    highest.advance(note(size), note(size + 1))
    new = file.read_bytes()
    images = list(torn(old, new))
    for image in images:
        file.write_bytes(image)
        assert highest.note() == note(size + 1 if image == new else size)
    assert len(images) > 3 * len(note(size))
    # The next note goes over what is torn, not over the only whole one.
    file.write_bytes(images[len(images) // 2])
    highest.advance(note(size), note(9))
    assert highest.note() == note(9)
    assert note(size) in file.read_bytes()


def test_a_new_note_waits_for_one_sync_of_data_and_the_file_stays_what_it_is(
    highest: HighestCheckpoint, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    highest.advance(None, note(1))
    before = file.stat()
    synced: list[str] = []
    for name in ("fsync", "fdatasync"):
        monkeypatch.setattr(os, name, lambda _, name=name: synced.append(name))
    for size in (1, 2, 3):
        highest.advance(note(size), note(size + 1))
    after = file.stat()
    assert synced == ["fdatasync"] * 3
    assert (after.st_ino, after.st_size, after.st_blocks) == (before.st_ino, before.st_size, before.st_blocks)


def test_killed_before_the_sync_the_next_start_goes_on_from_either_note(
    highest: HighestCheckpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    highest.advance(None, note(1))

    def killed(_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fdatasync", killed)
    with pytest.raises(KeyboardInterrupt):
        highest.advance(note(1), note(2))
    monkeypatch.undo()
    assert highest.note() in (note(1), note(2))
    highest.advance(highest.note(), note(3))
    assert highest.note() == note(3)


def test_a_plain_note_is_read_and_is_slots_after_the_next(highest: HighestCheckpoint, file: Path) -> None:
    file.parent.mkdir()
    file.write_bytes(note(1))
    assert highest.note() == note(1)
    highest.advance(note(1), note(2))
    assert len(file.read_bytes()) > len(note(2))
    assert highest.note() == note(2)


def test_a_note_too_long_for_a_slot_is_kept_all_the_same(highest: HighestCheckpoint) -> None:
    notes = [note(1), note(2, b"s" * slots.SLOT), note(3, b"s" * 5000), note(4)]
    for before, after in zip([None, *notes], notes, strict=False):
        highest.advance(before, after)
        assert highest.note() == after


def test_another_writer_is_noticed(highest: HighestCheckpoint) -> None:
    highest.advance(None, note(1))
    for expected in (None, note(2)):
        with pytest.raises(MovedError):
            highest.advance(expected, note(3))
    assert highest.note() == note(1)


def test_a_file_without_a_whole_slot_is_no_checkpoint(highest: HighestCheckpoint, file: Path) -> None:
    highest.advance(None, note(1))
    file.write_bytes(file.read_bytes().replace(b"ledger.example", b"ledger.exbmple"))
    with pytest.raises(MalformedError):
        checkpoint_in(highest.note() or b"")
