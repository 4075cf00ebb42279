"""Streams: money set aside for projects, and money paid out of it, each fen traced to its donation."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from ledger.domain.donation import DonationAllocated, DonationReallocated
from ledger.domain.payment import PaymentMade, PaymentReversed
from ledger.errors import MissingCapabilityError, OverspentError
from yangguang.demo.scenario.gifts import BY, spendable
from yangguang.demo.scenario.project_list import PROJECTS
from yangguang.demo.scenario.purse import Purse, Share
from yangguang.demo.steps import Ref, Step, day, organisation, project, working_day, yuan

TRANCHES = (
    ("2022-06-13", "team", "20,000"),
    ("2022-07-14", "home-2022", "120,000"),
    ("2022-07-14", "desk-2022", "62,000"),
    ("2022-07-14", "training", "40,000"),
    ("2022-07-25", "school-s1", "150,000"),
    ("2022-08-24", "home-2022", "142,000"),
    ("2022-08-30", "counsel", "22,000"),
    ("2022-09-14", "award", "60,000"),
    ("2022-09-14", "visit", "6,000"),
    ("2022-10-20", "school-s1", "100,000"),
    ("2022-11-14", "chef", "26,000"),
    ("2022-12-05", "school-s1", "60,000"),
    ("2023-01-09", "team", "14,000"),
    ("2023-03-02", "domestic", "24,000"),
    ("2023-03-02", "pairs", "20,000"),
    ("2023-03-20", "home-2023", "140,000"),
    ("2023-03-20", "career", "9,000"),
    ("2023-04-27", "school-s2", "150,000"),
    ("2023-05-04", "intern", "18,000"),
    ("2023-05-08", "training", "30,000"),
    ("2023-05-25", "law", "9,000"),
    ("2023-05-25", "chef", "24,000"),
    ("2023-06-12", "desk-2023", "71,000"),
    ("2023-06-26", "award", "45,000"),
    ("2023-07-17", "school-s2", "96,000"),
    ("2023-08-14", "home-2023", "124,000"),
    ("2023-08-14", "technician", "14,000"),
    ("2023-09-04", "school-s3", "70,000"),
    ("2023-09-11", "logistics", "6,800"),
    ("2023-09-20", "school-s4", "46,000"),
    ("2023-09-20", "parents", "7,500"),
    ("2023-09-20", "nutrition", "9,900"),
    ("2023-10-09", "counsel", "22,000"),
    ("2023-10-20", "school-s3", "52,000"),
    ("2023-10-20", "growth", "9,600"),
    ("2023-11-20", "training", "24,000"),
    ("2023-11-20", "team", "10,000"),
    ("2023-11-20", "story", "8,400"),
    ("2023-11-20", "teachers", "6,000"),
    ("2023-12-11", "pairs", "10,000"),
    ("2024-01-10", "school-s2", "6,000"),
    ("2024-02-26", "art", "14,000"),
    ("2024-02-26", "counsel", "14,000"),
    ("2024-03-25", "home-2024", "90,000"),
    ("2024-04-08", "award", "60,000"),
    ("2024-04-15", "music", "8,800"),
    ("2024-05-13", "intern", "6,000"),
    ("2024-05-13", "training", "18,000"),
    ("2024-05-27", "desk-2024", "79,000"),
    ("2024-06-17", "team", "4,000"),
    ("2024-07-08", "home-2024", "72,000"),
    ("2024-07-15", "school-s5", "90,000"),
    ("2024-08-26", "nursing", "11,200"),
    ("2024-09-23", "visit", "6,000"),
    ("2024-10-28", "pairs", "6,000"),
)
"""Day, project, yuan."""


@dataclass(frozen=True, slots=True)
class Bill:
    """A payment in yuan. ``what`` is a batch of works or an award round, empty for the project as a whole.

    Without ``payee`` it goes to beneficiaries.
    """

    on: str
    project: str
    what: str
    payee: str
    amount: str
    bounced_on: str = ""

    @property
    def paid_for(self) -> Ref:
        """The record that the payment names."""
        if not self.what:
            return project(self.project)
        return Ref("renovation" if self.payee else "award", self.what)


BILLS = (
    Bill("2022-08-03", "home-2022", "h1", "n6", "60,000"),
    Bill("2022-08-08", "team", "", "n13", "12,600"),
    Bill("2022-09-13", "school-s1", "w1", "n12", "92,000"),
    Bill("2022-09-28", "home-2022", "h1", "n6", "58,640"),
    Bill("2022-10-12", "home-2022", "h2", "n6", "70,000"),
    Bill("2022-10-26", "training", "", "n9", "19,800"),
    Bill("2022-11-24", "award", "a1", "", "24,000"),
    Bill("2022-11-29", "desk-2022", "d1", "n7", "58,740"),
    Bill("2022-12-14", "chef", "", "n10", "14,700"),
    Bill("2022-12-19", "school-s1", "w1", "n12", "110,000"),
    Bill("2022-12-23", "home-2022", "h2", "n6", "69,280.50"),
    Bill("2022-12-28", "training", "", "n9", "17,650"),
    Bill("2023-01-12", "counsel", "", "n19", "18,400"),
    Bill("2023-03-20", "school-s1", "w1", "n12", "92,382.58"),
    Bill("2023-05-10", "home-2023", "h3", "n6", "50,000"),
    Bill("2023-05-25", "award", "a2", "", "31,000"),
    Bill("2023-06-08", "chef", "", "n10", "19,350"),
    Bill("2023-06-19", "school-s2", "w2", "n12", "75,000"),
    Bill("2023-07-05", "team", "", "n13", "9,480"),
    Bill("2023-07-06", "training", "", "n9", "16,240"),
    Bill("2023-07-13", "pairs", "", "n5", "13,250"),
    Bill("2023-07-20", "domestic", "", "n14", "21,480"),
    Bill("2023-09-01", "home-2023", "h3", "n6", "48,960"),
    Bill("2023-09-25", "home-2023", "h4", "n6", "84,000"),
    Bill("2023-09-27", "school-s2", "w2", "n12", "90,000"),
    Bill("2023-10-24", "school-s3", "w3", "n11", "60,000"),
    Bill("2023-11-09", "desk-2023", "d2", "n7", "69,462"),
    Bill("2023-11-10", "counsel", "", "n19", "21,900"),
    Bill("2023-11-16", "intern", "", "n21", "11,200"),
    Bill("2023-11-24", "award", "a3", "", "43,200"),
    Bill("2023-12-11", "home-2023", "h4", "n6", "84,432"),
    Bill("2023-12-19", "team", "", "n13", "8,200"),
    Bill("2023-12-21", "training", "", "n9", "24,300"),
    Bill("2024-01-18", "school-s2", "w2", "n12", "73,763.50"),
    Bill("2024-01-18", "law", "", "n16", "7,900"),
    Bill("2024-01-22", "pairs", "", "n5", "11,800"),
    Bill("2024-03-04", "school-s4", "w4", "n17", "44,918.60", bounced_on="2024-03-07"),
    Bill("2024-03-12", "school-s4", "w4", "n17", "44,918.60"),
    Bill("2024-03-22", "school-s1", "w1", "n12", "15,493.82"),
    Bill("2024-04-09", "school-s3", "w3", "n11", "61,450"),
    Bill("2024-05-20", "home-2024", "h5", "n6", "80,000"),
    Bill("2024-05-22", "chef", "", "n10", "13,900"),
    Bill("2024-05-23", "award", "a4", "", "18,000"),
    Bill("2024-06-05", "training", "", "n9", "12,480"),
    Bill("2024-06-20", "art", "", "n23", "7,840"),
    Bill("2024-07-02", "team", "", "n13", "10,350.50"),
    Bill("2024-07-10", "counsel", "", "n19", "15,600"),
    Bill("2024-07-11", "desk-2024", "d3", "n7", "40,000"),
    Bill("2024-07-18", "intern", "", "n21", "14,650"),
    Bill("2024-09-11", "school-s5", "w5", "n12", "68,000"),
    Bill("2024-10-23", "desk-2024", "d3", "n7", "38,584"),
    Bill("2024-10-29", "award", "a5", "", "48,000"),
    Bill("2024-11-04", "home-2024", "h5", "n6", "81,205"),
    Bill("2024-11-12", "pairs", "", "n5", "8,900"),
    Bill("2024-12-04", "training", "", "n9", "20,960"),
    Bill("2024-12-05", "team", "", "n13", "4,100"),
    Bill("2023-06-28", "visit", "", "n13", "5,480"),
    Bill("2023-11-27", "career", "", "n21", "5,600"),
    Bill("2023-12-04", "technician", "", "n11", "7,900"),
    Bill("2024-01-18", "logistics", "", "n15", "6,420"),
    Bill("2024-04-10", "parents", "", "n5", "4,300"),
    Bill("2024-04-17", "nutrition", "", "n10", "6,060"),
    Bill("2024-06-19", "career", "", "n21", "3,150"),
    Bill("2024-06-24", "story", "", "n17", "8,120"),
    Bill("2024-09-05", "nursing", "", "n14", "6,200"),
    Bill("2024-07-12", "growth", "", "n19", "7,200"),
    Bill("2024-08-29", "technician", "", "n11", "5,730"),
    Bill("2024-09-26", "nutrition", "", "n10", "3,180"),
    Bill("2024-10-23", "nursing", "", "n14", "4,720"),
    Bill("2024-11-07", "teachers", "", "n19", "5,650"),
    Bill("2024-11-07", "growth", "", "n19", "2,040"),
    Bill("2024-11-11", "music", "", "n23", "8,390"),
    Bill("2024-11-12", "parents", "", "n5", "2,700"),
    Bill("2024-12-03", "visit", "", "n13", "5,910"),
)


@dataclass(frozen=True, slots=True)
class Move:
    """What a project has not spent goes to another one, with the donors' consent."""

    on: str
    source: str
    target: str
    consent: str


