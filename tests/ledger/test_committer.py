"""The committer: arrival order, shared commits, a bounded queue, and what waits when something fails."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.application import Ledger
from ledger.committer import Committer
from ledger.errors import BusyError, LedgerError, OverspentError, ReadOnlyError
from ledger.opening import Submission
from ledger.receipts import Receipt
from tests.ledger.world import World

PATIENCE = 10
pytestmark = pytest.mark.usefixtures("engine")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    yield world
    world.ledger.close()


def place(world: World, name: str = "村") -> Submission:
    data = {"code": name, "name": name, "level": "village"}
    return world.sign("place.registered", world.new("place"), data, "admin-1")


def refused(world: World) -> Submission:
    """Signed by a key that nobody enrolled."""
    return world.sign("place.registered", world.new("place"), {"code": "p", "name": "村", "level": "village"}, "nobody")


class Gate:
    """Holds the ledger's lock, so that what is submitted meanwhile has to wait."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._holding, self._let_go = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._hold)

    def _hold(self) -> None:
        with self._ledger._lock:
            self._holding.set()
            self._let_go.wait(PATIENCE)

    def __enter__(self) -> None:
        self._thread.start()
        self._holding.wait(PATIENCE)

    def __exit__(self, *_: object) -> None:
        self._let_go.set()
        self._thread.join()


def test_submissions_are_answered_in_the_order_they_arrived(world: World) -> None:
    committer = Committer(world.ledger)
    waiting = [committer.submit(place(world, f"村{n}")) for n in range(20)]
    receipts = [item.result(PATIENCE) for item in waiting]
    committer.close()
    assert [receipt.index for receipt in receipts] == list(range(1, 21))
    assert all(item.recorded for item in waiting)


def test_what_waits_while_a_commit_runs_shares_the_next_one(world: World) -> None:
    commits: list[int] = []
    submissions = [place(world, f"村{n}") for n in range(30)]
    committer = Committer(world.ledger, group=10, on_commit=lambda: commits.append(world.ledger.store.size()))
    with Gate(world.ledger):
        waiting = [committer.submit(submission) for submission in submissions]
    receipts = [item.result(PATIENCE) for item in waiting]
    committer.close()
    assert [receipt.index for receipt in receipts] == list(range(1, 31))
    assert commits[-1] == 31
    assert 3 <= len(commits) <= 4


