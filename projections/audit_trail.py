"""Entries as the audit trail lists them: by filter and page with their sums, and behind any figure."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from ledger.domain.catalogue import EVENTS
from ledger.domain.entry import parse_time
from ledger.domain.values import Label
from projections.counted import Entries, figure
from projections.lines.audit_trail import MEASURES
from projections.names import Names
from projections.rows import AuditFilter, AuditPage, AuditSums, EntryRow, Figure

LABELS = {event_type: cls.LABEL for (event_type, _), cls in EVENTS.items()}
COLUMNS = (
    "idx, type, kind, record, version, event_id, recorded_at, recorded_on, occurred_on, lateness_days, organisation,"
    " zh, en, money_fen, amends, amended_by, standing, zh_now, en_now"
)
SIGNED = "(SELECT idx FROM signers WHERE organisation = ? AND first)"
"""``first`` of several signers of one organisation, so that an entry counts once."""
AT_PLACE = "idx IN (SELECT idx FROM touches WHERE reference IN (SELECT place FROM place_within WHERE ancestor = ?))"
SAID = "zh || char(10) || en || char(10) || IFNULL(zh_now, '') || char(10) || IFNULL(en_now, '')"
SUMS = (
    "COUNT(*), TOTAL(cash_received_fen), TOTAL(cash_paid_fen), TOTAL(goods_fen), TOTAL(service_fen),"
    " TOTAL(service_hours), TOTAL(lateness_days > 0)"
)
SUMMED = (*MEASURES, "lateness_days")
MOST_SUMMED = 10_000
"""So many entries are added up while somebody waits; of more than that, the first so many and no more."""


def page(db: sqlite3.Connection, wanted: AuditFilter, *, page: int = 1, size: int = 20) -> AuditPage:
    """One page of what the filter lets through, newest first, with the sums of all of it."""
    source, values = _condition(wanted)
    sums = _kept_sums(db, wanted) or _sums_of(db, source, values)
    if isinstance(wanted.indices, Entries) and wanted == AuditFilter(indices=wanted.indices):
        sums = replace(sums, count=len(wanted.indices))
    page_count = max(1, -(-sums.count // size))
    page = min(max(1, page), page_count)
    sql = f"SELECT {COLUMNS} FROM {source} ORDER BY idx DESC LIMIT ? OFFSET ?"  # noqa: S608  (constant clauses)
    rows = db.execute(sql, (*values, size, (page - 1) * size))
    return AuditPage(rows_of(rows, Names(db)), sums, page, page_count)


def _kept_sums(db: sqlite3.Connection, wanted: AuditFilter) -> AuditSums | None:
    """Those of the whole ledger, a kind or a type are kept."""
    if wanted != AuditFilter(kind=wanted.kind, type=wanted.type) or (wanted.kind and wanted.type):
        return None
    of = wanted.kind or wanted.type or ""
    return replace(_sums([figure(db, f"audit.{name}", of).value for name in ("count", *MEASURES, "late")]), more=False)


def _sums_of(db: sqlite3.Connection, source: str, values: tuple[Any, ...]) -> AuditSums:
    """Added up, as far as that goes while somebody waits."""
    newest = f"SELECT {', '.join(SUMMED)} FROM {source} ORDER BY idx DESC LIMIT ?"  # noqa: S608  (constant clauses)
    return _sums(db.execute(f"SELECT {SUMS} FROM ({newest})", (*values, MOST_SUMMED + 1)).fetchone())  # noqa: S608


def _sums(found: Iterable[float]) -> AuditSums:
    count, received, paid, goods, service, hours, late = map(int, found)
    return AuditSums(count, received, paid, goods, service, hours, late, more=count > MOST_SUMMED)


def only_at(db: sqlite3.Connection, place: str) -> int | None:
    """The one entry about a place or one below it, by its reference; None where there are more."""
    within = "reference IN (SELECT place FROM place_within WHERE ancestor = ?)"
    rows = db.execute(f"SELECT DISTINCT idx FROM touches WHERE {within} LIMIT 2", (place,)).fetchall()  # noqa: S608
    return int(rows[0][0]) if len(rows) == 1 else None


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
        (SIGNED, (wanted.organisation,) if wanted.organisation else None),
        ("(SELECT idx FROM touches WHERE reference = ?)", (wanted.record,) if wanted.record else None),
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
