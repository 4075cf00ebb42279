"""The inbox: what the public wrote, as ciphertexts that this machine cannot open, kept for 30 days at most.

    inbox/letters.sqlite3    number | received at, Unix seconds | id of the inbox key | ciphertext

Deleted bytes are overwritten (see sqlite_file): a letter that was handled, or became 30 days old, is in no file here.
"""

import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ledger.errors import LedgerError, NotFoundError
from ledger.sealing.sqlite_file import create_database, open_database, transaction

KEPT = timedelta(days=30)
MOST = 2000
SCHEMA = """CREATE TABLE IF NOT EXISTS letter (
    number TEXT PRIMARY KEY, received_at INTEGER NOT NULL, key_id TEXT NOT NULL, ciphertext BLOB NOT NULL
) WITHOUT ROWID"""
ORDER = "CREATE INDEX IF NOT EXISTS letter_order ON letter (received_at, number)"


class InboxFullError(LedgerError):
    """Nothing more is kept until somebody handles what waits."""

    type = "inbox-full"

    def __init__(self, most: int) -> None:
        super().__init__(
            f"收信箱里已有{most:,}条还没有处理，暂时收不下。您写的内容没有保存，请过几天再发，或者直接与牵头机构联系。",
            f"The inbox holds {most:,} messages that nobody has handled yet and takes no more. Nothing was kept."
            " Try again in a few days, or turn to the lead organisation.",
        )


@dataclass(frozen=True, slots=True)
class SealedLetter:
    """One letter. ``received_at`` is aware, to the second; ``key_id`` names the inbox key that opens it."""

    number: str
    received_at: datetime
    key_id: str
    ciphertext: bytes


class Inbox:
    """Letters in ``directory``, which several processes may have open at once."""

    def __init__(self, directory: Path, *, most: int = MOST) -> None:
        directory.mkdir(mode=0o700, exist_ok=True)
        path = directory / "letters.sqlite3"
        create_database(path, SCHEMA, ORDER)
        self._database = open_database(path)
        self._lock = threading.Lock()
        self._most = most

    def put(self, letter: SealedLetter) -> None:
        """Keeps a letter, durably before it returns. Raises InboxFullError."""
        row = (letter.number, int(letter.received_at.timestamp()), letter.key_id, letter.ciphertext)
        with self._lock, transaction(self._database):
            if self._database.execute("SELECT COUNT(*) FROM letter").fetchone()[0] >= self._most:
                raise InboxFullError(self._most)
            self._database.execute("INSERT INTO letter VALUES (?, ?, ?, ?)", row)

    def letters(self, now: datetime, *, after: str | None = None, limit: int = 50) -> list[SealedLetter]:
        """The oldest letters that are not 30 days old yet, from after the one with that number on."""
        query = (
            "SELECT number, received_at, key_id, ciphertext FROM letter WHERE received_at > ?1 AND (?2 IS NULL OR"
            " (received_at, number) > (SELECT received_at, number FROM letter WHERE number = ?2))"
            " ORDER BY received_at, number LIMIT ?3"
        )
        with self._lock:
            rows = self._database.execute(query, (_oldest(now), after, limit)).fetchall()
        return [SealedLetter(row[0], datetime.fromtimestamp(row[1], UTC), row[2], row[3]) for row in rows]

    def count(self, now: datetime) -> int:
        """How many there are."""
        with self._lock:
            query = "SELECT COUNT(*) FROM letter WHERE received_at > ?"
            return int(self._database.execute(query, (_oldest(now),)).fetchone()[0])

    def delete(self, number: str) -> None:
        """Removes a letter that was handled. Raises NotFoundError."""
        with self._lock:
            if self._database.execute("DELETE FROM letter WHERE number = ?", (number,)).rowcount == 0:
                raise NotFoundError(
                    "收信箱里没有这一封：已经处理过，或者满30天已删除。",
                    "The inbox has no such letter: it was handled, or deleted after 30 days.",
                )

    def forget_old(self, now: datetime) -> int:
        """Removes the letters that are 30 days old; how many that were. A crash leaves them for the next time."""
        with self._lock:
            return self._database.execute("DELETE FROM letter WHERE received_at <= ?", (_oldest(now),)).rowcount

    def close(self) -> None:
        with self._lock:
            self._database.close()


def _oldest(now: datetime) -> int:
    return int((now - KEPT).timestamp())
