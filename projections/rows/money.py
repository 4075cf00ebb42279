"""Rows of how much: cash, and goods and service apart from it. Fen throughout."""

from dataclasses import dataclass
from datetime import date

from projections.rows.common import Figure, Named


@dataclass(frozen=True, slots=True)
class Balance:
    """received = paid + unpaid + unallocated + returned, in cash fen; ``agrees`` says that it does.

    ``confirmed`` and ``unconfirmed`` divide ``received``; ``pledged`` is what was promised and not yet received.
    """

    received: Figure
    paid: Figure
    unpaid: Figure
    unallocated: Figure
    returned: Figure
    confirmed: Figure
    unconfirmed: Figure
    pledged: Figure
    agrees: bool


@dataclass(frozen=True, slots=True)
class InKind:
    """Goods and service, valued and kept apart from cash and from each other."""

    goods_fen: Figure
    service_fen: Figure
    service_hours: Figure


@dataclass(frozen=True, slots=True)
class PlanMoney:
    plan: str
    allocated: Figure
    paid: Figure
    unpaid: Figure


@dataclass(frozen=True, slots=True)
class Donor:
    """All gifts of one organisation; of persons and of the anonymous together, with ``donor`` None."""

    kind: str
    donor: Named | None
    gifts: Figure
    cash_fen: Figure
    goods_fen: Figure
    service_fen: Figure

    @property
    def key(self) -> str:
        """What the links of its figures name it by: a reference; person or anonymous."""
        return self.donor.reference if self.donor else self.kind


@dataclass(frozen=True, slots=True)
class Quarter:
    """Cash in one quarter, by the day it happened, and summed up to its end."""

    year: int
    quarter: int
    ends_on: date
    received: Figure
    paid: Figure
    returned: Figure
    received_so_far: int
    paid_so_far: int
    in_hand_fen: int

    @property
    def key(self) -> str:
        """What the links of its figures name it by: ``2023~4``."""
        return f"{self.year}~{self.quarter}"


@dataclass(frozen=True, slots=True)
class Flow:
    """Cash from a donor (as in ``Donor``) to a plan to a use.

    ``use`` is award, project, a works category, unpaid; or unallocated or returned, where ``plan`` is None.
    """

    kind: str
    donor: Named | None
    plan: str | None
    use: str
    fen: Figure

    @property
    def key(self) -> str:
        """``donor~plan~use``; the plan is "" where the cash never reached one."""
        return f"{self.donor.reference if self.donor else self.kind}~{self.plan or ''}~{self.use}"


@dataclass(frozen=True, slots=True)
class Gift:
    """One donation in money. Fen of cash, or of the value of goods or service, as ``form`` says."""

    donation: Named
    kind: str
    donor: Named | None
    recipient: Named | None
    form: str
    state: str
    received: Figure
    allocated: Figure
    paid: Figure
    returned: Figure
    unallocated: Figure
    hours: int | None
    restricted_plan: str | None
    restricted_project: Named | None
    received_on: date | None
    confirmed_index: int | None
