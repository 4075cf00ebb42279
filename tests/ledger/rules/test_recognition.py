"""Rule 6: a case only after another's review, an honour only after consent, a certificate number only once."""

from typing import Any

import pytest

from ledger.errors import (
    DuplicateError,
    InvalidFieldError,
    MissingCapabilityError,
    NotInGoodStandingError,
    RuleError,
    WrongStateError,
)
from tests.ledger.rules.book import Book
from tests.ledger.rules.honest import (
    HONOUR,
    award,
    case,
    consented,
    found_against,
    give_key,
    joined,
    last_index,
    reviewed_case,
    staffed,
)


@pytest.fixture
def book() -> Book:
    return staffed(Book())


def test_a_case_is_not_published_before_its_review(book: Book) -> None:
    story = case(book)
    at = last_index(book)
    refusal = book.refusal("case.published", story, by="press", channel="site")
    assert isinstance(refusal, RuleError)
    assert f"第{at}条" in refusal.zh
    assert "case.reviewed" in refusal.en
    book.do("case.reviewed", story, by="reviewer", result="clear")
    book.do("case.published", story, by="press", channel="site")


def test_a_case_whose_draft_is_not_sealed_is_refused(book: Book) -> None:
    data: dict[str, Any] = {"title": "教室的灯", "category": "practice", "organisation": book.organisation("worker")}
    refusal = book.refusal("case.submitted", by="press", **data)
    assert isinstance(refusal, InvalidFieldError)
    assert refusal.field == "/payload/sealed"


def test_a_case_is_reviewed_neither_by_the_same_key_nor_by_the_same_organisation(book: Book) -> None:
    story = case(book)
    at = last_index(book)
    give_key(book, "press too", book.organisation("press"), "publish")
    for by in ("press", "press too"):
        refusal = book.refusal("case.reviewed", story, by=by, result="clear")
        assert isinstance(refusal, MissingCapabilityError), by
        assert f"第{at}条" in refusal.zh
    book.do("case.reviewed", story, by="carer", result="clear")


def test_a_case_is_not_reviewed_by_the_organisation_it_is_about(book: Book) -> None:
    story = case(book)
    assert isinstance(book.refusal("case.reviewed", story, by="worker", result="clear"), MissingCapabilityError)


def test_whoever_corrected_the_story_cannot_review_it_either(book: Book) -> None:
    story = case(book)
    joined(book, "editor", "publish")
    book.correct(story, 0, by="editor", title=("一间教室的灯", "一间教室的新灯"))
    assert isinstance(book.refusal("case.reviewed", story, by="editor", result="clear"), MissingCapabilityError)
    book.do("case.reviewed", story, by="reviewer", result="clear")


def test_a_case_that_was_returned_is_submitted_and_reviewed_again(book: Book) -> None:
    story = case(book)
    book.do("case.reviewed", story, by="reviewer", result="changes", concern="identity")
    assert isinstance(book.refusal("case.published", story, by="press", channel="site"), RuleError)
    again: dict[str, Any] = {"title": "教室的灯", "category": "practice", "organisation": book.organisation("worker")}
    book.do("case.submitted", story, by="press", fields=1, **again)
    assert isinstance(book.refusal("case.published", story, by="press", channel="site"), RuleError)
    book.do("case.reviewed", story, by="reviewer", result="clear")
    book.do("case.published", story, by="press", channel="site")


def test_a_published_case_that_is_corrected_waits_for_review_again(book: Book) -> None:
    story = reviewed_case(book)
    book.do("case.published", story, by="press", channel="site")
    book.correct(story, 0, by="press", title=("一间教室的灯", "两间教室的灯"))
    assert book.record(story).state == "submitted"
    at = last_index(book)
    refusal = book.refusal("case.published", story, by="press", channel="site")
    assert isinstance(refusal, RuleError)
    assert f"第{at}条" in refusal.zh


