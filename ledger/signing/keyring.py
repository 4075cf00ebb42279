"""Enrolled keys as values: what entries 0 … i-1 made of each key, asked when entry i is judged.

The day is the UTC+8 date of ``recorded_at``, the writer's clock; a date that an author claims never decides.
"""

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import Any

from ledger.errors import KeyNotInForceError
from ledger.tlog.base64 import decode_base64, encode_base64

ENDINGS = {
    "revoked": ("已被吊销", "was revoked"),
    "replaced": ("已被新密钥替换", "was replaced by a new key"),
    "policy": ("已不在管理员名单里", "is no longer in the list of admins"),
}


@dataclass(frozen=True, slots=True)
class Limits:
    """The most money in fen that one event, or one day's events, of a key may move; None is no limit."""

    per_event_fen: int | None
    per_day_fen: int | None


@dataclass(frozen=True, slots=True)
class EnrolledKey:
    """One public key and its standing. An admin has neither organisation nor key record."""

    key_id: str
    public_key: bytes
    organisation: str | None
    record: str | None
    capabilities: frozenset[str]
    limits: Limits
    enrolled_at: int
    expires_on: date | None
    ended_at: int | None = None
    ended_why: str | None = None
    suspended: bool = False

    def check_in_force(self, index: int, day: date) -> None:
        """Returns only if the key may sign the entry at ``index`` recorded on ``day``. Raises KeyNotInForceError.

        The entry that enrols or ends a key was itself judged before it took effect; ``expires_on`` is the last
        good day. Entry 0 is judged by the admins that it names, so for it alone being enrolled there is enough.
        """
        if index <= self.enrolled_at and not index == self.enrolled_at == 0:
            raise self._refusal(
                f"从第{self.enrolled_at}条账目之后才生效（这里是第{index}条）",
                f"takes effect only after entry {self.enrolled_at} (this is entry {index})",
            )
        if self.ended_at is not None and index > self.ended_at:
            zh, en = ENDINGS[self.ended_why or "revoked"]
            raise self._refusal(f"在第{self.ended_at}条账目{zh}", f"{en} at entry {self.ended_at}")
        if self.expires_on is not None and day > self.expires_on:
            raise self._refusal(f"的有效期到{self.expires_on}为止", f"expired at the end of {self.expires_on}")
        if self.suspended:
            raise self._refusal("已被暂停使用", "is suspended")

    def to_json(self) -> dict[str, Any]:
        """As ``enrolled_from_json`` reads it, for a process that only asks who somebody is."""
        return {
            "public_key": encode_base64(self.public_key),
            "organisation": self.organisation,
            "record": self.record,
            "capabilities": sorted(self.capabilities),
            "enrolled_at": self.enrolled_at,
            "expires_on": self.expires_on and self.expires_on.isoformat(),
        }

    def _refusal(self, zh: str, en: str) -> KeyNotInForceError:
        return KeyNotInForceError(self.key_id, zh, en)


def enrolled_from_json(value: dict[str, Any]) -> EnrolledKey:
    """A key in force, without its limits, which only the ledger asks."""
    raw = decode_base64(value["public_key"])
    expires_on = value["expires_on"] and date.fromisoformat(value["expires_on"])
    return EnrolledKey(
        hashlib.sha256(raw).hexdigest(),
        raw,
        value["organisation"],
        value["record"],
        frozenset(value["capabilities"]),
        Limits(None, None),
        value["enrolled_at"],
        expires_on,
    )
