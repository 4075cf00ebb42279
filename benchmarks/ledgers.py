"""Ledgers to measure: one admin that registers places, each event signed against the opening tree head."""

import json
import os
from datetime import date
from pathlib import Path
from typing import Any

from ledger.application import Ledger
from ledger.clock import system_clock
from ledger.domain.drafting import Standpoint, draft
from ledger.domain.place import PlaceRegistered
from ledger.domain.record import Record
from ledger.founding import AdminKey, Founding, found, new_identifier
from ledger.opening import Submission
from ledger.publishing.publisher import Publisher
from ledger.signing.envelope import sign_envelope
from ledger.signing.keys import PrivateKey

ORIGIN = "ledger.example/benchmark"
ADMIN = PrivateKey.from_seed(b"benchmark admin".ljust(32, b"."))
POLICY: dict[str, Any] = {
    "quorum": 1,
    "people": {"child": 10, "youth16plus": 10, "family": 10, "teacher": 5, "adult": 5},
    "notice_days": 5,
    "limits": {"per_event_fen": 10_000_000, "per_day_fen": 20_000_000, "days": 400},
    "rules_version": "1",
    "calendar": {"through": "2027-12-31", "exceptions": []},
}


def new_ledger(directory: Path, *, database: str | None = None) -> Ledger:
    """A ledger with entry 0 only."""
    directory.mkdir(parents=True)
    founding = Founding(ORIGIN, [AdminKey(ADMIN, ("govern", "register"))], POLICY, True, date(2026, 1, 5), database)
    ledger = found(directory, founding, log_key=PrivateKey.generate(), clock=system_clock, random=os.urandom)
    publish(ledger)
    return ledger


def publish(ledger: Ledger) -> None:
    """Writes the log files."""
    Publisher(ledger.store, ledger.settings.log, vkey=ledger.settings.vkey).publish()


def submissions(ledger: Ledger, count: int) -> list[Submission]:
    """Signed events that are never stale, each for a record of its own, in order of time."""
    head = ledger.head()
    standpoint = Standpoint(ORIGIN, head.size, head.root)
    milliseconds = int(system_clock().timestamp() * 1000)
    return [_place(standpoint, number, milliseconds + number) for number in range(count)]


def bodies(ledger: Ledger, count: int) -> list[bytes]:
    """The same as request bodies."""
    return [
        json.dumps({"envelope": item.envelope.to_json(), "disclosures": []}).encode()
        for item in submissions(ledger, count)
    ]


def fill(ledger: Ledger, count: int, *, group: int = 250) -> None:
    """Admits ``count`` events in groups."""
    for first in range(0, count, group):
        ledger.admit(submissions(ledger, min(group, count - first)))


def _place(standpoint: Standpoint, number: int, milliseconds: int) -> Submission:
    drafted = draft(
        PlaceRegistered,
        Record("place", new_identifier(milliseconds, os.urandom)),
        standpoint,
        occurred_on=date(2026, 1, 5),
        data={"code": f"P{number}", "name": f"示例村{number}", "level": "village"},
        random=os.urandom,
    )
    return Submission(sign_envelope(drafted.payload, [ADMIN]), drafted.disclosures)
