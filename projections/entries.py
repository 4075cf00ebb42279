"""Every entry as a row: its sentence, who signed it, what it touches and adds up to, and what it corrects."""

import json
import sqlite3
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import Any

from ledger.domain.balance import value_of
from ledger.domain.correction import Voided
from ledger.domain.donation import DonationConfirmed, DonationReceived
from ledger.domain.entry import format_time
from ledger.domain.event import Event
from ledger.domain.payment import PaymentMade, PaymentReversed
from ledger.domain.values import REFERENCE, Part
from projections.facts import AMENDING, Fact

SCHEMA = """
CREATE TABLE entries (
    idx INTEGER PRIMARY KEY, type TEXT NOT NULL, kind TEXT NOT NULL, record TEXT NOT NULL, version INTEGER NOT NULL,
    event_id TEXT NOT NULL, recorded_at TEXT NOT NULL, recorded_on TEXT NOT NULL, occurred_on TEXT NOT NULL,
    lateness_days INTEGER NOT NULL, organisation TEXT, zh TEXT NOT NULL, en TEXT NOT NULL, money_fen INTEGER,
    cash_received_fen INTEGER NOT NULL, cash_paid_fen INTEGER NOT NULL, goods_fen INTEGER NOT NULL,
    service_fen INTEGER NOT NULL, service_hours INTEGER NOT NULL, state TEXT NOT NULL, keyids TEXT NOT NULL,
    payload TEXT NOT NULL, amends INTEGER, amended_by TEXT NOT NULL DEFAULT '[]', standing TEXT NOT NULL DEFAULT '',
    zh_now TEXT, en_now TEXT
);
CREATE INDEX entries_by_event ON entries (event_id);
CREATE INDEX entries_by_amended ON entries (amends) WHERE amends IS NOT NULL;
CREATE UNIQUE INDEX entries_by_record ON entries (record, version);
CREATE INDEX entries_by_type ON entries (type);
CREATE INDEX entries_by_kind ON entries (kind);
CREATE INDEX entries_by_day ON entries (recorded_on);
CREATE TABLE signers (
    idx INTEGER NOT NULL, keyid TEXT NOT NULL, key TEXT, organisation TEXT, post TEXT NOT NULL, post_en TEXT NOT NULL,
    capabilities TEXT NOT NULL, enrolled_index INTEGER NOT NULL, expires_on TEXT, per_event_fen INTEGER,
    first INTEGER NOT NULL, PRIMARY KEY (idx, keyid)
) WITHOUT ROWID;
CREATE TABLE corrections (
    idx INTEGER PRIMARY KEY, target INTEGER NOT NULL, record TEXT NOT NULL, reason TEXT NOT NULL, void INTEGER NOT NULL,
    stood INTEGER NOT NULL
);
CREATE INDEX corrections_by_record ON corrections (record);
CREATE INDEX corrections_by_reason ON corrections (reason, void, stood);
CREATE TABLE corrections_about (reference TEXT NOT NULL, idx INTEGER NOT NULL, PRIMARY KEY (reference, idx))
    WITHOUT ROWID;
CREATE INDEX signers_by_organisation ON signers (organisation, idx);
CREATE INDEX signers_by_key ON signers (key, idx);
CREATE TABLE touches (reference TEXT NOT NULL, idx INTEGER NOT NULL, PRIMARY KEY (reference, idx)) WITHOUT ROWID;
"""
SET_SUMS = (
    "UPDATE entries SET cash_received_fen = ?, cash_paid_fen = ?, goods_fen = ?, service_fen = ?, service_hours = ?"
    " WHERE idx = ?"
)
SAY_NOW = "UPDATE entries SET zh_now = NULLIF(?, zh), en_now = NULLIF(?, en) WHERE idx = ?"
INSERTED = (
    "idx, type, kind, record, version, event_id, recorded_at, recorded_on, occurred_on, lateness_days, organisation,"
    " zh, en, money_fen, cash_received_fen, cash_paid_fen, goods_fen, service_fen, service_hours, state, keyids,"
    " payload, amends"
)
INSERT = f"INSERT INTO entries ({INSERTED}) VALUES ({','.join('?' * 23)})"  # noqa: S608  (constant columns)


def fold(db: sqlite3.Connection, fact: Fact) -> None:
    """Adds one entry."""
    payload = fact.payload
    recorded_on = fact.recorded_on
    row: tuple[Any, ...] = (
        fact.index, payload.type, payload.kind, payload.record, payload.version, payload.event_id,
        format_time(fact.recorded_at), recorded_on.isoformat(), fact.day, (recorded_on - payload.occurred_on).days,
        fact.organisation, fact.sentence.zh, fact.sentence.en, _money(fact), *_sums(fact.event, fact),
        fact.record.state, " ".join(signer.keyid for signer in fact.signers), payload.raw.decode(), _amended(fact),
    )  # fmt: skip
    db.execute(INSERT, row)
    _fold_signers(db, fact)
    touched = {fact.reference}
    _collect(payload.data, touched)
    if payload.version > 1:  # a start of works touches the project and places of those works
        _collect(fact.record.history[0].event, touched)
    db.executemany("INSERT INTO touches VALUES (?, ?)", [(reference, fact.index) for reference in touched])
    if isinstance(fact.event, AMENDING):
        _fold_correction(db, fact, touched)


