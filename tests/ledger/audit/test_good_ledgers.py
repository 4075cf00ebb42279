"""What a regulator hears of a ledger in which nothing is wrong."""

import json
import shutil
from pathlib import Path

import pytest

from ledger.audit import apart
from ledger.audit.source import open_source
from ledger.audit.verify import Options, verify
from ledger.publishing.publisher import Publisher
from ledger.signing.keys import PrivateKey
from tests.ledger.audit.conftest import audit, grow, publish, published
from tests.ledger.world import ORIGIN, World


def test_ledger_directory_is_consistent_and_its_identity_is_said_not_to_be_pinned(grown: Path) -> None:
    report = audit(grown)
    assert report.to_json() == {
        "verdict": "good",
        "pinned": False,
        "origin": ORIGIN,
        "size": report.counts.entries,
        "root": (grown / "log" / "checkpoint").read_text().splitlines()[2],
        "findings": [],
    }
    assert report.exit_code == 0
    assert (report.summary.zh, report.summary.en) == ("一致；身份未锁定", "consistent; identity not pinned")


def test_every_entry_and_every_signature_is_counted(grown: Path, entries: list[bytes]) -> None:
    counts = audit(grown).counts
    signatures = sum(len(json.loads(entry)["envelope"]["signatures"]) for entry in entries)
    assert (counts.entries, counts.signatures) == (len(entries), signatures)
    assert counts.entries > 50
    assert counts.checkpoints == counts.entries


def test_published_folder_is_good_by_itself(grown: Path) -> None:
    report = audit(grown / "log")
    assert (report.verdict, report.origin, report.size) == ("good", ORIGIN, report.counts.entries)


def test_exported_folder_with_its_log_inside_is_good(grown: Path, tmp_path: Path) -> None:
    shutil.copytree(grown / "log", tmp_path / "log")
    (tmp_path / "index.html").write_text("<p>")
    assert audit(tmp_path).verdict == "good"


def test_every_rule_of_admission_holds_when_replayed(grown: Path) -> None:
    assert audit(grown, rules=True).verdict == "good"


def test_every_size_from_one_entry_on_is_good(entries: list[bytes], log_key: PrivateKey) -> None:
    for size in range(1, len(entries) + 1, 5):
        report = verify(published(entries[:size], origin=ORIGIN, log_key=log_key).source)
        assert (report.findings, report.size) == ((), size)


def test_log_of_more_than_one_bundle_is_good_in_one_process_and_in_two(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apart, "WORTH_PROCESSES", 0)
    grow(world)
    directory = world.ledger.settings.directory
    submissions = [world.sign("place.registered", world.new("place"), _place(n), "admin-1") for n in range(500)]
    for first in range(0, 500, 100):
        world.ledger.admit_together(submissions[first : first + 100])
    publish(world)
    seen: list[tuple[int, int]] = []
    source = open_source(str(directory))
    report = verify(source, Options(processes=2), lambda done, total: seen.append((done, total)))
    source.close()
    assert report.findings == ()
    assert report.size == world.ledger.head().size > 512
    assert seen[-1] == (report.size, report.size)
    assert [done for done, _ in seen] == sorted({done for done, _ in seen})
    assert audit(directory).to_json() == report.to_json()


def test_entries_that_are_not_published_yet_are_said_to_be_so_and_are_no_finding(world: World) -> None:
    world.place("示例村一")
    publish(world)
    world.place("示例村二")
    report = audit(world.ledger.settings.directory)
    assert report.verdict == "good"
    assert report.size == 3
    assert "还没有公布" in report.notes[0].zh


def test_writer_that_goes_on_while_the_audit_runs_gives_no_finding(world: World) -> None:
    settings = world.ledger.settings
    publisher = Publisher(world.ledger.store, settings.log, vkey=settings.vkey)
    world.place("示例村一")
    publisher.publish()
    source = open_source(str(settings.directory))

    def write_on(done: int, total: int) -> None:
        world.place("示例村二")
        publisher.publish()

    report = verify(source, Options(), write_on)
    source.close()
    assert (report.findings, report.size) == ((), 2)


def test_files_of_the_publication_before_are_no_finding(ledger_directory: Path, entries: list[bytes]) -> None:
    old = published(entries[:3], origin=ORIGIN, log_key=PrivateKey.from_seed(b"x" * 32))
    folder = ledger_directory / "log" / "tile" / "0" / "000.p"
    (folder / "3").write_bytes(old.content["tile/0/000.p/3"])
    (folder / "3.tmp").write_bytes(old.content["tile/0/000.p/3"][:40])
    report = audit(ledger_directory)
    assert report.findings == ()
    assert "2个文件" in report.notes[0].zh


def test_folder_that_cannot_be_written_to_is_read_all_the_same(ledger_directory: Path) -> None:
    for path in (ledger_directory / "ledger.sqlite3", ledger_directory):
        path.chmod(0o555)
    try:
        assert audit(ledger_directory).verdict == "good"
    finally:
        ledger_directory.chmod(0o755)


def test_audit_leaves_no_trace_in_the_ledger_directory(grown: Path) -> None:
    before = {path: path.read_bytes() for path in grown.rglob("*") if path.is_file()}
    audit(grown)
    assert {path: path.read_bytes() for path in grown.rglob("*") if path.is_file()} == before


def _place(number: int) -> dict[str, str]:
    return {"code": f"N{number}", "name": f"示例村{number}", "level": "village"}
