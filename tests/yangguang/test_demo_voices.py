"""What the demonstration tells of problems and questions."""

from collections import Counter
from datetime import date
from statistics import median_low

from ledger.domain.correction import Corrected
from ledger.domain.entry import parse_entry
from ledger.domain.problem import ProblemAnswered, ProblemRaised, ProblemReopened
from ledger.domain.question import (
    CATEGORIES,
    QuestionAnswered,
    QuestionCorrectionMade,
    QuestionCorrectionRefused,
    QuestionReceived,
)
from ledger.domain.record import Record
from tests.yangguang.demonstration import Demonstration
from yangguang.demo.plan import BODIES
from yangguang.demo.scenario.story import story

ANSWERS = (ProblemAnswered, QuestionAnswered, QuestionCorrectionMade, QuestionCorrectionRefused)


def voices(demonstration: Demonstration) -> list[Record]:
    return [*demonstration.records("problem").values(), *demonstration.records("question").values()]


def days_to_answer(record: Record) -> int | None:
    answered: list[date] = [past.occurred_on for past in record.history if isinstance(past.event, ANSWERS)]
    return (min(answered) - record.history[0].occurred_on).days if answered else None


def test_forty_five_problems_and_questions_half_of_them_answered_within_nine_days(demonstration: Demonstration) -> None:
    days = [days_to_answer(record) for record in voices(demonstration)]
    answered = [count for count in days if count is not None]
    assert (len(days), len(answered)) == (45, 43)
    assert median_low(answered) == 9


def test_two_problems_were_raised_again_and_three_matters_still_wait(demonstration: Demonstration) -> None:
    found = voices(demonstration)
    assert sum(len(record.all(ProblemReopened)) for record in found) == 2
    waiting = [record for record in found if record.state in ("raised", "routed", "reopened", "received")]
    assert Counter(record.kind for record in waiting) == {"problem": 2, "question": 1}


def test_questions_are_of_every_category_and_some_are_complaints(demonstration: Demonstration) -> None:
    questions = [record.first(QuestionReceived) for record in demonstration.records("question").values()]
    assert {question.category for question in questions} == CATEGORIES.keys()
    assert {question.channel for question in questions} == {"site", "phone", "letter"}
    assert all((question.code is not None) == (question.channel == "site") for question in questions)


def test_one_question_led_to_a_correction_of_the_gift_it_was_about(demonstration: Demonstration) -> None:
    question, gift = demonstration.named("question", "q12"), demonstration.named("donation", "c33")
    (made,) = question.all(QuestionCorrectionMade)
    corrected = gift.find(made.event)
    assert question.state == "corrected"
    assert made.target == question.first(QuestionReceived).about == gift.reference
    assert corrected is not None
    assert isinstance(corrected.event, Corrected)
    assert corrected.event.changes.keys() == {"amount_fen"}


def test_no_body_of_the_plan_answers_or_is_said_to_have_left_anything_unanswered(demonstration: Demonstration) -> None:
    bodies = {demonstration.named("organisation", body.code).reference for body in BODIES}
    for record in voices(demonstration):
        for past in record.history:
            named = {*past.event.data().get("to", ()), past.event.data().get("about")}
            assert not named & bodies


def test_contacts_are_sealed_and_words_can_be_withdrawn(demonstration: Demonstration) -> None:
    steps = [step for step in story() if step.record.kind in ("problem", "question")]
    assert sum(bool(step.fields) for step in steps) == 6
    assert all(step.free for step in steps if step.event in (QuestionReceived, ProblemRaised))
    published = b"".join(parse_entry(entry).envelope.payload for entry in demonstration.entries)
    hidden = [text for step in steps for _, value in step.fields for text in value.values()]
    hidden += [text for step in steps for _, text in step.free]
    assert len(hidden) > 90
    assert [text for text in hidden if text.encode() in published] == []