def _fold_correction(db: sqlite3.Connection, fact: Fact, touched: set[str]) -> None:
    event: Any = fact.event
    target = _amended(fact)
    (day,) = db.execute("SELECT recorded_on FROM entries WHERE idx = ?", (target,)).fetchone()
    stood, void = (fact.recorded_on - date.fromisoformat(day)).days, isinstance(event, Voided)
    row = (fact.index, target, fact.reference, event.reason, void, stood)
    db.execute("INSERT INTO corrections VALUES (?, ?, ?, ?, ?, ?)", row)
    db.executemany("INSERT INTO corrections_about VALUES (?, ?)", [(reference, fact.index) for reference in touched])


def amend(db: sqlite3.Connection, fact: Fact, retold: list[Fact]) -> None:
    """After a correction or void: how each entry of the record stands, what it says now and what it adds up to."""
    numbers = {past.event_id: index for index, past in zip(fact.chain.indices, fact.record.history, strict=True)}
    for index, past in zip(fact.chain.indices, fact.record.history, strict=True):
        db.execute("UPDATE entries SET standing = ? WHERE idx = ?", (past.standing, index))
        if past.standing:
            db.execute("UPDATE entries SET zh_now = NULL, en_now = NULL WHERE idx = ?", (index,))
            db.execute(SET_SUMS, (0, 0, 0, 0, 0, index))
    for step in retold:
        db.execute(SAY_NOW, (step.sentence.zh, step.sentence.en, step.index))
        db.execute(SET_SUMS, (*_sums(step.event, step), step.index))
    added = "UPDATE entries SET amended_by = json_insert(amended_by, '$[#]', ?) WHERE idx = ?"
    db.execute(added, (fact.index, numbers[_target(fact)]))


def _target(fact: Fact) -> str:
    assert isinstance(fact.event, AMENDING)
    return fact.event.event


def _amended(fact: Fact) -> int | None:
    """The entry that this one corrects or voids, if it does."""
    if not isinstance(fact.event, AMENDING):
        return None
    return fact.chain.index_of_event(_target(fact))


def _fold_signers(db: sqlite3.Connection, fact: Fact) -> None:
    seen: set[str | None] = {None}
    for signer in fact.signers:
        db.execute(
            "INSERT INTO signers VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                fact.index, signer.keyid, signer.key, signer.organisation, signer.post.zh, signer.post.en,
                _listed(signer.capabilities), signer.enrolled_index, signer.expires_on, signer.per_event_fen,
                signer.organisation not in seen,
            ),
        )  # fmt: skip
        seen.add(signer.organisation)


@lru_cache(maxsize=1024)
def _listed(capabilities: tuple[str, ...]) -> str:
    return json.dumps(capabilities)


def references_in(value: Any) -> Iterator[str]:
    """Every ``kind/uuid`` in a payload's data, in the order in which it stands there."""
    if isinstance(value, str):
        if "/" in value and REFERENCE.fullmatch(value):
            yield value
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from references_in(item)


def _collect(value: Any, found: set[str]) -> None:
    """Puts the same into ``found``, of an event too."""
    if isinstance(value, str):
        if "/" in value and REFERENCE.fullmatch(value):
            found.add(value)
    elif isinstance(value, list):
        for item in value:
            _collect(item, found)
    elif isinstance(value, dict):
        for item in value.values():
            _collect(item, found)
    elif isinstance(value, Part):
        _collect(value.__dict__, found)


def _money(fact: Fact) -> int | None:
    event: Any = fact.event
    if isinstance(event, DonationConfirmed):
        return value_of(fact.record)
    if isinstance(event, PaymentReversed):
        return fact.record.first(PaymentMade).amount_fen
    fen: int | None = event.get(event.MONEY or "amount_fen")
    return fen if fen is not None else fact.event.get("value_fen")


def _sums(event: Event, fact: Fact) -> tuple[int, int, int, int, int]:
    """Cash received, cash paid, goods, service and hours that the entry adds."""
    match event:
        case DonationReceived():
            fen = event.amount_fen or event.value_fen or 0
            return {
                "cash": (fen, 0, 0, 0, 0),
                "goods": (0, 0, fen, 0, 0),
            }.get(event.form, (0, 0, 0, fen, event.hours or 0))
        case PaymentMade():
            return 0, event.amount_fen, 0, 0, 0
        case PaymentReversed():
            return 0, -fact.record.first(PaymentMade).amount_fen, 0, 0, 0
    return 0, 0, 0, 0, 0
