"""Corrections and voids: signed as what they change, judged by every rule again, with the old value still there."""

import pytest

from ledger.domain.award import AwardGranted
from ledger.domain.balance import unallocated_of
from ledger.domain.catalogue import EVENTS
from ledger.domain.donation import DonationReceived
from ledger.domain.record import LAPSED, VOIDED
from ledger.domain.renovation import RenovationAccepted
from ledger.errors import (
    AcceptanceError,
    DisclosureMismatchError,
    InvalidFieldError,
    LedgerError,
    MissingCapabilityError,
    OverspentError,
    PublicityError,
    RuleError,
    TooFewPeopleError,
    WrongStateError,
)
from tests.ledger.rules.book import Book

PERIOD = {"from": "2026-01-05", "to": "2026-02-20"}


@pytest.fixture
def book() -> Book:
    return Book()


def granted(book: Book, count: int = 20) -> str:
    project = book.project()
    town = book.record(project).history[0].event.data()["places"][0]
    award = book.do(
        "award.standard_published", by="worker", project=project, title="示例奖学金", criteria=["示例"],
        amount_each_fen=100,
    )  # fmt: skip
    book.do("award.round_opened", award, by="worker", term="2025年秋季", schools=[town])
    on = book.day.replace(month=2, day=9)
    book.do("award.publicised", award, by="worker", from_="2026-02-09", to="2026-02-13", channel="school", on=on)
    people = {"group": "child", "count": count, "place": town, "period": PERIOD}
    return book.do("award.granted", award, by="worker", people=people, total_fen=count * 100, rows=count)


def accepted_works(book: Book) -> tuple[str, str]:
    project = book.project()
    works = book.works(project)
    book.do("renovation.started", works, by="worker")
    items = [{"name": "灯", "count": 3, "unit": "盏"}]
    book.do("renovation.completed", works, by="worker", units=1, items=items, cost_fen=900)
    book.do("renovation.accepted", works, by="school", result="passed", units=1)
    return works, project


def test_a_corrected_amount_is_signed_by_the_recorder_and_confirmed_by_another_key(book: Book) -> None:
    gift = book.gift(6_800)
    for by in ("giver", "bank", "giver+worker"):
        with pytest.raises(MissingCapabilityError):
            book.correct(gift, 0, by=by, amount_fen=(6_800, 8_600))
    book.correct(gift, 0, by="giver+bank", amount_fen=(6_800, 8_600))
    assert unallocated_of(book.record(gift)) == 8_600


def test_a_correction_that_moves_no_money_needs_only_who_signed_the_event(book: Book) -> None:
    gift = book.gift(100)
    book.do("donation.receipted", gift, by="giver", number="PJ-1")
    book.correct(gift, 2, by="giver", number=("PJ-1", "PJ-2"))


def test_a_correction_of_a_value_that_is_not_in_force_is_refused(book: Book) -> None:
    gift = book.gift(100)
    book.correct(gift, 0, by="giver+bank", amount_fen=(100, 200))
    with pytest.raises(InvalidFieldError, match="not the value in force"):
        book.correct(gift, 0, by="giver+bank", amount_fen=(100, 300))
    book.correct(gift, 0, by="giver+bank", amount_fen=(200, 300))


def test_a_field_that_may_not_be_corrected_is_refused(book: Book) -> None:
    gift = book.gift(100)
    with pytest.raises(InvalidFieldError, match="cannot be corrected"):
        book.correct(gift, 0, by="giver", form=("cash", "goods"))


def test_a_correction_that_changes_nothing_or_says_null_is_refused(book: Book) -> None:
    gift = book.gift(100)
    for change in ((100, 100), (100, None)):
        with pytest.raises(LedgerError):
            book.correct(gift, 0, by="giver+bank", amount_fen=change)


def test_the_corrected_event_must_still_be_one_that_can_be(book: Book) -> None:
    gift = book.gift(100)
    with pytest.raises(InvalidFieldError):
        book.correct(gift, 0, by="giver+bank", amount_fen=(100, -5))


def test_a_correction_below_what_is_allocated_is_refused(book: Book) -> None:
    gift = book.gift(100)
    book.do("donation.allocated", gift, by="giver", project=book.project(), amount_fen=60)
    with pytest.raises(OverspentError):
        book.correct(gift, 0, by="giver+bank", amount_fen=(100, 59))
    book.correct(gift, 0, by="giver+bank", amount_fen=(100, 60))


def test_an_allocation_already_paid_cannot_be_moved_or_voided(book: Book) -> None:
    gift, project = book.gift(100), book.project()
    book.do("donation.allocated", gift, by="giver", project=project, amount_fen=60)
    payment = book.pay(book.works(project), project, {gift: 40})
    allocated = book.record(gift).history[2].event_id
    assert isinstance(
        book.refusal("donation.voided", gift, by="giver+bank", event=allocated, reason="mistake"), OverspentError
    )
    with pytest.raises(OverspentError):
        book.correct(gift, 2, by="giver+bank", amount_fen=(60, 39))
    book.do("payment.reversed", payment, by="giver", reason="bounced")
    book.correct(gift, 2, by="giver+bank", amount_fen=(60, 39))


def test_a_corrected_payment_is_judged_as_if_the_old_one_had_not_been(book: Book) -> None:
    gift, project = book.gift(100), book.project()
    book.do("donation.allocated", gift, by="giver", project=project, amount_fen=60)
    payment = book.pay(book.works(project), project, {gift: 60})
    draws = [{"donation": gift, "amount_fen": fen} for fen in (60, 61, 50)]
    with pytest.raises(OverspentError):
        book.correct(payment, 0, by="giver+bank", amount_fen=(60, 61), donations=([draws[0]], [draws[1]]))
    book.correct(payment, 0, by="giver+bank", amount_fen=(60, 50), donations=([draws[0]], [draws[2]]))
    assert book.state.paid.get((gift, project)) == 50


