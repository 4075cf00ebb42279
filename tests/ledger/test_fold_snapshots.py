"""A start from a snapshot: the same ledger as from entry 0, checked in full behind, and never believed blindly."""

import shutil
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ledger import folds
from ledger.application import Ledger
from ledger.errors import ProofError, ReadOnlyError
from ledger.fold_file import TABLES, FrozenFile
from ledger.folds import Folds
from ledger.rules.snapshot import Snapshot, format_snapshot, table_types, without_tables
from ledger.rules.state import State
from ledger.tasks import Waiting
from tests.engines import SQLITE
from tests.ledger.small_ledger import ORIGIN, SmallLedger


@pytest.fixture(autouse=True)
def _eager(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folds, "AT_CLOSE", 1)


def state_of(ledger: Ledger) -> tuple[Snapshot, dict[str, dict[Any, Any]]]:
    state, root = ledger._state, ledger.head().root
    tables = {name: dict(getattr(state, name).items()) for name in table_types()}
    return without_tables(state, root, {Waiting.NAME: ledger._waiting.to_bytes()}), tables


def from_entry_0(small: SmallLedger) -> tuple[Snapshot, dict[str, dict[Any, Any]]]:
    shutil.rmtree(small.directory / "folds")
    return state_of(small.reopen())


def fold_file(small: SmallLedger) -> Path:
    return small.directory / "folds" / "state"


def change(small: SmallLedger, statement: str, *values: object) -> None:
    with closing(sqlite3.connect(fold_file(small))) as database, database:
        database.execute(statement, values)


def alter(small: SmallLedger, **changes: Any) -> None:
    with closing(FrozenFile(fold_file(small))) as frozen:
        found = frozen.snapshot
    assert found is not None
    data = format_snapshot(replace(found, **changes))
    change(small, "UPDATE about SET snapshot=?, size=?", data, changes.get("size", found.size))


def open_again(small: SmallLedger) -> None:
    small.ledger = Ledger.open(small.directory, clock=small.clock, random=small.random)


def wait_until(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + 30
    while not holds() and time.monotonic() < until:
        time.sleep(0.02)
    assert holds()


def test_a_start_from_a_snapshot_leads_to_the_state_of_a_start_from_entry_0(small: SmallLedger) -> None:
    small.fill(5)
    small.ledger.close()
    shutil.copy(fold_file(small), small.directory / "old")
    open_again(small)
    small.fill(3)
    small.ledger.close()
    shutil.copy(small.directory / "old", fold_file(small))
    open_again(small)
    assert small.ledger.unready is not None, "it was taken up at 6 entries, and 3 were entered after it"
    found = state_of(small.ledger)
    assert found[0].size == 9
    assert found == from_entry_0(small)


def test_the_ledger_records_at_once_and_is_ready_when_the_full_check_agrees(small: SmallLedger) -> None:
    small.fill(4)
    small.reopen()
    assert "checking everything from entry 0" in str(small.ledger.unready)
    small.fill(1)
    small.ledger.check_in_full()
    wait_until(lambda: small.ledger.unready is None)
    small.fill(1)
    assert small.ledger.read_only is None


def lie_about_the_policy(small: SmallLedger) -> None:
    with closing(FrozenFile(fold_file(small))) as frozen:
        policy = (frozen.snapshot.policy if frozen.snapshot else None) or {}
    alter(small, policy={**policy, "notice_days": 0})


def lie_in_a_table(small: SmallLedger) -> None:
    space = TABLES.index("keys")
    change(small, "INSERT INTO rows SELECT space, x'a2ffff', value FROM rows WHERE space=? LIMIT 1", space)


@pytest.mark.parametrize("lie", [lie_about_the_policy, lie_in_a_table])
def test_a_fold_file_that_lies_stops_the_ledger_and_is_not_taken_up_again(
    small: SmallLedger, lie: Callable[[SmallLedger], None]
) -> None:
    small.fill(4)
    small.ledger.close()
    lie(small)
    open_again(small)
    small.ledger.check_in_full()
    wait_until(lambda: small.ledger.read_only is not None)
    assert "another state than the snapshot" in str(small.ledger.unready)
    assert not fold_file(small).exists()
    assert small.reopen().read_only is None


@pytest.mark.parametrize(
    ("what", "spoil"),
    [
        ("cut short", lambda small: fold_file(small).write_bytes(fold_file(small).read_bytes()[:5000])),
        ("empty", lambda small: fold_file(small).write_bytes(b"")),
        ("no database", lambda small: fold_file(small).write_bytes(b"\x80\x04]q\x00.")),
        ("without a snapshot", lambda small: change(small, "UPDATE about SET snapshot=x'00'")),
        ("of nothing", lambda small: change(small, "DELETE FROM about")),
        ("of another root", lambda small: alter(small, root=bytes(32))),
        ("of other code", lambda small: alter(small, code="0" * 64)),
        ("of another ledger", lambda small: alter(small, origin="ledger.example/other")),
        ("of a longer log", lambda small: alter(small, size=9999)),
        ("without what waits", lambda small: alter(small, extra={})),
        ("with another policy", lambda small: alter(small, policy={"quorum": "many"})),
    ],
)
def test_a_fold_file_of_anything_else_is_as_good_as_none(
    small: SmallLedger, what: str, spoil: Callable[[SmallLedger], object]
) -> None:
    small.fill(4)
    small.ledger.close()
    spoil(small)
    open_again(small)
    assert small.ledger.unready is None, what
    small.fill(1)
    assert state_of(small.ledger) == from_entry_0(small)


def test_a_fold_file_that_is_damaged_while_it_is_used_stops_the_ledger_until_it_is_opened_again(
    small: SmallLedger,
) -> None:
    small.fill(4)
    small.ledger.close()
    change(small, "UPDATE rows SET value=x'c1'")
    open_again(small)
    size = small.ledger.head().size
    with pytest.raises(ReadOnlyError, match="recording has stopped"):
        small.fill(1)
    with pytest.raises(ReadOnlyError):
        small.fill(1)
    assert small.ledger.store.size() == size
    small.reopen()
    small.fill(1)
    assert state_of(small.ledger) == from_entry_0(small)


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


def test_of_several_processes_of_a_ledger_one_keeps_the_file_and_the_others_a_copy(tmp_path: Path) -> None:
    """Each reads what it has entered itself, however far another one is."""
    root = bytes(32)
    one, other = Folds(tmp_path, 9, lambda _: root), Folds(tmp_path, 9, lambda _: root)
    states = []
    for size, each in enumerate((one, other), start=1):
        states.append(state := State(ORIGIN))
        assert not each.take_up(state, Waiting())
        state.paid_for["award/1"], state.size = size, size
        each.keep(state, Waiting(), root)
        each._finish()
    third, state = Folds(tmp_path, 9, lambda _: root), State(ORIGIN)
    assert third.take_up(state, Waiting())
    assert [each.paid_for.get("award/1") for each in (*states, state)] == [1, 2, 1]
    for each in (one, other, third):
        each.close()
