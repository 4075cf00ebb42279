"""Acting for one's own organisation only, and what the closing and publishing events must agree with."""

from typing import Any

import pytest

from ledger.errors import InvalidFieldError, MissingCapabilityError, RuleError
from ledger.signing.keyring import EnrolledKey
from tests.ledger.rules.book import Book, enrolled


@pytest.fixture
def book() -> Book:
    return Book()


def rival(book: Book, *capabilities: str) -> EnrolledKey:
    """A key of another organisation in good standing."""
    organisation = book.do("organisation.registered", name="rival", organisation_kind="association", roles=["executor"])
    book.keys["rival"] = enrolled("rival", organisation, *capabilities)
    book.do("organisation.undertook", organisation, by="rival", rules_version="1")
    book.do("organisation.screened", organisation, against="名单", result="clear")
    return book.keys["rival"]


def test_a_claim_is_withdrawn_by_the_claimant_alone_and_a_joint_one_stands(book: Book) -> None:
    project = book.project()
    opening = book.record(project).history[0].event.data()
    del opening["organisation"]
    listed = book.do("project.listed", **opening)
    worker, other = book.organisation("worker"), rival(book, "deliver").organisation or ""
    book.do("project.claimed", listed, by="worker", organisation=worker)
    book.do("project.claim_joined", listed, by="rival", organisation=other)
    refusal = book.refusal("project.claim_withdrawn", listed, by="rival", organisation=worker)
    assert isinstance(refusal, MissingCapabilityError)
    book.do("project.claim_withdrawn", listed, by="worker", organisation=worker)
    assert book.record(listed).state == "claimed"
    book.do("project.claim_withdrawn", listed, by="rival", organisation=other)
    assert book.record(listed).state == "listed"


def test_an_organisation_adopts_its_own_rules_only(book: Book) -> None:
    rival(book, "deliver")
    worker = book.organisation("worker")
    refusal = book.refusal("organisation.rules_adopted", worker, by="rival", title="示例制度")
    assert isinstance(refusal, MissingCapabilityError)
    book.do("organisation.rules_adopted", worker, by="worker", title="示例制度")


def test_works_are_surveyed_by_a_deliverer_and_not_payable_before_they_are_approved(book: Book) -> None:
    project = book.project()
    places = book.record(project).history[0].event.data()["places"]
    rival(book, "deliver")
    survey = {"project": project, "title": "示例工程", "places": places, "units": 3}
    refusal = book.refusal("renovation.surveyed", by="rival", organisation=book.organisation("rival"), **survey)
    assert isinstance(refusal, MissingCapabilityError)
    works = book.do("renovation.surveyed", by="worker", organisation=book.organisation("worker"), **survey)
    gift = book.gift(100)
    book.do("donation.allocated", gift, by="giver", project=project, amount_fen=50)
    with pytest.raises(RuleError, match="not approved yet"):
        book.pay(works, project, {gift: 10})


def test_works_may_be_followed_up_by_whoever_accepts(book: Book) -> None:
    project = book.project()
    works = book.works(project)
    book.do("renovation.started", works, by="worker")
    items = [{"name": "灯", "count": 3, "unit": "盏"}]
    book.do("renovation.completed", works, by="worker", units=1, items=items, cost_fen=900)
    book.do("renovation.accepted", works, by="school", result="passed", units=1)
    book.do("renovation.followed_up", works, by="school", finding="good")
    rival(book, "deliver")
    refusal = book.refusal("renovation.followed_up", works, by="rival", finding="good")
    assert isinstance(refusal, MissingCapabilityError)


def test_a_defect_stands_against_acceptance_until_it_is_fixed(book: Book) -> None:
    project = book.project()
    works = book.works(project)
    book.do("renovation.started", works, by="worker")
    items = [{"name": "灯", "count": 3, "unit": "盏"}]
    book.do("renovation.completed", works, by="worker", units=1, items=items, cost_fen=900)
    book.do("renovation.defect_found", works, by="school", defect="一盏灯不亮")
    assert isinstance(book.refusal("renovation.accepted", works, by="school", result="passed", units=1), RuleError)
    book.do("renovation.defect_fixed", works, by="worker", remedy="已更换")
    assert isinstance(book.refusal("renovation.accepted", works, by="school", result="passed", units=1), RuleError)
    book.do("renovation.accepted", works, by="school", result="fixed", units=1)


def test_the_surplus_at_closing_is_exactly_the_cash_in_hand(book: Book) -> None:
    project = book.project()
    programme = book.record(project).history[0].event.data()["programme"]
    gift, returned = book.gift(100), book.gift(30)
    book.do("donation.allocated", gift, by="giver", project=project, amount_fen=60)
    book.pay(book.works(project), project, {gift: 45})
    book.do("donation.returned", returned, by="giver", amount_fen=10, reason="request")
    book.correct(gift, 0, by="giver+bank", amount_fen=(100, 90))
    wrong = book.refusal("programme.closed", programme, by="admin+giver", surplus_fen=64, surplus_use="similar")
    assert isinstance(wrong, RuleError)
    book.do("programme.closed", programme, by="admin+giver", surplus_fen=90 - 45 + 20, surplus_use="similar")


def test_figures_cannot_be_published_for_entries_that_are_not_there(book: Book) -> None:
    book.keys["press"] = enrolled("press", book.organisation("giver"), "publish")
    data: dict[str, Any] = {
        "question": "how_much",
        "period": {"from": "2026-01-01", "to": "2026-02-28"},
        "figures_schema": 1,
        "digest": "0" * 64,
        "channels": [],
    }
    refusal = book.refusal("disclosure.published", by="press", at_size=9_999_999, **data)
    assert isinstance(refusal, InvalidFieldError)
    book.do("disclosure.published", by="press", at_size=1, **data)