def test_a_void_ends_the_record_and_strikes_what_it_names(book: Book) -> None:
    gift = book.gift(100)
    opening = book.record(gift).history[0].event_id
    book.do("donation.voided", gift, by="giver+bank", event=opening, reason="duplicate")
    record = book.record(gift)
    assert [past.standing for past in record.history] == [VOIDED, VOIDED, ""]
    assert unallocated_of(record) == 0
    assert record.first(DonationReceived).amount_fen == 100
    assert isinstance(book.refusal("donation.receipted", gift, by="giver", number="1"), WrongStateError)


def test_a_record_that_others_name_cannot_be_voided_whole(book: Book) -> None:
    project = book.project()
    town = book.record(project).history[0].event.data()["places"][0]
    opening = book.record(town).history[0].event_id
    assert isinstance(book.refusal("place.voided", town, event=opening, reason="mistake"), RuleError)
    alone = book.do("place.registered", code="9", name="示例村", level="village")
    book.do("place.voided", alone, event=book.record(alone).history[0].event_id, reason="mistake")


def test_works_and_awards_that_are_paid_cannot_be_voided(book: Book) -> None:
    gift, project = book.gift(100), book.project()
    works = book.works(project)
    book.do("donation.allocated", gift, by="giver", project=project, amount_fen=60)
    book.pay(works, project, {gift: 10})
    event = book.record(works).history[0].event_id
    assert isinstance(book.refusal("renovation.voided", works, by="worker", event=event, reason="mistake"), RuleError)


def test_works_corrected_after_acceptance_must_be_accepted_again(book: Book) -> None:
    works, _ = accepted_works(book)
    book.correct(works, 2, by="worker+bank", cost_fen=(900, 950))
    record = book.record(works)
    assert record.state == "completed"
    assert record.history[3].standing == LAPSED
    assert record.last(RenovationAccepted) is None
    book.do("renovation.accepted", works, by="school", result="passed", units=1)
    assert book.record(works).state == "accepted"


def test_an_acceptance_is_corrected_by_another_organisation_too(book: Book) -> None:
    works, _ = accepted_works(book)
    book.do("organisation.qualified", book.organisation("school"), qualification="charity", from_="2026-01-01")
    book.keys["insider"] = book.keys["worker"].__class__(
        **{name: getattr(book.keys["worker"], name) for name in book.keys["worker"].__slots__}
        | {"key_id": "f" * 64, "capabilities": frozenset({"accept"})}
    )
    event = book.record(works).history[3].event_id
    refusal = book.refusal("renovation.voided", works, by="insider", event=event, reason="mistake")
    assert isinstance(refusal, AcceptanceError)


def test_a_miscount_of_people_below_the_threshold_is_not_corrected_in_its_batch(book: Book) -> None:
    award = granted(book)
    people = book.record(award).first(AwardGranted).data()["people"]
    for count in (19, 25, 29):
        with pytest.raises(TooFewPeopleError):
            book.correct(
                award, 3, by="worker+bank", rows=count,
                people=(people, {**people, "count": count}), total_fen=(2_000, count * 100),
            )  # fmt: skip
    changes = {"people": (people, {**people, "count": 30}), "total_fen": (2_000, 3_000)}
    with pytest.raises(DisclosureMismatchError):
        book.correct(award, 3, by="worker+bank", rows=0, **changes)
    book.correct(award, 3, by="worker+bank", rows=30, **changes)


def test_a_notice_cannot_be_corrected_to_end_after_the_award_was_granted(book: Book) -> None:
    award = granted(book)
    with pytest.raises(PublicityError):
        book.correct(award, 2, by="worker", to=("2026-02-13", "2026-03-06"))
    with pytest.raises(PublicityError):
        book.correct(award, 2, by="worker", to=("2026-02-13", "2026-02-12"))


def test_only_events_of_the_same_record_can_be_corrected_and_corrections_cannot(book: Book) -> None:
    one, two = book.gift(100), book.gift(200)
    foreign = book.record(two).history[0].event_id
    change = {"amount_fen": {"from": 100, "to": 90}}
    refusal = book.refusal("donation.corrected", one, by="giver+bank", event=foreign, changes=change, reason="typing")
    assert isinstance(refusal, InvalidFieldError)
    book.correct(one, 0, by="giver+bank", amount_fen=(100, 90))
    with pytest.raises(InvalidFieldError):
        book.correct(one, 2, by="giver", reason=("typing", "source"))


def test_the_ledger_and_keys_are_never_corrected_or_voided() -> None:
    for kind in ("ledger", "key"):
        assert not {(f"{kind}.corrected", 1), (f"{kind}.voided", 1)} & EVENTS.keys()


def test_a_restricted_gift_cannot_be_corrected_into_going_where_it_may_not(book: Book) -> None:
    alpha, beta = book.project(), book.project(plan="beta")
    gift = book.gift(100, restriction={"plan": "alpha"})
    assert isinstance(book.refusal("donation.allocated", gift, by="giver", project=beta, amount_fen=5), RuleError)
    book.do("donation.allocated", gift, by="giver", project=alpha, amount_fen=5)
    with pytest.raises(RuleError):
        book.correct(gift, 2, by="giver", project=(alpha, beta))
    with pytest.raises(RuleError):
        book.correct(gift, 0, by="giver", restriction=({"plan": "alpha"}, {"plan": "beta"}))
