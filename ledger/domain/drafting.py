"""Drafts: the payload that an author checks and signs, and the disclosures to send beside it.

Clients can build the same bytes themselves from the schema; nothing here needs the ledger.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from ledger.canonical import check_strings
from ledger.domain.correction import subject_of
from ledger.domain.event import Event
from ledger.domain.payload import format_payload, parse_payload
from ledger.domain.personal_data import check_personal_data
from ledger.domain.record import Record
from ledger.domain.texts import texts_in_data, texts_in_free
from ledger.sealing.disclosure import seal


@dataclass(frozen=True, slots=True)
class Content:
    """What does not stand in ``data``: sealed fields and rows, and withdrawable (name, value) pairs."""

    fields: Mapping[str, Any] = field(default_factory=dict)
    rows: Sequence[Any] = ()
    free: Sequence[tuple[str, Any]] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """Canonical payload bytes and the disclosures whose digests they hold."""

    payload: bytes
    disclosures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Standpoint:
    """What the author had verified: the ledger's origin and a tree head (size, 32-byte root)."""

    log: str
    tree_size: int
    tree_root: bytes


def draft(  # noqa: PLR0913 - each argument is one line of what a person signs
    cls: type[Event],
    record: Record,
    standpoint: Standpoint,
    *,
    occurred_on: date,
    data: dict[str, Any],
    content: Content = Content(),
    random: Callable[[int], bytes],
) -> Draft:
    """The next event of ``record``. Raises InvalidFieldError or MalformedError for what cannot be an event.

    Raises PersonalDataError for public text that must not be signed as it is.
    """
    check_strings(data, field="/payload/data")
    subject = subject_of(cls.parse(data), record)
    check_personal_data(texts_in_data(cls, data, type(subject)))
    if content.free or content.fields:
        values = disclosed_fields(content.free)
        type(subject).parse(subject.data(), {**values, **content.fields})
        check_personal_data(texts_in_free(type(subject), values, "/free"))
    sealed = seal(fields=content.fields, rows=content.rows, free=content.free, random=random)
    payload = format_payload(
        log=standpoint.log,
        type=cls.TYPE,
        schema=cls.SCHEMA,
        record=record.reference,
        version=record.version + 1,
        previous=record.head,
        tree=(standpoint.tree_size, standpoint.tree_root),
        occurred_on=occurred_on.isoformat(),
        data=data,
        sealed=sealed.sealed,
        withdrawable=sealed.withdrawable,
    )
    parse_payload(payload)
    return Draft(payload, tuple(sealed.disclosures))


def disclosed_fields(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """Withdrawable values by field name: ``evidence`` is a list, one disclosure a file."""
    values: dict[str, Any] = {}
    for name, value in pairs:
        if name == "evidence":
            values.setdefault(name, []).append(value)
        else:
            values[name] = value
    return values
