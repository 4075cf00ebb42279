"""Batches of people: which events of a record state one that is in force, for which project, and whether it counts yet.

The figures on the pages and the rule over published figures in ``ledger.rules.people`` are both sums of whole batches,
so both ask here. An event states a batch by a field ``people``; two attributes of its class say how it counts:

    COUNTS_IN = ("accepted",)   in these states of its record alone; None is always, () is never
    RESTATES = True             the newest event of the class takes the place of those before it
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from msgspec import Struct

from ledger.domain.event import Event
from ledger.domain.record import Past, Record
from ledger.domain.values import People


class Batch(Struct, frozen=True):
    """A whole batch as it stands now: ``event_id`` is that of the event that stated it, corrected or not.

    ``project`` is None where the record belongs to none. ``counts`` is False for works not accepted (or corrected
    since), for an award revoked, and for people who are named as a batch but were not helped by this event.
    """

    event_id: str
    people: People
    project: str | None
    counts: bool


@dataclass(frozen=True, order=True, slots=True)
class Move:
    """A batch that entry ``index`` stated, or struck: then ``count`` is negative, and sorts first."""

    index: int
    count: int
    place: str
    start: date
    end: date


def batches_of(record: Record) -> tuple[Batch, ...]:
    """Every batch of a record that is in force, in the order in which they were stated."""
    project = project_of(record)
    return tuple(Batch(past.event_id, people, project, _counts(past.event, record)) for past, people in _stated(record))


def people_of(event: Event) -> People | None:
    """The event's batch of people, if it has one."""
    found = event.get("people")
    return found if isinstance(found, People) else None


def project_of(record: Record) -> str | None:
    """The project that a record belongs to: the newest one that an event of its own names."""
    named = (past.event.get("project") for past in reversed(record.history))
    return next((project for project in named if isinstance(project, str)), None)


def _stated(record: Record) -> Iterator[tuple[Past, People]]:
    newest = {type(past.event): past for past in record.history if not past.standing}
    for past in record.history:
        people = people_of(past.event)
        if people is not None and not past.standing and (newest[type(past.event)] is past or not past.event.RESTATES):
            yield past, people


def _counts(event: Event, record: Record) -> bool:
    return event.COUNTS_IN is None or record.state in event.COUNTS_IN
