"""What a round of the watch says: signals in three classes, and the round's report.

红 red      an alarm: two histories, a rollback, a broken signature or rule; evidence is kept       exit 1
黄 yellow   attention: nothing new for long, not cosigned, a duty overdue, a key doubtful or changed
蓝 blue     information: what was added, corrected, voided, opened, erased or withdrawn
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ledger.domain.entry import format_time

RED, YELLOW, BLUE = "red", "yellow", "blue"
ORDER = (RED, YELLOW, BLUE)
MAX_SHOWN = 2000
VERDICTS = {RED: "alarm", YELLOW: "attention", BLUE: "good"}


@dataclass(frozen=True, slots=True)
class Signal:
    """One thing to know. ``code`` is stable; ``index`` the entry it is about, if one.

    ``proof`` goes into the evidence of an alarm: what proves that two checkpoints contradict each other.
    """

    level: str
    code: str
    zh: str
    en: str
    index: int | None = None
    proof: bytes = b""

    def to_json(self) -> dict[str, Any]:
        """As in ``monitor --json`` and in the state folder."""
        place = {} if self.index is None else {"index": self.index}
        return {"level": self.level, "code": self.code, **place, "zh": self.zh, "en": self.en}


@dataclass(frozen=True, slots=True)
class RoundReport:
    """One round. ``previous_size`` is None in the first; ``size`` and ``root`` (base64) are what is now kept.

    ``evidence`` is the folder with what an alarm rests on.
    """

    checked_at: datetime
    url: str
    origin: str
    genesis: str
    size: int
    root: str
    signals: tuple[Signal, ...]
    previous_size: int | None = None
    newest_at: datetime | None = None
    evidence: str | None = None

    @property
    def verdict(self) -> str:
        """``alarm``, ``attention`` or ``good``: the worst of the signals."""
        levels = {signal.level for signal in self.signals} | {BLUE}
        return VERDICTS[next(level for level in ORDER if level in levels)]

    def exit_code(self, *, strict: bool) -> int:
        """1 for an alarm, with ``strict`` also for attention; else 0."""
        return int(self.verdict == "alarm" or (strict and self.verdict == "attention"))

    def to_json(self) -> dict[str, Any]:
        """The published form of ``monitor --json``."""
        return {
            "verdict": self.verdict,
            "checked_at": format_time(self.checked_at),
            "url": self.url,
            "origin": self.origin,
            "genesis": self.genesis,
            "size": self.size,
            "previous_size": self.previous_size,
            "root": self.root,
            "newest_recorded_at": self.newest_at and format_time(self.newest_at),
            "signals": [signal.to_json() for signal in self.signals],
            "evidence": self.evidence,
        }


def worst_first(signals: Iterable[Signal]) -> tuple[Signal, ...]:
    """Red before yellow before blue; within one class as they came."""
    return tuple(sorted(signals, key=lambda signal: ORDER.index(signal.level)))


def shown(text: str) -> str:
    """A text without what controls a terminal, hides or reorders: some of it is quoted from the site."""
    return "".join("\ufffd" if unicodedata.category(char)[0] == "C" else char for char in text[:MAX_SHOWN])
