"""A visit and a page: what a page function is given and what it returns. Page functions do no HTTP."""

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from ledger.domain.entry import day_of
from ledger.domain.values import REFERENCE
from ledger.errors import NotFoundError
from projections.disclosed.past import Past
from projections.enrolments import log_key_rotations
from projections.rows import Status
from public_site.published_log import PublishedLog, Rotations

PAGE_ROWS = 50
ReadText = Callable[[str], dict[str, Any]]
"""A withdrawable text by its digest, as /api/disclosures answers. Raises NotFoundError, WithdrawnError."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One request. ``db`` sees one size of the log; ``origin`` is the site's address, without a slash at its end.

    ``read_text`` is None on a server that has the public log alone; ``texts_read`` are the digests it was asked for.
    ``past`` are the views of earlier sizes; ``is_past`` says that ``db`` and ``status`` are such.
    ``still``: the page is for an export, where no server takes what a reader sends.
    """

    db: sqlite3.Connection
    status: Status
    log: PublishedLog
    origin: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    ids: Mapping[str, str] = field(default_factory=dict)
    read_text: ReadText | None = None
    takes_letters: bool = False
    texts_read: list[str] = field(default_factory=list)
    still: bool = False
    past: Past | None = None
    is_past: bool = False

    @property
    def place(self) -> str:
        """The page's path without its query: what its own lists go on under."""
        return self.path.partition("?")[0]

    @property
    def url(self) -> str:
        """The page's own address."""
        return f"{self.origin}{self.path}"

    @property
    def as_of(self) -> date:
        """The day of the last entry, Beijing time: what "now" means on every page."""
        return day_of(self.status.last_at) if self.status.last_at else date.min

    @property
    def rotations(self) -> Rotations:
        """The rotations of the log key that the pages have read."""
        return Rotations(log_key_rotations(self.db), self.status.size)

    def reference(self, kind: str) -> str:
        """``kind/uuid`` from the path's ``id``. Raises NotFoundError for what can't be an id."""
        reference = f"{kind}/{self.ids['id']}"
        if REFERENCE.fullmatch(reference) is None:
            raise NotFoundError(f"账本里没有编号{self.ids['id'][:60]}。", f"There is no {reference[:60]!r}.")
        return reference

    def number(self, name: str) -> int:
        """A page number in the query: at least 1, and 1 for anything that isn't one."""
        text = self.query.get(name, "")
        return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 8 else 1


@dataclass(frozen=True, slots=True)
class Page:
    """What a page function returns: a template and its values. ``section`` marks the current navigation item.

    ``values`` always has ``title``, ``heading`` and ``crumbs`` (links before the page itself; None on home).
    ``then`` is the state of the ledger that the page was computed from, where it isn't today's. ``settled`` is False
    while the page says of something that it is still to be computed, which may be done before the log grows.
    """

    template: str
    values: Mapping[str, Any]
    section: str = ""
    status: int = 200
    then: Status | None = None
    settled: bool = True
