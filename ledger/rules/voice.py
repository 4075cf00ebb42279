"""The public's voice: a question is closed as corrected only by a correction of what it was about, already admitted."""

from ledger.domain.correction import Corrected, Voided
from ledger.domain.question import QuestionCorrectionMade, QuestionReceived
from ledger.domain.record import Record
from ledger.domain.sentences import earlier
from ledger.errors import RuleError
from ledger.rules.candidate import Candidate
from ledger.rules.state import State

KINDS = frozenset({"question"})
EVENT = "/payload/data/event"


def check(state: State, candidate: Candidate) -> None:
    """Raises RuleError."""
    if isinstance(candidate.event, QuestionCorrectionMade):
        _check_subject(candidate.record(state), candidate.event)
        _check_correction(state, candidate.event)


def _check_subject(question: Record, event: QuestionCorrectionMade) -> None:
    received = question.past(QuestionReceived)
    asked = question.first(QuestionReceived).about
    if received is None or asked is None or asked == event.target:
        return
    past = earlier(received)
    raise RuleError(
        f"规则：更正要更正提问所说的那项记录。{past.zh}说的是{asked}，这里写的是{event.target}。"
        "请写上那项记录的更正；更正的是别的记录时，请改记“答复提问”并说明。",
        f"Rule: the correction is of what was asked about. {past.en} is about {asked}, but this names {event.target}."
        " Name a correction of that record; if another one was corrected, answer the question and say so.",
        "/payload/data/target",
    )


def _check_correction(state: State, event: QuestionCorrectionMade) -> None:
    target = state.record(event.target)
    found = target.find(event.event) if target else None
    if found is not None and isinstance(found.event, Corrected | Voided):
        return
    zh, en = f"{event.target}里没有事件{event.event[:16]}…", f"{event.target} has no event {event.event[:16]}…"
    if found is not None:
        past = earlier(found)
        zh, en = f"{past.zh}不是更正或作废", f"{past.en} is no correction or void"
    raise RuleError(
        f"规则：“已更正”要写明一条已经记入的更正或作废。{zh}。请先记入更正，再用它的事件编号记这一条。",
        f"Rule: this names a correction or void that was admitted before. {en}."
        " Record the correction first, then name its event here.",
        EVENT,
    )
