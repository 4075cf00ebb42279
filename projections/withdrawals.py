"""Texts and files that were public and are not any more: which entry withdrew them, when, on what ground."""

import sqlite3
from dataclasses import dataclass
from datetime import date

from ledger.domain.sealed import SealedWithdrawn
from ledger.domain.values import Label, kind_of
from projections.facts import Fact

SCHEMA = """
CREATE TABLE withdrawals (digest TEXT PRIMARY KEY, idx INTEGER NOT NULL, day TEXT NOT NULL, ground TEXT NOT NULL)
    WITHOUT ROWID;
"""
GROUNDS = dict(kind_of(SealedWithdrawn.model_fields["ground"]).choices)


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """``index`` is the entry that withdrew it."""

    index: int
    on: date
    ground: Label


def fold(db: sqlite3.Connection, fact: Fact) -> None:
    """Notes what an entry withdraws."""
    if isinstance(event := fact.event, SealedWithdrawn):
        row = (event.digest, fact.index, fact.day, event.ground)
        db.execute("INSERT INTO withdrawals VALUES (?, ?, ?, ?)", row)


def withdrawal(db: sqlite3.Connection, digest: str) -> Withdrawal | None:
    """How a text was withdrawn, if it was."""
    found = db.execute("SELECT idx, day, ground FROM withdrawals WHERE digest = ?", (digest,)).fetchone()
    return None if found is None else Withdrawal(found[0], date.fromisoformat(found[1]), GROUNDS[found[2]])
