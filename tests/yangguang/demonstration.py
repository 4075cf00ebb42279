"""The demonstration as the tests ask about it: its ledger, its records by their names, its published entries."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ledger.application import Ledger
from ledger.domain.correction import Corrected, Voided
from ledger.domain.donation import DonationReceived
from ledger.domain.payment import PaymentMade
from ledger.domain.record import Past, Record
from yangguang.demo.steps import Ref


@dataclass(frozen=True, slots=True)
class Demonstration:
    """The demonstration as built once in ``directory``."""

    directory: Path
    ledger: Ledger
    references: dict[Ref, str]
    entries: list[bytes]

    def records(self, kind: str) -> dict[str, Record]:
        """The records of a kind by reference."""
        references = [reference for ref, reference in self.references.items() if ref.kind == kind]
        return {reference: record for reference in references if (record := self.ledger.record(reference))}

    def every(self) -> list[Record]:
        """All records."""
        return [record for kind in {ref.kind for ref in self.references} for record in self.records(kind).values()]

    def named(self, kind: str, name: str) -> Record:
        """The record of that name in the scenario."""
        record = self.ledger.record(self.references[Ref(kind, name)])
        assert record is not None
        return record


def cash(demonstration: Demonstration) -> dict[str, Record]:
    """Donations of money that are in force, by reference."""
    return {
        reference: record
        for reference, record in demonstration.records("donation").items()
        if (received := record.last(DonationReceived)) and received.form == "cash"
    }


def payments(demonstration: Demonstration) -> list[PaymentMade]:
    """Payments in force, as corrected."""
    return [record.first(PaymentMade) for record in demonstration.records("payment").values() if record.state == "made"]


def amendments(demonstration: Demonstration) -> Iterator[tuple[Record, Past]]:
    """Every correction and void, with its record."""
    for record in demonstration.every():
        for past in record.history:
            if isinstance(past.event, Corrected | Voided):
                yield record, past
