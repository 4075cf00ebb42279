"""An export into an earlier one of the same ledger: only what changed is made, and the folder is as a fresh one."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.export.conftest import Copies
from tests.export.standalone import run
from tests.export.test_export import audit, files
from tests.ledger.backup.canaries import NAMES
from tests.ledger.backup.town import Town
from yangguang.export import exporting
from yangguang.export.folder import SUMS, Folder


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Copies]:
    """A town that was exported; every test leaves the folder whole."""
    folder = tmp_path_factory.mktemp("again")
    copies = Copies(Town(folder), folder / "copies" / "copy")
    copies.export(data=False)
    yield copies
    copies.town.ledger.close()


def test_as_many_files_are_counted_as_there_are(kept: Copies) -> None:
    assert kept.export(data=False).files == len(files(kept.out))


def as_fresh(copies: Copies, place: Path) -> bool:
    """Whether the folder is byte for byte what an export makes where there are but the proofs of earlier ones."""
    shutil.copytree(copies.out / "log" / "proof", place / "fresh" / "log" / "proof")
    (place / "fresh" / SUMS).touch()
    Copies(copies.town, place / "fresh").export(data=False)
    return files(copies.out) == files(place / "fresh")


def memory(copies: Copies) -> Path:
    """The file with what the last export knew."""
    return exporting.place_of(copies.town.ledger.settings, copies.out)


def test_a_page_that_somebody_changed_is_made_again(kept: Copies) -> None:
    page = kept.out / "entries" / "3" / "index.html"
    before = page.read_bytes()
    page.write_bytes(before.replace("签名是真的".encode(), "签名是假的".encode()))
    assert kept.export(data=False).changed == 1
    assert page.read_bytes() == before


def test_another_program_or_a_damaged_memory_makes_every_page_anew_and_the_same(
    kept: Copies, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as other:
        other.setattr(exporting, "maker", lambda *_: "another")
        made = kept.export(data=False)
    assert (made.made, made.changed, made.removed) == (made.pages, 0, 0)
    memory(kept).write_bytes(b"x" * 5000)
    made = kept.export(data=False)
    assert (made.made, made.changed, made.removed) == (made.pages, 0, 0)
    assert kept.export(data=False).made < made.pages / 2


def test_cut_export_goes_on_and_is_as_a_fresh_one(
    kept: Copies, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept.town.pass_days(1)
    kept.town.place("新村", level="village")
    kept.town.publish()
    replace, count = Folder.replace, iter(range(30))

    def cut(self: Folder, name: str, old: bytes | None, data: bytes) -> tuple[str, bool]:
        if next(count, None) is None:
            raise OSError("no space")
        return replace(self, name, old, data)

    with monkeypatch.context() as full:
        full.setattr(Folder, "replace", cut)
        with pytest.raises(OSError, match="no space"):
            kept.export(data=False)
    assert kept.export(data=False).made > 0
    assert as_fresh(kept, tmp_path)


def test_after_corrections_and_withdrawals_the_folder_is_as_a_fresh_one(kept: Copies, tmp_path: Path) -> None:
    kept.town.forget()
    kept.town.pass_days(40)
    kept.town.place("再一村", level="village")
    kept.town.publish()
    made = kept.export(data=False, processes=2)
    assert 0 < made.made < made.pages
    assert made.missing == ()
    assert as_fresh(kept, tmp_path)
    assert audit(kept.out) == []
    held = memory(kept).read_bytes() + files(kept.out)["SHA256SUMS"]
    assert not [name for name in NAMES if name.encode() in held]


def test_what_nothing_new_was_said_of_stays_byte_for_byte_and_verifies(kept: Copies) -> None:
    before, size = files(kept.out), size_of(kept.out)
    kept.town.pass_days(1)
    kept.town.place("又一村", level="village")
    kept.town.publish()
    kept.export(data=False)
    after = files(kept.out)
    changed = {name for name, data in before.items() if after.get(name) != data}
    # The last entry before has one that follows it now; all others are as they were, with their proofs.
    of_entries = {name for name in changed if name.startswith(("entries/", "log/proof/"))}
    assert of_entries == {f"entries/{size - 1}/index.html"}
    assert parse_seen(after[f"log/proof/{size - 1}.tlog-proof"].partition(b"\n\n")[2]) <= size
    # All that is known of a new place is that it was registered: its page leads to that entry, and to no list.
    alone = [name for name, data in after.items() if "下级地点唯一的一条账目".encode() in data]
    assert any(name not in before for name in alone)
    assert audit(kept.out, rules=True) == []
    assert run(kept.out / "verify.py", kept.out)[0] == 0


def test_an_earlier_checkpoint_in_a_proof_is_checked_as_the_newest_is(kept: Copies) -> None:
    proof = kept.out / "log" / "proof" / "2.tlog-proof"
    true, size = proof.read_bytes(), size_of(kept.out)
    head, _, note = true.partition(b"\n\n")
    assert f"\n{size}\n".encode() not in note
    text, signature = note.rstrip(b"\n").rsplit(b" ", 1)
    lies = (
        note.replace(f"\n{parse_seen(note)}\n".encode(), f"\n{size}\n".encode()),
        text + b" " + signature[:-6] + b"AAAA==\n",
        note + b"\xe2\x80\x94 stranger AAAAAAAA\n",
    )
    try:
        for lie in lies:
            proof.write_bytes(head + b"\n\n" + lie)
            assert audit(kept.out) == ["wrong-file"], lie
        proof.write_bytes(head + b"\n\n" + lies[0])
        assert {each["code"] for each in run(kept.out / "verify.py", kept.out)[1]["findings"]} == {"wrong-file"}
    finally:
        kept.export(data=False)
    assert proof.read_bytes() != true
    assert audit(kept.out) == []


def size_of(folder: Path) -> int:
    return parse_seen((folder / "log" / "checkpoint").read_bytes())


def parse_seen(note: bytes) -> int:
    return int(note.split(b"\n")[1])
