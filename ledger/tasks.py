"""What waits for whom: the records whose state asks for a next event, and the keys that may record it.

A small and honest set, computed from the ledger alone: gifts to match with the bank statement, projects to approve,
works to accept, needs to verify and match, cases to review and publish, reports of misconduct, problems and questions
without an answer, problems whose answer nobody has judged.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec

from ledger.domain.case import CaseSubmitted
from ledger.domain.catalogue import EVENTS, state_label
from ledger.domain.donation import DonationReceived
from ledger.domain.event import Event
from ledger.domain.naming import name_of
from ledger.domain.problem import ProblemRaised, ProblemRouted
from ledger.domain.record import Record
from ledger.domain.renovation import RenovationApproved
from ledger.domain.values import Label
from ledger.signing.keyring import EnrolledKey

NEXT = {
    ("donation", "received"): "donation.confirmed",
    ("case", "reviewed"): "case.published",
    ("case", "submitted"): "case.reviewed",
    ("misconduct", "forwarded"): "misconduct.concluded",
    ("misconduct", "reported"): "misconduct.forwarded",
    ("need", "reported"): "need.verified",
    ("need", "verified"): "need.matched",
    ("problem", "answered"): "problem.resolved",
    ("problem", "raised"): "problem.answered",
    ("problem", "reopened"): "problem.answered",
    ("problem", "routed"): "problem.answered",
    ("project", "claimed"): "project.approved",
    ("project", "proposed"): "project.approved",
    ("question", "received"): "question.answered",
    ("renovation", "completed"): "renovation.accepted",
}
"""The event that a record of a kind waits for in a state."""
MOST_KEPT = 50_000
MOST_READ = 1_000
MOST_SHOWN = 200
Read = Callable[[str], Record | None]


@dataclass(frozen=True, slots=True)
class Task:
    """A record, what it waits for and since which day."""

    record: str
    name: Label
    state: Label
    next: str
    next_label: Label
    since: date

    def to_json(self) -> dict[str, Any]:
        """As ``GET /api/work`` lists it."""
        return {
            "record": self.record,
            "name": _both(self.name),
            "state": _both(self.state),
            "next": self.next,
            "next_label": _both(self.next_label),
            "since": self.since.isoformat(),
        }


class Waiting:
    """References of records that wait for something, in the order in which they began to."""

    NAME = "waiting"
    """Under which a fold snapshot keeps them."""

    def __init__(self) -> None:
        self._next: dict[str, str] = {}
        self._complete = True

    def note(self, record: Record | None) -> None:
        """Takes in how a record stands after an event."""
        if record is None:
            return
        wanted = _wanted(record)
        if wanted != self._next.get(record.reference):
            self._next.pop(record.reference, None)
            if wanted is not None and len(self._next) < MOST_KEPT:
                self._next[record.reference] = wanted
            self._complete = self._complete and len(self._next) < MOST_KEPT

    def to_bytes(self) -> bytes:
        """All that is noted, for ``take_up``."""
        return msgspec.msgpack.encode((self._next, self._complete))

    def take_up(self, data: bytes) -> None:
        """What ``to_bytes`` gave. Raises msgspec.DecodeError."""
        self._next, self._complete = msgspec.msgpack.decode(data, type=tuple[dict[str, str], bool])

    def for_key(self, key: EnrolledKey, read: Read) -> dict[str, Any]:
        """``{"tasks": […], "complete": true}``: what the key may record next, what has waited longest first."""
        found: list[Task] = []
        seen = 0
        for reference, wanted in self._next.items():
            event = EVENTS[wanted, 1]
            if not _may(key, event) or seen >= MOST_READ or len(found) >= MOST_SHOWN:
                continue
            seen += 1
            record = read(reference)
            if record is not None and _concerns(key, record):
                found.append(_task(record, event))
        complete = self._complete and seen < MOST_READ and len(found) < MOST_SHOWN
        return {"tasks": [task.to_json() for task in found], "complete": complete}


def _wanted(record: Record) -> str | None:
    wanted = NEXT.get((record.kind, record.state))
    in_kind = record.kind == "donation" and (got := record.last(DonationReceived)) is not None and got.form != "cash"
    return wanted if (wanted, 1) in EVENTS and not in_kind else None


def _may(key: EnrolledKey, event: type[Event]) -> bool:
    return any(place & key.capabilities for place in event.SIGNED_BY)


def _concerns(key: EnrolledKey, record: Record) -> bool:
    """Whether this very key's holder is meant: not the one who recorded, built or already has it."""
    match record.kind, record.state:
        case "donation", _:
            return key.key_id not in _signers(record, DonationReceived)
        case "case", "submitted":
            return key.key_id not in _signers(record, CaseSubmitted)
        case "renovation", _:
            return key.organisation not in (None, record.first(RenovationApproved).organisation)
        case "problem", "routed":
            routed = record.last(ProblemRouted)
            return routed is None or key.organisation in routed.to
        case "problem", "answered":
            return key.key_id in _signers(record, ProblemRaised)
    return True


def _signers(record: Record, event: type[Event]) -> tuple[str, ...]:
    past = record.past(event)
    return past.signers if past else ()


def _task(record: Record, event: type[Event]) -> Task:
    """Since the last event that changed the record's state."""
    since = next((past.occurred_on for past in reversed(record.history) if record.state == past.event.BECOMES), None)
    return Task(
        record=record.reference,
        name=Label(name_of(record, "zh"), name_of(record, "en")),
        state=state_label(record.kind, record.state),
        next=event.TYPE,
        next_label=event.LABEL,
        since=since or record.history[-1].occurred_on,
    )


def _both(label: Label) -> dict[str, str]:
    return {"zh": label.zh, "en": label.en}
