"""Rows of the calendar of duties."""

from dataclasses import dataclass
from datetime import date

from ledger.domain.values import Label
from projections.duties.rules import Rule
from projections.rows.common import Figure, Named


@dataclass(frozen=True, slots=True)
class Duty:
    """One thing that had to be public by a day.

    ``state`` is overdue, soon, later, on_time or late; ``days`` counts what the state needs: days overdue, days left,
    or days after the due day. ``on`` is the day that started it, ``public_on`` the day on which what met it was
    recorded. ``entries`` started and met it, ``met_index`` met it. There is no organisation where nobody has taken it
    on, or an admin signed.
    """

    rule: Rule
    title: Label
    about: Named
    on: date
    due_on: date
    met_on: date | None
    public_on: date | None
    state: str
    days: int
    organisations: tuple[Named, ...]
    entries: tuple[int, ...]
    met_index: int | None


@dataclass(frozen=True, slots=True)
class DutyCounts:
    """How many are overdue, due within 90 days, met in time and met late, each with what started and met them."""

    overdue: Figure
    soon: Figure
    on_time: Figure
    late: Figure


@dataclass(frozen=True, slots=True)
class DutiesOf:
    """The duties of one organisation."""

    organisation: Named
    counts: DutyCounts
