"""Every entry, its sentence, who signed it and what it touches: /audit and /entries/{index}."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from ledger.domain.balance import value_of
from ledger.domain.catalogue import EVENTS
from ledger.domain.correction import Corrected, Voided
from ledger.domain.donation import DonationConfirmed, DonationReceived
from ledger.domain.entry import format_time, parse_time
from ledger.domain.event import Event
from ledger.domain.payment import PaymentMade, PaymentReversed
from ledger.domain.values import REFERENCE, Label
from projections.counted import Entries, figure
from projections.facts import Fact
from projections.lines.audit_trail import MEASURES
from projections.names import Names
from projections.rows import AuditFilter, AuditPage, AuditSums, EntryRow, Figure

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
LABELS = {event_type: cls.LABEL for (event_type, _), cls in EVENTS.items()}
COLUMNS = (
    "idx, type, kind, record, version, event_id, recorded_at, recorded_on, occurred_on, lateness_days, organisation,"
    " zh, en, money_fen, amends, amended_by, standing, zh_now, en_now"
)
SIGNED = "(SELECT idx FROM signers WHERE organisation = ? AND first)"
"""``first`` of several signers of one organisation, so that an entry counts once."""
AT_PLACE = "idx IN (SELECT idx FROM touches WHERE reference IN (SELECT place FROM place_within WHERE ancestor = ?))"
SET_SUMS = (
    "UPDATE entries SET cash_received_fen = ?, cash_paid_fen = ?, goods_fen = ?, service_fen = ?, service_hours = ?"
    " WHERE idx = ?"
)
SAY_NOW = "UPDATE entries SET zh_now = NULLIF(?, zh), en_now = NULLIF(?, en) WHERE idx = ?"
SAID = "zh || char(10) || en || char(10) || IFNULL(zh_now, '') || char(10) || IFNULL(en_now, '')"
INSERTED = (
    "idx, type, kind, record, version, event_id, recorded_at, recorded_on, occurred_on, lateness_days, organisation,"
    " zh, en, money_fen, cash_received_fen, cash_paid_fen, goods_fen, service_fen, service_hours, state, keyids,"
    " payload, amends"
)
INSERT = f"INSERT INTO entries ({INSERTED}) VALUES ({','.join('?' * 23)})"  # noqa: S608  (constant columns)
SUMS = (
    "COUNT(*), TOTAL(cash_received_fen), TOTAL(cash_paid_fen), TOTAL(goods_fen), TOTAL(service_fen),"
    " TOTAL(service_hours), TOTAL(lateness_days > 0)"
)
SUMMED_TYPES = frozenset(each.TYPE for each in (DonationReceived, PaymentMade, PaymentReversed))
SUMMED = (*MEASURES, "lateness_days")
MOST_SUMMED = 10_000
"""So many entries are added up while somebody waits; of more than that, the first so many and no more."""


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
    touched = {fact.reference, *references_in(payload.data), *_references_of_opening(fact)}
    db.executemany("INSERT INTO touches VALUES (?, ?)", [(reference, fact.index) for reference in touched])
    if isinstance(fact.event, Corrected | Voided):
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
    assert isinstance(fact.event, Corrected | Voided)
    return fact.event.event


def _amended(fact: Fact) -> int | None:
    """The entry that this one corrects or voids, if it does."""
    if not isinstance(fact.event, Corrected | Voided):
        return None
    return fact.chain.index_of_event(_target(fact))


def page(db: sqlite3.Connection, wanted: AuditFilter, *, page: int = 1, size: int = 20) -> AuditPage:
    """One page of what the filter lets through, newest first, with the sums of all of it."""
    source, values = _condition(wanted)
    sums = _kept_sums(db, wanted) or _sums_of(db, source, values)
    page_count = max(1, -(-sums.count // size))
    page = min(max(1, page), page_count)
    sql = f"SELECT {COLUMNS} FROM {source} ORDER BY idx DESC LIMIT ? OFFSET ?"  # noqa: S608  (constant clauses)
    rows = db.execute(sql, (*values, size, (page - 1) * size))
    return AuditPage(rows_of(rows, Names(db)), sums, page, page_count)


def _kept_sums(db: sqlite3.Connection, wanted: AuditFilter) -> AuditSums | None:
    """Those of the whole ledger, a kind or a type are kept."""
    if wanted != AuditFilter(kind=wanted.kind, type=wanted.type) or (wanted.kind and wanted.type):
        return None
    names = ("count", *MEASURES, "late")
    found = (figure(db, f"audit.{name}", wanted.kind or wanted.type or "").value for name in names)
    return AuditSums(*found)


def _sums_of(db: sqlite3.Connection, source: str, values: tuple[Any, ...]) -> AuditSums:
    """Added up, as far as that goes while somebody waits."""
    newest = f"SELECT {', '.join(SUMMED)} FROM {source} ORDER BY idx DESC LIMIT ?"  # noqa: S608  (constant clauses)
    found = db.execute(f"SELECT {SUMS} FROM ({newest})", (*values, MOST_SUMMED + 1)).fetchone()  # noqa: S608
    return AuditSums(*map(int, found), more=found[0] > MOST_SUMMED)


def every(db: sqlite3.Connection, wanted: AuditFilter) -> tuple[EntryRow, ...]:
    """All that the filter lets through, oldest first: for downloads and for the entries behind a figure."""
    source, values = _condition(wanted)
    return rows_of(db.execute(f"SELECT {COLUMNS} FROM {source} ORDER BY idx", values), Names(db))  # noqa: S608


def of_type(db: sqlite3.Connection, event_type: str, *, start: int = 0, size: int) -> tuple[EntryRow, ...]:
    """Entries of a type, oldest first: ``size`` of them after ``start``."""
    sql = f"SELECT {COLUMNS} FROM entries WHERE type = ? ORDER BY idx LIMIT ? OFFSET ?"  # noqa: S608
    return rows_of(db.execute(sql, (event_type, size, start)), Names(db))


def type_count(db: sqlite3.Connection, event_type: str) -> int:
    """How many entries of a type there are."""
    return figure(db, "audit.count", event_type).value


def newest(db: sqlite3.Connection, entries: Sequence[int], size: int) -> tuple[EntryRow, ...]:
    """The newest ``size`` of some entries, newest first."""
    source, values = _condition(AuditFilter(indices=entries))
    sql = f"SELECT {COLUMNS} FROM {source} ORDER BY idx DESC LIMIT ?"  # noqa: S608  (constant clauses)
    return rows_of(db.execute(sql, (*values, size)), Names(db))


def signed(db: sqlite3.Connection, by: str) -> Figure:
    """What an organisation or a key signed."""
    found = figure(db, "signed", by).value
    source = SIGNED if by.startswith("organisation/") else "(SELECT idx FROM signers WHERE key = ?)"
    return Figure(found, Entries(db, source, (by,), found))


def indices(db: sqlite3.Connection, wanted: AuditFilter) -> tuple[int, ...]:
    """The entry indices that the filter lets through, ascending."""
    source, values = _condition(wanted)
    return tuple(row[0] for row in db.execute(f"SELECT idx FROM {source} ORDER BY idx", values))  # noqa: S608


def chain_rows(db: sqlite3.Connection, record: str) -> tuple[EntryRow, ...]:
    """The record's own entries, oldest first."""
    sql = f"SELECT {COLUMNS} FROM entries WHERE record = ? ORDER BY version"  # noqa: S608  (constant columns)
    return rows_of(db.execute(sql, (record,)), Names(db))


