"""What is delivered to people in the demonstration: whole batches, the planned volumes, and what was refused."""

from collections import Counter
from datetime import date

from ledger.domain.batch import batches_of
from ledger.domain.companionship import (
    CompanionshipEnded,
    CompanionshipPaired,
    CompanionshipReported,
    CompanionshipVisited,
    pairs_of,
)
from ledger.domain.donation import DonationReceived
from ledger.domain.project import deliverers_of
from ledger.domain.service import ServiceDelivered, ServiceOffered
from ledger.domain.team import TeamFormed
from ledger.domain.training import TrainingHeld, TrainingInternshipOffered, TrainingPlaced, TrainingPlanned
from ledger.errors import MissingCapabilityError, RuleError, TooFewPeopleError
from tests.yangguang.demonstration import Demonstration
from yangguang.demo.scenario.companion_list import TOO_FEW
from yangguang.demo.scenario.policy import policy
from yangguang.demo.scenario.story import story


def test_240_sessions_60_visits_and_75_pairings_in_whole_batches(demonstration: Demonstration) -> None:
    records = demonstration.records("companionship").values()
    reports = [event for record in records for event in record.all(CompanionshipReported)]
    assert sum(event.sessions for event in reports) == 240
    assert 60 <= len(reports) <= 75
    assert sum(len(record.all(CompanionshipVisited)) for record in records) == 60
    paired = [event.people.count for record in records for event in record.all(CompanionshipPaired)]
    assert (sum(paired), min(paired)) == (75, 14)
    ended = [event.people.count for record in records for event in record.all(CompanionshipEnded)]
    assert (ended, pairs_of(demonstration.named("companionship", "pairs"), "child")) == ([20], 55)


def test_every_batch_of_every_kind_has_at_least_as_many_people_as_the_policy_asks(demonstration: Demonstration) -> None:
    batches = [batch for record in demonstration.every() for batch in batches_of(record)]
    assert len(batches) > 100
    assert {batch.people.group for batch in batches} == {"child", "youth16plus", "family", "teacher", "adult"}
    for batch in batches:
        assert batch.people.count >= policy()["people"][batch.people.group]
        assert batch.project is not None or not batch.counts, "only a need may belong to no project yet"


def test_trainings_were_two_three_and_three_of_which_two_came_late_in_2024(demonstration: Demonstration) -> None:
    held = [
        past.occurred_on
        for record in demonstration.records("training").values()
        for past in record.history
        if isinstance(past.event, TrainingHeld) and record.first(TrainingPlanned).central
    ]
    assert Counter(day.year for day in held) == {2022: 2, 2023: 3, 2024: 3}
    assert sorted(day.month for day in held if day.year == 2024) == [5, 11, 11]
    last_year = [day for day in held if day.year == 2024]
    assert sum(day <= date(2024, 10, 30) for day in last_year) == 1, "the bar is red until November"
    assert Counter(record.state for record in demonstration.records("training").values()) == {
        "held": 15, "offered": 2, "cancelled": 1,
    }  # fmt: skip


def test_posts_and_placements_agree_with_the_indicator_that_was_missed(demonstration: Demonstration) -> None:
    records = demonstration.records("training").values()
    offers = [event for record in records for event in record.all(TrainingInternshipOffered)]
    assert sum(event.posts for event in offers) == 27
    placed = [event for record in records for event in record.all(TrainingPlaced)]
    assert [event.people.count for event in placed if event.into == "internship"] == [10, 11]


def test_volunteer_hours_of_the_team_are_those_that_were_given_as_service(demonstration: Demonstration) -> None:
    reports = demonstration.named("companionship", "weekends").all(CompanionshipReported)
    by_year = Counter[int]()
    for event in reports:
        by_year[event.people.period.end.year] += event.hours
    gifts = [demonstration.named("donation", code).first(DonationReceived).hours for code in ("v01", "v03", "v06")]
    assert [by_year[year] for year in (2022, 2023, 2024)] == gifts


def test_services_follow_the_models_of_the_plan_and_value_their_hours_openly(demonstration: Demonstration) -> None:
    records = demonstration.records("service").values()
    assert {record.first(ServiceOffered).model for record in records} == {"chef", "technician", "domestic", "other"}
    delivered = [event for record in records for event in record.all(ServiceDelivered)]
    assert len(delivered) == 13
    assert {event.valuation for event in delivered} == {"wage", "market", "unvalued"}
    assert all((event.value_fen is None) == (event.valuation == "unvalued") for event in delivered)


def test_one_volunteer_team_and_a_task_force_that_ended_with_the_programme(demonstration: Demonstration) -> None:
    teams = {record.first(TeamFormed).team_kind: record for record in demonstration.records("team").values()}
    assert {kind: record.state for kind, record in teams.items()} == {"volunteer": "formed", "task_force": "disbanded"}
    refused = [step for step in story() if step.refused and step.event is TeamFormed]
    assert [step.refused for step in refused] == [RuleError]


def test_a_summer_month_with_six_children_was_refused_and_reported_with_the_next(demonstration: Demonstration) -> None:
    attempts = [step for step in story() if step.event is CompanionshipReported and step.refused]
    assert [step.refused for step in attempts] == [TooFewPeopleError]
    assert attempts[0].data["people"]["count"] == TOO_FEW[-1] == 6
    reports = demonstration.named("companionship", "weekends").all(CompanionshipReported)
    summer = [event.people for event in reports if event.people.period.start == date(2023, 7, 1)]
    assert [(people.period.end, people.count) for people in summer] == [(date(2023, 8, 31), 16)]


def test_a_pairing_without_the_keeper_of_people_data_was_refused() -> None:
    attempts = [step for step in story() if step.event is CompanionshipPaired and step.refused]
    assert [(step.by, step.refused) for step in attempts] == [("n5:deliver", MissingCapabilityError)]


def test_whoever_delivers_to_people_carries_out_the_project(demonstration: Demonstration) -> None:
    for kind in ("companionship", "training", "service"):
        for record in demonstration.records(kind).values():
            opening = record.history[0].event.data()
            project = demonstration.ledger.record(opening["project"])
            assert project is not None
            assert opening["organisation"] in deliverers_of(project)


def test_no_volunteer_or_person_in_charge_is_named_in_any_public_part() -> None:
    steps = [step for step in story() if step.event.kind() in ("team", "companionship", "training", "service")]
    assert len(steps) > 200
    for step in steps:
        assert "测试用名" not in str(step.data), step.record
