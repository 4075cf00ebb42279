"""Reports: annual reviews, the final evaluation and close, and published figures, with the day by which they were due.

A review of a year is due on 31 May of the next one (慈善法 article 78; order 81), everything about a programme that
has ended within three months of its end, and the figures of a period within three months of it (慈善法 article 79).
"""

import json
import sqlite3
from collections.abc import Iterator
from datetime import date

from ledger.domain.disclosure import DisclosurePublished
from ledger.domain.event import Event
from ledger.domain.programme import ProgrammeClosed, ProgrammeEvaluated, ProgrammeOpened, ProgrammeReviewed
from projections import what
from projections.audit_trail import every
from projections.figures import number
from projections.names import Names
from projections.records import Chain, existing_chain
from projections.rows import AuditFilter, EntryRow, Named
from projections.rows.recognition import Missing, Report, ReportTotals

REVIEWS = (ProgrammeReviewed.TYPE,)
FINALS = (ProgrammeEvaluated.TYPE, ProgrammeClosed.TYPE)
DISCLOSURES = (DisclosurePublished.TYPE,)
FOUND = "SELECT idx, record, payload FROM entries WHERE standing = '' AND type IN (SELECT value FROM json_each(?))"
MONTHS_AFTER = 3


def reviews(db: sqlite3.Connection) -> tuple[Report, ...]:
    """Annual reviews, oldest first."""
    return _reports(db, REVIEWS)


def finals(db: sqlite3.Connection) -> tuple[Report, ...]:
    """Evaluations and closes, oldest first."""
    return _reports(db, FINALS)


def disclosures(db: sqlite3.Connection, *, limit: int = -1, offset: int = 0) -> tuple[Report, ...]:
    """Published figures, newest first."""
    return _reports(db, DISCLOSURES, page=(limit, offset))


def totals(db: sqlite3.Connection) -> ReportTotals:
    """How many there are, and how many came late."""
    found = (reviews(db), finals(db), disclosures(db))
    late = [report for reports in found for report in reports if report.days_late]
    counts = [number(report.row.index for report in reports) for reports in (*found, late)]
    return ReportTotals(*counts)


def missing(db: sqlite3.Connection, as_of: date) -> tuple[Missing, ...]:
    """Reviews and evaluations that were due before ``as_of`` and are not there."""
    return tuple(item for programme in what.programmes(db) for item in _missing(db, programme.programme, as_of))


def _missing(db: sqlite3.Connection, programme: Named, as_of: date) -> Iterator[Missing]:
    chain = existing_chain(db, programme.reference)
    opened = chain.first(ProgrammeOpened)[2]
    reviewed = {event.year for _, _, event in chain.each(ProgrammeReviewed)}
    for year in range(opened.starts_on.year, opened.ends_on.year + 1):
        if year not in reviewed and _review_due(year) < as_of:
            yield Missing(programme, year, _review_due(year))
    due = months_after(opened.ends_on, MONTHS_AFTER)
    if chain.last(ProgrammeEvaluated) is None and due < as_of:
        yield Missing(programme, None, due)


def _reports(
    db: sqlite3.Connection, types: tuple[str, ...], *, page: tuple[int, int] | None = None
) -> tuple[Report, ...]:
    order = "ORDER BY idx" if page is None else "ORDER BY idx DESC LIMIT ? OFFSET ?"
    found = db.execute(f"{FOUND} {order}", (json.dumps(types), *(page or ()))).fetchall()
    rows = {row.index: row for row in every(db, AuditFilter(indices=tuple(row["idx"] for row in found)))}
    names = Names(db)
    chains = {record: existing_chain(db, record) for record in {row["record"] for row in found}}
    return tuple(_report(chains[row["record"]], rows[row["idx"]], row["payload"], names) for row in found)


def _report(chain: Chain, row: EntryRow, payload: str, names: Names) -> Report:
    event = next(event for index, _, event in chain.each(Event) if index == row.index)
    rests_on = event.rests_on if isinstance(event, ProgrammeReviewed | ProgrammeEvaluated) else None
    return Report(
        row=row,
        tree_size=json.loads(payload)["tree"]["size"],
        at_size=event.at_size if isinstance(event, DisclosurePublished) else None,
        rests_on=tuple(map(names, rests_on or ())),
        due_on=_due_on(event, chain),
    )


def _due_on(event: Event, chain: Chain) -> date | None:
    match event:
        case ProgrammeReviewed():
            return _review_due(event.year)
        case DisclosurePublished():
            return months_after(event.period.end, MONTHS_AFTER)
        case ProgrammeEvaluated() | ProgrammeClosed():
            return months_after(chain.first(ProgrammeOpened)[2].ends_on, MONTHS_AFTER)
    return None


def _review_due(year: int) -> date:
    return date(year + 1, 5, 31)


def months_after(day: date, months: int) -> date:
    """The same day of the month so many months later, or the last one that month has."""
    year, month = divmod(day.month - 1 + months, 12)
    following = date(day.year + year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    last = date.fromordinal(following.toordinal() - 1).day
    return date(day.year + year, month + 1, min(day.day, last))
