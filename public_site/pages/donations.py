"""/donations/{id}: one gift's own thread, from the donor to what became of it."""

from typing import Any

from projections import threads, what
from projections.rows import Amount, DonationPage
from public_site.presenters import words
from public_site.presenters.entries import beads, event
from public_site.presenters.figures import entry_cell, figure
from public_site.presenters.things import AMOUNT_COLUMNS, links
from public_site.visit import Page, Visit


def page(visit: Visit) -> Page:
    """One donation."""
    found = threads.donation_page(visit.db, visit.reference("donation"))
    gift = found.gift
    of = gift.donation.reference
    values = {
        "title": gift.donation.zh,
        "heading": gift.donation.zh,
        "crumbs": [{"href": "/how-much", "text": "帮了多少"}],
        "said": _said(found),
        "badge": _badge(found),
        "beads": beads(found.chain),
        "figures": [
            figure("gift.received", gift.received, of=of),
            figure("gift.allocated", gift.allocated, of=of),
            figure("gift.paid", gift.paid, of=of),
            figure("gift.unallocated", gift.unallocated, of=of),
            *([figure("gift.returned", gift.returned, of=of)] if gift.returned.value else []),
        ],
        "facts": _facts(visit, found),
        "amount_columns": list(AMOUNT_COLUMNS),
        "allocations": [_amount(item) for item in found.allocations],
        "payments": [_amount(item) for item in found.payments],
        "outcomes": [_outcome(item) for item in found.outcomes],
        "events": [event(row) for row in found.chain],
        "form": gift.form,
    }
    return Page("donation.html", values, section="how-much")


def _said(found: DonationPage) -> str:
    """What the receipt says; and what is not yet confirmed, where something isn't."""
    gift = found.gift
    received = [row for row in found.chain if row.type == "donation.received"]
    if not received:
        return f"{found.chain[0].sentence.zh}还没有收到。"
    said = f"{words.full_day(received[-1].occurred_on)}，{received[-1].sentence.zh}"
    if gift.confirmed_index is None and gift.form == "cash":
        return f"{said}还没有核对银行流水。"
    return said


def _badge(found: DonationPage) -> dict[str, str]:
    gift = found.gift
    if gift.form != "cash" and gift.state == "received":
        return {"state": "ok", "word": "已收到"}
    return words.badge("donation", gift.state)


def _facts(visit: Visit, found: DonationPage) -> list[dict[str, Any]]:
    gift = found.gift
    unnamed = {"person": "一位个人捐赠者", "anonymous": "一位不愿公开身份的捐赠者"}
    donor = links([gift.donor]) if gift.donor else unnamed.get(gift.kind, "未登记")
    confirmed = "物资和服务没有银行流水" if gift.form != "cash" else "还没有核对银行流水"
    facts: list[dict[str, Any]] = [
        {"label": "捐赠方", "value": donor},
        {"label": "收款方", "value": links([gift.recipient]) if gift.recipient else "还没有收到"},
        {"label": "形式", "value": words.FORMS[gift.form]},
        {"label": "指定用途", "value": _restriction(visit, found)},
        {"label": "确认到账", "value": "已核对银行流水" if gift.confirmed_index is not None else confirmed,
         "entries": [] if gift.confirmed_index is None else [gift.confirmed_index]},
        {"label": "捐赠票据", "value": "、".join(number for number, _ in found.receipts) or "还没有开具",
         "entries": [index for _, index in found.receipts]},
    ]  # fmt: skip
    if found.items.zh:
        facts.append({"label": "物资", "value": found.items.zh})
    if gift.hours:
        facts.append({"label": "服务", "value": f"{gift.hours:,}小时", "entries": list(gift.received.entries)})
    return facts


def _restriction(visit: Visit, found: DonationPage) -> str:
    gift = found.gift
    if gift.restricted_project:
        return links([gift.restricted_project])
    if gift.restricted_plan:
        plan = what.plan_titles(visit.db).get(gift.restricted_plan)
        return f"只用于{plan.zh if plan else gift.restricted_plan}"
    return "没有指定"


def _amount(item: Amount) -> list[Any]:
    index = item.index
    return [
        words.link(item.other),
        words.full_day(item.on),
        {"text": f"第{index:,}条", "href": f"/entries/{index}"},
        entry_cell(words.amount(item.fen), index),
    ]


def _outcome(item: Any) -> dict[str, str]:
    if hasattr(item, "renovation"):
        return {**words.link(item.renovation), "state": words.state("renovation", item.state)}
    return {**words.link(item.award), "state": words.state("award", item.state)}