def test_a_withdrawn_case_stays_withdrawn(book: Book) -> None:
    story = reviewed_case(book)
    book.do("case.published", story, by="press", channel="site")
    book.do("case.withdrawn", story, by="press", reason="consent")
    at = last_index(book)
    again = {"title": "另一个标题", "category": "practice", "organisation": book.organisation("worker")}
    change = {"event": book.record(story).history[0].event_id, "reason": "typing"}
    title = {"title": {"from": "一间教室的灯", "to": "别的灯"}}
    for refusal in (
        book.refusal("case.published", story, by="press", channel="site"),
        book.refusal("case.reviewed", story, by="reviewer", result="clear"),
        book.refusal("case.submitted", story, by="press", **again),
        book.refusal("case.corrected", story, by="press", changes=title, **change),
    ):
        assert isinstance(refusal, RuleError)
        assert f"第{at}条" in refusal.zh
        assert "new case" in refusal.en
    assert isinstance(book.refusal("case.withdrawn", story, by="press", reason="privacy"), WrongStateError)
    reason = {"reason": {"from": "consent", "to": "privacy"}}
    withdrawn = book.record(story).history[-1].event_id
    book.do("case.corrected", story, by="press", event=withdrawn, changes=reason, reason="typing")
    assert book.record(story).state == "withdrawn"
    book.do("case.voided", story, by="press", event=change["event"], reason="duplicate")


def test_a_review_says_what_must_change_or_nothing(book: Book) -> None:
    story = case(book)
    assert isinstance(book.refusal("case.reviewed", story, by="reviewer", result="changes"), InvalidFieldError)
    wrong = book.refusal("case.reviewed", story, by="reviewer", result="clear", concern="identity")
    assert isinstance(wrong, InvalidFieldError)


def test_an_honour_is_not_awarded_before_consent(book: Book) -> None:
    honour = book.do("honour.nominated", by="press", **HONOUR, fields=1)
    at = last_index(book)
    refusal = book.refusal("honour.awarded", honour, by="press", title=HONOUR["title"], certificate="SL-2026-001")
    assert isinstance(refusal, RuleError)
    assert f"第{at}条" in refusal.zh
    assert "honour.consented" in refusal.en


def test_an_honour_whose_consent_was_refused_is_never_awarded(book: Book) -> None:
    honour = book.do("honour.nominated", by="press", **HONOUR, fields=1)
    book.do("honour.declined", honour, by="press")
    at = last_index(book)
    refusal = book.refusal("honour.awarded", honour, by="press", title=HONOUR["title"], certificate="SL-2026-001")
    assert isinstance(refusal, RuleError)
    assert f"第{at}条" in refusal.zh
    again = {"organisation": book.organisation("worker")}
    assert isinstance(book.refusal("honour.consented", honour, by="worker", **again), WrongStateError)


def test_consent_is_signed_by_the_honoured_organisation_itself(book: Book) -> None:
    honour = book.do("honour.nominated", by="press", **HONOUR, fields=1)
    for by in ("press", "giver"):
        refusal = book.refusal("honour.consented", honour, by=by, organisation=book.organisation("worker"))
        assert isinstance(refusal, MissingCapabilityError), by
    book.do("honour.consented", honour, by="worker", organisation=book.organisation("worker"))


def test_a_persons_consent_is_sealed_recorded_by_care_and_names_no_organisation(book: Book) -> None:
    person = {**HONOUR, "honours": "person", "title": "优秀志愿者"}
    honour = book.do("honour.nominated", by="press", **person, fields=1)
    named = book.refusal("honour.consented", honour, by="worker", organisation=book.organisation("worker"))
    assert isinstance(named, InvalidFieldError)
    assert isinstance(book.refusal("honour.consented", honour, by="press", fields=1), MissingCapabilityError)
    assert isinstance(book.refusal("honour.consented", honour, by="carer"), MissingCapabilityError)
    book.do("honour.consented", honour, by="carer", fields=1)
    book.do("honour.awarded", honour, by="press", title="优秀志愿者", certificate="SL-2026-001")


def test_an_organisation_cannot_be_honoured_as_a_person_to_hide_it(book: Book) -> None:
    honour = book.do("honour.nominated", by="press", **HONOUR, fields=1)
    assert isinstance(book.refusal("honour.consented", honour, by="carer", fields=1), InvalidFieldError)


def test_the_title_awarded_is_the_one_consented_to(book: Book) -> None:
    honour = consented(book)
    refusal = book.refusal("honour.awarded", honour, by="press", title="特别贡献奖", certificate="SL-2026-001")
    assert isinstance(refusal, RuleError)
    assert refusal.field == "/payload/data/title"


