"""What was signed about figures: every ``disclosure.published``, with the size, schema and digest it names."""

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from ledger.domain.disclosure import DisclosurePublished

FOUND = "SELECT idx, recorded_on, payload, standing FROM entries WHERE type = ? ORDER BY idx"


@dataclass(frozen=True, slots=True)
class Claim:
    """``question``'s figures at ``at_size`` entries have ``digest`` under ``schema``: so says entry ``index``.

    ``stands`` is False where the entry was voided. Nothing of this can be corrected, only the channels can.
    """

    index: int
    recorded_on: str
    question: str
    at_size: int
    schema: int
    digest: str
    stands: bool


def claims(db: sqlite3.Connection) -> tuple[Claim, ...]:
    """All of them, oldest first."""
    return tuple(_claim(row) for row in db.execute(FOUND, (DisclosurePublished.TYPE,)))


def days_of(db: sqlite3.Connection, sizes: Iterable[int]) -> dict[int, date]:
    """The day on which the last entry of each size was recorded."""
    last = json.dumps([size - 1 for size in sizes])
    rows = db.execute("SELECT idx, recorded_on FROM entries WHERE idx IN (SELECT value FROM json_each(?))", (last,))
    return {index + 1: date.fromisoformat(day) for index, day in rows}


def _claim(row: sqlite3.Row) -> Claim:
    data = json.loads(row["payload"])["data"]
    return Claim(
        index=row["idx"],
        recorded_on=row["recorded_on"],
        question=data["question"],
        at_size=data["at_size"],
        schema=data["figures_schema"],
        digest=data["digest"],
        stands=not row["standing"],
    )