SETTLED_ON = "2025-01-13"
UNFINISHED = "school-s5"
MOVES = (
    Move("2023-03-27", "home-2022", "home-2023", "written"),
    Move("2024-06-24", "domestic", "intern", "written"),
    *(Move(SETTLED_ON, item.code, UNFINISHED, "agreement") for item in PROJECTS if item.completed),
)
"""Two when they were needed; at the settlement all that completed projects have left goes to the works still open."""


def steps() -> Iterator[Step]:
    """Allocations, payments, one reversal, moves, and two attempts that the ledger must refuse."""
    purse, plans = Purse(spendable()), {item.code: item.plan for item in PROJECTS}
    for on, code, amount in TRANCHES:
        when = working_day(day(on))
        for share in purse.allocate(when, code, plans[code], yuan(amount)):
            yield _allocated(share, code, when)
    numbers = {bill: number for number, bill in enumerate(BILLS, start=1)}
    spending: list[Bill | Move] = [*BILLS, *MOVES]
    for item in sorted(spending, key=lambda item: item.on):
        yield from _moved(purse, item) if isinstance(item, Move) else _paid(purse, numbers[item], item)
    yield from _refused()


def _allocated(share: Share, code: str, on: date) -> Step:
    data = {"project": project(code), "amount_fen": share.amount}
    return Step(DonationAllocated, Ref("donation", share.donation), on, data, BY)


