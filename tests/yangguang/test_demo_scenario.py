import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from ledger.application import Ledger
from ledger.domain.award import AwardGranted, AwardStandardPublished
from ledger.domain.balance import unallocated_of, value_of
from ledger.domain.donation import DonationAllocated, DonationReceived, DonationReturned
from ledger.domain.entry import day_of, parse_entry
from ledger.domain.indicator import IndicatorDefined, IndicatorMeasured, outcome_of
from ledger.domain.key import KeyEnrolled, KeyReplaced
from ledger.domain.ledger import LedgerOpened
from ledger.domain.organisation import OrganisationScreened, OrganisationUndertook
from ledger.domain.payment import PaymentMade
from ledger.domain.project import deliverers_of, opening_of
from ledger.domain.record import Record
from ledger.domain.renovation import RenovationAccepted, RenovationApproved, RenovationCompleted
from ledger.errors import OverspentError, TooFewPeopleError
from ledger.signing.keys import key_id
from ledger.tlog.base64 import decode_base64
from yangguang.demo.scenario.story import story
from yangguang.demo.scribe import Scribe, build
from yangguang.demo.steps import Ref


@dataclass(frozen=True, slots=True)
class Demonstration:
    """The demonstration as built once: its ledger, its records, its published entries."""

    ledger: Ledger
    references: dict[Ref, str]
    entries: list[bytes]

    def records(self, kind: str) -> dict[str, Record]:
        """The records of a kind by reference."""
        references = [reference for ref, reference in self.references.items() if ref.kind == kind]
        return {reference: record for reference in references if (record := self.ledger.record(reference))}

    def named(self, kind: str, name: str) -> Record:
        record = self.ledger.record(self.references[Ref(kind, name)])
        assert record is not None
        return record


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demonstration]:
    scribe = Scribe(tmp_path_factory.mktemp("demo") / "ledger")
    for step in story():
        scribe.write(step)
    entries = list(scribe.ledger.store.entries(0, scribe.ledger.head().size))
    yield Demonstration(scribe.ledger, scribe.records, entries)
    scribe.ledger.close()


def cash(demonstration: Demonstration) -> dict[str, Record]:
    return {
        reference: record
        for reference, record in demonstration.records("donation").items()
        if (received := record.last(DonationReceived)) and received.form == "cash"
    }


def payments(demonstration: Demonstration) -> list[PaymentMade]:
    return [record.first(PaymentMade) for record in demonstration.records("payment").values() if record.state == "made"]


def test_the_demonstration_has_at_least_300_entries(demonstration: Demonstration) -> None:
    assert len(demonstration.entries) >= 300


def test_every_step_was_admitted_but_for_the_attempts_that_must_fail(demonstration: Demonstration) -> None:
    admitted = [step for step in story() if step.refused is None]
    assert len(demonstration.entries) == len(admitted) + 1


def test_a_second_build_gives_the_same_bytes_and_tells_its_progress(
    demonstration: Demonstration, tmp_path: Path
) -> None:
    told: list[tuple[int, int]] = []
    again = build(tmp_path / "again", progress=lambda done, total: told.append((done, total)))
    try:
        assert list(again.store.entries(0, again.head().size)) == demonstration.entries
        assert again.head().root == demonstration.ledger.head().root
        assert again.head().checkpoint == demonstration.ledger.head().checkpoint
    finally:
        again.close()
    assert told[-1] == (len(story()), len(story()))


def test_the_ledger_says_that_it_is_a_demonstration(demonstration: Demonstration) -> None:
    payload = parse_entry(demonstration.entries[0]).envelope.payload
    assert LedgerOpened.TYPE.encode() in payload
    assert b'"demonstration":true' in payload


def test_recording_runs_from_april_2022_to_march_2025_and_some_of_it_is_late(demonstration: Demonstration) -> None:
    times = [parse_entry(entry).recorded_at for entry in demonstration.entries]
    assert all(earlier < later for earlier, later in pairwise(times))
    assert day_of(times[0]) == date(2022, 4, 1)
    assert date(2025, 3, 1) <= day_of(times[-1]) <= date(2025, 3, 31)
    lateness = [(step.recorded_on - step.on).days for step in story()]
    assert sum(1 <= days <= 20 for days in lateness) >= 50
    assert max(lateness) <= 20


