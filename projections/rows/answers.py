"""Rows of where, what, whom and effect."""

from dataclasses import dataclass
from datetime import date

from ledger.domain.values import Label
from projections.rows.common import Figure, Named


@dataclass(frozen=True, slots=True)
class Place:
    """A place and what happened at it; ``…_within`` also counts all places below it.

    An activity at several places counts at each; money for several places stands at the nearest place that
    holds them all. Works are those accepted.
    """

    place: Named
    code: str
    level: str
    parent: Named | None
    aliases: tuple[str, ...]
    priority: bool
    index: int
    activities: Figure
    paid_fen: Figure
    works: Figure
    projects: Figure
    activities_within: Figure
    paid_within_fen: Figure


@dataclass(frozen=True, slots=True)
class WhereTotals:
    """Villages and schools where anything happened, of all that are registered, and what has no place yet."""

    villages: Figure
    schools: Figure
    activities: Figure
    paid_fen: Figure
    unplaced: Figure


@dataclass(frozen=True, slots=True)
class Project:
    """``mode`` is listed, proposed or offered. Allocations and payments count for ``plan`` alone."""

    project: Named
    programme: str
    mode: str
    plan: str
    also: tuple[str, ...]
    state: str
    places: tuple[Named, ...]
    organisations: tuple[Named, ...]
    budget_fen: int
    starts_on: date
    ends_on: date
    index: int
    opened_on: date
    last_index: int
    allocated_fen: Figure
    paid_fen: Figure


@dataclass(frozen=True, slots=True)
class Plan:
    """``unspecified``: the plan's text gives no numbers or ending."""

    code: str
    title: Label
    aliases: tuple[str, ...]
    services: tuple[str, ...]
    unspecified: bool
    projects: Figure


@dataclass(frozen=True, slots=True)
class Phase:
    code: str
    title: str
    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True)
class Obligation:
    code: str
    title: str
    plan: str | None
    per: str
    floor: int
    most: int | None
    index: int


@dataclass(frozen=True, slots=True)
class Programme:
    """The programme as opened. ``participants`` are (organisation, role code); ``launch`` (venue, day, index)."""

    programme: Named
    full_title: str
    aliases: tuple[str, ...]
    basis: tuple[str, ...]
    area: tuple[Named, ...]
    starts_on: date
    ends_on: date
    state: str
    phases: tuple[Phase, ...]
    plans: tuple[Plan, ...]
    service_types: tuple[tuple[str, Label], ...]
    outcomes: tuple[str, ...]
    participants: tuple[tuple[Named, str], ...]
    obligations: tuple[Obligation, ...]
    launch: tuple[Named, date, int] | None
    index: int


@dataclass(frozen=True, slots=True)
class Batch:
    """A whole batch of people; ``project`` is None and ``plan`` empty outside any project.

    Awards count once granted, works once accepted, until revoked; what is delivered to people counts at once.
    """

    index: int
    record: Named
    project: Named | None
    plan: str
    group: str
    count: int
    place: Named
    starts_on: date
    ends_on: date
    counts: bool
    entries: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PeopleCount:
    """Person-times of one group; ``plan`` and ``year`` (of the period's last day) are None in totals over them."""

    group: str
    plan: str | None
    year: int | None
    count: Figure
    batches: Figure

    @property
    def key(self) -> str:
        """What the links of its figures name it by: ``child~tongmeng~2023``; ``child~~`` for all plans and years."""
        return "~".join((self.group, self.plan or "", str(self.year or "")))


@dataclass(frozen=True, slots=True)
class Institution:
    """A school by name and the accepted works it received."""

    place: Named
    works: Figure
    projects: tuple[Named, ...]


@dataclass(frozen=True, slots=True)
class Measure:
    """A decimal as signed. ``on`` is as-of, due or measuring day."""

    value: str
    on: date
    index: int


@dataclass(frozen=True, slots=True)
class Indicator:
    """``outcome`` is met, missed or defined (not yet measured, or without a target).

    ``outcomes`` are the programme's outcomes it bears on, numbered from 1.
    """

    indicator: Named
    about: Named
    plan: str | None
    unit: str
    better: str
    method: str
    outcome: str
    baseline: Measure | None
    target: Measure | None
    actual: Measure | None
    measured_by: Named | None
    why_missed: str | None
    measurements: tuple[Measure, ...]
    index: int
    outcomes: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class EffectTotals:
    all: Figure
    met: Figure
    missed: Figure
    unmeasured: Figure
