"""Rows of needs: each from its report to what met it, and the counts that lead to them."""

from dataclasses import dataclass
from datetime import date

from projections.rows.common import Figure, Named
from projections.rows.trail import EntryRow


@dataclass(frozen=True, slots=True)
class Need:
    """A need and how it stands now.

    ``stage`` is the record's state, but for two: stranded, where the project that took it up was declined, cancelled
    or voided; lapsed, where what met it stands no more. ``group`` is that of its people, ``unit`` of anything else.
    ``waited_days`` from the report until it was met or withdrawn, or until the day of the last entry.
    """

    need: Named
    place: Named
    category: str
    count: int
    unit: str | None
    group: str | None
    stage: str
    reported_on: date
    reported_by: Named | None
    index: int
    verified_index: int | None
    priority_index: int | None
    matched_index: int | None
    project: Named | None
    met_index: int | None
    met_by: Named | None
    withdrawn_index: int | None
    waited_days: int
    moves: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class NeedTotals:
    """The funnel reported → verified → matched → met, and what is left of it.

    ``verified`` and ``matched`` include what went further; ``waiting`` is what is neither met nor withdrawn:
    ``untaken`` by any project that stands, or ``in_hand``. ``first`` are those put first.
    """

    reported: Figure
    verified: Figure
    matched: Figure
    met: Figure
    withdrawn: Figure
    waiting: Figure
    untaken: Figure
    in_hand: Figure
    first: Figure


@dataclass(frozen=True, slots=True)
class NeedCount:
    """The needs of one place or category; ``key`` is its reference or code."""

    key: str
    totals: NeedTotals


@dataclass(frozen=True, slots=True)
class Station:
    """One station of a thread: need, project, donation, works, acceptance, effect, remainder.

    ``state`` is done, partly, missing (it should be there) or none (not yet). ``entries`` in order of the log.
    """

    name: str
    state: str
    entries: tuple[EntryRow, ...]


@dataclass(frozen=True, slots=True)
class NeedPage:
    """``named_by`` are projects that were begun for it; ``stations`` the thread to what met it."""

    need: Need
    named_by: tuple[Named, ...]
    stations: tuple[Station, ...]
    chain: tuple[EntryRow, ...]