def test_no_published_entry_holds_a_vault_key_a_name_or_an_address(demonstration: Demonstration) -> None:
    rows = [row for step in story() for row in step.rows]
    hidden = {row["vault_key"] for row in rows} | {"测试用名", "测试用地址"}
    assert len(rows) > 300
    published = [parse_entry(entry).envelope.payload.decode() for entry in demonstration.entries]
    assert [text for text in hidden if any(text in payload for payload in published)] == []


def test_a_person_keeps_one_vault_key_within_a_project_and_two_people_never_share_one() -> None:
    keys = defaultdict(set)
    for step in story():
        for row in step.rows:
            keys[row.get("name") or row["address"]].add(row["vault_key"])
    assert {len(found) for found in keys.values()} == {1}
    assert len({next(iter(found)) for found in keys.values()}) == len(keys)


def test_no_entry_holds_coordinates_or_a_coded_identity(demonstration: Demonstration) -> None:
    published = [parse_entry(entry).envelope.payload.decode() for entry in demonstration.entries]
    assert [
        text for text in published if re.search(r"latitude|longitude|经度|纬度|(?<!\w)1[3-9]\d{9}(?!\w)", text)
    ] == []


def test_every_organisation_that_signs_is_in_standing(demonstration: Demonstration) -> None:
    holders = {}
    for record in demonstration.records("key").values():
        enrolled = record.first(KeyEnrolled)
        for event in (enrolled, *record.all(KeyReplaced)):
            holders[key_id(decode_base64(event.public_key))] = enrolled.organisation
    kinds = {ref.kind for ref in demonstration.references}
    signing = {
        holders[key]
        for kind in kinds
        for record in demonstration.records(kind).values()
        for past in record.history
        for key in past.signers
        if key in holders
    }
    assert len(signing) == 31
    for reference in signing:
        record = demonstration.ledger.record(reference)
        assert record is not None
        assert record.state == "registered"
        assert record.all(OrganisationUndertook)
        assert record.all(OrganisationScreened)[-1].result == "clear"


def test_received_cash_is_allocated_returned_or_unallocated_to_the_fen(demonstration: Demonstration) -> None:
    received = allocated = returned = unallocated = 0
    for record in cash(demonstration).values():
        assert unallocated_of(record) >= 0
        received += value_of(record)
        allocated += sum(event.amount_fen for event in record.all(DonationAllocated))
        returned += sum(event.amount_fen for event in record.all(DonationReturned))
        unallocated += unallocated_of(record)
    assert received == allocated + returned + unallocated
    assert 240_000_000 <= received <= 260_000_000
    assert (received, returned, allocated) == (247_618_350, 500_000, 227_000_000)


def test_no_donation_pays_more_for_a_project_than_was_allocated_from_it(demonstration: Demonstration) -> None:
    left: Counter[tuple[str, str]] = Counter()
    for reference, record in cash(demonstration).items():
        for event in record.all(DonationAllocated):
            left[reference, event.project] += event.amount_fen
    for payment in payments(demonstration):
        for draw in payment.donations:
            left[draw.donation, payment.project] -= draw.amount_fen
    assert min(left.values()) == 0
    assert sum(left.values()) == 227_000_000 - 219_754_250


def test_payments_draw_on_confirmed_donations_only(demonstration: Demonstration) -> None:
    drawn = {draw.donation for payment in payments(demonstration) for draw in payment.donations}
    assert {record.state for reference, record in cash(demonstration).items() if reference in drawn} == {"confirmed"}
    assert sum(record.state == "received" for record in cash(demonstration).values()) == 3


def test_donations_come_in_every_form_with_restrictions_and_anonymous_donors(demonstration: Demonstration) -> None:
    received = [
        event
        for record in demonstration.records("donation").values()
        if (event := record.last(DonationReceived)) is not None
    ]
    assert 60 <= len(received) <= 80
    assert {event.form for event in received} == {"cash", "goods", "service"}
    assert sum(event.donor_kind == "anonymous" for event in received) == 3
    assert sum(event.restriction is not None for event in received) == 2


