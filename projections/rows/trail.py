"""Rows of the audit trail: /audit and /entries/{index}."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from ledger.domain.values import Label
from projections.rows.common import Figure, Named


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """What to show; every condition given must hold. Days are those of recording (UTC+8), both included.

    ``organisation`` signed it; ``record`` and ``place`` are touched by it: its own record, what its data names
    and what its record began with. ``text`` is looked for in both sentences. ``before``: only older entries than that.
    """

    kind: str | None = None
    type: str | None = None
    organisation: str | None = None
    record: str | None = None
    place: str | None = None
    start: date | None = None
    end: date | None = None
    text: str | None = None
    indices: Sequence[int] | None = None
    before: int | None = None


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signed, as enrolled at that index. An admin acts for no organisation and never expires."""

    keyid: str
    organisation: Named | None
    post: Label
    capabilities: tuple[str, ...]
    enrolled_index: int
    expires_on: date | None
    key: Named | None
    per_event_fen: int | None


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One entry as a line of the audit trail, or a bead of its record's chain.

    ``sentence`` and ``money_fen`` are as signed. ``amends`` is the entry that this one corrects or voids,
    ``amended_by`` those that correct or void it; ``sentence_now`` says it with the values in force where that
    differs. ``standing`` is "" (in force), voided, or lapsed: an acceptance of works corrected afterwards.
    """

    index: int
    type: str
    kind: str
    label: Label
    record: Named
    version: int
    event_id: str
    recorded_at: datetime
    recorded_on: date
    occurred_on: date
    lateness_days: int
    organisation: Named | None
    sentence: Label
    money_fen: int | None
    amends: int | None = None
    amended_by: tuple[int, ...] = ()
    standing: str = ""
    sentence_now: Label | None = None


@dataclass(frozen=True, slots=True)
class Field:
    """One public value that was signed. ``kind`` as ``ledger.domain.values.Kind.name``; ``value`` is its JSON."""

    name: str
    label: Label
    kind: str
    value: object
    text: Label
    links: tuple[Named, ...]


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One corrected field. An absent side means that the field was or is absent."""

    name: str
    label: Label
    old: Label | None
    new: Label | None


@dataclass(frozen=True, slots=True)
class Correction:
    """``entry`` corrects or voids ``target``; a void changes no field. ``stood_days`` is how long it stood."""

    entry: EntryRow
    target: EntryRow
    void: bool
    reason: Label
    changes: tuple[FieldChange, ...]
    stood_days: int


@dataclass(frozen=True, slots=True)
class CorrectionCount:
    """Corrections or voids for one reason; ``longest_days`` is how long the longest wrong value stood."""

    code: str
    reason: Label
    void: bool
    count: Figure
    longest_days: int


@dataclass(frozen=True, slots=True)
class EntryDetail:
    """All that the entry's page shows. ``payload`` is the signed text, byte for byte."""

    row: EntryRow
    state: Label
    previous_index: int | None
    next_index: int | None
    signers: tuple[Signer, ...]
    fields: tuple[Field, ...]
    sealed_count: int
    withdrawable_digests: tuple[str, ...]
    payload: str
    chain: tuple[EntryRow, ...]


@dataclass(frozen=True, slots=True)
class AuditSums:
    """Of all entries that a filter lets through, on every page. Cash, goods and service are never added up.

    ``more``: there are more entries than are added up; the sums are those of the newest.
    """

    count: int
    cash_received_fen: int
    cash_paid_fen: int
    goods_fen: int
    service_fen: int
    service_hours: int
    late_count: int
    more: bool = False


@dataclass(frozen=True, slots=True)
class AuditPage:
    """One page, newest first; ``page`` counts from 1.

    ``left_at`` is the oldest entry looked at, where older ones were not.
    """

    entries: tuple[EntryRow, ...]
    sums: AuditSums
    page: int
    page_count: int
    left_at: int | None = None
