"""One step of the demonstration is one event, told in names; the scribe turns names into record ids and keys.

Step(DonationConfirmed, Ref("donation", "c07"), date(2022, 8, 9), {"statement_on": "2022-08-02"}, "audit:confirm")
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import chinese_calendar

from ledger.domain.event import Event
from ledger.errors import LedgerError


@dataclass(frozen=True, slots=True)
class Ref:
    """A record by its kind and its name in the scenario, such as ``project`` and ``home-2022``."""

    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class PublicKeyOf:
    """Stands for the base64 public key of a demonstration key."""

    key: str


@dataclass(frozen=True, slots=True)
class PossessionOf:
    """Stands for the proof that the holder at ``organisation`` has the demonstration key."""

    key: str
    organisation: Ref


@dataclass(frozen=True, slots=True)
class EventOf:
    """Stands for the event id of a record's event of that class; ``nth`` counts from 0."""

    record: Ref
    event: type[Event]
    nth: int = 0


@dataclass(frozen=True, slots=True)
class SealedOf(EventOf):
    """Stands for the sealed digests of such an event."""


@dataclass(frozen=True, slots=True)
class TextOf(EventOf):
    """Stands for the first withdrawable digest of such an event."""


@dataclass(frozen=True, slots=True)
class RecipientOf:
    """Stands for the base64 X25519 public key of whoever opens sealed values on that occasion."""

    name: str


@dataclass(frozen=True, slots=True)
class SizeOfFigures:
    """Stands for the number of entries that the figures published on the day are computed from."""


@dataclass(frozen=True, slots=True)
class DigestOf:
    """Stands for the hex digest of a question's figures at that size."""

    question: str


@dataclass(frozen=True, slots=True)
class Step:
    """One event, recorded at least ``late`` days after ``on``.

    ``free`` are withdrawable texts, ``rows`` and ``fields`` what is sealed.

    ``by`` is ``organisation:capability``, with ``+`` between two that sign together.

    ``rows`` and ``fields`` are sealed, ``free`` is withdrawable.

    ``refused`` names the refusal that the ledger must answer with, where the step is an attempt that must fail.
    """

    event: type[Event]
    record: Ref
    on: date
    data: dict[str, Any]
    by: str
    late: int = 0
    free: tuple[tuple[str, str], ...] = ()
    rows: tuple[dict[str, Any], ...] = ()
    fields: tuple[tuple[str, dict[str, Any]], ...] = ()
    refused: type[LedgerError] | None = None

    @property
    def recorded_on(self) -> date:
        """The day (UTC+8) on which the ledger admits it: staff record on working days."""
        return working_day(self.on, after=self.late)


def organisation(name: str) -> Ref:
    """The organisation of that name in the scenario."""
    return Ref("organisation", name)


def place(name: str) -> Ref:
    """The place of that name in the scenario."""
    return Ref("place", name)


def project(name: str) -> Ref:
    """The project of that name in the scenario."""
    return Ref("project", name)


def yuan(text: str) -> int:
    """Fen from an amount as people write it: ``yuan("12,345.60")`` is 1234560."""
    whole, _, cents = text.replace(",", "").partition(".")
    return int(whole) * 100 + int(f"{cents}00"[:2])


def day(text: str) -> date:
    """The day of an ISO date."""
    return date.fromisoformat(text)


def working_day(start: date, *, after: int = 0) -> date:
    """The first working day in China that is at least ``after`` days past ``start``."""
    found = start + timedelta(days=after)
    while not chinese_calendar.is_workday(found):
        found += timedelta(days=1)
    return found


def seeded(seed: str) -> Callable[[int], bytes]:
    """A source of bytes that are the same on each run. For the demonstration alone: anyone can recompute them."""
    drawn = 0

    def random(size: int) -> bytes:
        nonlocal drawn
        drawn += 1
        return hashlib.shake_256(f"yangguang-demo/{seed}/{drawn}".encode()).digest(size)

    return random
