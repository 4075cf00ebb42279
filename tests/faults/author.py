"""Founds ledgers on the real clock, and signs events for them that never go stale."""

import itertools
import json
import os
import threading
from pathlib import Path

from ledger.api.answers import found as answer_found
from ledger.application import Ledger
from ledger.clock import system_clock
from ledger.domain.drafting import Standpoint, draft
from ledger.domain.entry import day_of
from ledger.domain.place import PlaceRegistered
from ledger.domain.record import Record
from ledger.founding import AdminKey, Founding, found, new_identifier
from ledger.opening import Submission
from ledger.receipts import Receipt
from ledger.signing.envelope import sign_envelope
from ledger.signing.keys import PrivateKey
from tests.engines import new_database
from tests.ledger.small_ledger import POLICY

ORIGIN = "ledger.example/faults"
ADMIN = PrivateKey.from_seed(b"f" * 32)


def found_ledger(directory: Path, *, highest: str | None = None) -> Ledger:
    """A ledger with one admin, founded now."""
    founding = Founding(
        ORIGIN,
        [AdminKey(ADMIN, ("govern", "register"))],
        POLICY,
        demonstration=True,
        occurred_on=day_of(system_clock()),
        database=new_database(),
        highest=highest,
    )
    return found(directory, founding, log_key=PrivateKey.from_seed(b"g" * 32), clock=system_clock, random=os.urandom)


class Author:
    """Signs places against the tree head of entry 0, which every later head extends. For several threads."""

    def __init__(self, ledger: Ledger) -> None:
        head = ledger.head()
        self._standpoint = Standpoint(ORIGIN, head.size, head.root)
        self._numbers = itertools.count()
        self._counting = threading.Lock()

    def place(self) -> Submission:
        """A new place of a code that nobody used before."""
        with self._counting:
            number = next(self._numbers)
        now = system_clock()
        drafted = draft(
            PlaceRegistered,
            Record("place", new_identifier(int(now.timestamp() * 1000), os.urandom)),
            self._standpoint,
            occurred_on=day_of(now),
            data={"code": f"P{number}", "name": f"示例村{number}", "level": "village"},
            random=os.urandom,
        )
        return Submission(sign_envelope(drafted.payload, [ADMIN]), drafted.disclosures)


def wire(submission: Submission) -> bytes:
    """The body in which a submission travels."""
    return json.dumps({"envelope": submission.envelope.to_json(), "disclosures": list(submission.disclosures)}).encode()


def receipt_bytes(receipt: Receipt) -> bytes:
    """The body in which a receipt is answered."""
    return bytes(answer_found(receipt.to_json()).body)
