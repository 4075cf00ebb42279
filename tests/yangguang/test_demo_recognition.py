"""Reports of misconduct, cases, media and honours of the demonstration: how many there are, and what became of them."""

import json
import re
from collections import Counter
from datetime import date

from ledger.domain.case import CasePublished, CaseReviewed, CaseSubmitted
from ledger.domain.entry import parse_entry
from ledger.domain.honour import HonourAwarded, HonourConsented, HonourRevoked, honoured_of
from ledger.domain.indicator import IndicatorDefined
from ledger.domain.media import MediaRecorded
from ledger.domain.misconduct import MisconductConcluded, MisconductReported
from ledger.domain.organisation import OrganisationReinstated
from ledger.domain.programme import ProgrammeEvaluated, ProgrammeReviewed
from tests.yangguang.demonstration import Demonstration
from yangguang.demo.scenario.case_list import WITHDRAWN
from yangguang.demo.scenario.honours import HONOURS
from yangguang.demo.scenario.story import story
from yangguang.demo.steps import Ref


def test_two_reports_about_illegal_organisations_of_which_one_was_founded(demonstration: Demonstration) -> None:
    records = demonstration.records("misconduct").values()
    illegal = [item for item in records if item.first(MisconductReported).category == "illegal_organisation"]
    assert Counter(item.state for item in illegal) == {"founded": 1, "unfounded": 1}


def test_a_founded_report_about_a_member_explains_why_it_was_suspended(demonstration: Demonstration) -> None:
    concluded = demonstration.named("misconduct", "m3").first(MisconductConcluded)
    suspended = demonstration.named("organisation", "n20")
    assert concluded.organisation == suspended.reference
    assert len(suspended.all(OrganisationReinstated)) == 1
    attempts = [step for step in story() if step.by == "n20:deliver" and step.refused]
    assert [date(2023, 11, 6) <= step.on < date(2024, 1, 22) for step in attempts] == [True]


def test_nothing_that_was_sealed_stands_in_an_entry(demonstration: Demonstration) -> None:
    known = {step.data["name"] for step in story() if step.event.TYPE == "organisation.registered"}
    told = {text for step in story() for _, value in step.fields for text in value.values() if isinstance(text, str)}
    assert len(told - known) > 20
    published = b"\n".join(map(payload_of, demonstration.entries)).decode()
    shown = {text for text in told - known if text in published}
    assert shown == {"示例山区助学联合总会"}, "named in its founded conclusion alone"


def test_sixteen_cases_one_withdrawn_and_all_reviewed_by_another_organisation(demonstration: Demonstration) -> None:
    records = demonstration.records("case")
    assert Counter(item.state for item in records.values()) == {"published": 15, "withdrawn": 1}
    assert demonstration.named("case", WITHDRAWN[0]).state == "withdrawn"
    for item in records.values():
        wrote, reviewed = item.past(CaseSubmitted), item.past(CaseReviewed)
        assert wrote is not None
        assert reviewed is not None
        assert not set(wrote.signers) & set(reviewed.signers)
        assert len(item.all(CasePublished)) == 1
    again = [item for item in records.values() if len(item.all(CaseSubmitted)) > 1]
    assert [item.first(CaseReviewed).result for item in again] == ["changes"]


def test_thirty_media_reports_by_fictional_outlets_at_addresses_that_nobody_owns(demonstration: Demonstration) -> None:
    reports = [item.first(MediaRecorded) for item in demonstration.records("media").values()]
    assert len(reports) == 30
    assert all(report.outlet.startswith("示例") for report in reports)
    assert all(re.match(r"https://\w+\.example/", report.link or "") for report in reports)
    assert {report.medium for report in reports} == {"press", "broadcast", "online"}


def test_twenty_one_honours_two_refused_and_one_revoked(demonstration: Demonstration) -> None:
    records = demonstration.records("honour")
    assert Counter(item.state for item in records.values()) == {"awarded": 18, "revoked": 1, "declined": 2}
    certificates = [event.certificate for item in records.values() for event in item.all(HonourAwarded)]
    assert len(certificates) == len(set(certificates)) == 19
    revoked = next(item for item in records.values() if item.state == "revoked")
    assert honoured_of(revoked) == demonstration.named("organisation", "n20").reference
    assert revoked.first(HonourRevoked).reason == "finding"


def test_nothing_says_who_refused_an_honour(demonstration: Demonstration) -> None:
    refused = [place for place, item in enumerate(HONOURS, 1) if item.answer == "no"]
    for place in refused:
        record = demonstration.references[Ref("honour", f"h{place:02d}")]
        organisation = demonstration.references[Ref("organisation", HONOURS[place - 1].who)].encode()
        own = [entry for entry in map(payload_of, demonstration.entries) if json.loads(entry)["record"] == record]
        assert len(own) == 2
        assert not any(organisation in entry for entry in own)


def payload_of(entry: bytes) -> bytes:
    return parse_entry(entry).envelope.payload


def test_a_person_is_honoured_with_a_sealed_consent_and_without_a_name(demonstration: Demonstration) -> None:
    persons = [item for item in demonstration.records("honour").values() if item.all(HonourConsented)]
    persons = [item for item in persons if honoured_of(item) is None]
    assert len(persons) == 2
    assert all(item.state == "awarded" for item in persons)


def test_reviews_and_the_evaluation_name_the_published_figures_they_rest_on(demonstration: Demonstration) -> None:
    record = demonstration.named("programme", "sanpai")
    rests_on = {event.year: len(event.rests_on or ()) for event in record.all(ProgrammeReviewed)}
    assert rests_on == {2022: 3, 2023: 8, 2024: 4}
    assert len(record.first(ProgrammeEvaluated).rests_on or ()) == 15


def test_indicators_bear_on_outcomes_many_to_many_and_one_outcome_has_none(demonstration: Demonstration) -> None:
    links = [item.first(IndicatorDefined).outcomes or [] for item in demonstration.records("indicator").values()]
    assert Counter(number for outcomes in links for number in outcomes).keys() == {1, 3}
    assert any(len(outcomes) > 1 for outcomes in links)


def test_awards_that_may_not_be_made_were_tried_and_refused() -> None:
    refused = Counter((step.event.TYPE, step.refused.__name__) for step in story() if step.refused)
    assert refused["honour.awarded", "RuleError"] == 3, "two without consent, one while suspended"
    assert refused["honour.awarded", "DuplicateError"] == 1
    assert refused["case.published", "RuleError"] == 3, "not reviewed, reworded after the review, withdrawn"
    assert refused["case.reviewed", "MissingCapabilityError"] == 1
