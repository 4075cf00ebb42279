"""Rule 3 over any interleaving of gifts, allocations, payments, returns, corrections and voids."""

from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from ledger.domain.balance import allocated_to, projects_of, unallocated_of, value_of
from ledger.domain.donation import DonationReturned
from ledger.domain.payment import PaymentMade
from ledger.errors import LedgerError
from tests.ledger.rules.book import Book

AMOUNTS = st.integers(1, 40)
CHOICE = st.integers(0, 10**6)


class Money(RuleBasedStateMachine):
    """Tries events without asking whether they fit; what is refused must leave everything as it was."""

    book: Book

    @initialize()
    def begin(self) -> None:
        self.book = Book()
        self.projects = [self.book.project(), self.book.project(plan="beta")]
        self.works = [self.book.works(project) for project in self.projects]
        # Begun with money on every station, so that even short histories can break something.
        self.gifts = [self.book.gift(100), self.book.gift(40)]
        self.book.do("donation.allocated", self.gifts[0], by="giver", project=self.projects[0], amount_fen=60)
        self.payments = [self.book.pay(self.works[0], self.projects[0], {self.gifts[0]: 30})]

    def attempt(self, *arguments: Any, **data: Any) -> str | None:
        try:
            return self.book.do(*arguments, **data)
        except LedgerError:
            return None

    @rule(amount=AMOUNTS, confirmed=st.booleans())
    def receive(self, amount: int, confirmed: bool) -> None:
        self.gifts.append(self.book.gift(amount, confirmed=confirmed))

    @rule(gift=CHOICE, project=CHOICE, amount=AMOUNTS)
    def allocate(self, gift: int, project: int, amount: int) -> None:
        if self.gifts:
            donation, target = self.gifts[gift % len(self.gifts)], self.projects[project % 2]
            self.attempt("donation.allocated", donation, by="giver", project=target, amount_fen=amount)

    @rule(gift=CHOICE, project=CHOICE, amount=AMOUNTS)
    def reallocate(self, gift: int, project: int, amount: int) -> None:
        if self.gifts:
            ends = {"from_project": self.projects[project % 2], "to_project": self.projects[(project + 1) % 2]}
            donation = self.gifts[gift % len(self.gifts)]
            self.attempt("donation.reallocated", donation, by="giver", amount_fen=amount, consent="written", **ends)

    @rule(gift=CHOICE, amount=AMOUNTS)
    def give_back(self, gift: int, amount: int) -> None:
        if self.gifts:
            donation = self.gifts[gift % len(self.gifts)]
            self.attempt("donation.returned", donation, by="giver", amount_fen=amount, reason="request")

    @rule(first=CHOICE, second=CHOICE, project=CHOICE, amount=AMOUNTS)
    def pay(self, first: int, second: int, project: int, amount: int) -> None:
        if self.gifts:
            draws = {self.gifts[first % len(self.gifts)]: amount, self.gifts[second % len(self.gifts)]: 1}
            try:
                made = self.book.pay(self.works[project % 2], self.projects[project % 2], draws)
            except LedgerError:
                return
            self.payments.append(made)

    @rule(payment=CHOICE)
    def reverse(self, payment: int) -> None:
        if self.payments:
            made = self.payments[payment % len(self.payments)]
            self.attempt("payment.reversed", made, by="giver", reason="bounced")

    @rule(record=CHOICE, place=CHOICE, amount=AMOUNTS)
    def correct(self, record: int, place: int, amount: int) -> None:
        everything = self.gifts + self.payments
        if not everything:
            return
        reference = everything[record % len(everything)]
        history = self.book.record(reference).history
        past = history[place % len(history)]
        data = past.event.data()
        if "amount_fen" not in data:
            return
        changes: dict[str, Any] = {"amount_fen": {"from": data["amount_fen"], "to": amount}}
        if isinstance(past.event, PaymentMade):
            draws = [{**data["donations"][0], "amount_fen": amount}]
            changes["donations"] = {"from": data["donations"], "to": draws}
        self.attempt(
            f"{reference.partition('/')[0]}.corrected",
            reference,
            by="giver+bank",
            event=past.event_id,
            changes=changes,
            reason="typing",
        )

    @rule(record=CHOICE, place=CHOICE)
    def void(self, record: int, place: int) -> None:
        everything = self.gifts + self.payments
        if not everything:
            return
        reference = everything[record % len(everything)]
        history = self.book.record(reference).history
        past = history[place % len(history)]
        by = "giver+bank" if past.event.MONEY else "bank"
        kind = reference.partition("/")[0]
        self.attempt(f"{kind}.voided", reference, by=by, event=past.event_id, reason="mistake")

    @invariant()
    def every_fen_is_somewhere(self) -> None:
        if not hasattr(self, "gifts"):
            return
        paid: dict[tuple[str, str], int] = {}
        for reference in self.payments:
            record = self.book.record(reference)
            payment = record.last(PaymentMade)
            if record.state == "made" and payment is not None:
                for draw in payment.donations:
                    key = (draw.donation, payment.project)
                    paid[key] = paid.get(key, 0) + draw.amount_fen
        for reference in self.gifts:
            record = self.book.record(reference)
            allocated = sum(allocated_to(record, project) for project in projects_of(record))
            returned = sum(event.amount_fen for event in record.all(DonationReturned))
            assert unallocated_of(record) >= 0
            assert value_of(record) == allocated + returned + unallocated_of(record)
            for project in self.projects:
                drawn = paid.get((reference, project), 0)
                assert drawn == (self.book.state.paid.get((reference, project)) or 0)
                assert 0 <= drawn <= allocated_to(record, project)


Money.TestCase.settings = settings(
    max_examples=60, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
)
test_no_interleaving_of_events_corrections_or_voids_makes_or_loses_money = Money.TestCase
