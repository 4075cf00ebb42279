"""Rows of the entity pages: one thing each, with the chain of its own entries, oldest first."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from ledger.domain.values import Label
from projections.rows.answers import Batch, Indicator, Place, Programme, Project
from projections.rows.common import Figure, Named
from projections.rows.deliveries import Delivery, Team
from projections.rows.money import Gift
from projections.rows.needs import Need, Station
from projections.rows.trail import EntryRow


@dataclass(frozen=True, slots=True)
class Amount:
    """Money between this thing and another one, by one entry: an allocation, a draw, a payment."""

    index: int
    on: date
    other: Named
    fen: int


@dataclass(frozen=True, slots=True)
class Key:
    """A holder's key. ``state`` is enrolled, suspended or revoked; an expired key still says enrolled."""

    key: Named
    organisation: Named
    post: str
    keyid: str
    capabilities: tuple[str, ...]
    per_event_fen: int | None
    per_day_fen: int | None
    enrolled_index: int
    expires_on: date
    state: str
    signed: Figure


@dataclass(frozen=True, slots=True)
class Payment:
    """``paid_for`` is an award, works or project; ``payee`` is None for beneficiaries."""

    payment: Named
    project: Named
    paid_for: Named
    payee: Named | None
    fen: int
    on: date
    index: int
    reversed_index: int | None
    draws: tuple[Amount, ...]


@dataclass(frozen=True, slots=True)
class Renovation:
    """A batch of works. ``category`` and ``budget_fen`` are None while it is only surveyed, ``cost_fen`` and
    ``units_done`` until it is finished. ``defects``, ``fixes`` and ``follow_ups`` are (words or code, index).
    """

    renovation: Named
    project: Named
    category: str | None
    organisation: Named
    places: tuple[Named, ...]
    scope: tuple[str, ...]
    units: int
    budget_fen: int | None
    state: str
    index: int
    units_done: int | None
    items: Label
    cost_fen: int | None
    completed_index: int | None
    accepted_index: int | None
    accepted_by: Named | None
    defects: tuple[tuple[str, int], ...]
    fixes: tuple[tuple[str, int], ...]
    follow_ups: tuple[tuple[str, int], ...]
    paid: Figure
    batch: Batch | None


@dataclass(frozen=True, slots=True)
class Award:
    """A scholarship round. Days of public notice from ``notice_from`` to ``notice_to``."""

    award: Named
    project: Named
    criteria: tuple[str, ...]
    amount_each_fen: int
    share_percent: int | None
    state: str
    index: int
    term: str | None
    schools: tuple[Named, ...]
    notice_from: date | None
    notice_to: date | None
    channel: Label | None
    total_fen: int | None
    paid: Figure
    batch: Batch | None


@dataclass(frozen=True, slots=True)
class Organisation:
    """Who it is, and its standing.

    ``undertook`` is (version, day, index), ``screened`` (against, result, day, index), ``qualifications`` are (code,
    from, to or None, index).
    """

    organisation: Named
    aliases: tuple[str, ...]
    credit_code: str | None
    kind: str
    roles: tuple[str, ...]
    state: str
    index: int
    undertook: tuple[str, date, int] | None
    screened: tuple[str, str, date, int] | None
    qualifications: tuple[tuple[str, date, date | None, int], ...]
    suspended_index: int | None


@dataclass(frozen=True, slots=True)
class OrganisationPage:
    """``delivered`` are works of its own accepted by another; ``accepted`` those it took over for a school or town."""

    organisation: Organisation
    keys: tuple[Key, ...]
    gifts: tuple[Gift, ...]
    gift_count: int
    projects: tuple[Project, ...]
    project_count: int
    paid_to: Figure
    delivered: Figure
    accepted: Figure
    signed: Figure
    deliveries: tuple[Delivery, ...]
    teams: tuple[Team, ...]
    chain: tuple[EntryRow, ...]


@dataclass(frozen=True, slots=True)
class PlacePage:
    """The first of each list, batches and activities the newest first, and how many there are.

    ``waiting`` are works that nobody has accepted yet, ``people`` person-times by group.
    """

    place: Place
    below: tuple[Place, ...]
    below_count: int
    projects: tuple[Project, ...]
    project_count: int
    renovations: tuple[Renovation, ...]
    renovation_count: int
    waiting: tuple[Named, ...]
    batches: tuple[Batch, ...]
    batch_count: int
    people: Mapping[str, Figure]
    visits: Figure
    activities: tuple[EntryRow, ...]
    chain: tuple[EntryRow, ...]


@dataclass(frozen=True, slots=True)
class ProjectPage:
    """``needs`` it took up or was begun for; ``remainder_fen`` is what was allocated and not paid."""

    project: Project
    needs: tuple[Need, ...]
    stations: tuple[Station, ...]
    gifts: tuple[Gift, ...]
    payments: tuple[Payment, ...]
    renovations: tuple[Renovation, ...]
    awards: tuple[Award, ...]
    deliveries: tuple[Delivery, ...]
    teams: tuple[Team, ...]
    indicators: tuple[Indicator, ...]
    remainder_fen: Figure
    chain: tuple[EntryRow, ...]


@dataclass(frozen=True, slots=True)
class DonationPage:
    """``allocations`` name projects; ``payments`` name payments with what each drew from this gift.

    ``outcomes`` are the awards and works those payments were for. ``receipts`` are (number, index).
    """

    gift: Gift
    items: Label
    allocations: tuple[Amount, ...]
    payments: tuple[Amount, ...]
    outcomes: tuple[Renovation | Award, ...]
    receipts: tuple[tuple[str, int], ...]
    chain: tuple[EntryRow, ...]


@dataclass(frozen=True, slots=True)
class AwardPage:
    award: Award
    payments: tuple[Payment, ...]
    chain: tuple[EntryRow, ...]


@dataclass(frozen=True, slots=True)
class RenovationPage:
    renovation: Renovation
    payments: tuple[Payment, ...]
    chain: tuple[EntryRow, ...]


@dataclass(frozen=True, slots=True)
class PaymentPage:
    payment: Payment
    state: str
    chain: tuple[EntryRow, ...]


@dataclass(frozen=True, slots=True)
class KeyPage:
    key: Key
    chain: tuple[EntryRow, ...]


@dataclass(frozen=True, slots=True)
class ProgrammePage:
    programme: Programme
    chain: tuple[EntryRow, ...]


@dataclass(frozen=True, slots=True)
class IndicatorPage:
    indicator: Indicator
    chain: tuple[EntryRow, ...]
