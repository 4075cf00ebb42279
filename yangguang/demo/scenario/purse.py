"""The treasurer's arithmetic: which donations a tranche comes from, and which of them a payment draws on.

It only chooses; the ledger's own rules judge the result. Asking for more than there is is a mistake in our
tables and raises RuntimeError.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

SMALL, SMALL_GO_TO = 300_000, "zhiban"
"""Fen, and the plan whose projects use up free gifts smaller than that before any other."""


@dataclass(frozen=True, slots=True)
class Gift:
    """Cash in fen that may be allocated from ``ready_on``; ``only`` is a plan, a project or empty."""

    code: str
    ready_on: date
    amount: int
    only: str


@dataclass(frozen=True, slots=True)
class Share:
    """So many fen of one donation."""

    donation: str
    amount: int


@dataclass(frozen=True, slots=True)
class Allocation:
    """A share set aside for a project on a day."""

    on: date
    project: str
    share: Share


class Purse:
    """What is left of each gift, and of each allocation. Ask in order of time."""

    def __init__(self, gifts: Sequence[Gift]) -> None:
        self._gifts = gifts
        self._left = {gift.code: gift.amount for gift in gifts}
        self.allocations: list[Allocation] = []
        self._paid: dict[tuple[str, str], int] = {}

    def allocate(self, on: date, project: str, plan: str, amount: int) -> list[Share]:
        """Restricted gifts first, then small ones for their plan, then one that covers the rest, else the largest."""
        shares = []
        while amount:
            gift = self._choose(on, (project, plan), amount)
            part = min(amount, self._left[gift.code])
            self._left[gift.code] -= part
            amount -= part
            shares.append(Share(gift.code, part))
            self.allocations.append(Allocation(on, project, shares[-1]))
        return shares

    def pay(self, on: date, project: str, amount: int) -> list[Share]:
        """Shares of what was allocated to the project by that day, oldest first."""
        shares = []
        for allocation in self._open_allocations(on, project):
            part = min(amount, allocation.amount)
            if part:
                self._spend(allocation.donation, project, part)
                shares.append(Share(allocation.donation, part))
                amount -= part
        if amount:
            raise RuntimeError(f"{project} lacks {amount} fen on {on}")
        return shares

    def move(self, on: date, source: str, target: str) -> list[Share]:
        """All that is set aside for one project and unpaid on a day goes to another."""
        shares = [share for share in self._open_allocations(on, source) if share.amount]
        for share in shares:
            self.allocations.append(Allocation(on, source, Share(share.donation, -share.amount)))
            self.allocations.append(Allocation(on, target, share))
        return shares

    def take_back(self, project: str, shares: Sequence[Share]) -> None:
        """Undoes a payment that was reversed."""
        for share in shares:
            self._spend(share.donation, project, -share.amount)

    def _choose(self, on: date, purposes: tuple[str, str], amount: int) -> Gift:
        ready = [gift for gift in self._gifts if gift.ready_on <= on and self._left[gift.code]]
        restricted = [gift for gift in ready if gift.only in purposes]
        free = [gift for gift in ready if not gift.only]
        if restricted:
            return restricted[0]
        if small := [gift for gift in free if gift.amount < SMALL and SMALL_GO_TO in purposes]:
            return min(small, key=lambda gift: gift.ready_on)
        if not free:
            raise RuntimeError(f"no gift is left for {purposes} on {on}: {amount} fen lacking")
        enough = [gift for gift in free if self._left[gift.code] >= amount]
        if enough:
            return min(enough, key=lambda gift: self._left[gift.code])
        return max(free, key=lambda gift: self._left[gift.code])

    def _open_allocations(self, on: date, project: str) -> list[Share]:
        total: dict[str, int] = {}
        for item in self.allocations:
            if item.project == project and item.on <= on:
                total[item.share.donation] = total.get(item.share.donation, 0) + item.share.amount
        return [Share(donation, amount - self._paid.get((donation, project), 0)) for donation, amount in total.items()]

    def _spend(self, donation: str, project: str, amount: int) -> None:
        self._paid[donation, project] = self._paid.get((donation, project), 0) + amount
