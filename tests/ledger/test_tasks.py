"""What waits for whom is the same after a restart, and a record that is voided or moves on waits no longer."""

from pathlib import Path

import pytest

from ledger import tasks
from ledger.application import Ledger
from ledger.domain.catalogue import EVENTS, MODULES
from ledger.tasks import NEXT, Waiting
from tests.ledger.api.letterbox import staff
from tests.ledger.world import World, private_key


def test_every_waiting_state_exists_and_leads_to_an_event_that_may_follow_it() -> None:
    for (kind, state), wanted in NEXT.items():
        if kind in MODULES:
            assert state in MODULES[kind].STATES
            assert state in EVENTS[wanted, 1].AFTER


def test_a_restart_changes_nothing(tmp_path: Path) -> None:
    world = World(tmp_path)
    staff(world)
    keys = [private_key(name).key_id for name in ("auditor", "school", "builder", "press")]
    before = [world.ledger.tasks(key) for key in keys]
    assert [len(found["tasks"]) for found in before] == [1, 1, 0, 0]
    world.ledger.close()
    again = Ledger.open(world.ledger.settings.directory, clock=world.clock)
    assert [again.tasks(key) for key in keys] == before
    again.close()


def test_goods_wait_for_no_bank_statement_and_a_voided_gift_for_nothing(tmp_path: Path) -> None:
    world = World(tmp_path)
    refs = staff(world)
    auditor = private_key("auditor").key_id
    items = [{"name": "书", "count": 1, "unit": "本", "unit_value_fen": 100}]
    goods = {"recipient": refs["foundation"], "donor_kind": "anonymous", "form": "goods", "items": items}
    world.open("donation.received", {**goods, "value_fen": 100, "valuation": "market"}, "foundation")
    assert [task["record"] for task in world.ledger.tasks(auditor)["tasks"]] == [refs["gift"]]
    gift = world.ledger.record(refs["gift"])
    assert gift is not None
    void = {"event": gift.history[0].event_id, "reason": "duplicate"}
    world.record("donation.voided", refs["gift"], void, ["foundation", "auditor"])
    assert world.ledger.tasks(auditor) == {"tasks": [], "complete": True}
    world.ledger.close()


def test_more_than_can_be_kept_or_shown_is_said_to_be_incomplete(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World(tmp_path)
    refs = staff(world)
    record, key = world.ledger.record(refs["gift"]), world.ledger.key_in_force(private_key("auditor").key_id)
    assert record is not None
    waiting = Waiting()
    waiting.note(record)
    assert waiting.for_key(key, world.ledger.record)["complete"] is True
    monkeypatch.setattr(tasks, "MOST_SHOWN", 1)
    assert waiting.for_key(key, world.ledger.record)["complete"] is False
    world.ledger.close()
