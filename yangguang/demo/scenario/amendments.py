"""Corrections and voids: what was first recorded wrongly, and when and why it was put right.

The tables of the other streams hold what is true. A slip says what the entry said at first, so the story has the
wrong value in the entry, and the correction from it to the true one weeks later.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ledger.domain.award import AwardPublicised
from ledger.domain.catalogue import event_class
from ledger.domain.donation import DonationReceived
from ledger.domain.event import Event
from ledger.domain.indicator import IndicatorMeasured
from ledger.domain.payment import PaymentMade
from ledger.domain.programme import ProgrammeOpened
from ledger.domain.project import ProjectProgressed, ProjectProposed
from ledger.domain.renovation import RenovationApproved, RenovationCompleted
from ledger.errors import InvalidFieldError, LedgerError, MissingCapabilityError
from yangguang.demo.scenario.gift_list import CASH, ENTERED_TWICE
from yangguang.demo.scenario.gifts import BY, receipt_of
from yangguang.demo.scenario.programme import SANPAI, plans
from yangguang.demo.steps import EventOf, Ref, Step, day, organisation, place, project, yuan

AUDITOR = "audit:confirm"


@dataclass(frozen=True, slots=True)
class Slip:
    """An entry that first said ``wrong``, corrected on a day; ``confirmed`` by the accounting firm where it is money.

    ``people`` is how many the batch was first said to have. ``nth`` counts such entries of the record from 0.
    """

    record: Ref
    event: type[Event]
    wrong: dict[str, Any]
    on: str
    reason: str
    confirmed: bool = False
    people: int = 0
    nth: int = 0


SWAPPED_DIGITS = Slip(
    Ref("donation", "c33"), DonationReceived, {"amount_fen": yuan("68,000")}, "2023-09-11", "typing", confirmed=True
)
SLIPS = (
    SWAPPED_DIGITS,
    Slip(SANPAI, ProgrammeOpened, {"plans": plans(aliases=False)}, "2022-05-09", "naming"),
    Slip(Ref("renovation", "w1"), RenovationApproved, {"places": [place("s3")]}, "2022-08-29", "typing"),
    Slip(project("school-s1"), ProjectProgressed, {"milestone": "5间教室照明和黑板更换完成"}, "2022-11-28", "checked"),
    Slip(project("pairs"), ProjectProposed, {"title": "学龄儿童结队关爱"}, "2023-01-18", "typing"),
    Slip(Ref("award", "a2"), AwardPublicised, {"to": "2023-05-11"}, "2023-05-15", "source"),
    Slip(Ref("payment", "p22"), PaymentMade, {"payee": organisation("n10")}, "2023-08-07", "checked"),
    Slip(
        Ref("donation", "g06"),
        DonationReceived,
        {
            "items": [{"name": "台式电脑", "count": 12, "unit": "台", "unit_value_fen": yuan("3,500")}],
            "value_fen": yuan("42,000"),
            "valuation": "market",
        },
        "2023-11-01",
        "checked",
        confirmed=True,
    ),
    Slip(Ref("indicator", "i08"), IndicatorMeasured, {"value": "723"}, "2024-01-29", "typing", nth=2),
    Slip(
        Ref("renovation", "w3"),
        RenovationCompleted,
        {"cost_fen": yuan("124,150")},
        "2024-03-28",
        "source",
        confirmed=True,
    ),
    Slip(
        Ref("renovation", "d3"),
        RenovationCompleted,
        {
            "units": 28,
            "items": [{"name": "书桌", "count": 28, "unit": "张"}, {"name": "单人床", "count": 28, "unit": "张"}],
        },
        "2024-10-11",
        "source",
        confirmed=True,
        people=28,
    ),
)


def amended(steps: Sequence[Step]) -> list[Step]:
    """The story as it was recorded: with the slips in their entries, the corrections, and a gift entered twice."""
    told = list(steps)
    for slip in SLIPS:
        number = [number for number, step in enumerate(told) if _is_of(slip, step)][slip.nth]
        true = told[number]
        told[number] = _first_told(slip, true)
        told.append(_correction(slip, true, told[number]))
        if slip is SWAPPED_DIGITS:
            told += _refused(told[-1])
    return [*told, *_entered_twice()]


def _is_of(slip: Slip, step: Step) -> bool:
    return step.record == slip.record and step.event is slip.event and step.refused is None


def _first_told(slip: Slip, true: Step) -> Step:
    wrong = dict(slip.wrong)
    if slip.people:
        wrong["people"] = {**true.data["people"], "count": slip.people}
    return replace(true, data={**true.data, **wrong}, rows=true.rows[: slip.people] if slip.people else true.rows)


def _correction(slip: Slip, true: Step, first: Step) -> Step:
    changed = [name for name in first.data if first.data[name] != true.data.get(name)]
    data = {
        "event": EventOf(slip.record, slip.event, slip.nth),
        "changes": {name: {"from": first.data[name], "to": true.data[name]} for name in changed},
        "reason": slip.reason,
    }
    by = f"{true.by}+{AUDITOR}" if slip.confirmed else true.by
    rows = true.rows if slip.people else ()
    return Step(event_class(f"{slip.record.kind}.corrected", 1), slip.record, day(slip.on), data, by, rows=rows)


def _refused(correction: Step) -> Iterator[Step]:
    """The same correction without the second signature, and once more when its old value no longer stands."""
    yield _attempt(correction, "2023-09-08", BY, MissingCapabilityError)
    yield _attempt(correction, "2023-09-13", correction.by, InvalidFieldError)


def _attempt(correction: Step, on: str, by: str, refused: type[LedgerError]) -> Step:
    return replace(correction, on=day(on), by=by, refused=refused)


def _entered_twice() -> Iterator[Step]:
    code, again, entered_on, voided_on = ENTERED_TWICE
    gift = next(gift for gift in CASH if gift.code == code)
    record = Ref("donation", again)
    late = (day(entered_on) - day(gift.on)).days
    yield Step(DonationReceived, record, day(gift.on), receipt_of(gift), BY, late=late)
    data = {"event": EventOf(record, DonationReceived), "reason": "duplicate"}
    yield Step(event_class("donation.voided", 1), record, day(voided_on), data, f"{BY}+{AUDITOR}")
