"""Everything that can be known of the rows before anything is signed: here, and by asking the ledger for a draft."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ledger.domain.drafting import Standpoint
from ledger.domain.record import Record
from ledger.domain.values import references_in
from ledger.errors import LedgerError, NotFoundError, UnknownRecordError
from yangguang.client import Client, RefusedByServerError
from yangguang.importing.book import Book, Ready
from yangguang.importing.fates import INVALID, Fate, Lost

NOWHERE = Standpoint("not-sent", 1, bytes(32))
"""Under what a draft is made that is only looked at."""
NOT_FOUND = 404


@dataclass
class Checking:
    """``ask`` is a client whose ledger is also asked to draft each row; without it only this device judges."""

    book: Book
    ask: Client | None = None
    advance: Callable[[int], None] = lambda _done: None
    lost: Lost = field(default_factory=Lost)
    _begun: set[str] = field(default_factory=set)
    _exist: set[str] = field(default_factory=set)

    def check(self, fates: Sequence[Fate]) -> None:
        """Marks every row that cannot be recorded, and those that build on it. Raises NotFoundError: no answer."""
        for done, fate in enumerate(fates, start=1):
            if self.lost.passes(fate):
                self._check(fate)
            self.advance(done)

    def _check(self, fate: Fate) -> None:
        if fate.ready is None:
            raise RuntimeError("a row that is ready has been resolved")
        first = fate.record not in self.book.records
        try:
            self._check_references(fate.ready)
            self.book.draft(fate.ready, NOWHERE)
            if self.ask is not None and first and self._begun.isdisjoint(fate.ready.references):
                self.ask.check_draft(_wish(fate))
        except NotFoundError:
            raise
        except LedgerError as refusal:
            fate.refuse(INVALID, refusal, (refusal.field or "").removeprefix("/data"))
            self.lost.enter(fate)
        if fate.row.record is None:
            self._begun.add(fate.record)

    def _check_references(self, ready: Ready) -> None:
        for pointer, reference in references_in(ready.data, ""):
            if reference in self._begun or reference in self._exist:
                continue
            if self.book.read(reference) is None:
                raise UnknownRecordError(reference, pointer)
            self._exist.add(reference)


def _wish(fate: Fate) -> dict[str, Any]:
    """Only what will be public: neither withdrawable words nor sealed rows are sent for a draft."""
    ready = fate.ready
    if ready is None:
        raise RuntimeError("a row that is ready has been resolved")
    wish = {"type": ready.row.cls.TYPE, "occurred_on": ready.row.occurred_on, "data": ready.data}
    return wish if ready.row.record is None else {**wish, "record": ready.record}


def stand_in(reference: str) -> Record | None:
    """A record as it might be, where no ledger is at hand."""
    kind, _, uuid = reference.partition("/")
    return Record(kind, uuid, version=1, head="0" * 64)


def reader(client: Client) -> Callable[[str], Record | None]:
    """Reads records of a ledger; None where there is none."""

    def read(reference: str) -> Record | None:
        try:
            return client.record(reference)
        except RefusedByServerError as refusal:
            if refusal.status == NOT_FOUND:
                return None
            raise

    return read