def test_restricted_gifts_went_where_they_may(demonstration: Demonstration) -> None:
    for record in cash(demonstration).values():
        restriction = record.first(DonationReceived).restriction
        if restriction is None:
            continue
        for event in record.all(DonationAllocated):
            project = demonstration.ledger.record(event.project)
            assert project is not None
            assert event.project == restriction.project or opening_of(project).plan == restriction.plan


def test_five_rounds_were_granted_by_standard_times_count_and_paid_exactly(demonstration: Demonstration) -> None:
    paid = {payment.paid_for: payment.amount_fen for payment in payments(demonstration)}
    rounds = demonstration.records("award")
    assert len(rounds) == 5
    for reference, record in rounds.items():
        granted, standard = record.first(AwardGranted), record.first(AwardStandardPublished)
        assert 12 <= granted.people.count <= 40
        assert granted.total_fen == granted.people.count * standard.amount_each_fen
        assert paid[reference] == granted.total_fen


def test_homes_are_renovated_in_batches_of_at_least_ten_families(demonstration: Demonstration) -> None:
    batches = [
        record.first(RenovationCompleted).people
        for record in demonstration.records("renovation").values()
        if record.first(RenovationApproved).category == "home"
    ]
    counts = [people.count for people in batches if people is not None]
    assert min(counts) >= 10
    assert sum(counts) == 68


def test_finished_works_were_accepted_by_others_and_paid_no_more_than_they_cost(demonstration: Demonstration) -> None:
    paid: Counter[str] = Counter()
    for payment in payments(demonstration):
        paid[payment.paid_for] += payment.amount_fen
    for reference, record in demonstration.records("renovation").items():
        if record.state == "started":
            continue
        cost = record.first(RenovationCompleted).cost_fen
        assert cost * 95 // 100 <= paid[reference] <= cost
        assert record.all(RenovationAccepted)


def test_one_defect_was_found_and_fixed(demonstration: Demonstration) -> None:
    record = demonstration.named("renovation", "w2")
    assert record.first(RenovationAccepted).result == "fixed"
    results = [
        item.first(RenovationAccepted).result
        for item in demonstration.records("renovation").values()
        if item.state == "accepted"
    ]
    assert Counter(results) == {"passed": 11, "fixed": 1}


def test_fourteen_indicators_three_missed_with_a_reason_and_two_not_yet_measured(demonstration: Demonstration) -> None:
    records = demonstration.records("indicator").values()
    outcomes = Counter(outcome_of(record) for record in records)
    assert outcomes == {"met": 9, "missed": 3, "defined": 2}
    missed = [record for record in records if outcome_of(record) == "missed"]
    assert all(record.all(IndicatorMeasured)[-1].why_missed for record in missed)


def test_a_donation_can_be_followed_to_its_effect(demonstration: Demonstration) -> None:
    """Donation, allocation, payment, works, acceptance, indicator: for each project with works."""
    works = demonstration.records("renovation")
    measured = {record.first(IndicatorDefined).plan for record in demonstration.records("indicator").values()}
    for reference, record in works.items():
        project = demonstration.ledger.record(record.first(RenovationApproved).project)
        assert project is not None
        assert record.first(RenovationApproved).organisation in deliverers_of(project)
        spent = [payment for payment in payments(demonstration) if payment.paid_for == reference]
        assert spent
        for draw in (draw for payment in spent for draw in payment.donations):
            donation = demonstration.ledger.record(draw.donation)
            assert donation is not None
            assert project.reference in {event.project for event in donation.all(DonationAllocated)}
        assert opening_of(project).plan in measured


def test_projects_end_in_different_ways(demonstration: Demonstration) -> None:
    states = Counter(record.state for record in demonstration.records("project").values())
    assert states == {"completed": 19, "cancelled": 3, "started": 2, "listed": 1}


def test_the_scribe_stops_with_the_refusals_sentence_when_a_step_is_refused(tmp_path: Path) -> None:
    scribe = Scribe(tmp_path / "ledger")
    first, second = story()[0], next(step for step in story() if step.by == "n3:fund")
    scribe.write(first)
    with pytest.raises(RuntimeError, match=r"not enrolled|没有在本账本登记"):
        scribe.write(second)
    scribe.ledger.close()


def test_the_attempts_include_too_few_pupils_and_more_than_the_gift_holds() -> None:
    refused = [step.refused for step in story() if step.refused]
    assert TooFewPeopleError in refused
    assert OverspentError in refused
