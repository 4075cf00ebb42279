"""/how-much: whether it adds up, over time, by plan, by donor, from source to use; goods and service apart."""

from typing import Any

from projections import how_much, what
from projections.rows import Balance, Donor, Figure, Gift, PlanMoney, Quarter
from public_site.drawings.flows import MOST_DONORS, graph
from public_site.drawings.over_time import money_over_time
from public_site.drawings.sankey import sankey
from public_site.presenters import words
from public_site.presenters.figures import cell, figure
from public_site.presenters.flow_tables import USED_COLUMNS, given_columns, given_rows, used_rows
from public_site.presenters.things import GIFT_COLUMNS, gift_row
from public_site.subjects import GIVERS
from public_site.visit import Page, Visit

PLAN_COLUMNS = [
    {"text": "计划"},
    {"text": "已分配（元）", "numeric": True},
    {"text": "已支付（元）", "numeric": True},
    {"text": "未支付（元）", "numeric": True},
    {"text": "支付比例", "numeric": True},
]
QUARTER_COLUMNS = [
    {"text": "季度"},
    {"text": "当季收到（元）", "numeric": True},
    {"text": "当季支付（元）", "numeric": True},
    {"text": "当季退回（元）", "numeric": True},
    {"text": "季末在账上（元）", "numeric": True},
]
DONOR_COLUMNS = [
    {"text": "捐赠方"},
    {"text": "笔数", "numeric": True},
    {"text": "现金（元）", "numeric": True},
    {"text": "物资折价（元）", "numeric": True},
    {"text": "服务折价（元）", "numeric": True},
]
ROWS, ROWS_THEN, MORE, SHOWN = 7, 3, 30, 10
"""Donors with a row of their own, today and on earlier pages, whose links are longer; the others stand in a sentence,
or the page would be too heavy: MORE of them, and SHOWN of each list of gifts."""


def page(visit: Visit) -> Page:
    """The fourth question."""
    db = visit.db
    balance, kind = how_much.balance(db), how_much.in_kind(db)
    plans = {code: label.zh for code, label in what.plan_titles(db).items()}
    by_plan, quarters = how_much.by_plan(db), how_much.by_quarter(db)
    rows = ROWS_THEN if visit.is_past else ROWS
    donors, donor_count = how_much.by_donor(db, most=rows + MORE), how_much.donor_count(db)
    flows = how_much.flows(db, most=MOST_DONORS)
    streams = graph(flows, plans)
    values = {
        "title": "帮了多少",
        "heading": "帮了多少",
        "crumbs": [],
        "lead": _lead(balance),
        "terms": _terms(balance),
        "agrees": balance.agrees,
        "apart": [
            figure("balance.confirmed", balance.confirmed),
            figure("balance.unconfirmed", balance.unconfirmed, red=True),
            figure("balance.pledged", balance.pledged),
            figure("balance.returned", balance.returned),
        ],
        "plan_columns": PLAN_COLUMNS,
        "plans": _plan_rows(by_plan, plans),
        "plan_total": _plan_total(balance),
        "quarter_columns": QUARTER_COLUMNS,
        "quarters": [_quarter(row) for row in quarters],
        "reading": _reading(quarters),
        "drawings": money_over_time(quarters),
        "donor_columns": DONOR_COLUMNS,
        "donors": [_donor(row, donors[0].cash_fen.value or 1) for row in donors[:rows]],
        "more_donors": [_donor_in_words(row) for row in donors[rows:]],
        "donors_left": donor_count - min(donor_count, rows),
        "donors_out": donor_count - len(donors),
        "sankey": sankey(flows, plans),
        "given_columns": given_columns(streams),
        "given": given_rows(streams),
        "used_columns": USED_COLUMNS,
        "used": used_rows(streams),
        "in_kind": [
            figure("in_kind.goods", kind.goods_fen),
            figure("in_kind.hours", kind.service_hours),
            figure("in_kind.service", kind.service_fen),
        ],
        "gift_columns": list(GIFT_COLUMNS),
        **_listed(visit, plans),
    }  # fmt: skip
    return Page("how_much.html", values, section="how-much")


def _listed(visit: Visit, plans: dict[str, str]) -> dict[str, Any]:
    """Gifts that wait for something or are for one purpose: the first of each, and how many there are."""
    db = visit.db
    return {
        "restricted": [_restricted(gift, plans) for gift in how_much.listed_gifts(db, "restricted", size=SHOWN)],
        "waiting": [gift_row(gift) for gift in how_much.listed_gifts(db, "unconfirmed", size=SHOWN)],
        "pledged": [gift_row(gift) for gift in how_much.listed_gifts(db, "pledged", size=SHOWN)],
        "counts": {name: how_much.listed_count(db, name) for name in how_much.LISTED},
    }


