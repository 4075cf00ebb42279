from collections import Counter
from datetime import date

from ledger.domain.award import AwardPublicised
from ledger.domain.correction import Corrected
from ledger.domain.donation import DonationReceived
from ledger.domain.entry import day_of, parse_entry
from ledger.domain.indicator import IndicatorMeasured
from ledger.domain.key import KeyEnrolled, KeyReplaced
from ledger.domain.payload import parse_payload
from ledger.domain.payment import PaymentMade
from ledger.domain.programme import ProgrammeOpened
from ledger.domain.project import ProjectProgressed, opening_of
from ledger.domain.record import LAPSED
from ledger.domain.renovation import RenovationAccepted, RenovationApproved, RenovationCompleted
from ledger.errors import (
    DuplicateError,
    InvalidFieldError,
    MissingCapabilityError,
    NotInGoodStandingError,
    OverspentError,
    PublicityError,
    RuleError,
    TooFewPeopleError,
)
from ledger.signing.keys import key_id
from ledger.tlog.base64 import decode_base64
from tests.yangguang.demonstration import Demonstration, amendments
from yangguang.demo.scenario.members import MEMBERS
from yangguang.demo.scenario.story import story


def changed(demonstration: Demonstration) -> list[tuple[str, str, tuple[str, ...]]]:
    """(type, reason, fields) of every correction and void."""
    return [
        (past.event.TYPE, str(past.event.data()["reason"]), tuple(sorted(getattr(past.event, "changes", ()))))
        for _, past in amendments(demonstration)
    ]


def recorded_on(demonstration: Demonstration) -> dict[str, date]:
    """The day of recording of every entry by its event id."""
    found = map(parse_entry, demonstration.entries)
    return {parse_payload(entry.envelope.payload).event_id: day_of(entry.recorded_at) for entry in found}


def holders(demonstration: Demonstration) -> dict[str, str]:
    """Key ids with the organisation that holds them."""
    found: dict[str, str] = {}
    for record in demonstration.records("key").values():
        enrolled = record.first(KeyEnrolled)
        keys: list[KeyEnrolled | KeyReplaced] = [enrolled, *record.all(KeyReplaced)]
        for event in keys:
            found[key_id(decode_base64(event.public_key))] = enrolled.organisation
    return found


def test_twelve_corrections_and_voids_each_with_its_reason(demonstration: Demonstration) -> None:
    assert sorted(changed(demonstration)) == [
        ("award.corrected", "source", ("to",)),
        ("donation.corrected", "checked", ("items", "valuation", "value_fen")),
        ("donation.corrected", "typing", ("amount_fen",)),
        ("donation.voided", "duplicate", ()),
        ("indicator.corrected", "typing", ("value",)),
        ("payment.corrected", "checked", ("payee",)),
        ("programme.corrected", "naming", ("plans",)),
        ("project.corrected", "checked", ("milestone",)),
        ("project.corrected", "typing", ("title",)),
        ("renovation.corrected", "source", ("cost_fen",)),
        ("renovation.corrected", "source", ("items", "people", "units")),
        ("renovation.corrected", "typing", ("places",)),
    ]


def test_corrections_came_days_to_weeks_after_what_they_correct(demonstration: Demonstration) -> None:
    days = recorded_on(demonstration)
    stood = [(days[past.event_id] - days[past.event.data()["event"]]).days for _, past in amendments(demonstration)]
    assert len(stood) == 12
    assert min(stood) >= 5
    assert max(stood) <= 35


def test_the_true_values_are_in_force_after_the_corrections(demonstration: Demonstration) -> None:
    assert demonstration.named("donation", "c33").first(DonationReceived).amount_fen == 8_600_000
    assert demonstration.named("donation", "g06").first(DonationReceived).value_fen == 3_780_000
    assert demonstration.named("donation", "c13-again").state == "voided"
    plans = {
        plan.code: plan.aliases for plan in demonstration.named("programme", "sanpai").first(ProgrammeOpened).plans
    }
    assert plans["zhiban"] == ["职梦计划"]
    school = demonstration.named("place", "s1").reference
    assert demonstration.named("renovation", "w1").first(RenovationApproved).places == [school]
    assert demonstration.named("indicator", "i08").all(IndicatorMeasured)[2].value == "732"
    payee = demonstration.named("organisation", "n14").reference
    assert demonstration.named("payment", "p22").first(PaymentMade).payee == payee
    assert opening_of(demonstration.named("project", "pairs")).title == "学龄儿童结对关爱"
    assert demonstration.named("award", "a2").first(AwardPublicised).end == date(2023, 5, 12)
    milestone = demonstration.named("project", "school-s1").first(ProjectProgressed).milestone
    assert milestone == "6间教室照明和黑板更换完成"


