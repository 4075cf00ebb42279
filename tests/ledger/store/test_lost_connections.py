"""A connection lost in any step of an append heals by itself: one entry, one receipt, nothing said that is untrue."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from ledger.api.problems import status_of
from ledger.core.messages import refusal_from_json, refusal_to_json
from ledger.errors import LedgerError
from ledger.receipts import Receipt
from ledger.store import postgres as engine_module
from ledger.store import postgres_connection
from ledger.store.unreachable import UnreachableError
from tests.clusters import Cluster
from tests.engines import Choice
from tests.ledger.small_ledger import SmallLedger

KILL = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> {own}"
Cut = Callable[[], None]


@pytest.fixture
def shared(tmp_path: Path, postgres: Cluster, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmallLedger]:
    monkeypatch.setattr(Choice, "cluster", postgres)
    small = SmallLedger(tmp_path)
    yield small
    small.ledger.close()


@pytest.fixture
def cut(shared: SmallLedger, postgres: Cluster) -> Cut:
    """Ends every connection of the ledger, once."""
    database = (shared.ledger.settings.server or "").partition("@/")[2].partition("?")[0]
    left = [KILL.format(own="pg_backend_pid()")]

    def end() -> None:
        if left:
            assert len(postgres.sql(left.pop(), database)) >= 2

    return end


def before(monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, cut: Cut) -> None:
    """Cuts just before a function does its work."""
    real = getattr(owner, name)

    def cutting(*arguments: Any, **named: Any) -> Any:
        cut()
        return real(*arguments, **named)

    monkeypatch.setattr(owner, name, cutting)


def after(monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, cut: Cut) -> None:
    """Cuts when a function has done its work, whose answer is lost: it was on the connection."""
    real, left = getattr(owner, name), [1]

    def cutting(*arguments: Any, **named: Any) -> Any:
        done = real(*arguments, **named)
        if left:
            left.pop()
            cut()
            raise UnreachableError
        return done

    monkeypatch.setattr(owner, name, cutting)


def check(shared: SmallLedger) -> None:
    """One entry more, whose receipt is the same for ever, and the next one follows it."""
    submission, other = shared.place(), shared.place(code="other")
    receipt = shared.admit(submission)
    assert receipt.index == 1
    assert shared.ledger.admit([submission]) == [receipt]
    assert shared.admit(other).index == 2
    assert shared.reopen().admit([submission]) == [receipt]
    assert shared.ledger.head().size == 3
    assert shared.ledger.read_only is None


def test_lost_while_nothing_happens(shared: SmallLedger, cut: Cut) -> None:
    cut()
    check(shared)


@pytest.mark.parametrize(
    ("owner", "name"),
    [
        (engine_module.LogRecorder, "turn"),
        (engine_module, "_check_place"),
        (engine_module, "_check_stored"),
        (engine_module, "_insert_log"),
        (engine_module, "commit"),
    ],
    ids=["before the lock", "before the inserts", "after the events", "before the leaves", "before the commit"],
)
def test_lost_before_the_commit(
    shared: SmallLedger, cut: Cut, monkeypatch: pytest.MonkeyPatch, owner: Any, name: str
) -> None:
    before(monkeypatch, owner, name, cut)
    check(shared)


def test_lost_after_the_lock_was_had(shared: SmallLedger, cut: Cut, monkeypatch: pytest.MonkeyPatch) -> None:
    before(monkeypatch, shared.ledger, "_group", cut)
    check(shared)


def test_lost_after_the_commit_and_before_its_answer(
    shared: SmallLedger, cut: Cut, monkeypatch: pytest.MonkeyPatch
) -> None:
    after(monkeypatch, engine_module, "commit", cut)
    check(shared)


def test_lost_after_the_commit_and_before_the_highest_checkpoint(
    shared: SmallLedger, cut: Cut, monkeypatch: pytest.MonkeyPatch
) -> None:
    after(monkeypatch, shared.ledger.store, "append", cut)
    check(shared)


def test_a_batch_whose_commit_lost_its_answer_gets_all_its_receipts(
    shared: SmallLedger, cut: Cut, monkeypatch: pytest.MonkeyPatch
) -> None:
    after(monkeypatch, engine_module, "commit", cut)
    batch = [shared.place(), shared.place()]
    receipts = shared.ledger.admit_together(batch)
    assert [receipt.index for receipt in receipts] == [1, 2]
    assert shared.ledger.admit(batch) == receipts


def test_reads_heal_too(shared: SmallLedger, cut: Cut) -> None:
    receipt = shared.admit(shared.place())
    cut()
    assert shared.ledger.entry(1) == receipt.entry
    assert shared.ledger.head().size == 2


def test_a_database_that_stays_away_is_said_to_and_nothing_stops(
    shared: SmallLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_connection, "PATIENCE_SECONDS", 0.1)
    submission, real = shared.place(), postgres_connection.OneConnection._connected

    def away(self: postgres_connection.OneConnection) -> Any:
        self.close()
        raise psycopg.OperationalError("no route to host")

    monkeypatch.setattr(postgres_connection.OneConnection, "_connected", away)
    with pytest.raises(UnreachableError, match="Submit the same content again") as refusal:
        shared.ledger.admit([submission])
    assert isinstance(refusal.value, LedgerError)
    monkeypatch.setattr(postgres_connection.OneConnection, "_connected", real)
    [receipt] = shared.ledger.admit([submission])
    assert isinstance(receipt, Receipt)


def test_a_database_that_stays_away_is_a_problem_of_its_own_through_the_core_too() -> None:
    refusal = refusal_from_json(refusal_to_json(UnreachableError()))
    assert isinstance(refusal, UnreachableError)
    assert status_of(refusal) == 503