def latest(db: sqlite3.Connection, count: int) -> tuple[EntryRow, ...]:
    """The newest entries, newest first."""
    sql = f"SELECT {COLUMNS} FROM entries ORDER BY idx DESC LIMIT ?"  # noqa: S608  (constant columns)
    return rows_of(db.execute(sql, (count,)), Names(db))


def rows_of(rows: Iterator[Any] | sqlite3.Cursor, names: Names) -> tuple[EntryRow, ...]:
    """Rows of ``COLUMNS`` as values."""
    return tuple(_row(row, names) for row in rows)


def _row(row: sqlite3.Row, names: Names) -> EntryRow:
    return EntryRow(
        index=row["idx"],
        type=row["type"],
        kind=row["kind"],
        label=LABELS[row["type"]],
        record=names(row["record"]),
        version=row["version"],
        event_id=row["event_id"],
        recorded_at=parse_time(row["recorded_at"]),
        recorded_on=date.fromisoformat(row["recorded_on"]),
        occurred_on=date.fromisoformat(row["occurred_on"]),
        lateness_days=row["lateness_days"],
        organisation=names.maybe(row["organisation"]),
        sentence=Label(row["zh"], row["en"]),
        money_fen=row["money_fen"],
        amends=row["amends"],
        amended_by=tuple(json.loads(row["amended_by"])),
        standing=row["standing"],
        sentence_now=_sentence_now(row),
    )


