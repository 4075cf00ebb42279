"""What lies on the desk: nonces of signed requests, and envelopes that wait for a second signature.

    inbox/desk.sqlite3    nonce: key id | nonce | until     pending: event id | record | version | kept at | envelope

It is a file and not memory, because several API processes may answer for one ledger, and a restart must not make a
used nonce good again. Both tables are bounded; what is deleted is overwritten (see ``ledger.sealing.sqlite_file``).
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ledger.domain.entry import format_time
from ledger.errors import BusyError, NotFoundError
from ledger.sealing.sqlite_file import create_database, open_database, transaction
from ledger.signing.requests import FRESH, RequestSigner, used_nonce

KEPT = timedelta(days=7)
MOST_NONCES = 20_000
MOST_PENDING = 500
NONCES = """CREATE TABLE IF NOT EXISTS nonce (
    key_id TEXT NOT NULL, nonce TEXT NOT NULL, until INTEGER NOT NULL, PRIMARY KEY (key_id, nonce)) WITHOUT ROWID"""
PENDING = """CREATE TABLE IF NOT EXISTS pending (
    event_id TEXT PRIMARY KEY, record TEXT NOT NULL, version INTEGER NOT NULL, kept_at INTEGER NOT NULL,
    envelope BLOB NOT NULL) WITHOUT ROWID"""


@dataclass(frozen=True, slots=True)
class Kept:
    """An envelope that waits. ``envelope`` is its canonical JSON; ``record`` and ``version`` are of its payload."""

    event_id: str
    record: str
    version: int
    kept_at: datetime
    envelope: bytes

    @property
    def until(self) -> str:
        """When it is deleted if nothing happens."""
        return format_time(self.kept_at + KEPT)


class Desk:
    """One open desk in ``directory``."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir(mode=0o700, exist_ok=True)
        path = directory / "desk.sqlite3"
        create_database(path, NONCES, PENDING)
        self._database = open_database(path)
        self._lock = threading.Lock()

    def spend(self, signer: RequestSigner, now: datetime) -> None:
        """Remembers a nonce for as long as its request is good. Raises RequestSignatureError, BusyError."""
        seconds = int(now.timestamp())
        until = int((signer.created + FRESH).timestamp()) + 1
        with self._lock, transaction(self._database):
            self._database.execute("DELETE FROM nonce WHERE until < ?", (seconds,))
            if self._count("nonce") >= MOST_NONCES:
                raise BusyError
            row = (signer.key.key_id, signer.nonce, until)
            if self._database.execute("INSERT OR IGNORE INTO nonce VALUES (?, ?, ?)", row).rowcount == 0:
                raise used_nonce()

    def keep(self, kept: Kept) -> None:
        """Keeps an envelope, in place of the same one with fewer signatures. Raises BusyError when the desk is full."""
        row = (kept.event_id, kept.record, kept.version, int(kept.kept_at.timestamp()), kept.envelope)
        update = "INSERT INTO pending VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET envelope = excluded.envelope"
        with self._lock, transaction(self._database):
            known = self._database.execute("SELECT 1 FROM pending WHERE event_id = ?", row[:1]).fetchone()
            if known is None and self._count("pending") >= MOST_PENDING:
                raise BusyError
            self._database.execute(update, row)

    def pending(self, now: datetime) -> Sequence[Kept]:
        """What waits, oldest first."""
        query = "SELECT * FROM pending WHERE kept_at > ? ORDER BY kept_at, event_id"
        with self._lock:
            rows = self._database.execute(query, (int((now - KEPT).timestamp()),)).fetchall()
        return [Kept(row[0], row[1], row[2], datetime.fromtimestamp(row[3], UTC), row[4]) for row in rows]

    def find(self, event_id: str, now: datetime) -> Kept:
        """One envelope. Raises NotFoundError."""
        for kept in self.pending(now):
            if kept.event_id == event_id:
                return kept
        raise NotFoundError(
            "没有这份等待签署的内容：已记入、已撤回，或者满7天已删除。",
            "No such envelope waits: it was recorded, taken back, or deleted after 7 days.",
        )

    def drop(self, event_id: str) -> None:
        """Removes an envelope, if it is there."""
        with self._lock:
            self._database.execute("DELETE FROM pending WHERE event_id = ?", (event_id,))

    def forget_old(self, now: datetime) -> None:
        """Removes what has waited for 7 days."""
        with self._lock:
            self._database.execute("DELETE FROM pending WHERE kept_at <= ?", (int((now - KEPT).timestamp()),))

    def close(self) -> None:
        with self._lock:
            self._database.close()

    def _count(self, table: str) -> int:
        return int(self._database.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0])  # noqa: S608  (two constants)