def _lead(balance: Balance) -> str:
    if not balance.received.value:
        return "还没有收到现金捐赠。收到以后，这里说明每一元钱的来处和去处。"
    rest = balance.unpaid.value + balance.unallocated.value
    said = (
        f"共收到现金捐赠{words.money(balance.received.value)}：{words.money(balance.paid.value).lstrip()}已支付，"
        f"{words.money(rest).lstrip()}仍在账上"
    )
    said += f"，{words.money(balance.returned.value).lstrip()}已退回捐赠方。" if balance.returned.value else "。"
    if balance.unconfirmed.value:
        said += f"其中{words.money(balance.unconfirmed.value)}还没有核对银行流水。"
    return said


def _terms(balance: Balance) -> list[dict[str, str]]:
    names = ("received", "paid", "unpaid", "unallocated", "returned")
    labels = ("收到", "已支付", "已分配、未支付", "尚未分配", "已退回")
    cells = (cell(f"balance.{name}", getattr(balance, name)) for name in names)
    return [
        {"label": label, "number": each["text"], "href": each["href"]}
        for label, each in zip(labels, cells, strict=True)
    ]


def _plan_rows(rows: tuple[PlanMoney, ...], plans: dict[str, str]) -> list[list[Any]]:
    most = max((row.allocated.value for row in rows), default=0) or 1
    return [
        [
            {"text": plans.get(row.plan, row.plan), "href": f"/what?plan={row.plan}"},
            cell("plan.allocated", row.allocated, of=row.plan),
            cell("plan.paid", row.paid, of=row.plan),
            cell("plan.unpaid", row.unpaid, of=row.plan),
            words.percent(row.paid.value, row.allocated.value),
            {"bar": [
                {"percent": 100 * row.paid.value / most, "plan": words.PLAN_COLOURS.get(row.plan, "ink")},
                {"percent": 100 * max(0, row.unpaid.value) / most, "plan": "c0"},
            ]},
        ]
        for row in rows
    ]  # fmt: skip


def _plan_total(balance: Balance) -> list[Any]:
    allocated = balance.paid.value + balance.unpaid.value
    return [
        "合计",
        {"text": words.amount(allocated), "href": "#balance"},
        cell("balance.paid", balance.paid),
        cell("balance.unpaid", balance.unpaid),
        words.percent(balance.paid.value, allocated),
    ]


def _quarter(row: Quarter) -> list[Any]:
    of = row.key
    cells = (_counted(f"quarter.{name}", getattr(row, name), of) for name in ("received", "paid", "returned"))
    return [f"{row.year}年第{words.QUARTERS[row.quarter - 1]}季度", *cells, words.amount(row.in_hand_fen)]


def _counted(name: str, found: Figure, of: str) -> Any:
    """A cell with its link; a zero that no entry stands behind has none, as the page's size budget asks."""
    return cell(name, found, of=of) if found.entries else words.amount(found.value)


def _reading(quarters: tuple[Quarter, ...]) -> str:
    if not quarters:
        return ""
    most, last = max(quarters, key=lambda row: row.in_hand_fen), quarters[-1]
    said = f"{most.ends_on.year}年{most.ends_on.month}月底账上的钱最多，有{words.money(most.in_hand_fen)}"
    if most is last:
        return f"{said}，就是最近一个季度。"
    return f"{said}；到{last.ends_on.year}年{last.ends_on.month}月底是{words.money(last.in_hand_fen)}。"


def _donor(row: Donor, most: int) -> list[Any]:
    of = row.key
    name: Any = words.link(row.donor) if row.donor else GIVERS.get(row.kind, row.kind)
    return [
        name,
        cell("donor.gifts", row.gifts, of=of),
        _counted("donor.cash", row.cash_fen, of),
        _counted("donor.goods", row.goods_fen, of),
        _counted("donor.service", row.service_fen, of),
        {"bar": [{"percent": 100 * row.cash_fen.value / most, "plan": "ink"}]},
    ]


def _donor_in_words(row: Donor) -> dict[str, Any]:
    of = row.key
    forms = (
        ("cash", "现金", row.cash_fen),
        ("goods", "物资折价", row.goods_fen),
        ("service", "服务折价", row.service_fen),
    )
    return {
        "name": row.donor.zh if row.donor else GIVERS.get(row.kind, row.kind),
        "gave": [{"what": word, **cell(f"donor.{name}", fen, of=of)} for name, word, fen in forms if fen.entries],
    }


def _restricted(gift: Gift, plans: dict[str, str]) -> dict[str, Any]:
    only = gift.restricted_project.zh if gift.restricted_project else plans.get(gift.restricted_plan or "", "")
    return {"link": words.link(gift.donation), "only": only, "row": gift_row(gift)}
