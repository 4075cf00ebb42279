"""A visit and a page: what a page function is given and what it returns. Page functions do no HTTP."""

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from ledger.domain.entry import day_of
from ledger.domain.values import REFERENCE
from ledger.errors import LedgerError, NotFoundError, WithdrawnError
from projections.disclosed.past import Past
from projections.disclosure_score import score_of
from projections.enrolments import log_key_rotations
from projections.rows import Status
from projections.score.prepared import Prepared, PreparedScores, is_long
from public_site.inputs import DAY, ENTRY, PROOF, TEXT, WHOLE, Inputs, Readers, said_of_refusal, said_of_text
from public_site.published_log import PublishedLog, Rotations

PAGE_ROWS = 50
ReadText = Callable[[str], dict[str, Any]]
"""A withdrawable text by its digest, as /api/disclosures answers. Raises NotFoundError, WithdrawnError."""
Proofs = Callable[[int], tuple[bytes, str]]
"""The checkpoint that an entry's proof in an export is against, and what must be said of the witnesses, or ""."""


@dataclass(frozen=True, slots=True)
class Moment:
    """The ledger as a whole, which every entry moves. ``past`` are the views of earlier sizes.

    ``asked_at`` is the address of the site that takes what readers write, where this one is a copy of it, or "".
    ``scores`` are those computed in the background; without them all are computed as they are shown.
    """

    status: Status
    log: PublishedLog
    past: Past | None = None
    asked_at: str = ""
    scores: PreparedScores | None = None


@dataclass(frozen=True, slots=True)
class Visit:
    """One request. ``db`` sees one size of the log; ``origin`` is the site's address, without a slash at its end.

    ``inputs`` notes what the page asks; whoever looks at the ledger as a whole, at ``status``, ``log`` or ``past``, has
    a page that is made again for every entry. ``texts`` is None on a server that has the public log alone;
    ``is_past`` says that ``db`` and ``status`` are of an earlier size.
    ``still``: the page is for an export, where no server takes what a reader sends; ``proofs`` are those in it.
    """

    db: sqlite3.Connection
    moment: Moment
    origin: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    ids: Mapping[str, str] = field(default_factory=dict)
    texts: ReadText | None = None
    takes_letters: bool = False
    still: bool = False
    is_past: bool = False
    proofs: Proofs | None = None
    inputs: Inputs = field(default_factory=Inputs)

    @property
    def status(self) -> Status:
        """How far the views are."""
        self.inputs.note((WHOLE, ()), None)
        return self.moment.status

    @property
    def log(self) -> PublishedLog:
        """The published files."""
        self.inputs.note((WHOLE, ()), None)
        return self.moment.log

    @property
    def past(self) -> Past | None:
        """The views of earlier sizes."""
        self.inputs.note((WHOLE, ()), None)
        return self.moment.past

    def score(self, reference: str) -> Prepared:
        """The disclosure score of a project or organisation. Raises NotFoundError."""
        scores = self.moment.scores
        if scores is None or not is_long(self.db, reference):
            return Prepared(score_of(self.db, reference), self.moment.status.size)
        self.inputs.note((WHOLE, ()), None)
        return scores.read(self.db, reference)

    def published(self, index: int) -> bytes:
        """The bytes of an entry in the published files, at their newest size. Raises LedgerError."""
        try:
            found = self.moment.log.newest_entry(index)
        except LedgerError as error:
            self.inputs.note((ENTRY, (index,)), error.zh)
            raise
        self.inputs.note((ENTRY, (index,)), found)
        return found

    def state_of_entry(self, index: int) -> object:
        """The bytes published of an entry, or why there are none."""
        try:
            return self.moment.log.newest_entry(index)
        except LedgerError as error:
            return error.zh

    def proof_of(self, index: int) -> tuple[bytes, str]:
        """As ``Proofs``; nothing where there are none."""
        found = (b"", "") if self.proofs is None else self.proofs(index)
        self.inputs.note((PROOF, (index,)), found)
        return found

    def state_of_proof(self, index: int) -> object:
        """What ``proof_of`` finds."""
        return (b"", "") if self.proofs is None else self.proofs(index)

    def state_of_text(self, digest: str) -> object:
        """Whether a text is public now."""
        try:
            return None if self.texts is None else said_of_text(self.texts(digest))
        except (NotFoundError, WithdrawnError) as error:
            return said_of_refusal(error)

    @property
    def read_text(self) -> ReadText | None:
        """The withdrawable texts."""
        return None if self.texts is None else self._read_text

    def _read_text(self, digest: str) -> dict[str, Any]:
        if self.texts is None:
            raise RuntimeError("there are no texts here")
        self.inputs.note((TEXT, (digest,)), None)
        try:
            found = self.texts(digest)
        except (NotFoundError, WithdrawnError) as error:
            self.inputs.note((TEXT, (digest,)), said_of_refusal(error))
            raise
        self.inputs.note((TEXT, (digest,)), said_of_text(found))
        return found

    def readers(self) -> Readers:
        """What answers the questions of ``inputs`` that are no SQL."""
        of_text, of_proof = self.state_of_text, self.state_of_proof
        return {DAY: self._day().isoformat, ENTRY: self.state_of_entry, TEXT: of_text, PROOF: of_proof}

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
        today = self._day()
        self.inputs.note((DAY, ()), today.isoformat())
        return today

    def _day(self) -> date:
        last_at = self.moment.status.last_at
        return day_of(last_at) if last_at else date.min

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
