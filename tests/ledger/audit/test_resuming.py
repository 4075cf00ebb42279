"""A saved state spares the next run what is old, and never what is new, changed, or somebody else's."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ledger.audit import fold, resuming
from ledger.audit.replayed import Replayed
from ledger.audit.report import Report
from ledger.audit.rows import Rows
from ledger.audit.verify import Options, no_progress, replay, verify
from tests.attacks.site import running_site
from tests.ledger.audit.conftest import Files, audit, codes, first_index, published, stored, tamper, with_payload
from tests.ledger.audit.forging import NEW, PLACE, index_of, next_entry
from tests.ledger.audit.runs import SIZE, log_of, visit
from tests.ledger.audit.test_flipped_bytes import flipped
from tests.ledger.world import ORIGIN, private_key
from yangguang.cli.app import app

BUNDLE = "tile/entries/000.p"


def whole(report: Report) -> Report:
    """The report without what tells a resumed run from a whole one."""
    return replace(report, counts=replace(report.counts, entries=0, signatures=0), notes=(), resumed_at=None)


def test_second_run_verifies_only_what_is_new_and_says_so(entries: list[bytes], state: Path) -> None:
    first = visit(log_of(entries[:SIZE]), state)
    assert (first.verdict, first.resumed_at, first.counts.entries) == ("good", 0, SIZE)
    second = visit(log_of(entries), state)
    assert (second.verdict, second.resumed_at, second.counts.entries) == ("good", SIZE, len(entries) - SIZE)
    assert second.to_json()["resumed_at"] == SIZE
    assert f"第0至{SIZE - 1}条取自保存的状态" in second.notes[-1].zh
    assert visit(log_of(entries), state).counts.entries == 0


@pytest.mark.parametrize("rules", [False, True])
def test_run_in_two_parts_ends_as_a_run_in_one(entries: list[bytes], state: Path, rules: bool) -> None:
    def seen(files: Files, kept: Path | None) -> tuple[Report, Replayed | None]:
        return replay(files.source, Options(state=kept, rules=rules), no_progress)

    report, counted = seen(log_of(entries), None)
    for size in range(1, len(entries), 6):
        seen(log_of(entries[:size]), state)
        again, counted_again = seen(log_of(entries), state)
        assert (again.resumed_at, whole(again), counted_again) == (size, whole(report), counted)
        state.unlink()


def test_forgery_among_the_new_entries_is_found_and_not_saved(entries: list[bytes], state: Path) -> None:
    visit(log_of(entries[:SIZE]), state)
    before = state.read_bytes()
    stranger = next_entry(entries, "place.registered", NEW, PLACE, private_key("stranger"))
    report = visit(log_of([*entries, stranger]), state)
    assert (codes(report), first_index(report), report.resumed_at) == (["unknown-key"], len(entries), SIZE)
    assert state.read_bytes() == before


def test_record_that_goes_on_across_the_saved_size_keeps_its_chain(entries: list[bytes], state: Path) -> None:
    corrected = index_of(entries, "place.corrected")
    visit(log_of(entries[:corrected]), state)
    again = next_entry(entries[:corrected], "place.registered", NEW, PLACE, private_key("admin-1"))
    files = log_of([*entries[:corrected], again, *entries[corrected:]])
    assert codes(visit(files, state)) == codes(verify(files.source)) != []


def test_old_entry_changed_in_a_folder_is_named(entries: list[bytes], state: Path) -> None:
    files = log_of(entries)
    visit(files, state)
    bundle = f"{BUNDLE}/{len(entries)}"
    place = files.content[bundle].index(entries[20]) + len(entries[20]) // 2
    report = visit(Files({**files.content, bundle: flipped(files.content[bundle], place)}), state)
    assert (first_index(report), report.resumed_at) == (20, len(entries))


def test_of_a_store_the_old_bytes_are_compared_and_the_columns_beside_them_are_not(
    ledger_directory: Path, entries: list[bytes], state: Path
) -> None:
    audit(ledger_directory, state=state)
    changed = with_payload(entries[20], b'"schema":1', b'"schema":2')
    statement = "UPDATE stored_events SET state=? WHERE state=?"
    tamper(ledger_directory, (statement, (changed, entries[20])))
    assert first_index(audit(ledger_directory, state=state)) == 20
    tamper(ledger_directory, (statement, (entries[20], changed)))
    tamper(ledger_directory, ("UPDATE leaves SET proved_at=proved_at+1 WHERE entry_index=20", ()))
    assert codes(audit(ledger_directory, state=state)) == []
    assert codes(audit(ledger_directory)) == ["wrong-column"]


def test_state_of_published_files_does_not_vouch_for_a_store(ledger_directory: Path, state: Path) -> None:
    tamper(ledger_directory, ("UPDATE leaves SET proved_at=proved_at+1 WHERE entry_index=20", ()))
    assert codes(audit(ledger_directory / "log", state=state)) == []
    report = audit(ledger_directory, state=state)
    assert (codes(report), report.resumed_at) == (["wrong-column"], 0)
    assert "公布的文件" in report.notes[0].zh


def test_of_a_site_nothing_old_is_asked_for_again(many_entries: list[bytes], state: Path) -> None:
    log = {
        size: published(many_entries[:size], origin=ORIGIN, log_key=private_key("log")).content for size in (520, 530)
    }
    for site in running_site():
        site.publish(log[520])
        assert audit(site.url, state=state).verdict == "good"
        site.publish(log[530])
        report = audit(site.url, state=state)
        assert (report.verdict, report.resumed_at, report.counts.entries) == ("good", 520, 10)
        old = {"tile/0/000", "tile/0/001", "tile/entries/001"}
        assert old & log[530].keys() == old
        # Bundle 0 holds the ledger's identity.
        assert not old & set(site.asked)


@pytest.fixture(scope="session")
def many_entries(entries: list[bytes]) -> list[bytes]:
    """So many entries that two bundles are full."""
    numbers = range(530 - len(entries))
    return [*entries, *(_place(entries, f"0188f3a4-0000-7000-8000-{number:012x}", number) for number in numbers)]


def _place(entries: list[bytes], uuid: str, number: int) -> bytes:
    return next_entry(entries, "place.registered", uuid, {**PLACE, "code": f"F{number}"}, private_key("admin-1"))


@pytest.mark.parametrize("size", [10, SIZE, SIZE + 5])
def test_history_rewritten_below_the_saved_size_is_a_finding(entries: list[bytes], state: Path, size: int) -> None:
    visit(log_of(entries[:SIZE]), state)
    before = state.read_bytes()
    other = [*entries[:8], _place(entries[:8], NEW, 0)]
    while len(other) < size:
        other.append(_place(other, f"0188f3a4-0000-7000-8000-{len(other):012x}", len(other)))
    report = visit(log_of(other), state)
    assert codes(verify(log_of(other).source)) == []
    assert (report.exit_code, codes(report), report.resumed_at) == (1, ["not-consistent"], 0)
    assert first_index(report) == (None if size < SIZE else 8)
    assert report.counts.entries == len(other)
    assert state.read_bytes() == before


def cut(files: Files, state: Path, at: int) -> None:
    """A run that is cut when so many entries are judged."""

    def interrupted(done: int, _: int) -> None:
        if done > at:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        verify(files.source, Options(state=state), interrupted)


def test_run_that_is_cut_is_gone_on_with(
    many_entries: list[bytes], state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resuming, "LEAST", 1)
    files = log_of(many_entries)
    cut(files, state, 512)
    seen: list[tuple[int, int]] = []
    report = verify(files.source, Options(state=state), lambda done, total: seen.append((done, total)))
    assert (report.verdict, report.resumed_at, report.counts.entries) == ("good", 512, 18)
    # From here a progress bar counts the time that is left.
    assert seen == [(512, 530), (530, 530)]
    state.unlink()
    report = visit(files, state)
    assert (report.resumed_at, report.notes) == (0, ())


def test_run_that_was_cut_convicts_nobody(
    many_entries: list[bytes], state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may have been shown anything, under a checkpoint that nobody signed."""
    monkeypatch.setattr(resuming, "LEAST", 1)
    other = [*many_entries[:8], _place(many_entries[:8], NEW, 0)]
    cut(
        log_of([*other, *(_place(many_entries[:8], f"0188f3a4-0000-7000-8000-{n:012x}", n) for n in range(2, 302))]),
        state,
        256,
    )
    report = visit(log_of(many_entries), state)
    assert (report.verdict, report.resumed_at, report.counts.entries) == ("good", 0, 530)
    assert "中途停了" in report.notes[0].zh
    assert visit(log_of(many_entries), state).resumed_at == 530