def test_the_published_opening_of_the_programme_lacked_the_alias(demonstration: Demonstration) -> None:
    payloads = (parse_payload(parse_entry(entry).envelope.payload) for entry in demonstration.entries)
    opening = next(payload for payload in payloads if payload.type == "programme.opened")
    assert [plan for plan in opening.data["plans"] if "aliases" in plan] == []


def test_corrections_of_money_carry_the_signature_of_the_accounting_firm(demonstration: Demonstration) -> None:
    firm, held_by = demonstration.named("organisation", "audit").reference, holders(demonstration)
    confirmed = {
        (past.event.TYPE, past.event.data()["reason"]): [held_by[key] for key in past.signers].count(firm)
        for _, past in amendments(demonstration)
        if len(past.signers) > 1
    }
    assert confirmed == {
        ("donation.corrected", "typing"): 1,
        ("donation.corrected", "checked"): 1,
        ("donation.voided", "duplicate"): 1,
        ("renovation.corrected", "source"): 1,
    }


def test_works_whose_cost_was_corrected_lost_their_acceptance_and_were_accepted_again(
    demonstration: Demonstration,
) -> None:
    record = demonstration.named("renovation", "w3")
    accepted = [past for past in record.history if isinstance(past.event, RenovationAccepted)]
    assert [past.standing for past in accepted] == [LAPSED, ""]
    assert record.state == "accepted"
    assert record.first(RenovationCompleted).cost_fen == 12_145_000
    school = demonstration.named("organisation", "s3").reference
    assert {holders(demonstration)[key] for past in accepted for key in past.signers} == {school}


def test_the_restated_batch_moved_by_ten_families_with_all_rows_again(demonstration: Demonstration) -> None:
    record = demonstration.named("renovation", "d3")
    correction = next(past.event for past in record.history if isinstance(past.event, Corrected))
    change = correction.changes["people"]
    assert (change.old["count"], change.new["count"]) == (28, 38)
    rows = [len(step.rows) for step in story() if step.record.name == "d3" and step.rows]
    assert rows == [28, 38]


def test_no_organisation_signs_while_it_is_suspended(demonstration: Demonstration) -> None:
    held_by, ever = holders(demonstration), []
    suspended: set[str | None] = set()
    for entry in map(parse_entry, demonstration.entries):
        payload = parse_payload(entry.envelope.payload)
        signing = {held_by.get(signature.keyid) for signature in entry.envelope.signatures}
        assert not signing & suspended, payload.type
        if payload.type == "organisation.suspended":
            suspended.add(payload.record)
            ever.append(payload.record)
        if payload.type == "misconduct.concluded" and "organisation" in payload.data:
            suspended.add(payload.data["organisation"])
            ever.append(payload.data["organisation"])
        if payload.type == "organisation.reinstated":
            suspended.remove(payload.record)
    assert ever == [demonstration.named("organisation", code).reference for code in ("n4", "n20")]
    assert suspended == set()


def test_the_attempts_that_the_ledger_refused() -> None:
    refused = Counter(step.refused for step in story() if step.refused)
    assert refused == {
        MissingCapabilityError: 6,
        InvalidFieldError: 1,
        NotInGoodStandingError: 1,
        OverspentError: 1,
        PublicityError: 1,
        TooFewPeopleError: 2,
        RuleError: 10,
        DuplicateError: 1,
    }
    kinds = {(step.event.TYPE, step.refused) for step in story() if step.refused}
    assert ("donation.corrected", MissingCapabilityError) in kinds
    assert ("donation.corrected", InvalidFieldError) in kinds


def test_every_member_but_the_suspended_one_signed_something(demonstration: Demonstration) -> None:
    signers = {holders(demonstration).get(key) for record in demonstration.every() for past in record.history
               for key in past.signers}  # fmt: skip
    members = {demonstration.named("organisation", member.code).reference for member in MEMBERS}
    assert members <= signers