def _moved(purse: Purse, item: Move) -> Iterator[Step]:
    for share in purse.move(day(item.on), item.source, item.target):
        data = {
            "from_project": project(item.source),
            "to_project": project(item.target),
            "amount_fen": share.amount,
            "consent": item.consent,
        }
        yield Step(DonationReallocated, Ref("donation", share.donation), day(item.on), data, BY)


def _paid(purse: Purse, number: int, bill: Bill) -> Iterator[Step]:
    on, amount, record = working_day(day(bill.on)), yuan(bill.amount), Ref("payment", f"p{number:02d}")
    shares = purse.pay(on, bill.project, amount)
    draws = [{"donation": Ref("donation", share.donation), "amount_fen": share.amount} for share in shares]
    data = {"project": project(bill.project), "paid_for": bill.paid_for, "amount_fen": amount, "donations": draws}
    payee = {"payee_kind": "organisation", "payee": organisation(bill.payee)} if bill.payee else {}
    yield Step(PaymentMade, record, on, {"payee_kind": "beneficiaries", **data, **payee}, BY, late=number % 4)
    if bill.bounced_on:
        purse.take_back(bill.project, shares)
        note = (("note", "收款账号少填一位，银行退票。"),)
        yield Step(PaymentReversed, record, day(bill.bounced_on), {"reason": "bounced"}, BY, late=1, free=note)


def _refused() -> Iterator[Step]:
    """More than the gift holds; and money set aside by a key that may not."""
    too_much = {"project": project("counsel"), "amount_fen": yuan("5,000")}
    gift, on = Ref("donation", "c12"), day("2022-08-31")
    yield Step(DonationAllocated, gift, on, too_much, BY, refused=OverspentError)
    yield Step(DonationAllocated, gift, on, too_much, "n6:deliver", refused=MissingCapabilityError)
