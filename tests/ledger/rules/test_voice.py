"""Problems and public questions: who may say what and when, and that a question ends with a correction that exists."""

from typing import Any

import pytest

from ledger.errors import (
    InvalidFieldError,
    LedgerError,
    MissingCapabilityError,
    NotInGoodStandingError,
    RuleError,
    UnknownRecordError,
    WrongStateError,
)
from tests.ledger.rules.book import CAPABILITIES, Book, enrolled


@pytest.fixture
def book() -> Book:
    made = Book()
    made.keys["press"] = enrolled("press", made.organisation("giver"), "publish")
    return made


def raised(book: Book, about: str, by: str = "school") -> str:
    return book.do("problem.raised", by=by, about=about, category="progress")


def asked(book: Book, **about: Any) -> str:
    return book.do("question.received", by="press", category="error", channel="site", **about)


def misspelt(book: Book) -> tuple[str, str]:
    """A place whose name was corrected, and the event id of the correction."""
    place = book.do("place.registered", code="2", name="示例材", level="village")
    book.correct(place, 0, by="admin", name=("示例材", "示例村"))
    return place, book.record(place).head or ""


@pytest.mark.parametrize("capability", [*CAPABILITIES, "care", "supervise", "publish"])
def test_any_one_enrolled_key_raises_answers_solves_and_reopens_a_problem(book: Book, capability: str) -> None:
    book.keys["anyone"] = enrolled("anyone", book.organisation("worker"), capability)
    problem = raised(book, book.project(), by="anyone")
    book.do("problem.routed", problem, by="anyone", to=[book.organisation("bank")])
    book.do("problem.answered", problem, by="anyone", outcome="arranged")
    book.do("problem.resolved", problem, by="anyone", how="fixed")
    book.do("problem.reopened", problem, by="anyone", reason="again")
    assert book.record(problem).state == "reopened"


def test_an_admin_who_only_governs_raises_no_problem_and_two_keys_are_one_too_many(book: Book) -> None:
    book.keys["governor"] = enrolled("governor", None, "govern")
    about = book.organisation("worker")
    for by in ("governor", "school+bank"):
        refusal = book.refusal("problem.raised", by=by, about=about, category="other")
        assert isinstance(refusal, MissingCapabilityError)
        assert "任何一项" in refusal.zh


def test_only_answering_a_problem_is_open_to_an_organisation_out_of_standing(book: Book) -> None:
    problem = raised(book, book.project())
    book.do("organisation.suspended", book.organisation("worker"), ground="request")
    refusal = book.refusal("problem.raised", by="worker", about=problem, category="other")
    assert isinstance(refusal, NotInGoodStandingError)
    book.do("problem.answered", problem, by="worker", outcome="explained")
    refusal = book.refusal("problem.resolved", problem, by="worker", how="fixed")
    assert isinstance(refusal, NotInGoodStandingError)


def test_a_problem_is_about_a_record_that_exists(book: Book) -> None:
    unknown = "project/01890a5d-ac96-7740-8000-ffffffffffff"
    refusal = book.refusal("problem.raised", by="school", about=unknown, category="other")
    assert isinstance(refusal, UnknownRecordError)
    with pytest.raises(InvalidFieldError):
        book.do("problem.raised", by="school", about="project", category="other")


def test_a_problem_is_passed_on_only_to_somebody_new_and_the_refusal_names_the_entry_before(book: Book) -> None:
    problem = raised(book, book.project())
    bank, giver = book.organisation("bank"), book.organisation("giver")
    book.do("problem.routed", problem, by="school", to=[bank])
    refusal = book.refusal("problem.routed", problem, by="giver", to=[bank])
    assert isinstance(refusal, RuleError)
    assert (book.record(problem).head or "")[:16] in refusal.zh
    assert "转办" in refusal.zh
    book.do("problem.routed", problem, by="giver", to=[bank, giver])
    with pytest.raises(InvalidFieldError, match="twice"):
        book.do("problem.routed", problem, by="giver", to=[giver, giver])


