"""Which key belongs to whom, as the log itself says: admins stand in the policy, staff keys in ``key`` records."""

import hashlib
import json
import sqlite3
from dataclasses import dataclass

from ledger.domain.key import KeyEnrolled, KeyReplaced
from ledger.domain.ledger import LedgerLogKeyRotated, LedgerOpened, LedgerPolicyChanged
from ledger.domain.record import Record
from ledger.domain.values import Label
from ledger.tlog.base64 import decode_base64

SCHEMA = """
CREATE TABLE enrolments (
    keyid TEXT PRIMARY KEY, key TEXT, organisation TEXT, post TEXT NOT NULL, post_en TEXT NOT NULL,
    capabilities TEXT NOT NULL, enrolled_index INTEGER NOT NULL, expires_on TEXT, per_event_fen INTEGER
) WITHOUT ROWID;
"""
ADMINS = Label("账本管理员", "the ledger's admins")
ENROLLING = ("ledger", "key")
"""The kinds of records whose events enrol keys."""
UNKNOWN = Label("未登记的密钥", "a key that is not enrolled")


@dataclass(frozen=True, slots=True)
class Enrolment:
    """One key as put in force by entry ``enrolled_index``. ``key`` and ``organisation`` are None for an admin."""

    keyid: str
    key: str | None
    organisation: str | None
    post: Label
    capabilities: tuple[str, ...]
    enrolled_index: int
    expires_on: str | None
    per_event_fen: int | None


class Enrolments:
    """Keys by id, remembered once looked up."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._known: dict[str, Enrolment] = {}
        self._together: dict[tuple[str, ...], tuple[Enrolment, ...]] = {}

    def __call__(self, keyid: str) -> Enrolment:
        """The key's latest enrolment; one that nobody enrolled is named so."""
        found = self._known.get(keyid)
        if found is None:
            row = self._db.execute("SELECT * FROM enrolments WHERE keyid = ?", (keyid,)).fetchone()
            found = _of_row(row) if row else Enrolment(keyid, None, None, UNKNOWN, (), 0, None, None)
            self._known[keyid] = found
        return found

    def all(self, keyids: tuple[str, ...]) -> tuple[Enrolment, ...]:
        """The same of several keys, in their order: the same ones sign together again and again."""
        found = self._together.get(keyids)
        if found is None:
            found = self._together[keyids] = tuple(map(self, keyids))
        return found

    def fold(self, record: Record, index: int) -> None:
        """Enrols the keys that the record's last event names."""
        for item in _enrolled_by(record, index):
            self._known[item.keyid] = item
            self._together.clear()
            self._db.execute(
                "INSERT OR REPLACE INTO enrolments VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    item.keyid, item.key, item.organisation, item.post.zh, item.post.en,
                    json.dumps(item.capabilities), item.enrolled_index, item.expires_on, item.per_event_fen,
                ),
            )  # fmt: skip


def log_key_rotations(db: sqlite3.Connection) -> tuple[int, ...]:
    """The indices of the entries that put a new log key in force, oldest first."""
    rows = db.execute("SELECT idx FROM entries WHERE type = ? ORDER BY idx", (LedgerLogKeyRotated.TYPE,))
    return tuple(row[0] for row in rows)


def keyid_of(public_key: str) -> str:
    """The key id of a base64 public key: hex SHA-256 of its 32 bytes."""
    return hashlib.sha256(decode_base64(public_key)).hexdigest()


def _of_row(row: sqlite3.Row) -> Enrolment:
    return Enrolment(
        keyid=row["keyid"],
        key=row["key"],
        organisation=row["organisation"],
        post=Label(row["post"], row["post_en"]),
        capabilities=tuple(json.loads(row["capabilities"])),
        enrolled_index=row["enrolled_index"],
        expires_on=row["expires_on"],
        per_event_fen=row["per_event_fen"],
    )


def _enrolled_by(record: Record, index: int) -> list[Enrolment]:
    event = record.history[-1].event
    if isinstance(event, LedgerOpened | LedgerPolicyChanged):
        admins = event.policy.admins
        return [
            Enrolment(keyid_of(admin.public_key), None, None, ADMINS, tuple(admin.capabilities), index, None, None)
            for admin in admins
        ]
    if not isinstance(event, KeyEnrolled | KeyReplaced):
        return []
    held = record.first(KeyEnrolled)
    return [
        Enrolment(
            keyid=keyid_of(event.public_key),
            key=record.reference,
            organisation=held.organisation,
            post=Label(held.post, held.post),
            capabilities=tuple(held.capabilities),
            enrolled_index=index,
            expires_on=held.expires_on.isoformat(),
            per_event_fen=held.limits.per_event_fen,
        )
    ]
