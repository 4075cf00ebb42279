"""No digest enters the log twice: a disclosure that fits two entries would let either pass for the other.

It holds in one group, across groups, across starts, and whatever happened to the cache of the digests that were used.
"""

import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from ledger import folds
from ledger.application import Ledger
from ledger.domain.payload import parse_payload
from ledger.errors import DuplicateError
from ledger.opening import Submission
from tests.ledger.world import World, counted, resign


@pytest.fixture(autouse=True)
def _eager(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folds, "AT_CLOSE", 1)
    monkeypatch.setattr(folds, "MOST_NEW", 2)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    yield world
    world.ledger.close()


def gifts(world: World, count: int) -> list[Submission]:
    """Donations that use one digest for their notes."""
    organisation = world.organisation("示例基金会", "fund", kind="foundation")
    data = world.gift(organisation, 10_000)
    drafts = [
        world.draft("donation.received", world.new("donation"), data, free=[("note", f"示例{n}")]) for n in range(count)
    ]
    first = resign(drafts[0], "示例基金会")
    again = [
        Submission(resign(draft, "示例基金会", withdrawable=digests_of(first)).envelope, first.disclosures)
        for draft in drafts[1:]
    ]
    return [first, *again]


def digests_of(submission: Submission) -> list[str]:
    return list(parse_payload(submission.envelope.payload).withdrawable)


def reopen(world: World) -> None:
    world.ledger.close()
    world.ledger = Ledger.open(world.ledger.settings.directory, clock=world.clock, random=counted("again"))


def test_twice_in_one_group_is_refused(world: World) -> None:
    first, second = world.ledger.admit(gifts(world, 2))
    assert not isinstance(first, DuplicateError)
    assert isinstance(second, DuplicateError)


def checked(world: World) -> None:
    """Once the full check behind a start has come to a result."""
    world.ledger.check_in_full()
    until = time.monotonic() + 30
    while world.ledger.read_only is None and world.ledger.unready is not None and time.monotonic() < until:
        time.sleep(0.02)


CACHES: dict[str, Callable[[Path], object]] = {
    "as it was": lambda _: None,
    "all deleted": lambda path: shutil.rmtree(path.parent),
    "deleted": lambda path: path.unlink(),
    "damaged": lambda path: path.write_bytes(b"damaged"),
    "of an older size": lambda path: shutil.copy(path.with_name("older"), path),
}


@pytest.mark.parametrize("happened", CACHES)
def test_twice_across_starts_is_refused_whatever_happened_to_the_cache(world: World, happened: str) -> None:
    path = world.ledger.settings.directory / "folds" / "state"
    first, second, third = gifts(world, 3)
    reopen(world)
    shutil.copy(path, path.with_name("older"))
    assert not isinstance(world.ledger.admit([first])[0], DuplicateError)
    assert isinstance(world.ledger.admit([second])[0], DuplicateError)
    world.ledger.close()
    CACHES[happened](path)
    world.ledger = Ledger.open(world.ledger.settings.directory, clock=world.clock, random=counted("again"))
    assert isinstance(world.ledger.admit([third])[0], DuplicateError)


@pytest.mark.parametrize(
    "change", ["DELETE FROM rows WHERE space=0", "INSERT INTO rows VALUES (0, zeroblob(32), x'c3')"]
)
def test_a_cache_that_was_changed_stops_the_ledger_and_is_not_believed_again(world: World, change: str) -> None:
    path = world.ledger.settings.directory / "folds" / "state"
    first, second = gifts(world, 2)
    world.ledger.admit([first])
    world.ledger.close()
    with closing(sqlite3.connect(path)) as database, database:
        database.execute(change)
    world.ledger = Ledger.open(world.ledger.settings.directory, clock=world.clock, random=counted("again"))
    checked(world)
    assert "the table digests" in str(world.ledger.read_only)
    for _ in range(2):
        reopen(world)
        checked(world)
        assert world.ledger.read_only is None
    assert isinstance(world.ledger.admit([second])[0], DuplicateError)
