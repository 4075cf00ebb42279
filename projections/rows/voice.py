"""Rows of the public's voice: problems raised by those who take part, and questions from the public."""

from dataclasses import dataclass
from datetime import date

from ledger.domain.values import Label
from projections.rows.common import Figure, Named
from projections.rows.trail import EntryRow


@dataclass(frozen=True, slots=True)
class Voice:
    """One problem or question. ``waiting_since`` is the day from which an answer is due, None when there is one.

    ``days`` is how long the first answer took, by the days on which both happened. ``about`` is a record, else
    ``page`` is a path of the site.
    """

    voice: Named
    kind: str
    category: str
    about: Named | None
    page: str | None
    raised_on: date
    state: str
    index: int
    waiting_since: date | None
    answered_index: int | None
    days: int | None
    reopened: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class VoiceTotals:
    """``median_days``: within so many days half of those that have an answer got it."""

    problems: Figure
    questions: Figure
    waiting: Figure
    answered: Figure
    median_days: Figure
    reopened: Figure
    corrected: Figure


@dataclass(frozen=True, slots=True)
class VoicePage:
    """``passed_to`` has it now; ``corrected`` is (record, index of the correcting entry); ``texts`` are digests.

    ``outcomes`` are (what it is, what it says, index).
    """

    voice: Voice
    channel: str | None
    code: str | None
    passed_to: tuple[Named, ...]
    outcomes: tuple[tuple[Label, Label, int], ...]
    corrected: tuple[Named, int] | None
    texts: tuple[str, ...]
    sealed: bool
    chain: tuple[EntryRow, ...]
