"""Stream: donations pledged, received, matched with the bank statement, receipted; goods and hours valued."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from ledger.domain.donation import (
    DonationAllocated,
    DonationConfirmed,
    DonationPledged,
    DonationReceipted,
    DonationReceived,
    DonationReturned,
)
from yangguang.demo.plan import PLANS
from yangguang.demo.scenario.gift_list import CASH, GOODS, RETURNED, SERVICE, STILL_PLEDGED, Cash, Goods
from yangguang.demo.scenario.purse import Gift
from yangguang.demo.scenario.small_gift_list import small_cash, small_goods, small_service
from yangguang.demo.steps import Ref, Step, day, organisation, project, working_day, yuan

BY = "n3:fund"
MONEY = (*CASH, *small_cash())
IN_KIND = (
    *((gift, "goods") for gift in (*GOODS, *small_goods())),
    *((gift, "service") for gift in (*SERVICE, *small_service())),
)
THANKS = {"c07": "捐赠方不愿公开身份，经办已核对。", "c27": "用于奖学金，不作他用。", "c24": "用于学校设施改善。"}


def steps() -> Iterator[Step]:
    """All gifts; what they were allocated to is another stream, but for goods and hours."""
    numbers = _receipt_numbers()
    for gift in MONEY:
        yield from _cash(gift, numbers)
    for goods, form in IN_KIND:
        yield from _in_kind(goods, form)
    code, on, donor, amount = STILL_PLEDGED
    promise = {"donor": organisation(donor), "amount_fen": yuan(amount)}
    yield Step(DonationPledged, Ref("donation", code), day(on), promise, BY)
    code, on, amount, words = RETURNED
    data = {"amount_fen": yuan(amount), "reason": "mistake"}
    yield Step(DonationReturned, Ref("donation", code), day(on), data, BY, late=2, free=(("note", words),))


def spendable() -> list[Gift]:
    """Confirmed cash, less what was returned, for the treasurer's purse."""
    returned = {RETURNED[0]: yuan(RETURNED[2])}
    return [
        Gift(gift.code, confirmed_on(gift), yuan(gift.amount) - returned.get(gift.code, 0), gift.only)
        for gift in MONEY
        if gift.confirmed
    ]


def received() -> int:
    """All cash received in fen."""
    return sum(yuan(gift.amount) for gift in MONEY)


def confirmed_on(gift: Cash) -> date:
    """The day on which the accounting firm matched the bank statement."""
    if gift.matched:
        return working_day(day(gift.matched))
    return working_day(day(gift.on) + timedelta(days=gift.late), after=2 + (int(gift.code[1:]) - 1) % 5)


def _receipt_numbers() -> dict[str, int]:
    """Receipts for money are numbered in the order in which the money was matched with the bank statement."""
    matched = sorted((gift for gift in MONEY if gift.confirmed), key=confirmed_on)
    return {gift.code: number for number, gift in enumerate(matched, start=1)}


def _cash(gift: Cash, numbers: dict[str, int]) -> Iterator[Step]:
    record = Ref("donation", gift.code)
    if gift.pledged:
        pledge = {"donor": organisation(gift.donor), "amount_fen": yuan(gift.amount)}
        yield Step(DonationPledged, record, day(gift.pledged), pledge, BY)
    free = (("note", THANKS[gift.code]),) if gift.code in THANKS else ()
    yield Step(DonationReceived, record, day(gift.on), receipt_of(gift), BY, late=gift.late, free=free)
    if not gift.confirmed:
        return
    on = confirmed_on(gift)
    yield Step(DonationConfirmed, record, on, {"statement_on": gift.on}, "audit:confirm")
    receipt = {"number": f"演示票据{on.year}第{numbers[gift.code]:03d}号"}
    yield Step(DonationReceipted, record, working_day(on, after=1), receipt, BY)


def receipt_of(gift: Cash) -> dict[str, Any]:
    """The data of ``donation.received`` for a gift of money."""
    data = {"recipient": organisation("n3"), "form": "cash", "amount_fen": yuan(gift.amount), **_donor(gift.donor)}
    return {**data, "restriction": _restriction(gift.only)} if gift.only else data


def _donor(donor: str) -> dict[str, Any]:
    if donor in ("person", "anonymous"):
        return {"donor_kind": donor}
    return {"donor_kind": "organisation", "donor": organisation(donor)}


def _restriction(only: str) -> dict[str, Any]:
    return {"plan": only} if only in {plan.code for plan in PLANS} else {"project": project(only)}


def _in_kind(gift: Goods, form: str) -> Iterator[Step]:
    value = sum(count * yuan(unit_value) for _, count, _, unit_value in gift.what)
    data = {"recipient": organisation("n3"), "form": form, "value_fen": value, **_donor(gift.donor)}
    if form == "goods":
        data |= {"valuation": "invoice", "items": [_item(*line) for line in gift.what]}
    else:
        data |= {"valuation": "wage", "hours": gift.what[0][1]}
    record = Ref("donation", gift.code)
    yield Step(DonationReceived, record, day(gift.on), data, BY, late=gift.late)
    if form == "goods":
        receipt = {"number": f"演示票据{gift.on[:4]}物资{gift.code[1:]}号"}
        yield Step(DonationReceipted, record, working_day(day(gift.on), after=gift.late + 3), receipt, BY)
    allocation = {"project": project(gift.project), "amount_fen": value}
    yield Step(DonationAllocated, record, day(gift.allocated_on), allocation, BY)


def _item(name: str, count: int, unit: str, unit_value: str) -> dict[str, Any]:
    return {"name": name, "count": count, "unit": unit, "unit_value_fen": yuan(unit_value)}