def _sentence_now(row: sqlite3.Row) -> Label | None:
    if row["zh_now"] is None and row["en_now"] is None:
        return None
    return Label(row["zh_now"] or row["zh"], row["en_now"] or row["en"])


def _condition(wanted: AuditFilter) -> tuple[str, tuple[Any, ...]]:
    """What a filter selects from, with question marks, and its values; an index that it names is read in its order."""
    behind = wanted.indices if isinstance(wanted.indices, Entries) else None
    sources: list[tuple[str, tuple[object, ...] | None]] = [
        (behind.source if behind else "", behind.values if behind else None),
        (SIGNED, wanted.organisation and (wanted.organisation,)),
        ("(SELECT idx FROM touches WHERE reference = ?)", wanted.record and (wanted.record,)),
    ]  # fmt: skip
    pairs: list[tuple[str, object | None]] = [
        ("kind = ?", wanted.kind),
        ("type = ?", wanted.type),
        (AT_PLACE, wanted.place),
        ("recorded_on >= ?", wanted.start and wanted.start.isoformat()),
        ("recorded_on <= ?", wanted.end and wanted.end.isoformat()),
        (
            f"({SAID}) LIKE ? ESCAPE '\\'",
            wanted.text and _pattern(wanted.text),
        ),
        (
            "idx IN (SELECT value FROM json_each(?))",
            None if wanted.indices is None or behind else json.dumps(tuple(wanted.indices)),
        ),
    ]
    driving = [(source, values) for source, values in sources if values is not None]
    first = [f"{driving[0][0]} CROSS JOIN entries USING (idx)"] if driving else ["entries"]
    also = [(f"idx IN {source}", values) for source, values in driving[1:]]
    also += [(clause, (value,)) for clause, value in pairs if value is not None]
    where = f"WHERE {' AND '.join(clause for clause, _ in also)}" if also else ""
    values = [each for _, found in (*driving[:1], *also) for each in found]
    return f"{first[0]} {where}", tuple(values)


def _pattern(text: str) -> str:
    for character in "\\%_":
        text = text.replace(character, f"\\{character}")
    return f"%{text}%"


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
    """Every ``kind/uuid`` in a payload's data."""
    if isinstance(value, str):
        if "/" in value and REFERENCE.fullmatch(value):
            yield value
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from references_in(item)


def _references_of_opening(fact: Fact) -> Iterator[str]:
    """What the record's first event named: a start of works touches the project and places of those works."""
    if fact.record.version > 1:
        yield from references_in(fact.record.history[0].event.model_dump())


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
    if event.TYPE not in SUMMED_TYPES:
        return 0, 0, 0, 0, 0
    match event:
        case DonationReceived(form="cash"):
            return event.amount_fen or 0, 0, 0, 0, 0
        case DonationReceived(form="goods"):
            return 0, 0, event.value_fen or 0, 0, 0
        case DonationReceived():
            return 0, 0, 0, event.value_fen or 0, event.hours or 0
        case PaymentMade():
            return 0, event.amount_fen, 0, 0, 0
        case PaymentReversed():
            return 0, -fact.record.first(PaymentMade).amount_fen, 0, 0, 0
    return 0, 0, 0, 0, 0
