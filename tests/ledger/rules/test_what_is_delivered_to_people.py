"""Teams, companionship, trainings and services: whole batches, own projects only, one volunteer team, no words."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from ledger.domain.batch import batches_of, project_of
from ledger.domain.companionship import CompanionshipReported, pairs_of
from ledger.domain.values import place_of
from ledger.errors import (
    DisclosureMismatchError,
    InvalidFieldError,
    MissingCapabilityError,
    RuleError,
    TooFewPeopleError,
    WrongStateError,
)
from tests.ledger.rules.book import enrolled
from tests.ledger.rules.people_book import PeopleBook


@pytest.fixture
def book() -> PeopleBook:
    return PeopleBook()


def refused(error: type[Exception], attempt: Callable[[], Any], match: str | None = None) -> None:
    with pytest.raises(error, match=match):
        attempt()


def test_a_second_volunteer_team_is_refused_while_one_stands_and_admitted_after_it_is_disbanded(
    book: PeopleBook,
) -> None:
    first = book.team()
    book.team("task_force", by="admin")
    refused(RuleError, book.team, "one volunteer team")
    refused(RuleError, lambda: book.team(by="admin"), book.record(first).history[0].event_id[:8])
    book.do("team.disbanded", first, by="worker", reason="completed")
    book.team()


def test_a_volunteer_team_recorded_by_mistake_is_voided_and_another_formed(book: PeopleBook) -> None:
    first = book.team()
    opening = book.record(first).history[0].event_id
    book.do("team.voided", first, by="worker", event=opening, reason="mistake")
    book.team()


def test_an_organisation_forms_and_changes_its_own_team_alone(book: PeopleBook) -> None:
    team = book.team()
    rival: dict[str, Any] = {"members": 13, "reason": "joined"}
    refused(MissingCapabilityError, lambda: book.do("team.changed", team, by="rival", **rival))
    worker = book.organisation("worker")
    refused(MissingCapabilityError, lambda: book.team("task_force", by="rival", organisation=worker))
    book.do("team.changed", team, by="worker", **rival)
    refused(
        WrongStateError, lambda: book.do("team.formed", team, by="worker", **book.record(team).history[0].event.data())
    )


def test_what_is_delivered_to_people_is_recorded_by_whoever_carries_out_the_project(book: PeopleBook) -> None:
    record = book.companionship()
    for event_type, data in (
        ("companionship.opened", book.opened("陪伴", places=[book.town])),
        (
            "training.planned",
            book.opened("培训", central=True, mode="online", planned_on="2026-02-10", place=book.town),
        ),
        ("training.internship_offered", book.opened("岗位", posts=12, hosts=3)),
        ("service.offered", book.opened("服务", model="chef", mode="on_site", places=[book.town])),
    ):
        refused(MissingCapabilityError, partial(book.do, event_type, by="rival", **data))
        own: dict[str, Any] = {**data, "organisation": book.organisation("rival")}
        refused(MissingCapabilityError, partial(book.do, event_type, by="rival", **own))
        book.do(event_type, by="worker", **data)
    visit: dict[str, Any] = {"school": book.town, "volunteers": 3, "topics": ["pupils"]}
    refused(MissingCapabilityError, lambda: book.do("companionship.visited", record, by="rival", **visit))
    book.do("companionship.visited", record, by="worker", **visit)


def test_pairs_are_recorded_by_the_deliverer_and_the_keeper_of_people_data_together(book: PeopleBook) -> None:
    record = book.companionship()
    for by in ("worker", "keeper", "rival+keeper", "worker+rival"):
        refused(MissingCapabilityError, partial(book.pair, record, 10, by=by))
    book.pair(record, 10)


def test_a_keeper_at_the_delivering_organisation_does_not_stand_in_for_its_deliverer(book: PeopleBook) -> None:
    record = book.companionship()
    book.keys["keeper"] = enrolled("keeper of worker", book.organisation("worker"), "care")
    refused(MissingCapabilityError, lambda: book.pair(record, 10, by="rival+keeper"))
    book.pair(record, 10)


def test_a_month_with_too_few_children_is_refused_and_held_for_the_next(book: PeopleBook) -> None:
    record = book.companionship()
    refused(TooFewPeopleError, lambda: book.report(record, book.people(9)))
    both = {**book.people(16), "period": {"from": "2026-01-01", "to": "2026-02-28"}}
    book.report(record, both)
    assert [batch.people.count for batch in batches_of(book.record(record))] == [16]


def test_a_companionship_holds_one_whole_batch_for_each_period(book: PeopleBook) -> None:
    record = book.companionship()
    book.report(record, book.people(12))
    refused(RuleError, lambda: book.report(record, book.people(12)), "may not overlap")
    book.report(record, book.people(11, month="2026-02"))
    book.report(record, book.people(6, "teacher"))
    batches = batches_of(book.record(record))
    assert [(batch.people.group, batch.people.count, batch.counts) for batch in batches] == [
        ("child", 12, True), ("child", 11, True), ("teacher", 6, True),
    ]  # fmt: skip
    assert {batch.project for batch in batches} == {book.work} == {project_of(book.record(record))}


def test_a_report_has_no_field_for_words_and_as_many_rows_as_people(book: PeopleBook) -> None:
    places = {place_of(info) for info in CompanionshipReported.model_fields.values()}
    assert places == {"data"}, "neither free nor sealed: what was said is not recorded at all"
    record, people = book.companionship(), book.people(12)
    data: dict[str, Any] = {
        "mode": "online",
        "services": ["advice"],
        "sessions": 4,
        "hours": 8,
        "valuation": "unvalued",
        "volunteers": 5,
    }
    refused(
        DisclosureMismatchError,
        lambda: book.do("companionship.reported", record, by="worker", rows=11, people=people, **data),
    )


def test_a_report_corrected_into_the_period_of_another_is_refused(book: PeopleBook) -> None:
    record = book.companionship()
    book.report(record, book.people(12))
    book.report(record, book.people(12, month="2026-02"))
    change = (book.people(12, month="2026-02"), book.people(12))
    refused(RuleError, lambda: book.correct(record, 2, by="worker", rows=12, people=change), "may not overlap")


def test_pairs_that_are_left_are_none_or_a_whole_batch(book: PeopleBook) -> None:
    record = book.companionship()
    book.pair(record, 15)
    book.pair(record, 10)
    refused(RuleError, lambda: book.end(record, 20), "leave only 5 pairs")
    refused(RuleError, lambda: book.end(record, 26), "Only 25 pairs stand")
    book.end(record, 10)
    assert pairs_of(book.record(record), "child") == 15
    change = (book.people(10), book.people(24))
    refused(RuleError, lambda: book.correct(record, 3, by="worker+keeper", rows=24, people=change), "leave only 1")
    book.end(record, 15)
    assert pairs_of(book.record(record), "child") == 0


def test_a_pairing_is_not_voided_under_pairs_that_ended_but_the_whole_record_may_be(book: PeopleBook) -> None:
    record = book.companionship()
    book.pair(record, 15)
    book.end(record, 15)
    opening, paired = (past.event_id for past in book.record(record).history[:2])
    void = partial(book.do, "companionship.voided", record, reason="mistake")
    refused(RuleError, partial(void, by="worker+keeper", event=paired), "15 pairs more than were made")
    void(by="worker", event=opening)
    assert batches_of(book.record(record)) == ()


def test_pairings_that_end_are_a_batch_and_no_help(book: PeopleBook) -> None:
    record = book.companionship()
    book.pair(record, 20)
    book.end(record, 20)
    assert [(batch.people.count, batch.counts) for batch in batches_of(book.record(record))] == [
        (20, True),
        (20, False),
    ]


def test_teachers_are_not_paired(book: PeopleBook) -> None:
    record = book.companionship()
    teachers = book.people(10, "teacher")
    refused(
        InvalidFieldError,
        lambda: book.do("companionship.paired", record, by="worker+keeper", rows=10, people=teachers),
    )


def test_a_training_is_held_or_cancelled_once(book: PeopleBook) -> None:
    held, cancelled = book.training(), book.training()
    book.hold(held, book.people(24, "youth16plus"))
    book.do("training.cancelled", cancelled, by="worker", reason="few")
    for record in (held, cancelled):
        refused(WrongStateError, partial(book.hold, record, book.people(24, "youth16plus")))
    assert [batch.people.count for batch in batches_of(book.record(held))] == [24]


def test_vocational_training_is_not_for_children(book: PeopleBook) -> None:
    record = book.training()
    refused(InvalidFieldError, lambda: book.hold(record, book.people(24)))


def test_no_more_people_start_internships_than_posts_were_offered(book: PeopleBook) -> None:
    record = book.do("training.internship_offered", by="worker", **book.opened("岗位", posts=12, hosts=3))

    def place(count: int, into: str) -> str:
        people = book.people(count, "youth16plus")
        return book.do("training.placed", record, by="worker", rows=count, into=into, people=people)

    refused(RuleError, lambda: place(13, "internship"), "more than the 12 posts")
    place(12, "internship")
    refused(RuleError, lambda: place(10, "internship"), "22 placed")
    place(10, "job")
    refused(RuleError, lambda: book.correct(record, 0, by="worker", posts=(12, 11)), "more than the 11 posts")


def test_a_planned_coaching_has_taken_place_once_it_is_recorded(book: PeopleBook) -> None:
    record = book.training(central=False)
    people = book.people(10, "youth16plus")
    data: dict[str, Any] = {"coaching": "interview", "hours": 4, "valuation": "unvalued", "people": people}
    book.do("training.coached", record, by="worker", rows=10, **data)
    assert book.record(record).state == "held"
    refused(WrongStateError, lambda: book.do("training.cancelled", record, by="worker", reason="few"))


def test_hours_have_a_value_exactly_where_there_is_a_basis_for_one(book: PeopleBook) -> None:
    for change in ({"valuation": "unvalued"}, {"valuation": "market", "value_fen": None}):
        given = {name: value for name, value in {"value_fen": 100, **change}.items() if value is not None}
        data: dict[str, Any] = {
            "hours": 6,
            "content": "示例",
            "mode": "online",
            "people": book.people(12, "adult"),
            **given,
        }
        refused(
            InvalidFieldError,
            partial(book.do, "training.held", book.training(), by="worker", rows=12, **data),
            "basis",
        )


def test_value_of_hours_is_not_cash(book: PeopleBook) -> None:
    before = book.state.cash.get("in hand")
    book.hold(book.training(), book.people(24, "youth16plus"))
    assert book.state.cash.get("in hand") == before
    assert not book.state.spent.get((book.keys["worker"].key_id, book.day))


def test_a_service_is_delivered_course_by_course(book: PeopleBook) -> None:
    offered = book.opened("服务", model="chef", mode="on_site", places=[book.town])
    record = book.do("service.offered", by="worker", **offered)
    for month in ("2026-01", "2026-02"):
        people = book.people(10, "youth16plus", month=month)
        data: dict[str, Any] = {"hours": 40, "valuation": "market", "value_fen": 400_000, "people": people}
        book.do("service.delivered", record, by="worker", rows=10, **data)
    assert [batch.counts for batch in batches_of(book.record(record))] == [True, True]
    assert book.record(record).state == "delivered"
