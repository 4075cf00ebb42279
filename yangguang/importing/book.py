"""Drafts in the order of the file: each record's next version follows from the ledger, or from an earlier row."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from msgspec import structs
from pydantic import ValidationError

from ledger.domain.batch import people_of
from ledger.domain.catalogue import state_label
from ledger.domain.drafting import Content, Draft, Standpoint, draft
from ledger.domain.event import Event, refusal_of
from ledger.domain.payload import Payload, parse_payload
from ledger.domain.record import Past, Record
from ledger.errors import InvalidFieldError, UnknownRecordError, WrongStateError
from yangguang.importing.rows import Row


@dataclass(frozen=True, slots=True)
class Ready:
    """A row with ids in place of names."""

    row: Row
    record: str
    data: dict[str, Any]
    fields: dict[str, Any]
    rows: list[Any]
    free: list[tuple[str, Any]]
    references: frozenset[str]

    @property
    def day(self) -> date:
        """The day on which it happened."""
        return date.fromisoformat(self.row.occurred_on)


@dataclass(frozen=True, slots=True)
class Known:
    """A record as it will be. ``whole``: all its events are known here. ``certain``: its state is."""

    record: Record
    whole: bool
    certain: bool


@dataclass
class Book:
    """``read`` fetches a record of the ledger, None where there is none; ``today`` is the ledger's day.

    ``certain``: whether what is read is to be relied on; without a ledger at hand it is only a stand-in.
    """

    read: Callable[[str], Record | None]
    today: date
    certain: bool = True
    records: dict[str, Known] = field(default_factory=dict)

    def known(self, reference: str, *, begins: bool) -> Known:
        """The record a row continues or begins. Raises UnknownRecordError."""
        if reference not in self.records:
            kind, _, uuid = reference.partition("/")
            found = None if begins else self.read(reference)
            if found is None and not begins:
                raise UnknownRecordError(reference, "/record")
            self.records[reference] = Known(found or Record(kind, uuid), whole=found is None, certain=self.certain)
        return self.records[reference]

    def restore(self, reference: str, known: Known | None) -> None:
        """Takes back the last draft of a record."""
        if known is None:
            del self.records[reference]
        else:
            self.records[reference] = known

    def draft(self, ready: Ready, standpoint: Standpoint) -> Draft:
        """The row's event, after which its record stands one version further. Raises what is wrong with it."""
        cls = ready.row.cls
        known = self.known(ready.record, begins=ready.row.record is None)
        if ready.day > self.today:
            raise InvalidFieldError(f"{ready.day}还没有到。", f"{ready.day} has not come yet.", "/occurred_on")
        event = cls.parse(ready.data)
        check_rows(event, ready.rows)
        _check_state(event, known)
        drafted = draft(
            cls,
            known.record,
            standpoint,
            occurred_on=ready.day,
            data=ready.data,
            content=Content(ready.fields, ready.rows, ready.free),
            random=os.urandom,
        )
        self.enter(parse_payload(drafted.payload), event)
        return drafted

    def enter(self, payload: Payload, event: Event) -> None:
        """The record stands one version further."""
        known = self.known(payload.record, begins=payload.version == 1)
        past = Past(event, payload.event_id, payload.occurred_on, ())
        if known.whole:
            self.records[payload.record] = replace(known, record=known.record.after(past, tree_size=payload.tree_size))
            return
        # Of what the ledger holds only version, head and state are told; what follows from the rest it judges itself.
        record = structs.replace(
            known.record, version=payload.version, head=payload.event_id, tree_size=payload.tree_size
        )
        self.records[payload.record] = Known(record, whole=False, certain=False)


def _check_state(event: Event, known: Known) -> None:
    if not known.certain:
        return
    record = known.record
    if record.state not in event.AFTER:
        state, label = state_label(record.kind, record.state), event.LABEL
        raise WrongStateError(label.zh, label.en, state.zh, state.en)
    if known.whole:
        event.check(record)


def check_rows(event: Event, rows: list[Any]) -> None:
    """The sealed rows: each whole, and as many as are counted. Raises InvalidFieldError."""
    cls = type(event)
    if cls.ROW is None:
        return
    for at, row in enumerate(rows):
        try:
            cls.ROW.model_validate(row)
        except ValidationError as error:
            refusal = refusal_of(error, cls.ROW)
            refusal.field = (refusal.field or "").replace("/payload/data", f"/rows/{at}")
            raise refusal from None
    people = people_of(event)
    wanted = people.count if people else 0
    if cls.ROWS_COUNTED and len(rows) != wanted:
        raise InvalidFieldError(
            f"名单里属于这一行的有{len(rows)}人，填的人次是{wanted}，两者要一样。",
            f"The list has {len(rows)} people for this row, but the count says {wanted}.",
            "/people/count",
        )
    if not cls.ROWS_COUNTED and not rows:
        raise InvalidFieldError("名单里没有属于这一行的人。", "The list has nobody for this row.", "/own")
