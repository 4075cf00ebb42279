"""What the disclosures of the demonstration digest: each question's main figures, from the records as they stand."""

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from ledger.canonical import canonical_bytes
from ledger.domain.balance import unallocated_of, value_of
from ledger.domain.batch import batches_of
from ledger.domain.donation import DonationAllocated, DonationReceived, DonationReturned
from ledger.domain.indicator import outcome_of
from ledger.domain.payment import PaymentMade
from ledger.domain.project import opening_of
from ledger.domain.record import VOIDED, Record
from ledger.domain.renovation import RenovationApproved

Figures = dict[str, Any]


def digest_of(question: str, records: Sequence[Record]) -> str:
    """Hex SHA-256 of the canonical JSON of a question's figures."""
    return hashlib.sha256(canonical_bytes(figures(question, records))).hexdigest()


def figures(question: str, records: Sequence[Record]) -> Figures:
    """The figures of ``where``, ``what``, ``whom``, ``how_much`` or ``effect``; money in fen."""
    return QUESTIONS[question]([record for record in records if record.state != VOIDED])


def _where(records: Sequence[Record]) -> Figures:
    works = [record for record in records if record.kind == "renovation" and record.state == "accepted"]
    places = (place for record in works for place in record.first(RenovationApproved).places)
    return {"accepted_works_by_place": dict(Counter(places))}


def _what(records: Sequence[Record]) -> Figures:
    projects = [record for record in records if record.kind == "project"]
    return {
        "projects_by_state": dict(Counter(record.state for record in projects)),
        "projects_by_plan": dict(Counter(opening_of(record).plan for record in projects)),
    }


def _whom(records: Sequence[Record]) -> Figures:
    batches = [batch.people for record in records for batch in batches_of(record) if batch.counts]
    person_times: Counter[str] = Counter()
    for people in batches:
        person_times[people.group] += people.count
    return {"batches": len(batches), "person_times_by_group": dict(person_times)}


def _how_much(records: Sequence[Record]) -> Figures:
    received = {form: [record for record in records if _form(record) == form] for form in ("cash", "goods", "service")}
    cash = received["cash"]
    return {
        "received_fen": sum(map(value_of, cash)),
        "allocated_fen": sum(event.amount_fen for record in cash for event in record.all(DonationAllocated)),
        "returned_fen": sum(event.amount_fen for record in cash for event in record.all(DonationReturned)),
        "unallocated_fen": sum(map(unallocated_of, cash)),
        "paid_fen": sum(record.first(PaymentMade).amount_fen for record in records if record.state == "made"),
        "goods_fen": sum(map(value_of, received["goods"])),
        "service_fen": sum(map(value_of, received["service"])),
    }


def _form(record: Record) -> str:
    received = record.last(DonationReceived)
    return received.form if received else ""


def _effect(records: Sequence[Record]) -> Figures:
    outcomes = Counter(outcome_of(record) for record in records if record.kind == "indicator")
    return {"indicators_by_outcome": dict(outcomes)}


QUESTIONS: dict[str, Callable[[Sequence[Record]], Figures]] = {
    "where": _where,
    "what": _what,
    "whom": _whom,
    "how_much": _how_much,
    "effect": _effect,
}
