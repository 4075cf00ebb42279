"""Cases, media reports and honours. No story, no person's name: those are not in the log."""

import json
import sqlite3
from collections.abc import Callable
from typing import Any, TypeVar

from ledger.domain.case import CasePublished, CaseReviewed, CaseSubmitted, CaseWithdrawn
from ledger.domain.honour import HonourAwarded, HonourConsented, HonourDeclined, HonourNominated, HonourRevoked
from ledger.domain.media import MediaRecorded
from ledger.domain.values import Label
from projections.counted import numbered, put_row
from projections.facts import Fact
from projections.names import Names
from projections.records import Chain, existing_chain
from projections.rows import Figure
from projections.rows.recognition import Case, CaseTotals, Honour, HonourTotals, MediaReport

SCHEMA = """
CREATE TABLE cases (record TEXT PRIMARY KEY, idx INTEGER NOT NULL, state TEXT NOT NULL, last_idx INTEGER NOT NULL,
    organisation TEXT NOT NULL);
CREATE TABLE media (record TEXT PRIMARY KEY, idx INTEGER NOT NULL, published_on TEXT NOT NULL);
CREATE INDEX cases_in_order ON cases (idx);
CREATE INDEX media_by_day ON media (published_on, idx);
CREATE INDEX honours_in_order ON honours (idx);
CREATE TABLE honours (record TEXT PRIMARY KEY, idx INTEGER NOT NULL, state TEXT NOT NULL, last_idx INTEGER NOT NULL,
    organisation TEXT);
CREATE INDEX honours_by_organisation ON honours (organisation, idx);
"""
KINDS = {"case": "cases", "media": "media", "honour": "honours"}
SIGNED_BY = "SELECT organisation FROM entries WHERE idx = ?"
T = TypeVar("T")


def fold(db: sqlite3.Connection, fact: Fact) -> None:
    """Brings the row of a case, media report or honour up to date."""
    record = fact.record
    match record.kind:
        case "case":
            submitted = record.last(CaseSubmitted) or record.first(CaseSubmitted)
            _put(db, "cases", fact, record.state, fact.index, submitted.organisation)
        case "media":
            _put(db, "media", fact, record.first(MediaRecorded).published_on.isoformat())
        case "honour":
            consented = record.last(HonourConsented)
            _put(db, "honours", fact, record.state, fact.index, consented and consented.organisation)


def _put(db: sqlite3.Connection, table: str, fact: Fact, *values: object) -> None:
    row = (fact.reference, fact.chain.indices[0], *values)
    put_row(db, table, row)


def forget(db: sqlite3.Connection, record: str) -> None:
    """Takes out what a record's entries had put in, to be folded again as they stand now."""
    table = KINDS.get(record.partition("/")[0])
    if table is not None:
        db.execute(f"DELETE FROM {table} WHERE record = ?", (record,))  # noqa: S608  (three constant names)


def credit(db: sqlite3.Connection, corrected: int, correction: int) -> None:
    """A state that rests on a corrected entry is counted from the correction."""
    for table in ("cases", "honours"):
        own = "record = (SELECT record FROM entries WHERE idx = ?2)"
        sql = f"UPDATE {table} SET last_idx = ?1 WHERE last_idx = ?2 AND {own}"  # noqa: S608  (two constant names)
        db.execute(sql, (correction, corrected))


def case_totals(db: sqlite3.Connection) -> CaseTotals:
    """Cases by what became of them."""
    return CaseTotals(
        published=numbered(db, "case.published"),
        waiting=numbered(db, "case.waiting"),
        withdrawn=numbered(db, "case.withdrawn"),
    )


def honour_totals(db: sqlite3.Connection) -> HonourTotals:
    """Honours by what became of them."""
    return HonourTotals(
        awarded=numbered(db, "honour.awarded"),
        revoked=numbered(db, "honour.revoked"),
        declined=numbered(db, "honour.declined"),
        waiting=numbered(db, "honour.waiting"),
    )


def media_count(db: sqlite3.Connection) -> Figure:
    """All media reports."""
    return numbered(db, "media.all")


def cases(db: sqlite3.Connection, *, limit: int, offset: int = 0) -> tuple[Case, ...]:
    """Cases, newest first."""
    return _page(db, "SELECT record FROM cases ORDER BY idx DESC", (limit, offset), case_of)


