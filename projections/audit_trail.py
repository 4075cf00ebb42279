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
from projections.filtering import MOST, SIGNED, Selection, of_days, selection
from projections.lines.audit_trail import MEASURES
from projections.names import Names
from projections.rows import AuditFilter, AuditPage, AuditSums, EntryRow, Figure

LABELS = {event_type: cls.LABEL for (event_type, _), cls in EVENTS.items()}
COLUMNS = (
    "idx, type, kind, record, version, event_id, recorded_at, recorded_on, occurred_on, lateness_days, organisation,"
    " zh, en, money_fen, amends, amended_by, standing, zh_now, en_now"
)
SUMS = (
    "COUNT(*), TOTAL(cash_received_fen), TOTAL(cash_paid_fen), TOTAL(goods_fen), TOTAL(service_fen),"
    " TOTAL(service_hours), TOTAL(lateness_days > 0)"
)


def page(db: sqlite3.Connection, wanted: AuditFilter, *, page: int = 1, size: int = 20) -> AuditPage:
    """One page of what the filter lets through, newest first, with the sums of all of it or of what was looked at."""
    chosen = selection(db, wanted)
    sums = _kept_sums(db, wanted) or _sums_of(db, *chosen.rows(MOST))
    left_at = None if chosen.count is not None else chosen.left_at(db)
    count = sums.count if chosen.count is None else chosen.count
    sums = replace(sums, count=count, more=left_at is not None or sums.count < count)
    page_count = max(1, -(-sums.count // size))
    page = min(max(1, page), page_count)
    start = (page - 1) * size
    if wanted == AuditFilter():  # without a gap: nothing is to be skipped
        chosen, start = selection(db, AuditFilter(before=sums.count - start)), 0
    return AuditPage(rows_of(_of_page(db, chosen, size, start), Names(db)), sums, page, page_count, left_at)


def _of_page(db: sqlite3.Connection, chosen: Selection, size: int, start: int) -> sqlite3.Cursor:
    """``size`` rows after ``start``: found by the index alone, where every candidate fits."""
    if not chosen.clauses:
        found, values = chosen.rows(size, start)
        return db.execute(f"SELECT {COLUMNS} FROM {found} ORDER BY {chosen.order}", values)  # noqa: S608
    found, values = chosen.rows(MOST)
    # Without an order of its own: candidates come in theirs, and are looked at until there are enough.
    sql = f"SELECT {COLUMNS} FROM {found} LIMIT ? OFFSET ?"  # noqa: S608  (constant clauses)
    return db.execute(sql, (*values, size, start))


def _kept_sums(db: sqlite3.Connection, wanted: AuditFilter) -> AuditSums | None:
    """Those of the whole ledger, a kind, a type, a place or some days are kept."""
    names = ("count", *MEASURES, "late")
    if wanted == AuditFilter(start=wanted.start, end=wanted.end) and (wanted.start or wanted.end):
        return _sums([of_days(db, name, wanted) for name in names])
    if wanted.place is not None and wanted == AuditFilter(place=wanted.place):
        return _sums([figure(db, f"at.{name}", wanted.place).value for name in names])
    if wanted != AuditFilter(kind=wanted.kind, type=wanted.type) or (wanted.kind and wanted.type):
        return None
    of = wanted.kind or wanted.type or ""
    return _sums([figure(db, f"audit.{name}", of).value for name in names])


def _sums_of(db: sqlite3.Connection, source: str, values: tuple[Any, ...]) -> AuditSums:
    return _sums(db.execute(f"SELECT {SUMS} FROM {source}", values).fetchone())  # noqa: S608  (constant clauses)


def _sums(found: Iterable[float]) -> AuditSums:
    count, received, paid, goods, service, hours, late = map(int, found)
    return AuditSums(count, received, paid, goods, service, hours, late)


def saying(db: sqlite3.Connection, text: str, *, size: int, most: int) -> tuple[tuple[EntryRow, ...], int, bool]:
    """The newest ``size`` entries that have a text in their sentences; how many have it, up to ``most``; if there are
    more, or may be.
    """
    chosen = selection(db, AuditFilter(text=text))
    found, values = chosen.rows(MOST)
    counted = f"SELECT COUNT(*) FROM (SELECT 1 FROM {found} LIMIT ?)"  # noqa: S608  (constant clauses)
    (count,) = db.execute(counted, (*values, most + 1)).fetchone()
    more = count > most or chosen.left_at(db) is not None
    return rows_of(_of_page(db, chosen, size, 0), Names(db)), min(count, most), more


def only_at(db: sqlite3.Connection, place: str) -> int | None:
    """The one entry about a place or one below it, by its reference; None where there are more."""
    within = "reference IN (SELECT place FROM place_within WHERE ancestor = ?)"
    rows = db.execute(f"SELECT DISTINCT idx FROM touches WHERE {within} LIMIT 2", (place,)).fetchall()  # noqa: S608
    return int(rows[0][0]) if len(rows) == 1 else None


def every(db: sqlite3.Connection, wanted: AuditFilter) -> tuple[EntryRow, ...]:
    """All that the filter lets through, oldest first: for downloads and for the entries behind a figure."""
    source, values = selection(db, wanted).rows(-1)
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
    return rows_of(_of_page(db, selection(db, AuditFilter(indices=entries)), size, 0), Names(db))


def signed(db: sqlite3.Connection, by: str) -> Figure:
    """What an organisation or a key signed."""
    found = figure(db, "signed", by).value
    source = f"(SELECT idx FROM {SIGNED if by.startswith('organisation/') else 'signers WHERE key = ?'})"  # noqa: S608
    return Figure(found, Entries(db, source, (by,), found))


def indices(db: sqlite3.Connection, wanted: AuditFilter) -> tuple[int, ...]:
    """The entry indices that the filter lets through, ascending."""
    source, values = selection(db, wanted).rows(-1)
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
