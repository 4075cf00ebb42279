"""The rules over the whole ledger, through HTTP, with nothing recorded."""

from datetime import timedelta
from typing import Any

from tests.ledger.api.conftest import Served
from tests.ledger.world import resign


def payment(served: Served, amount_fen: int) -> dict[str, Any]:
    refs = served.refs
    return {
        "project": refs["project"],
        "paid_for": refs["works"],
        "payee_kind": "organisation",
        "payee": refs["builder"],
        "amount_fen": amount_fen,
        "donations": [{"donation": refs["donation"], "amount_fen": amount_fen}],
    }


def test_an_allocation_beyond_what_was_received_is_refused(unchanged: Served) -> None:
    data = {"project": unchanged.refs["project"], "amount_fen": 400_001}
    submission = unchanged.world.sign("donation.allocated", unchanged.refs["donation"], data, "foundation")
    document = unchanged.refused(unchanged.post(submission), "overspent")
    assert document["field"] == "/payload/data/amount_fen"
    assert "4,000.00" in document["detail"]


def test_a_payment_beyond_what_was_allocated_is_refused(unchanged: Served) -> None:
    world = unchanged.world
    submission = world.sign("payment.made", world.new("payment"), payment(unchanged, 600_001), "foundation")
    document = unchanged.refused(unchanged.post(submission), "overspent")
    assert document["field"] == "/payload/data/donations/0/amount_fen"


def test_a_payment_whose_parts_do_not_add_up_is_refused(unchanged: Served) -> None:
    world = unchanged.world
    drafted = world.draft("payment.made", world.new("payment"), payment(unchanged, 1_000))
    data = payment(unchanged, 1_000) | {"amount_fen": 999}
    unchanged.refused(unchanged.post(resign(drafted, "foundation", data=data)), "invalid-field")


def test_works_cannot_be_accepted_by_those_who_delivered_them(unchanged: Served) -> None:
    data = {"result": "passed", "units": 1}
    submission = unchanged.world.sign("renovation.accepted", unchanged.refs["works"], data, "builder")
    unchanged.refused(unchanged.post(submission), "own-acceptance")


def test_a_batch_of_too_few_children_is_refused(unchanged: Served) -> None:
    world = unchanged.world
    data = {"people": world.people(unchanged.refs["town"], 9), "total_fen": 450_000}
    submission = world.sign("award.granted", unchanged.refs["granting"], data, "builder", rows=world.grant_rows(9))
    document = unchanged.refused(unchanged.post(submission), "too-few-people")
    assert document["field"] == "/payload/data/people/count"


def test_a_total_that_is_not_the_published_amount_times_the_count_is_refused(unchanged: Served) -> None:
    world = unchanged.world
    data = {"people": world.people(unchanged.refs["town"], 10), "total_fen": 499_999}
    submission = world.sign("award.granted", unchanged.refs["granting"], data, "builder", rows=world.grant_rows(10))
    document = unchanged.refused(unchanged.post(submission), "rule-broken")
    assert document["field"] == "/payload/data/total_fen"


def test_a_list_with_fewer_names_than_the_count_is_refused(unchanged: Served) -> None:
    world = unchanged.world
    data = {"people": world.people(unchanged.refs["town"], 10), "total_fen": 500_000}
    submission = world.sign("award.granted", unchanged.refs["granting"], data, "builder", rows=world.grant_rows(9))
    unchanged.refused(unchanged.post(submission), "disclosure-mismatch")


def test_a_public_notice_that_is_too_short_is_refused(unchanged: Served) -> None:
    world = unchanged.world
    notice = {"from": world.today.isoformat(), "to": (world.today + timedelta(3)).isoformat(), "channel": "school"}
    submission = world.sign("award.publicised", unchanged.refs["award"], notice, "builder")
    unchanged.refused(unchanged.post(submission), "notice-period")


def test_an_organisation_proposes_a_project_only_in_its_own_name(unchanged: Served) -> None:
    world = unchanged.world
    data = world.project_data(unchanged.refs["programme"], unchanged.refs["town"], "dreams")
    submission = world.sign(
        "project.proposed", world.new("project"), data | {"organisation": unchanged.refs["foundation"]}, "builder"
    )
    unchanged.refused(unchanged.post(submission), "missing-capability")


def test_a_plan_that_the_programme_does_not_have_is_refused(unchanged: Served) -> None:
    world = unchanged.world
    data = world.project_data(unchanged.refs["programme"], unchanged.refs["town"], "another")
    submission = world.sign("project.listed", world.new("project"), data, "admin-2")
    document = unchanged.refused(unchanged.post(submission), "invalid-field")
    assert document["field"] == "/payload/data/plan"
