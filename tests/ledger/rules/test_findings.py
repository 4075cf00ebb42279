"""Rule 6: nobody is named before a finding, a founded one suspends, and reinstatement ends it."""

from typing import Any

import pytest

from ledger.domain.misconduct import MisconductConcluded
from ledger.errors import (
    InvalidFieldError,
    LedgerError,
    MissingCapabilityError,
    NotInGoodStandingError,
    RuleError,
    WrongStateError,
)
from tests.ledger.rules.book import Book
from tests.ledger.rules.honest import authority, found_against, joined, last_index, reported, staffed


@pytest.fixture
def book() -> Book:
    return staffed(Book())


REPORT: dict[str, Any] = {"outlet": "示例日报", "medium": "press", "title": "示例报道", "published_on": "2026-03-01"}


def standing_refusal(book: Book) -> LedgerError:
    """What the ledger says when ``worker`` tries to record something."""
    return book.refusal("media.recorded", by="worker", **REPORT)


def test_a_report_that_is_not_sealed_is_refused(book: Book) -> None:
    refusal = book.refusal("misconduct.reported", by="watch", category="fee")
    assert isinstance(refusal, InvalidFieldError)
    assert refusal.field == "/payload/sealed"


def test_only_supervision_records_reports(book: Book) -> None:
    for by in ("press", "worker", "admin"):
        refusal = book.refusal("misconduct.reported", by=by, category="fee", fields=1)
        assert isinstance(refusal, MissingCapabilityError), by


def test_a_report_is_forwarded_to_an_authority_and_to_nobody_else(book: Book) -> None:
    report = book.do("misconduct.reported", by="watch", category="fee", fields=1)
    refusal = book.refusal("misconduct.forwarded", report, by="watch", authority=book.organisation("worker"))
    assert isinstance(refusal, InvalidFieldError)
    book.do("misconduct.forwarded", report, by="watch", authority=authority(book))


def test_nothing_can_be_founded_before_an_authority_had_the_report(book: Book) -> None:
    report = book.do("misconduct.reported", by="watch", category="fee", fields=1)
    refusal = book.refusal("misconduct.concluded", report, by="watch", finding="founded", concerns="person")
    assert isinstance(refusal, RuleError)
    assert "misconduct.forwarded" in refusal.en
    book.do("misconduct.concluded", report, by="watch", finding="unfounded")
    assert book.record(report).state == "unfounded"


@pytest.mark.parametrize(
    "data",
    [
        {"finding": "unfounded", "outside": "示例机构"},
        {"finding": "unfounded", "concerns": "person"},
        {"finding": "founded"},
        {"finding": "founded", "concerns": "outside"},
        {"finding": "founded", "concerns": "person", "outside": "示例机构"},
    ],
)
def test_a_subject_is_named_only_if_founded_and_a_person_never(data: dict[str, str]) -> None:
    with pytest.raises(InvalidFieldError):
        MisconductConcluded.parse(data)


def test_a_founded_finding_suspends_every_key_of_the_organisation_from_that_entry_on(book: Book) -> None:
    found_against(book, book.organisation("worker"))
    refusal = standing_refusal(book)
    assert isinstance(refusal, NotInGoodStandingError)
    assert f"第{last_index(book)}条" in refusal.zh
    assert f"entry {last_index(book)}" in refusal.en
    assert "organisation.reinstated" in refusal.en


def test_reinstatement_ends_what_a_finding_began(book: Book) -> None:
    worker = book.organisation("worker")
    found_against(book, worker)
    book.do("organisation.reinstated", worker)
    book.do("media.recorded", by="worker", **REPORT)
    found_against(book, worker)
    assert isinstance(standing_refusal(book), NotInGoodStandingError), "a second finding suspends again"


def test_an_organisation_that_is_not_suspended_cannot_be_reinstated(book: Book) -> None:
    worker = book.organisation("worker")
    assert isinstance(book.refusal("organisation.reinstated", worker), WrongStateError)
    book.do("organisation.suspended", worker, ground="request")
    at = last_index(book)
    assert f"第{at}条" in standing_refusal(book).zh
    book.do("organisation.reinstated", worker)
    assert isinstance(book.refusal("organisation.reinstated", worker), WrongStateError)


def test_a_voided_conclusion_suspends_nobody_any_more(book: Book) -> None:
    report = found_against(book, book.organisation("worker"))
    concluded = book.record(report).history[-1]
    book.do("misconduct.voided", report, by="watch", event=concluded.event_id, reason="mistake")
    book.do("media.recorded", by="worker", **REPORT)


def test_voiding_another_entry_of_the_report_leaves_the_finding_standing(book: Book) -> None:
    report = found_against(book, book.organisation("worker"))
    forwarded = book.record(report).history[1]
    book.do("misconduct.voided", report, by="watch", event=forwarded.event_id, reason="mistake")
    assert isinstance(standing_refusal(book), NotInGoodStandingError)


def test_unfounded_and_outside_findings_suspend_nobody(book: Book) -> None:
    unfounded, outside = reported(book), reported(book, "illegal_organisation")
    book.do("misconduct.concluded", unfounded, by="watch", finding="unfounded")
    book.do(
        "misconduct.concluded", outside, by="watch", finding="founded", concerns="outside", outside="示例未登记联合会"
    )
    book.do("media.recorded", by="worker", **REPORT)


def test_nobody_concludes_about_itself(book: Book) -> None:
    report = reported(book)
    own: dict[str, Any] = {"finding": "founded", "concerns": "organisation", "organisation": book.organisation("watch")}
    refusal = book.refusal("misconduct.concluded", report, by="watch", **own)
    assert isinstance(refusal, RuleError)
    assert "第" in refusal.zh
    joined(book, "other watch", "supervise")
    book.do("misconduct.concluded", report, by="other watch", **own)


def test_a_finding_is_no_ground_where_there_is_none(book: Book) -> None:
    worker = book.organisation("worker")
    assert isinstance(book.refusal("organisation.suspended", worker, ground="finding"), RuleError)
    found_against(book, worker)
    book.do("organisation.suspended", worker, ground="finding")
    book.do("organisation.reinstated", worker)
    book.do("media.recorded", by="worker", **REPORT)


def test_a_finding_stands_only_in_the_fork_that_admitted_it(book: Book) -> None:
    fork = book.state.fork()
    before, book.state = book.state, fork
    found_against(book, book.organisation("worker"))
    assert isinstance(standing_refusal(book), NotInGoodStandingError)
    book.state = before
    book.do("media.recorded", by="worker", **REPORT)
