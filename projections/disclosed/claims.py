"""What was signed about figures: every ``disclosure.published``, with the size, schema and digest it names."""

import json
import sqlite3
from dataclasses import dataclass

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