def test_a_problem_is_solved_only_after_an_answer_and_waits_again_once_reopened(book: Book) -> None:
    problem = raised(book, book.project())
    assert isinstance(book.refusal("problem.resolved", problem, how="fixed"), WrongStateError)
    assert isinstance(book.refusal("problem.reopened", problem, reason="again"), WrongStateError)
    book.do("problem.answered", problem, outcome="explained")
    assert isinstance(book.refusal("problem.answered", problem, outcome="explained"), WrongStateError)
    book.do("problem.reopened", problem, reason="undone")
    book.do("problem.answered", problem, outcome="arranged")
    book.do("problem.resolved", problem, how="arranged")
    assert isinstance(book.refusal("problem.routed", problem, to=[book.organisation("bank")]), WrongStateError)


def test_a_question_is_recorded_and_answered_by_those_who_publish(book: Book) -> None:
    about = book.project()
    refusal = book.refusal("question.received", by="admin", category="error", channel="site", about=about)
    assert isinstance(refusal, MissingCapabilityError)
    question = asked(book, about=about)
    assert isinstance(book.refusal("question.answered", question, outcome="explained"), MissingCapabilityError)
    book.do("question.answered", question, by="press", outcome="explained")
    assert book.record(question).state == "answered"


def test_a_question_says_what_it_is_about_by_record_or_by_page_without_its_query(book: Book) -> None:
    with pytest.raises(InvalidFieldError, match="which record or which page"):
        asked(book)
    for page in ("how-much", "/search?q=张三", "/entries/1#x", "/" + "a" * 200, "//other.example", "/what/"):
        with pytest.raises(InvalidFieldError):
            asked(book, page=page)
    asked(book, page="/how-much")


def test_a_question_is_closed_by_an_admitted_correction_of_what_it_was_about(book: Book) -> None:
    place, correction = misspelt(book)
    question = asked(book, about=place)
    book.do("question.correction_made", question, by="press", target=place, event=correction)
    assert book.record(question).state == "corrected"


def test_a_question_about_a_page_is_closed_by_a_correction_of_any_record(book: Book) -> None:
    place, correction = misspelt(book)
    question = asked(book, page="/where")
    book.do("question.correction_made", question, by="press", target=place, event=correction)


def test_a_void_closes_a_question_too_and_a_question_does_not_stand_in_its_way(book: Book) -> None:
    place = book.do("place.registered", code="3", name="重复", level="village")
    question = asked(book, about=place)
    problem = raised(book, place)
    opening = book.record(place).history[0].event_id
    book.do("place.voided", place, event=opening, reason="duplicate")
    void = book.record(place).head or ""
    book.do("question.correction_made", question, by="press", target=place, event=void)
    assert book.record(problem).state == "raised"


def refused_correction(book: Book, question: str, target: str, event: str) -> LedgerError:
    refusal = book.refusal("question.correction_made", question, by="press", target=target, event=event)
    assert isinstance(refusal, RuleError)
    assert refusal.zh.startswith("规则：")
    assert "请" in refusal.zh
    return refusal


def test_a_correction_of_another_record_is_refused_naming_the_question(book: Book) -> None:
    place, correction = misspelt(book)
    question = asked(book, about=book.project())
    refusal = refused_correction(book, question, place, correction)
    assert refusal.field == "/payload/data/target"
    assert (book.record(question).head or "")[:16] in refusal.zh


def test_an_entry_that_corrects_nothing_is_refused_by_its_name(book: Book) -> None:
    place, _ = misspelt(book)
    question = asked(book, about=place)
    registered = book.record(place).history[0].event_id
    refusal = refused_correction(book, question, place, registered)
    assert registered[:16] in refusal.zh
    assert "登记" in refusal.zh


def test_a_correction_that_was_never_admitted_is_refused(book: Book) -> None:
    place, _ = misspelt(book)
    question = asked(book, about=place)
    assert "0000000000000000" in refused_correction(book, question, place, "0" * 64).zh


def test_a_correction_may_be_refused_with_a_reason_before_or_after_an_answer(book: Book) -> None:
    question = asked(book, page="/what")
    book.do("question.answered", question, by="press", outcome="explained")
    book.do("question.correction_refused", question, by="press", reason="source")
    again = book.refusal("question.correction_refused", question, by="press", reason="source")
    assert isinstance(again, WrongStateError)


def test_category_and_outcome_can_be_corrected_but_not_what_it_was_about(book: Book) -> None:
    question = asked(book, about=book.project())
    book.correct(question, 0, by="press", category=("error", "use"))
    with pytest.raises(InvalidFieldError):
        book.correct(question, 0, by="press", about=(None, book.organisation("bank")))
