"""Of a mirror: which site it follows, and when it last heard from it. Pages say how old what they show may be."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from public_site.witnesses import Said, ago

LATE_SECONDS = 600


@dataclass(frozen=True, slots=True)
class Followed:
    """``source`` is the address of the site; ``looked_at`` POSIX seconds of the last good look, None before the first.

    ``trouble`` says in Chinese and English why the last look failed; empty where it did not.
    """

    source: str = ""
    looked_at: int | None = None
    trouble: tuple[str, str] = ("", "")
    now: float = 0

    @property
    def age(self) -> int | None:
        """Seconds since the last good look."""
        return None if self.looked_at is None else max(0, int(self.now) - self.looked_at)

    def fresh(self, found: Said) -> Said:
        """The badge of freshness of a mirror, where ``found`` is what its own files say."""
        if self.age is None:
            return "wait", "镜像未核对", "本站是镜像，这次启动以后还没有向来源核对过。"
        if self.age >= LATE_SECONDS:
            return "wait", "更新延迟", f"本站是镜像，{ago(self.age)}读到来源，以后记入的账目可能还不在这里。{found[2]}"
        state, word, sentence = found
        return state, word, f"{sentence}本站是镜像，{ago(self.age)}和来源核对过。"


@dataclass(frozen=True, slots=True)
class FollowedFile:
    """Where a mirror keeps that."""

    path: Path
    clock: Callable[[], float] = field(default=time.time)

    def read(self) -> Followed:
        """What it says; nothing where it cannot be read."""
        try:
            found = json.loads(self.path.read_bytes())
            trouble = found["trouble"] or {"zh": "", "en": ""}
            return Followed(str(found["source"]), found["looked_at"], (trouble["zh"], trouble["en"]), self.clock())
        except (OSError, ValueError, KeyError, TypeError):
            return Followed(now=self.clock())