def test_a_certificate_number_is_used_once_in_a_ledger(book: Book) -> None:
    award(book, consented(book), "SL-2026-001")
    at = last_index(book)
    second = consented(book, by="giver")
    used = book.refusal("honour.awarded", second, by="press", title=HONOUR["title"], certificate="SL-2026-001")
    assert isinstance(used, DuplicateError)
    assert f"第{at}条" in used.zh
    award(book, second, "SL-2026-002")
    change = {"certificate": {"from": "SL-2026-002", "to": "SL-2026-001"}}
    event = book.record(second).history[-1].event_id
    corrected = book.refusal("honour.corrected", second, by="press", event=event, changes=change, reason="typing")
    assert isinstance(corrected, DuplicateError)
    assert corrected.field == "/payload/data/changes/certificate/to"


def test_the_number_of_a_corrected_revoked_or_voided_certificate_is_not_used_again(book: Book) -> None:
    first = award(book, consented(book), "SL-2026-001")
    place = len(book.record(first).history) - 1
    book.correct(first, place, by="press", certificate=("SL-2026-001", "SL-2026-003"))
    book.do("honour.revoked", first, by="press", reason="procedure")
    second = award(book, consented(book), "SL-2026-004")
    event = book.record(second).history[0].event_id
    book.do("honour.voided", second, by="press", event=event, reason="mistake")
    third = consented(book)
    for number in ("SL-2026-001", "SL-2026-003", "SL-2026-004"):
        refusal = book.refusal("honour.awarded", third, by="press", title=HONOUR["title"], certificate=number)
        assert isinstance(refusal, DuplicateError), number


def test_a_number_may_be_put_back_to_what_its_own_certificate_said(book: Book) -> None:
    honour = award(book, consented(book), "SL-2026-001")
    place = len(book.record(honour).history) - 1
    book.correct(honour, place, by="press", certificate=("SL-2026-001", "SL-2026-002"))
    book.correct(honour, place, by="press", certificate=("SL-2026-002", "SL-2026-001"))


@pytest.mark.parametrize("number", ["sl-2026-001", "SL 2026", "ＳＬ-001", "SL-", "-1", "", "SL--1", "证001", "A" * 33])
def test_two_numbers_never_look_alike(book: Book, number: str) -> None:
    honour = consented(book)
    refusal = book.refusal("honour.awarded", honour, by="press", title=HONOUR["title"], certificate=number)
    assert isinstance(refusal, InvalidFieldError)


def test_an_organisation_that_is_suspended_at_that_entry_cannot_be_awarded(book: Book) -> None:
    worker, first, second = book.organisation("worker"), consented(book), consented(book)
    for how in ("by a finding", "by its own request"):
        if how == "by a finding":
            found_against(book, worker)
        else:
            book.do("organisation.suspended", worker, ground="request")
        at = last_index(book)
        refusal = book.refusal("honour.awarded", first, by="press", title=HONOUR["title"], certificate="SL-2026-001")
        assert isinstance(refusal, RuleError)
        assert f"第{at}条" in refusal.zh
        book.do("organisation.reinstated", worker)
    award(book, first, "SL-2026-001")
    award(book, second, "SL-2026-002")


def test_an_organisation_that_is_suspended_cannot_consent(book: Book) -> None:
    honour = book.do("honour.nominated", by="press", **HONOUR, fields=1)
    found_against(book, worker := book.organisation("worker"))
    refusal = book.refusal("honour.consented", honour, by="worker", organisation=worker)
    assert isinstance(refusal, NotInGoodStandingError)


def test_a_finding_is_given_as_the_reason_of_a_revocation_only_where_there_is_one(book: Book) -> None:
    honour = award(book, consented(book), "SL-2026-001")
    assert isinstance(book.refusal("honour.revoked", honour, by="press", reason="finding"), RuleError)
    found_against(book, book.organisation("worker"))
    book.do("honour.revoked", honour, by="press", reason="finding")


def test_consent_may_be_taken_back_until_the_award(book: Book) -> None:
    honour = consented(book)
    book.do("honour.declined", honour, by="press")
    refusal = book.refusal("honour.awarded", honour, by="press", title=HONOUR["title"], certificate="SL-2026-001")
    assert isinstance(refusal, RuleError)
