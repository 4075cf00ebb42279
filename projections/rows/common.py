"""Names, figures and how far the views are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Named:
    """A record by its reference ``kind/uuid`` and the name it goes by."""

    reference: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A number and exactly the entry indices it was counted from, ascending; perhaps read only when looked at."""

    value: int
    entries: Sequence[int]


@dataclass(frozen=True, slots=True)
class Status:
    """How far the views are. ``root`` is 32 bytes, recomputed from the entries folded; ``size`` counts them."""

    size: int
    root: bytes
    last_index: int | None
    last_at: datetime | None
    origin: str
    demonstration: bool
    programme: Named | None
