"""A state file is believed only if it is whole, of this ledger, of these checks and of this program."""

import sqlite3
from pathlib import Path

import pytest

from ledger.audit import saved
from ledger.errors import LedgerError
from tests.ledger.audit.conftest import audit, codes
from tests.ledger.audit.runs import SIZE, log_of, visit
from tests.ledger.audit.test_flipped_bytes import flipped


def test_state_of_another_ledger_is_a_finding_and_stays(entries: list[bytes], eight: Path, state: Path) -> None:
    visit(log_of(entries), state)
    before = state.read_bytes()
    report = audit(eight, state=state)
    assert (codes(report), report.resumed_at) == (["other-ledger"], 0)
    assert state.read_bytes() == before


def test_damaged_state_leads_to_a_whole_run_that_says_so(entries: list[bytes], state: Path) -> None:
    visit(log_of(entries[:SIZE]), state)
    good = state.read_bytes()
    told = set()
    for start in range(100, len(good), 509):
        state.write_bytes(flipped(good, start))
        report = visit(log_of(entries), state)
        told.add((report.verdict, report.resumed_at, report.notes[0].zh[:8]))
    # Where the byte belongs to no row nothing is damaged.
    assert told == {("good", 0, "保存的状态用不了"), ("good", SIZE, f"第0至{SIZE - 1}条取自")}


def test_state_cut_short_is_kept_aside_and_replaced(entries: list[bytes], state: Path) -> None:
    visit(log_of(entries), state)
    cut = state.read_bytes()[:5000]
    state.write_bytes(cut)
    report = visit(log_of(entries), state)
    assert (report.verdict, report.resumed_at, report.counts.entries) == ("good", 0, len(entries))
    assert state.with_name("kept.state.unusable").read_bytes() == cut
    assert visit(log_of(entries), state).resumed_at == len(entries)


def test_state_of_another_version_is_not_used(
    entries: list[bytes], state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    visit(log_of(entries), state)
    monkeypatch.setattr(saved, "code", lambda: "another")
    report = visit(log_of(entries), state)
    assert (report.verdict, report.resumed_at) == ("good", 0)
    assert "另一个版本" in report.notes[0].zh


def test_state_of_verify_does_not_vouch_for_rules(entries: list[bytes], state: Path) -> None:
    visit(log_of(entries), state)
    with pytest.raises(saved.OtherChecksError):
        visit(log_of(entries), state, rules=True)


@pytest.mark.parametrize("name", ["ledger.sqlite3", "ledger.toml"])
def test_file_that_is_no_state_is_left_alone(ledger_directory: Path, name: str) -> None:
    before = (ledger_directory / name).read_bytes()
    with pytest.raises(LedgerError, match="left alone"):
        audit(ledger_directory / "log", state=ledger_directory / name)
    assert (ledger_directory / name).read_bytes() == before


def test_state_in_use_is_said_to_be_so(entries: list[bytes], state: Path) -> None:
    visit(log_of(entries), state)
    with sqlite3.connect(state, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(LedgerError, match="another run"):
            visit(log_of(entries), state)
    other.close()
