"""Marks: what in the log starts, meets or ends a duty, as one line each, so that no duty is ever looked for in entries.

A new kind of event joins by one line in ``MARKS``. Types are named by their text: a kind that a ledger lacks is absent.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from ledger.domain.balance import value_of
from ledger.domain.donation import DonationReturned
from ledger.domain.project import ProjectStarted, opening_of
from projections.facts import Fact

LEDGER = ""
"""The subject of marks that concern every programme of the ledger."""


@dataclass(frozen=True, slots=True)
class Mark:
    """``what`` happened to ``subject`` (a reference) by entry ``index``, ``on`` a day, made public on another.

    ``since`` and ``until`` bound the period that it is about; ``detail`` is a code or year; ``entries`` also has the
    corrections of the entry; ``by`` is the organisation that signed it.
    """

    what: str
    subject: str
    index: int
    on: date
    public_on: date
    since: date | None = None
    until: date | None = None
    detail: str = ""
    entries: tuple[int, ...] = ()
    by: str | None = None


@dataclass(frozen=True, slots=True)
class Noted:
    """A mark before it has its entry's days: ``on`` only where it isn't the day on which the entry happened."""

    what: str
    subject: str
    on: date | None = None
    since: date | None = None
    until: date | None = None
    detail: str = ""


Make = Callable[[Fact], Iterator[Noted]]


def noted(fact: Fact) -> Iterator[Noted]:
    """The marks of one entry."""
    make = MARKS.get(fact.payload.type)
    if make is not None:
        yield from make(fact)


def own(what: str, detail: str = "") -> Make:
    """A mark on the record itself; ``detail`` names the field whose value it keeps."""

    def make(fact: Fact) -> Iterator[Noted]:
        yield Noted(what, fact.reference, detail=str(getattr(fact.event, detail)) if detail else "")

    return make


def _opened(fact: Fact) -> Iterator[Noted]:
    event: Any = fact.event
    yield Noted("programme", fact.reference, on=event.starts_on, until=event.ends_on)


def _closed(fact: Fact) -> Iterator[Noted]:
    event: Any = fact.event
    if event.surplus_fen:
        yield Noted("surplus", fact.reference)


def _published(fact: Fact) -> Iterator[Noted]:
    event: Any = fact.event
    yield Noted("published", LEDGER, since=event.period.start, until=event.period.end, detail=event.question)


def _started(fact: Fact) -> Iterator[Noted]:
    yield Noted("started", fact.reference, until=opening_of(fact.record).ends_on)


def _cancelled(fact: Fact) -> Iterator[Noted]:
    if fact.record.all(ProjectStarted):
        yield Noted("ended", fact.reference)


def _reported(fact: Fact) -> Iterator[Noted]:
    """On the project that the event or its record's opening names; a record of the project is about itself."""
    event: Any = fact.event
    if fact.payload.kind == "project":
        yield Noted("reported", fact.reference)
        return
    found = (each.get("project") for each in (event, fact.record.history[0].event))
    project = next(filter(None, found), None)
    if project is not None:
        yield Noted("reported", project)


def _received(fact: Fact) -> Iterator[Noted]:
    """Service has no receipt."""
    event: Any = fact.event
    if event.form != "service":
        yield Noted("received", fact.reference, detail=event.recipient)


def _returned(fact: Fact) -> Iterator[Noted]:
    """A gift returned whole needs no receipt any more."""
    if sum(each.amount_fen for each in fact.record.all(DonationReturned)) == value_of(fact.record):
        yield Noted("gone", fact.reference)


def _qualified(fact: Fact) -> Iterator[Noted]:
    event: Any = fact.event
    yield Noted("qualified", fact.reference, since=event.start, until=event.end, detail=event.qualification)


def _routed(fact: Fact) -> Iterator[Noted]:
    event: Any = fact.event
    yield Noted("routed", fact.reference, detail=" ".join(event.to))


MARKS: dict[str, Make] = {
    "programme.opened": _opened,
    "programme.reviewed": own("reviewed", "year"),
    "programme.closed": _closed,
    "disclosure.published": _published,
    "project.started": _started,
    "project.completed": own("ended"),
    "project.cancelled": _cancelled,
    "project.settled": own("settled"),
    "project.progressed": _reported,
    "renovation.progressed": _reported,
    "renovation.completed": _reported,
    "award.granted": _reported,
    "companionship.paired": _reported,
    "companionship.reported": _reported,
    "companionship.visited": _reported,
    "training.held": _reported,
    "training.internship_offered": _reported,
    "training.coached": _reported,
    "training.placed": _reported,
    "service.delivered": _reported,
    "donation.received": _received,
    "donation.receipted": own("receipted"),
    "donation.returned": _returned,
    "donation.reallocated": own("reallocated"),
    "organisation.qualified": _qualified,
    "organisation.reported": own("year reported", "year"),
    "organisation.amended": own("amended"),
    "question.received": own("asked"),
    "question.answered": own("answered"),
    "question.correction_made": own("answered"),
    "question.correction_refused": own("answered"),
    "problem.raised": own("raised"),
    "problem.routed": _routed,
    "problem.answered": own("replied"),
    "problem.reopened": own("raised"),
}
CORRECTED = "corrected"
"""The mark of a correction or void, on the record that it stands in."""
