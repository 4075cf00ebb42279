"""Stream: problems raised by those who take part, and what the public asked and complained about, with the answers."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from ledger.domain.catalogue import event_class
from ledger.domain.letter import new_number
from ledger.domain.problem import ProblemAnswered, ProblemRaised, ProblemReopened, ProblemResolved, ProblemRouted
from ledger.domain.question import (
    QuestionAnswered,
    QuestionCorrectionMade,
    QuestionCorrectionRefused,
    QuestionReceived,
)
from yangguang.demo.scenario.voice_list import PROBLEMS, QUESTIONS, Problem, Question
from yangguang.demo.steps import EventOf, Ref, Step, day, organisation, seeded

DESK = "n1:publish"
COORDINATOR = "n1:plan"
CORRECTED = ("q12", Ref("donation", "c33"), "donation.corrected", "2023-09-12")
"""The question that led to a correction: of which record, and when that was told."""
SECOND_REPLY = "已换到走廊另一头的办公室，门上加了“使用中”的牌子。"


def steps() -> Iterator[Step]:
    """Each problem and each question with all that came of it."""
    for problem in PROBLEMS:
        yield from _problem(problem)
    for question in QUESTIONS:
        yield from _question(question)
    code, record, corrected, on = CORRECTED
    data = {"target": record, "event": EventOf(record, event_class(corrected, 1))}
    free = (("note", "已由收款机构和会计师事务所共同更正，感谢提醒。"),)
    yield Step(QuestionCorrectionMade, Ref("question", code), day(on), data, DESK, free=free)


def _problem(item: Problem) -> Iterator[Step]:
    record, on = Ref("problem", item.code), day(item.on)
    data: dict[str, Any] = {"about": item.about, "category": item.category}
    yield Step(ProblemRaised, record, on, data, item.by, free=(("text", item.text),))
    if item.to:
        to = {"to": [organisation(code) for code in item.to]}
        yield Step(ProblemRouted, record, on, to, COORDINATOR, late=1)
    if item.days is None:
        return
    answered = on + timedelta(item.days)
    yield _answered(item, answered, item.reply)
    last = answered + timedelta(item.solved or 0)
    if item.solved is not None:
        yield Step(ProblemResolved, record, last, {"how": item.how}, item.by)
    if item.again is not None:
        yield from _again(item, last)


def _again(item: Problem, last: date) -> Iterator[Step]:
    after, reason, days = item.again or (0, "", None)
    again = last + timedelta(after)
    yield Step(ProblemReopened, Ref("problem", item.code), again, {"reason": reason}, item.by)
    if days is not None:
        yield _answered(item, again + timedelta(days), SECOND_REPLY)


def _answered(item: Problem, on: date, reply: str) -> Step:
    free = (("reply", reply),)
    return Step(ProblemAnswered, Ref("problem", item.code), on, {"outcome": item.outcome}, item.answered_by, free=free)


def _question(item: Question) -> Iterator[Step]:
    record, on = Ref("question", item.code), day(item.on)
    about = {"page": item.about} if isinstance(item.about, str) else {"about": item.about}
    data = {"category": item.category, "channel": item.channel, **about}
    if item.channel == "site":
        data["code"] = new_number(seeded(f"letter/{item.code}"))
    free, late = (("text", item.text),), int(item.channel == "letter")
    yield Step(QuestionReceived, record, on, data, DESK, late=late, free=free, fields=_contact(item))
    if item.days is None:
        return
    answered, (end, _, reason) = on + timedelta(item.days), item.end.partition(":")
    if reason:
        note = (("note", item.reply),)
        yield Step(QuestionCorrectionRefused, record, answered, {"reason": reason}, DESK, free=note)
    else:
        yield Step(QuestionAnswered, record, answered, {"outcome": end}, DESK, free=(("reply", item.reply),))


def _contact(item: Question) -> tuple[tuple[str, dict[str, str]], ...]:
    if not item.contact:
        return ()
    vault_key = seeded(f"vault/question/{item.code}")(16).hex()
    return (("contact", {"vault_key": vault_key, "contact": f"测试用联系方式-{item.code[1:]}"}),)
