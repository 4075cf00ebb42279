"""Two ledgers open on one directory and one database, as in two processes: each judges by what the other recorded."""

from collections.abc import Iterator
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from ledger.application import Ledger
from ledger.errors import InvalidFieldError, NotFoundError, StaleVersionError, WithdrawnError
from ledger.replaying import replay
from ledger.store.unreachable import UnreachableError
from tests.clusters import Cluster
from tests.engines import Choice
from tests.ledger.privacy.conftest import NAMES
from tests.ledger.privacy.household import Household
from tests.ledger.world import World

SCREENED, ADMIN = {"against": "另一份名单", "result": "clear"}, "admin-1"


@pytest.fixture
def server(postgres: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Choice, "cluster", postgres)


@pytest.fixture
def household(server: None, tmp_path: Path) -> Iterator[Household]:
    made = Household(tmp_path, NAMES)
    with closing(made.world.ledger):
        yield made


@pytest.fixture
def other(household: Household) -> Iterator[Ledger]:
    ledger = Ledger.open(household.world.ledger.settings.directory, clock=household.world.clock)
    with closing(ledger):
        yield ledger


def take(world: World, ledger: Ledger) -> Ledger:
    """What the world does next goes to that ledger; the one it went to before."""
    before, world.ledger = world.ledger, ledger
    return before


def test_a_record_goes_on_where_the_other_process_left_it(household: Household, other: Ledger) -> None:
    world, [stale] = (
        household.world,
        [household.world.sign("organisation.screened", household.builder, SCREENED, ADMIN)],
    )
    world.screen(household.builder)
    first = take(world, other)
    [refusal] = other.admit([stale])
    assert isinstance(refusal, StaleVersionError)
    world.screen(household.builder)
    assert first.record(household.builder) == other.record(household.builder)


def test_catching_up_goes_on_where_a_lost_connection_cut_it_off(
    household: Household, other: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(5):
        household.world.screen(household.builder)
        household.world.pass_days(1)
    monkeypatch.setattr("ledger.application.ENTERED_AT_ONCE", 2)
    calls = count()

    def cut(*arguments: Any) -> Any:
        if next(calls) == 1:
            raise UnreachableError
        return replay(*arguments)

    monkeypatch.setattr("ledger.application.replay", cut)
    with pytest.raises(UnreachableError):
        other.head()
    assert other.head() == household.world.ledger.head()
    assert other.read_only is None


def test_who_was_erased_by_one_process_is_refused_by_the_other(household: Household, other: Ledger) -> None:
    award, gone = household.another_round(), household.rows[0]["vault_key"]
    household.erase(gone)
    first = take(household.world, other)
    with pytest.raises(InvalidFieldError):
        household.grant(award, household.rows)
    household.grant(award, household.rows[1:])
    assert first.head() == other.head()


def test_a_text_withdrawn_by_one_process_is_gone_from_the_other(household: Household, other: Ledger) -> None:
    digest = household.payload.withdrawable[0]
    assert other.text(digest)
    household.withdraw(digest)
    with pytest.raises(WithdrawnError):
        other.text(digest)


def test_what_a_killed_process_left_in_the_vault_is_not_public_and_the_next_start_discards_it(
    household: Household, other: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = household.world

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    drafted = world.sign(
        "organisation.suspended", household.builder, {"ground": "request"}, ADMIN, free=[("note", "说明")]
    )
    monkeypatch.setattr(world.ledger.store, "append", killed)
    with pytest.raises(KeyboardInterrupt):
        world.ledger.admit([drafted])
    monkeypatch.undo()
    [event_id] = world.ledger._vault.marks.pending()
    [digest] = world.ledger._vault.digests(event_id)
    with pytest.raises(NotFoundError):
        other.text(digest)
    Ledger.open(other.settings.directory, clock=world.clock).close()
    assert world.ledger._vault.digests(event_id) == []
    assert world.ledger._vault.marks.pending() == []
    [receipt] = other.admit([drafted])
    assert other.text(digest).entry_index == receipt.index  # type: ignore[union-attr]
