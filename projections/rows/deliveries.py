"""Rows of what is delivered to people: companionship, trainings, services, and the teams behind them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from ledger.domain.values import Label
from projections.rows.common import Figure, Named
from projections.rows.trail import EntryRow


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that was done: an event of a delivery, as it stands, with what it corrected later.

    ``times`` are sessions, pairs, posts or placed people, as the type says; ``people`` is (group, count) of its batch.
    """

    index: int
    type: str
    label: Label
    starts_on: date
    ends_on: date
    what: Label
    times: int
    hours: int | None
    volunteers: int | None
    value_fen: int | None
    valuation: Label | None
    people: tuple[str, int] | None
    place: Named | None
    entries: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Delivery:
    """A companionship, training or service: who delivers it, under which project, and how much by measure.

    ``figures`` are sums by the measures of ``projections.deliveries``; ``people`` person-times of its batches.
    """

    delivery: Named
    kind: str
    project: Named
    organisation: Named
    state: str
    index: int
    figures: Mapping[str, Figure]
    people: Figure

    @property
    def begun(self) -> bool:
        """Whether anything was done yet."""
        return any(figure.value for figure in self.figures.values())


@dataclass(frozen=True, slots=True)
class DeliveryPage:
    """``facts`` are the coded and dated fields of the opening as the public reads them, with their labels."""

    delivery: Delivery
    places: tuple[Named, ...]
    team: Named | None
    facts: tuple[tuple[Label, Label], ...]
    acts: tuple[Act, ...]
    chain: tuple[EntryRow, ...]


@dataclass(frozen=True, slots=True)
class Team:
    """A task force or volunteer team with the members it has now."""

    team: Named
    team_kind: str
    organisation: Named
    project: Named | None
    members: int
    members_index: int
    state: str
    formed_on: date
    index: int


@dataclass(frozen=True, slots=True)
class TeamPage:
    """``deliveries`` are the companionships that name the team."""

    team: Team
    programme: Named
    deliveries: tuple[Delivery, ...]
    chain: tuple[EntryRow, ...]
