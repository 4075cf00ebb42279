"""``yangguang audit``: every rule replayed, and a report of what was judged, corrected and doubtful."""

import json
import os
import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ledger.audit.audit import Audit
from ledger.audit.audit import audit as audit_source
from ledger.audit.glimpse import glimpse
from ledger.audit.mirror import read_once
from ledger.audit.replayed import FAMILIES
from ledger.audit.source import open_source
from ledger.audit.verify import Options
from ledger.domain.catalogue import KINDS
from ledger.publishing.publisher import Publisher
from ledger.rules.admission import RULES
from tests.attacks.site import running_site
from tests.ledger.audit.conftest import audit, codes, published, tamper
from tests.ledger.audit.forging import index_of, next_entry, payload
from tests.ledger.world import ORIGIN, World, private_key
from yangguang.cli.app import app


def audited(path: Path | str, **options: str) -> Audit:
    with closing(open_source(str(path))) as source, read_once(source) as once:
        return audit_source(once, Options(**options))  # type: ignore[arg-type]


def test_every_rule_of_admission_has_its_family_in_the_report() -> None:
    assert set(FAMILIES) == set(RULES)
    assert set().union(*(kinds for _, kinds in FAMILIES.values())) <= KINDS.keys()


def test_good_ledger_says_how_many_entries_each_family_judged(grown: Path, entries: list[bytes]) -> None:
    done = audited(grown)
    assert done.report.verdict == "good"
    kinds = [payload(entry).kind for entry in entries]
    assert done.replayed.families["chain"] == len(entries)
    assert done.replayed.families["funds"] == kinds.count("donation") > 0
    assert done.replayed.families["publicity"] == kinds.count("award") == 0


def test_corrections_and_voids_are_listed_by_their_index(grown: Path, entries: list[bytes]) -> None:
    done = audited(grown / "log")
    corrected = [index for index, entry in enumerate(entries) if payload(entry).type.endswith(".corrected")]
    assert done.replayed.corrections == tuple(corrected)
    assert len(corrected) == 3
    assert done.replayed.voids == ()


def test_ledger_directory_and_its_published_folder_are_told_alike(grown: Path) -> None:
    assert audited(grown).replayed == audited(grown / "log").replayed


def test_what_a_key_signed_while_doubtful_needs_re_confirmation(world: World, tmp_path: Path) -> None:
    organisation = world.register("示例协会")
    key = world.enrol("first", organisation, "deliver")
    world.undertake(organisation, "first")
    doubtful_from = world.ledger.head().size
    world.undertake(organisation, "first")
    world.place()
    world.undertake(organisation, "first")
    signed = (doubtful_from, doubtful_from + 2)
    world.record("key.revoked", key, {"reason": "stolen", "doubtful_from": doubtful_from}, "admin-1")
    revoked_at = world.ledger.head().size - 1
    world.place("示例村", level="village")
    settings = world.ledger.settings
    Publisher(world.ledger.store, settings.log, vkey=settings.vkey).publish()
    done = audited(settings.log)
    assert done.report.verdict == "good"
    (found,) = done.replayed.doubtful
    assert (found.record, found.doubtful_from, found.revoked_at) == (key, doubtful_from, revoked_at)
    assert found.entries == signed
    assert any("需要重新确认" in note.zh for note in done.notes)


def test_rule_that_verify_does_not_replay_is_found_by_audit(entries: list[bytes], tmp_path: Path) -> None:
    gift = payload(entries[index_of(entries, "donation.received")])
    data = {"statement_on": "2023-04-05"}
    again = next_entry(entries, "donation.confirmed", gift.uuid, data, private_key("会计师事务所"))
    published([*entries, again], origin=ORIGIN, log_key=private_key("log")).write(tmp_path)
    assert audit(tmp_path).verdict == "good"
    done = audited(tmp_path)
    assert (codes(done.report), done.report.findings[0].index) == (["wrong-state"], len(entries))


def test_what_the_writer_alone_can_judge_is_said(grown: Path) -> None:
    notes = " ".join(note.en for note in audited(grown).notes)
    assert "whether consents stand" in notes
    assert "published case is the one that was reviewed" in notes


def test_site_is_read_once(entries: list[bytes]) -> None:
    for site in running_site():
        site.publish(published(entries, origin=ORIGIN, log_key=private_key("log")).content)
        done = audited(site.url)
        assert (done.report.verdict, done.replayed.families["chain"]) == ("good", len(entries))
        assert sorted(site.asked[1:]) == sorted(site.content)


def test_damaged_entries_are_passed_over_when_counting(grown: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(grown, tmp_path / "copy"))
    tamper(
        copy,
        ("UPDATE stored_events SET state=x'ff' WHERE rowid=9", ()),
        ("DELETE FROM leaves WHERE entry_index=20", ()),
    )
    # The published copies would do.
    shutil.rmtree(copy / "log" / "tile" / "entries")
    done = audited(copy)
    assert done.report.verdict == "finding"
    assert done.replayed.families["chain"] == audited(grown).replayed.families["chain"] - 2


@pytest.mark.parametrize(
    "raw", [b"", b"[]", b"[" * 60_000, b'{"envelope":{}}', b"\xff", b'{"envelope":{"payload":"!"}}']
)
def test_bytes_that_are_no_entry_are_glimpsed_as_nothing(raw: bytes) -> None:
    assert glimpse(0, raw) is None


def test_pipe_or_folder_among_the_published_files_is_a_finding_and_nobody_waits_for_it(
    entries: list[bytes], tmp_path: Path
) -> None:
    for name, make in {"pipe": os.mkfifo, "folder": os.mkdir}.items():
        folder = published(entries, origin=ORIGIN, log_key=private_key("log")).write(tmp_path / name)
        assert audit(folder).verdict == "good"
        bundle = folder / f"tile/entries/000.p/{len(entries)}"
        bundle.unlink()
        make(bundle)
        assert audit(folder).verdict == "finding"
        os.mkfifo(folder / "unknown")
        assert "unknown-file" in codes(audit(folder))


PATHS = [
    "tile/0/0000",
    "tile/00/000",
    "tile/0/000.p/256",
    "tile/0/000.p/0",
    "tile/64/000",
    "tile/0/x000/000",
    "tile/-1/000",
]


def test_files_whose_paths_no_log_has_are_findings(entries: list[bytes], tmp_path: Path) -> None:
    folder = published(entries, origin=ORIGIN, log_key=private_key("log")).write(tmp_path)
    for path in PATHS:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(b"x")
    found = audit(folder)
    assert {finding.file for finding in found.findings} == set(PATHS)
    assert set(codes(found)) == {"unknown-file"}


def test_command_answers_with_json_words_and_an_exit_code(grown: Path, tmp_path: Path) -> None:
    run: Callable[..., tuple[int, str]] = lambda *more: (  # noqa: E731
        (done := CliRunner().invoke(app, ["audit", *map(str, more)])).exit_code,
        done.output,
    )
    code, said = run(grown / "log")
    assert (code, "✓ 一致；身份未锁定" in said, "钱款守恒" in said, "更正3条，作废0条" in said) == (0, True, True, True)
    code, text = run(grown / "log", "--json")
    value = json.loads(text)
    assert (code, value["verdict"]) == (0, "good")
    assert value.keys() == {
        *("verdict", "pinned", "origin", "size", "root", "findings"),
        *("rules", "corrections", "voids", "doubtful", "notes"),
    }
    assert run(grown / "log", "--genesis", "0" * 64)[0] == 1
    assert run(tmp_path)[0] == 1
    assert run()[0] == 2
