from collections import Counter
from datetime import date, timedelta

from ledger.domain.award import AwardGranted
from ledger.domain.batch import project_of
from ledger.domain.entry import day_of, parse_entry
from ledger.domain.need import (
    NeedMatchDeclined,
    NeedMatched,
    NeedMet,
    NeedPrioritised,
    NeedReported,
    NeedVerified,
    match_of,
)
from ledger.domain.payload import parse_payload
from ledger.domain.project import opening_of
from ledger.domain.record import Record
from ledger.domain.renovation import RenovationCompleted
from ledger.rules.needs import ANSWERS
from tests.yangguang.demonstration import Demonstration
from yangguang.demo.scenario.need_list import NEEDS
from yangguang.demo.scenario.story import story


def needs(demonstration: Demonstration) -> list[Record]:
    return list(demonstration.records("need").values())


def done_on(record: Record) -> date:
    """When the first thing that can meet a need was done in a record; works once accepted."""
    return next(past.occurred_on for past in record.history if type(past.event) in ANSWERS[record.kind])


def test_140_needs_were_reported_120_verified_96_matched_and_90_met(demonstration: Demonstration) -> None:
    found = needs(demonstration)
    assert len(found) == 140
    assert sum(bool(need.all(NeedVerified)) for need in found) == 120
    assert sum(match_of(need) is not None and need.state != "withdrawn" for need in found) == 96
    states = Counter(need.state for need in found)
    assert states == {"met": 90, "withdrawn": 18, "verified": 17, "reported": 9, "matched": 6}


def test_a_count_over_the_published_entries_gives_the_same_funnel(demonstration: Demonstration) -> None:
    payloads = [parse_payload(parse_entry(entry).envelope.payload) for entry in demonstration.entries]
    types = Counter(payload.type for payload in payloads if payload.kind == "need")
    assert (types["need.reported"], types["need.verified"], types["need.met"]) == (140, 120, 90)
    given_up_again = sum(payload.type == "need.match_declined" and "project" in payload.data for payload in payloads)
    assert types["need.matched"] - given_up_again == 96


def test_needs_come_from_every_village_school_and_category_over_three_years(demonstration: Demonstration) -> None:
    reports = [need.first(NeedReported) for need in needs(demonstration)]
    assert len({report.place for report in reports}) == 11
    assert len({report.category for report in reports}) == 8
    years = Counter(need.history[0].occurred_on.year for need in needs(demonstration))
    assert set(years) == {2022, 2023, 2024}
    assert min(years.values()) >= 15


def test_each_met_need_was_met_after_what_met_it_stood_and_by_the_project_that_took_it_up(
    demonstration: Demonstration,
) -> None:
    kinds: Counter[str] = Counter()
    for need in needs(demonstration):
        met, match = need.past(NeedMet), match_of(need)
        if met is None or match is None:
            continue
        by = demonstration.ledger.record(str(met.event.data()["by"]))
        assert by is not None
        assert done_on(by) <= met.occurred_on
        assert project_of(by) == match.project
        kinds[by.kind] += 1
    assert kinds == {"renovation": 29, "companionship": 23, "training": 18, "service": 15, "award": 5}


def test_a_batch_of_works_or_a_round_meets_no_more_people_than_it_reached(demonstration: Demonstration) -> None:
    asked: Counter[str] = Counter()
    for need in needs(demonstration):
        met, people = need.last(NeedMet), need.first(NeedReported).people
        if met is not None and people is not None and met.by.startswith(("renovation/", "award/")):
            asked[met.by] += people.count
    for reference, count in asked.items():
        record = demonstration.ledger.record(reference)
        assert record is not None
        reached = record.last(RenovationCompleted) or record.last(AwardGranted)
        assert reached is not None
        assert reached.people is not None
        assert count == reached.people.count


def test_needs_of_people_are_whole_batches_with_a_sealed_row_each(demonstration: Demonstration) -> None:
    batches = [people for need in needs(demonstration) if (people := need.first(NeedReported).people)]
    assert len(batches) == 26
    assert min(people.count for people in batches) >= 10
    rows = [len(step.rows) for step in story() if step.event is NeedReported and step.rows]
    assert sorted(rows) == sorted(people.count for people in batches)


def test_reports_are_verified_by_somebody_else(demonstration: Demonstration) -> None:
    for need in needs(demonstration):
        reported, verified = need.past(NeedReported), need.past(NeedVerified)
        assert reported is not None
        assert verified is None or not set(verified.signers) & set(reported.signers)


def test_the_two_priority_schools_of_the_plan_come_first_and_a_third_was_refused(demonstration: Demonstration) -> None:
    first = [need.first(NeedReported).place for need in needs(demonstration) if need.last(NeedPrioritised)]
    assert first == [demonstration.named("place", code).reference for code in ("s1", "s2")]
    assert sum(step.event is NeedPrioritised and step.refused is not None for step in story()) == 1


def test_some_matches_were_given_up_when_their_project_was_and_some_found_nobody(demonstration: Demonstration) -> None:
    declined = [event for need in needs(demonstration) for event in need.all(NeedMatchDeclined)]
    assert Counter(event.reason for event in declined) == {"cancelled": 11, "capacity": 4, "funds": 4}
    again = [need for need in needs(demonstration) if len(need.all(NeedMatched)) > 1]
    assert [need.state for need in again] == ["met"], "one was taken up again by another project"


def test_the_longest_wait_is_years_and_its_need_is_still_open(demonstration: Demonstration) -> None:
    last = day_of(parse_entry(demonstration.entries[-1]).recorded_at)
    waits = [last - need.history[0].occurred_on for need in needs(demonstration) if need.state == "verified"]
    assert max(waits) > timedelta(days=1_000)
    assert sum(wait > timedelta(days=365) for wait in waits) >= 10


def test_projects_name_the_needs_that_they_were_begun_for(demonstration: Demonstration) -> None:
    named = {
        need: record.reference
        for record in demonstration.records("project").values()
        for need in opening_of(record).needs or ()
    }
    assert len(named) == sum(need.lot.begun for need in NEEDS) == 8
    for reference, project in named.items():
        record = demonstration.ledger.record(reference)
        assert record is not None
        match = match_of(record)
        assert match is not None
        assert match.project == project