def test_a_group_holds_no_more_than_its_bytes(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    submissions = [place(world, f"村{n}") for n in range(6)]
    monkeypatch.setattr("ledger.committer.MAX_GROUP_BYTES", 2 * len(submissions[0].envelope.payload))
    commits: list[int] = []
    committer = Committer(world.ledger, on_commit=lambda: commits.append(1))
    with Gate(world.ledger):
        waiting = [committer.submit(submission) for submission in submissions]
    assert all(isinstance(item.result(PATIENCE), Receipt) for item in waiting)
    committer.close()
    assert len(commits) >= 3


def test_a_refusal_is_a_value_and_refuses_no_one_else(world: World) -> None:
    submissions = [place(world, "甲"), refused(world), place(world, "乙")]
    committer = Committer(world.ledger)
    with Gate(world.ledger):
        waiting = [committer.submit(submission) for submission in submissions]
    first, second, third = (item.result(PATIENCE) for item in waiting)
    committer.close()
    assert (first.index, third.index) == (1, 2)
    assert isinstance(second, LedgerError)
    assert [item.recorded for item in waiting] == [True, False, True]


def test_the_same_submission_twice_in_a_group_is_recorded_once(world: World) -> None:
    submission = place(world)
    committer = Committer(world.ledger)
    with Gate(world.ledger):
        waiting = [committer.submit(submission) for _ in range(5)]
    receipts = [item.result(PATIENCE) for item in waiting]
    committer.close()
    assert len(set(receipts)) == 1
    assert sum(item.recorded for item in waiting) == 1
    assert world.ledger.head().size == 2


def test_a_batch_keeps_its_place_among_the_others(world: World) -> None:
    first, second, third, last = (place(world, name) for name in "甲乙丙丁")
    committer = Committer(world.ledger)
    with Gate(world.ledger):
        before = committer.submit(first)
        batch = committer.submit_together([second, third])
        after = committer.submit(last)
    assert before.result(PATIENCE).index == 1
    assert [receipt.index for receipt in batch.result(PATIENCE)] == [2, 3]
    assert after.result(PATIENCE).index == 4
    committer.close()


def test_a_batch_with_a_refused_event_raises_the_refusal_and_records_nothing(world: World) -> None:
    committer = Committer(world.ledger)
    batch = committer.submit_together([place(world), refused(world)])
    with pytest.raises(LedgerError) as caught:
        batch.result(PATIENCE)
    committer.close()
    assert caught.value.field is not None
    assert caught.value.field.startswith("/1/")
    assert world.ledger.head().size == 1


def test_a_full_queue_is_refused_at_once(world: World) -> None:
    submissions, batch = ([place(world, f"{name}{n}") for n in range(3)] for name in "村里")
    committer = Committer(world.ledger, most_waiting=3, group=1)
    with Gate(world.ledger):
        waiting = [committer.submit(submission) for submission in submissions]
        with pytest.raises(BusyError):
            committer.submit_together(batch)
    assert all(isinstance(item.result(PATIENCE), Receipt) for item in waiting)
    committer.close()


def test_closing_finishes_what_waits_and_refuses_what_comes_later(world: World) -> None:
    committer = Committer(world.ledger)
    waiting = [committer.submit(place(world, f"村{n}")) for n in range(10)]
    late = place(world)
    committer.close()
    assert all(isinstance(item.result(0), Receipt) for item in waiting)
    with pytest.raises(BusyError):
        committer.submit(late)


def test_whoever_stopped_waiting_is_not_recorded(world: World) -> None:
    submissions = [place(world, "甲"), place(world, "乙"), place(world, "丙")]
    committer = Committer(world.ledger, group=1)
    with Gate(world.ledger):
        first, gone, last = (committer.submit(submission) for submission in submissions)
        assert gone.cancel()
    assert (first.result(PATIENCE).index, last.result(PATIENCE).index) == (1, 2)
    committer.close()


def test_after_a_failed_commit_everyone_is_refused_as_read_only(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError("the disk is gone")

    submissions = [place(world, f"村{n}") for n in range(5)]
    monkeypatch.setattr(world.ledger.store, "append", fail)
    committer = Committer(world.ledger)
    with Gate(world.ledger):
        waiting = [committer.submit(submission) for submission in submissions]
    assert all(isinstance(item.result(PATIENCE), ReadOnlyError) for item in waiting)
    monkeypatch.undo()
    assert isinstance(committer.submit(place(world)).result(PATIENCE), ReadOnlyError)
    with pytest.raises(ReadOnlyError):
        committer.submit_together([place(world)]).result(PATIENCE)
    committer.close()


def test_after_the_highest_checkpoint_cannot_be_kept_nothing_more_is_recorded(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(world.ledger._highest, "advance", fail)
    committer = Committer(world.ledger)
    answers = [committer.submit(place(world, name)).result(PATIENCE) for name in ("甲", "乙")]
    committer.close()
    assert all(isinstance(answer, ReadOnlyError) for answer in answers)


def test_a_submission_that_breaks_the_program_refuses_no_one_else(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, bad, good = place(world, "丙"), place(world, "乙"), place(world, "甲")
    real = Ledger.admit

    def admit(ledger: Ledger, submissions: list[Submission]) -> list[Receipt | LedgerError]:
        if bad in submissions:
            raise RuntimeError("a fault of ours")
        return real(ledger, submissions)

    monkeypatch.setattr(Ledger, "admit", admit)
    committer = Committer(world.ledger)
    with Gate(world.ledger):
        waiting = [committer.submit(submission) for submission in (first, bad, good)]
    assert isinstance(waiting[0].result(PATIENCE), Receipt)
    assert isinstance(waiting[2].result(PATIENCE), Receipt)
    with pytest.raises(RuntimeError):
        waiting[1].result(PATIENCE)
    committer.close()


def test_a_publisher_that_fails_does_not_stop_the_commits(world: World) -> None:
    def fail() -> None:
        raise OverspentError("。", ".")

    committer = Committer(world.ledger, on_commit=fail)
    indices = [committer.submit(place(world, name)).result(PATIENCE).index for name in ("甲", "乙")]
    committer.close()
    assert indices == [1, 2]


def test_nothing_is_announced_when_nothing_was_recorded(world: World) -> None:
    commits: list[int] = []
    submission = place(world)
    committer = Committer(world.ledger, on_commit=lambda: commits.append(1))
    committer.submit(submission).result(PATIENCE)
    committer.submit(submission).result(PATIENCE)
    committer.submit(refused(world)).result(PATIENCE)
    committer.close()
    assert commits == [1]
