"""A start from a snapshot: the same ledger as from entry 0, checked in full behind, and never believed blindly."""

import shutil
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from ledger import folds
from ledger.application import Ledger
from ledger.errors import ProofError
from ledger.rules.snapshot import Snapshot, format_snapshot, parse_snapshot, same_fold, snapshot_of
from tests.engines import SQLITE
from tests.ledger.small_ledger import SmallLedger


@pytest.fixture(autouse=True)
def _eager(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folds, "AT_CLOSE", 1)


def state_of(ledger: Ledger) -> Snapshot:
    return snapshot_of(ledger._state, ledger.head().root, {"waiting": ledger._waiting.to_bytes()})


def from_entry_0(small: SmallLedger) -> Snapshot:
    shutil.rmtree(small.directory / "folds")
    return state_of(small.reopen())


def snapshot_file(small: SmallLedger) -> Path:
    return small.directory / "folds" / "snapshot"


def wait_until(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + 30
    while not holds() and time.monotonic() < until:
        time.sleep(0.02)
    assert holds()


def test_a_start_from_a_snapshot_leads_to_the_state_of_a_start_from_entry_0(small: SmallLedger) -> None:
    small.fill(5)
    small.reopen()
    small.fill(3)
    shutil.copy(snapshot_file(small), small.directory / "old")
    small.ledger.close()
    shutil.copy(small.directory / "old", snapshot_file(small))
    small.ledger = Ledger.open(small.directory, clock=small.clock, random=small.random)
    assert small.ledger.unready is not None, "it was taken up at 6 entries, and 3 were entered after it"
    found = state_of(small.ledger)
    assert found.size == 9
    assert same_fold(found, from_entry_0(small))


def test_the_ledger_records_at_once_and_is_ready_when_the_full_check_agrees(small: SmallLedger) -> None:
    small.fill(4)
    small.reopen()
    assert "checking everything from entry 0" in str(small.ledger.unready)
    small.fill(1)
    small.ledger.check_in_full()
    wait_until(lambda: small.ledger.unready is None)
    small.fill(1)
    assert small.ledger.read_only is None


def test_a_snapshot_that_lies_stops_the_ledger_and_is_not_taken_up_again(small: SmallLedger) -> None:
    small.fill(4)
    small.ledger.close()
    data = snapshot_file(small).read_bytes()
    policy = altered(data).policy or {}
    snapshot_file(small).write_bytes(format_snapshot(altered(data, policy={**policy, "notice_days": 0})))
    small.ledger = Ledger.open(small.directory, clock=small.clock, random=small.random)
    small.ledger.check_in_full()
    wait_until(lambda: small.ledger.read_only is not None)
    assert "another state than the snapshot" in str(small.ledger.unready)
    assert not snapshot_file(small).exists()
    assert small.reopen().read_only is None


@pytest.mark.parametrize(
    ("what", "spoil"),
    [
        ("cut short", lambda data: data[: len(data) // 2]),
        ("empty", lambda _: b""),
        ("not a snapshot", lambda _: b"\x80\x04]q\x00."),
        ("of another root", lambda data: format_snapshot(altered(data, root=bytes(32)))),
        ("of other code", lambda data: format_snapshot(altered(data, code="0" * 64))),
        ("of another ledger", lambda data: format_snapshot(altered(data, origin="ledger.example/other"))),
        ("of a longer log", lambda data: format_snapshot(altered(data, size=9999))),
        ("with a table of another kind", lambda data: format_snapshot(altered(data, tables={"keys": b"\x01"}))),
    ],
)
def test_a_snapshot_of_anything_else_is_as_good_as_none(
    small: SmallLedger, what: str, spoil: Callable[[bytes], bytes]
) -> None:
    small.fill(4)
    small.ledger.close()
    snapshot_file(small).write_bytes(spoil(snapshot_file(small).read_bytes()))
    small.ledger = Ledger.open(small.directory, clock=small.clock, random=small.random)
    assert small.ledger.unready is None, what
    small.fill(1)


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("engine", [SQLITE], indirect=True)
def test_a_changed_node_since_the_snapshot_keeps_the_ledger_shut(small: SmallLedger) -> None:
    small.fill(4)
    small.ledger.close()
    with closing(sqlite3.connect(small.directory / "ledger.sqlite3")) as db:
        db.execute("DROP TRIGGER nodes_UPDATE")
        db.execute("UPDATE nodes SET hash = zeroblob(32) WHERE level = 0 AND node_index = 3")
        db.commit()
    shutil.rmtree(small.directory / "folds")
    with pytest.raises(ProofError, match="Entry 3 "):
        Ledger.open(small.directory, clock=small.clock, random=small.random)


def altered(data: bytes, **changes: object) -> Snapshot:
    found = parse_snapshot(data)
    assert found is not None
    return replace(found, **changes)  # type: ignore[arg-type]
