"""Records folded again from the entries in the views, so that no state is stored twice."""

import json
import sqlite3
from collections import OrderedDict
from datetime import date

from msgspec import Struct
from msgspec.structs import replace

from ledger.domain.catalogue import event_class
from ledger.domain.event import Event
from ledger.domain.record import E, Past, Record
from ledger.errors import NotFoundError

REMEMBERED = 20_000


class Chain(Struct, frozen=True):
    """A record and the entry index of each event in its history."""

    record: Record
    indices: tuple[int, ...] = ()

    def after(self, past: Past, index: int, *, tree_size: int) -> "Chain":
        """The chain with one more entry."""
        return Chain(self.record.after(past, tree_size=tree_size), (*self.indices, index))

    def each(self, kind: type[E], *, standing: bool = True) -> list[tuple[int, date, E]]:
        """(index, day it happened, event) of every event of a class in force, oldest first.

        Values are those in force. ``standing=False`` also gives what was voided or lapsed.
        """
        return [
            (index, past.occurred_on, past.event)
            for index, past in zip(self.indices, self.record.history, strict=True)
            if isinstance(past.event, kind) and not (standing and past.standing)
        ]

    def first(self, kind: type[E]) -> tuple[int, date, E]:
        """The oldest of a class, in force or not: a record that was voided still has its opening."""
        return self.each(kind, standing=False)[0]

    def index_of_event(self, event_id: str) -> int:
        """Where an event of the record stands in the log."""
        found = zip(self.indices, self.record.history, strict=True)
        return next(index for index, past in found if past.event_id == event_id)

    def until(self, place: int) -> "Chain":
        """The first ``place`` entries as they stand now, in the state that the record has now."""
        record = self.record.with_history(self.record.history[:place], self.record.state)
        return Chain(replace(record, version=place), self.indices[:place])

    def last(self, kind: type[E]) -> tuple[int, date, E] | None:
        """The newest of ``each``, if any."""
        found = self.each(kind)
        return found[-1] if found else None

    def index_of(self, kind: type[Event]) -> int | None:
        """Where the newest event of a class stands in the log, if any."""
        found = self.each(kind)
        return found[-1][0] if found else None


def chain_of(db: sqlite3.Connection, reference: str) -> Chain:
    """The record after all its entries; version 0 if it has none."""
    kind, _, uuid = reference.partition("/")
    chain = Chain(Record(kind, uuid))
    sql = "SELECT idx, event_id, payload, keyids FROM entries WHERE record = ? ORDER BY version"
    for index, event_id, payload, keyids in db.execute(sql, (reference,)):
        wire = json.loads(payload)
        event = event_class(wire["type"], wire["schema"]).parse(wire["data"])
        past = Past(event, event_id, date.fromisoformat(wire["occurred_on"]), tuple(keyids.split(" ")))
        chain = chain.after(past, index, tree_size=wire["tree"]["size"])
    return chain


def existing_chain(db: sqlite3.Connection, reference: str) -> Chain:
    """As ``chain_of``. Raises NotFoundError if the ledger has no such record."""
    chain = chain_of(db, reference)
    if not chain.indices:
        raise NotFoundError(f"账本里没有{reference[:60]}。", f"The ledger has no {reference[:60]}.")
    return chain


class ChainMemory:
    """The chains that grew last, so that a bulk run reads none of them again."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._chains: OrderedDict[str, Chain] = OrderedDict()

    def get(self, reference: str, version: int) -> Chain:
        """The chain before its event of a version."""
        if version == 1:
            kind, _, uuid = reference.partition("/")
            return Chain(Record(kind, uuid))
        found = self._chains.get(reference)
        return chain_of(self._db, reference) if found is None else found

    def put(self, chain: Chain) -> None:
        """Remembers the chain after an event, and forgets the one unused for longest."""
        reference = chain.record.reference
        self._chains[reference] = chain
        self._chains.move_to_end(reference)
        if len(self._chains) > REMEMBERED:
            self._chains.popitem(last=False)