def media(db: sqlite3.Connection, *, limit: int, offset: int = 0) -> tuple[MediaReport, ...]:
    """Media reports by the day they appeared, newest first."""
    return _page(db, "SELECT record FROM media ORDER BY published_on DESC, idx DESC", (limit, offset), media_of)


def honours(db: sqlite3.Connection, *, limit: int, offset: int = 0) -> tuple[Honour, ...]:
    """Honours, newest first."""
    return _page(db, "SELECT record FROM honours ORDER BY idx DESC", (limit, offset), honour_of)


def honours_of(db: sqlite3.Connection, organisation: str, *, size: int = -1) -> tuple[Honour, ...]:
    """The honours of one organisation, oldest first, at most ``size``: only those it consented to."""
    sql = "SELECT record FROM honours WHERE organisation = ? ORDER BY idx LIMIT ?"
    rows = db.execute(sql, (organisation, size)).fetchall()
    return tuple(honour_of(db, row[0]) for row in rows)


def _page(
    db: sqlite3.Connection, sql: str, page: tuple[int, int], read: Callable[[sqlite3.Connection, str], T]
) -> tuple[T, ...]:
    rows = db.execute(f"{sql} LIMIT ? OFFSET ?", page).fetchall()
    return tuple(read(db, row[0]) for row in rows)


def case_of(db: sqlite3.Connection, reference: str) -> Case:
    """One case. Raises NotFoundError."""
    chain, names = existing_chain(db, reference), Names(db)
    at, on, submitted = chain.last(CaseSubmitted) or chain.first(CaseSubmitted)
    reviewed, published, withdrawn = chain.last(CaseReviewed), chain.last(CasePublished), chain.last(CaseWithdrawn)
    return Case(
        case=names(reference),
        category=submitted.category,
        organisation=names(submitted.organisation),
        project=names.maybe(submitted.project),
        places=tuple(map(names, submitted.places or ())),
        state=chain.record.state,
        index=at,
        submitted_on=on,
        reviewed=_by(db, names, reviewed) if reviewed and reviewed[2].result == "clear" else None,
        published=published and (published[2].channel, published[1], published[0]),
        withdrawn=withdrawn and (withdrawn[2].reason, withdrawn[1], withdrawn[0]),
        texts=_texts(db, published and published[0]),
    )


def media_of(db: sqlite3.Connection, reference: str) -> MediaReport:
    """One media report. Raises NotFoundError."""
    chain, names = existing_chain(db, reference), Names(db)
    index, _, event = chain.first(MediaRecorded)
    about = tuple(map(names, event.about or ()))
    return MediaReport(
        names(reference), event.outlet, event.medium, event.title, event.published_on, event.link, about, index
    )


def honour_of(db: sqlite3.Connection, reference: str) -> Honour:
    """One honour. Raises NotFoundError."""
    chain, names = existing_chain(db, reference), Names(db)
    index, _, nominated = chain.first(HonourNominated)
    consented = chain.last(HonourConsented)
    return Honour(
        honour=names(reference),
        title=Label(nominated.title, nominated.title_en or nominated.title),
        honours=nominated.honours,
        occasion=nominated.occasion,
        year=nominated.year,
        state=chain.record.state,
        index=index,
        organisation=names.maybe(consented[2].organisation) if consented else None,
        consented_index=consented and consented[0],
        declined_index=chain.index_of(HonourDeclined),
        awarded=_awarded(db, names, chain),
        revoked=_revoked(chain),
        texts=_texts(db, chain.index_of(HonourAwarded)),
    )


def _awarded(db: sqlite3.Connection, names: Names, chain: Chain) -> Any:
    awarded = chain.last(HonourAwarded)
    return awarded and (awarded[2].certificate, *_by(db, names, awarded))


def _revoked(chain: Chain) -> Any:
    revoked = chain.last(HonourRevoked)
    return revoked and (revoked[2].reason, revoked[1], revoked[0])


def _by(db: sqlite3.Connection, names: Names, found: tuple[int, Any, Any]) -> Any:
    """(organisation that signed, day, index)."""
    return names.maybe(db.execute(SIGNED_BY, (found[0],)).fetchone()[0]), found[1], found[0]


def _texts(db: sqlite3.Connection, index: int | None) -> tuple[str, ...]:
    """The digests of the withdrawable disclosures of an entry and of its corrections, which may state them again."""
    rows = db.execute("SELECT payload FROM entries WHERE idx = ?1 OR amends = ?1 ORDER BY idx", (index,))
    return tuple(digest for (payload,) in rows for digest in json.loads(payload).get("withdrawable", ()))
