"""Entries as rows of the audit trail, beads of a chain, events of a thread."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from projections.rows import EntryRow
from public_site.presenters import words

LATE_DAYS = 7


def log_row(row: EntryRow) -> dict[str, Any]:
    """One line of the audit trail."""
    return {
        "index": row.index,
        "sentence": row.sentence.zh,
        "flags": _flags(row),
        "kind": row.label.zh,
        "organisation": row.organisation.zh if row.organisation else "账本管理员",
        "organisation_href": words.href_of(row.organisation.reference) if row.organisation else "",
    }


def lateness(row: EntryRow) -> str:
    """How long after it happened it was recorded, in words; "" on the same day."""
    if row.lateness_days <= 0:
        return ""
    if row.lateness_days == 1:
        return "次日记入"
    return f"事情发生后{row.lateness_days:,}天{'才' if row.lateness_days > LATE_DAYS else ''}记入"


def by_day(rows: Iterable[EntryRow]) -> list[dict[str, Any]]:
    """Rows in the order given, under the day on which they were recorded."""
    return [
        {"day": words.weekday(day), "rows": [log_row(row) for row in found]}
        for day, found in groupby(rows, key=lambda row: row.recorded_on)
    ]


def beads(chain: Iterable[EntryRow], current: int | None = None) -> list[dict[str, Any]]:
    """A record's own entries; ``current`` is the one whose page this is."""
    return [
        {
            "label": row.label.zh,
            "index": row.index,
            "href": f"/entries/{row.index}",
            "date": words.when(row.occurred_on),
            "current": row.index == current,
        }
        for row in chain
    ]


def event(row: EntryRow) -> dict[str, Any]:
    """One thing that happened, with its day and entry."""
    return {"sentence": row.sentence.zh, "date": words.when(row.occurred_on), "entries": [row.index]}


def _flags(row: EntryRow) -> list[dict[str, str]]:
    late = lateness(row)
    return [{"text": late, "tone": "amber" if row.lateness_days > LATE_DAYS else ""}] if late else []