def test_kill_at_any_step_of_saving_leaves_the_old_state_or_the_new_one(
    entries: list[bytes], state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    visit(log_of(entries[:SIZE]), state)
    before, sizes = state.read_bytes(), set()
    for step in range(100):
        left = tmp_path / f"{step}"
        left.mkdir()
        with monkeypatch.context() as patched:
            die_at(step, state, left, patched)
            try:
                visit(log_of(entries), state)
            except KilledError:
                pass
            else:
                break
        report = visit(log_of(entries), left / state.name)
        assert (report.verdict, "取自保存的状态" in report.notes[0].zh) == ("good", True)
        sizes.add(report.resumed_at)
        state.write_bytes(before)
    assert sizes == {SIZE, len(entries)}


class KilledError(Exception):
    """Stands for SIGKILL."""


def die_at(step: int, state: Path, left: Path, patched: pytest.MonkeyPatch) -> None:
    """Before or after the calls on its rows a run may die; what lies on the disk then is ``left``, its journal too."""
    calls = count()

    def may_die() -> None:
        if next(calls) == step:
            for path in state.parent.glob(f"{state.name}*"):
                shutil.copy(path, left)
            raise KilledError

    def dying(real: Callable[..., object]) -> Callable[..., object]:
        def call(*arguments: object) -> object:
            may_die()
            result = real(*arguments)
            may_die()
            return result

        return call

    for name in ("put", "commit"):
        patched.setattr(Rows, name, dying(getattr(Rows, name)))


def test_what_does_not_fit_in_memory_is_judged_alike(
    entries: list[bytes], state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = [verify(log_of(entries).source, Options(rules=rules)) for rules in (False, True)]
    for name in ("HEADS_KEPT", "RECORDS_KEPT", "DIGESTS_KEPT"):
        monkeypatch.setattr(fold, name, 2)
    monkeypatch.setattr("ledger.audit.folded.RECORDS_KEPT", 1)
    monkeypatch.setattr(resuming, "LEAST", 1)
    found = [verify(log_of(entries).source, Options(rules=rules)) for rules in (False, True)]
    assert found == expected


def test_command_says_what_was_taken_from_the_state(grown: Path, tmp_path: Path) -> None:
    arguments = [str(grown / "log"), "--state", str(tmp_path / "state"), "--json"]
    first, second = (CliRunner().invoke(app, ["verify", *arguments]) for _ in range(2))
    assert (first.exit_code, second.exit_code) == (0, 0)
    assert json.loads(first.stdout)["resumed_at"] == 0
    assert json.loads(second.stdout)["resumed_at"] == len(stored(grown))
    assert CliRunner().invoke(app, ["audit", *arguments]).exit_code == 2
