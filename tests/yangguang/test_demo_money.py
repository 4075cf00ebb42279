from collections import Counter

from ledger.domain.award import AwardGranted, AwardStandardPublished
from ledger.domain.balance import allocated_to, projects_of, unallocated_of, value_of
from ledger.domain.donation import (
    DonationAllocated,
    DonationConfirmed,
    DonationPledged,
    DonationReallocated,
    DonationReceipted,
    DonationReceived,
    DonationReturned,
)
from ledger.domain.indicator import IndicatorDefined
from ledger.domain.programme import ProgrammeClosed
from ledger.domain.project import deliverers_of, opening_of
from ledger.domain.renovation import RenovationApproved
from tests.yangguang.demonstration import Demonstration, cash, payments

ALLOCATED, PAID = 236_320_000, 229_629_250


def paid_by_draw(demonstration: Demonstration) -> Counter[tuple[str, str]]:
    paid: Counter[tuple[str, str]] = Counter()
    for payment in payments(demonstration):
        for draw in payment.donations:
            paid[draw.donation, payment.project] += draw.amount_fen
    return paid


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
    assert (received, returned, allocated) == (256_971_150, 500_000, ALLOCATED)


def test_no_donation_pays_more_for_a_project_than_was_allocated_from_it(demonstration: Demonstration) -> None:
    paid = paid_by_draw(demonstration)
    left = {
        (reference, project): allocated_to(record, project) - paid[reference, project]
        for reference, record in cash(demonstration).items()
        for project in projects_of(record)
    }
    assert set(paid) <= set(left)
    assert min(left.values()) == 0
    assert sum(left.values()) == ALLOCATED - PAID == ALLOCATED - sum(paid.values())


def test_completed_projects_have_nothing_left_for_it_was_moved_with_consent(demonstration: Demonstration) -> None:
    paid = paid_by_draw(demonstration)
    left: Counter[str] = Counter()
    for reference, record in cash(demonstration).items():
        for project in projects_of(record):
            left[project] += allocated_to(record, project) - paid[reference, project]
    unspent = {project for project, amount in left.items() if amount}
    states = {project: demonstration.ledger.record(project).state for project in left}  # type: ignore[union-attr]
    assert {states[project] for project in unspent} == {"started"}
    assert len(unspent) == 2
    moves = [event for record in cash(demonstration).values() for event in record.all(DonationReallocated)]
    assert Counter(event.consent for event in moves) == {"agreement": 29, "written": 2}


def test_the_surplus_at_the_close_is_the_cash_that_is_unallocated_or_unpaid(demonstration: Demonstration) -> None:
    records = cash(demonstration).values()
    unallocated = sum(map(unallocated_of, records))
    unpaid = sum(event.amount_fen for record in records for event in record.all(DonationAllocated)) - sum(
        payment.amount_fen for payment in payments(demonstration)
    )
    programme = demonstration.named("programme", "sanpai")
    assert programme.state == "closed"
    assert programme.first(ProgrammeClosed).surplus_fen == unallocated + unpaid == 26_841_900


def test_every_gift_of_money_matched_with_the_bank_and_every_gift_of_goods_has_a_receipt(
    demonstration: Demonstration,
) -> None:
    numbers = []
    for record in demonstration.records("donation").values():
        received = record.last(DonationReceived)
        if received and (received.form == "goods" or record.all(DonationConfirmed)):
            numbers += [event.number for event in record.all(DonationReceipted)]
            assert len(record.all(DonationReceipted)) == 1
    assert len(set(numbers)) == len(numbers) == 147


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
    assert len(received) == 180
    assert {event.form for event in received} == {"cash", "goods", "service"}
    assert sum(event.donor_kind == "anonymous" for event in received) == 3
    assert sum(event.restriction is not None for event in received) == 2


def test_sixty_gifts_were_pledged_and_all_but_one_received(demonstration: Demonstration) -> None:
    pledged = [record for record in demonstration.records("donation").values() if record.all(DonationPledged)]
    assert len(pledged) == 60
    assert Counter(record.state for record in pledged)["pledged"] == 1
    for record in pledged:
        received = record.last(DonationReceived)
        assert received is None or record.first(DonationPledged).donor == received.donor


def test_cash_goods_and_service_come_to_about_3_2_million_yuan(demonstration: Demonstration) -> None:
    total = sum(map(value_of, demonstration.records("donation").values()))
    assert 315_000_000 <= total <= 325_000_000


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
            assert project.reference in projects_of(donation)
        assert opening_of(project).plan in measured
