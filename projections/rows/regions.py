"""Rows of other ledgers whose tree heads are in this one."""

from dataclasses import dataclass
from datetime import datetime

from projections.rows.common import Named


@dataclass(frozen=True, slots=True)
class EnteredHead:
    """The newest tree head of a region: ``root`` in base64, ``index`` the entry that holds it."""

    tree_size: int
    root: str
    recorded_at: datetime
    index: int


@dataclass(frozen=True, slots=True)
class Region:
    """A regional ledger; ``index`` is the entry that registered it, ``head`` None before the first."""

    region: Named
    origin: str
    organisation: Named
    place: Named | None
    address: str | None
    index: int
    head: EnteredHead | None
