"""A ledger with one admin that registers places: enough to ask what the core, store and publisher promise."""

import itertools
import random as pseudorandom
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from ledger.application import Ledger
from ledger.domain.drafting import Standpoint, draft
from ledger.domain.place import PlaceRegistered
from ledger.domain.record import Record
from ledger.errors import LedgerError
from ledger.founding import AdminKey, Founding, found, new_identifier
from ledger.opening import Submission
from ledger.receipts import Receipt
from ledger.signing.envelope import sign_envelope
from ledger.signing.keys import PrivateKey
from tests.engines import new_database

ORIGIN = "ledger.example/small"
START = datetime(2026, 1, 5, 1, 2, 3, 456000, tzinfo=UTC)
POLICY: dict[str, Any] = {
    "quorum": 1,
    "people": {"child": 10, "youth16plus": 10, "family": 10, "teacher": 5, "adult": 5},
    "notice_days": 5,
    "limits": {"per_event_fen": 10_000_000, "per_day_fen": 20_000_000, "days": 400},
    "rules_version": "1",
    "calendar": {"through": "2027-12-31", "exceptions": []},
}


@dataclass
class TickingClock:
    """A clock that moves one second a reading; set ``now`` to turn it."""

    now: datetime = START

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


@dataclass
class SmallLedger:
    directory: Path
    clock: TickingClock = field(default_factory=TickingClock)
    random: Callable[[int], bytes] = field(default_factory=lambda: pseudorandom.Random(7).randbytes)
    admin: PrivateKey = field(default_factory=lambda: PrivateKey.from_seed(b"a" * 32))
    numbers: Any = field(default_factory=itertools.count)
    ledger: Ledger = field(init=False)

    def __post_init__(self) -> None:
        admins = [AdminKey(self.admin, ("govern", "register"))]
        founding = Founding(
            ORIGIN, admins, POLICY, demonstration=True, occurred_on=date(2026, 1, 5), database=new_database()
        )
        log_key = PrivateKey.from_seed(b"l" * 32)
        self.ledger = found(self.directory, founding, log_key=log_key, clock=self.clock, random=self.random)

    def place(self, **changes: Any) -> Submission:
        """A place signed by the admin, against the current head unless ``tree`` says otherwise."""
        head = self.ledger.head()
        uuid = new_identifier(int(self.clock.now.timestamp() * 1000), self.random)
        number = next(self.numbers)
        drafted = draft(
            PlaceRegistered,
            Record("place", uuid),
            changes.pop("standpoint", Standpoint(ORIGIN, head.size, head.root)),
            occurred_on=date(2026, 1, 5),
            data={"code": f"P{number}", "name": f"示例村{number}", "level": "village", **changes},
            random=self.random,
        )
        return Submission(sign_envelope(drafted.payload, [self.admin]), drafted.disclosures)

    def admit(self, submission: Submission) -> Receipt:
        """The receipt; raises the refusal."""
        outcome = self.ledger.admit([submission])[0]
        if isinstance(outcome, LedgerError):
            raise outcome
        return outcome

    def fill(self, count: int) -> None:
        """Admits ``count`` places in one group."""
        for outcome in self.ledger.admit([self.place() for _ in range(count)]):
            assert isinstance(outcome, Receipt), outcome

    def reopen(self) -> Ledger:
        """Closes and opens the ledger, as a restart does."""
        self.ledger.close()
        self.ledger = Ledger.open(self.directory, clock=self.clock, random=self.random)
        return self.ledger
