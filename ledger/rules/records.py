"""What a record may do next: its state machine, its own checks, and that everything it names exists."""

from ledger.domain.catalogue import state_label
from ledger.domain.correction import Voided
from ledger.domain.disclosure import DisclosurePublished
from ledger.domain.event import Event
from ledger.domain.record import Record
from ledger.errors import InvalidFieldError, RuleError, UnknownRecordError, WrongStateError
from ledger.rules.candidate import Candidate
from ledger.rules.state import State

JUDGED_BY_FUNDS = frozenset({"donation", "award", "renovation"})
SPEAK_OF_OTHERS = frozenset({"problem", "question"})
"""Kinds that only speak of another record: a question about a mistake must not keep the mistake from being voided."""


def check(state: State, candidate: Candidate) -> None:
    """Raises WrongStateError, UnknownRecordError, InvalidFieldError or what the event's own check raises."""
    event, record = candidate.event, candidate.record(state)
    check_state(event, record)
    for pointer, reference in candidate.references():
        if state.record(reference) is None:
            raise UnknownRecordError(reference, pointer)
    subject = candidate.subject(state)
    if isinstance(subject, DisclosurePublished) and subject.at_size > candidate.payload.tree_size:
        raise InvalidFieldError(
            "数字按哪些账目计算，不能多于签署时账本已有的条数。",
            "The figures cannot be computed from more entries than the ledger had when this was signed.",
            "/payload/data/at_size",
        )
    if isinstance(event, Voided) and event.event == record.history[0].event_id:
        _check_unreferred(state, record)


def check_state(event: Event, record: Record) -> None:
    """What the record alone can tell. Raises WrongStateError, or what the event's own check raises."""
    if record.state not in event.AFTER:
        label = state_label(record.kind, record.state)
        raise WrongStateError(event.LABEL.zh, event.LABEL.en, label.zh, label.en)
    event.check(record)


def apply(state: State, candidate: Candidate) -> None:
    """Remembers which records are named by others; the chain enters the rest."""
    if candidate.payload.kind in SPEAK_OF_OTHERS:
        return
    for _, reference in candidate.references():
        if reference != candidate.payload.record:
            state.referred[reference] = True


def _check_unreferred(state: State, record: Record) -> None:
    # Money in and out of donations, awards and works is judged by rule 3 instead, which knows what still stands.
    if record.kind in JUDGED_BY_FUNDS or not state.referred.get(record.reference):
        return
    raise RuleError(
        "别的账目已经提到这项记录，不能整项作废，只能更正。",
        "Other entries refer to this record; correct it instead of voiding it.",
        "/payload/data/event",
    )
