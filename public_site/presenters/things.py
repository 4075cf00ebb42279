"""Projects, gifts, payments, works and awards as rows of tables and lists of facts."""

from collections.abc import Iterable
from typing import Any

from markupsafe import Markup

from ledger.domain.renovation import RenovationFollowedUp
from projections.rows import Award, Gift, Indicator, Measure, Named, Payment, Project, Renovation
from public_site.presenters import words
from public_site.presenters.figures import cell, entry_cell

PROJECT_COLUMNS = (
    {"text": "项目"},
    {"text": "计划"},
    {"text": "方式"},
    {"text": "机构"},
    {"text": "状态"},
    {"text": "预算（元）", "numeric": True},
    {"text": "已支付（元）", "numeric": True},
)
GIFT_COLUMNS = (
    {"text": "捐赠"},
    {"text": "到账"},
    {"text": "状态"},
    {"text": "收到（元）", "numeric": True},
    {"text": "已支付（元）", "numeric": True},
    {"text": "尚未分配（元）", "numeric": True},
)
PAYMENT_COLUMNS = (
    {"text": "付款"},
    {"text": "日期"},
    {"text": "用于"},
    {"text": "状态"},
    {"text": "金额（元）", "numeric": True},
)
AMOUNT_COLUMNS = ({"text": "对象"}, {"text": "日期"}, {"text": "账目"}, {"text": "金额（元）", "numeric": True})


def project_row(project: Project, plans: dict[str, str], modes: dict[str, str]) -> list[Any]:
    """A row of the register."""
    return [
        words.link(project.project),
        plans.get(project.plan, project.plan),
        modes.get(project.mode, project.mode),
        links(project.organisations, none="还没有机构承接"),
        words.state("project", project.state),
        entry_cell(words.amount(project.budget_fen), project.index),
        cell("project.paid", project.paid_fen, of=project.project.reference),
    ]


def gift_row(gift: Gift) -> list[Any]:
    """A row of gifts. Goods and service keep their value, and are never paid out."""
    of = gift.donation.reference
    return [
        words.link(gift.donation),
        words.full_day(gift.received_on) if gift.received_on else "还没有收到",
        _gift_state(gift),
        cell("gift.received", gift.received, of=of),
        cell("gift.paid", gift.paid, of=of) if gift.form == "cash" else f"{words.FORMS[gift.form]}，不付款",
        cell("gift.unallocated", gift.unallocated, of=of),
    ]


def _gift_state(gift: Gift) -> str:
    """Goods and service have no bank statement to wait for."""
    if gift.form != "cash" and gift.state == "received":
        return "已收到"
    return words.state("donation", gift.state)


def payment_row(payment: Payment) -> list[Any]:
    """A row of payments."""
    return [
        words.link(payment.payment),
        words.full_day(payment.on),
        words.link(payment.paid_for),
        "已冲回" if payment.reversed_index is not None else "已支付",
        entry_cell(words.amount(payment.fen), payment.index),
    ]


def links(items: Iterable[Named], *, none: str = "没有") -> str:
    """``甲、乙``, each a link; or the word for none."""
    made = [Markup('<a href="{}">{}</a>').format(words.href_of(item.reference), item.zh) for item in items]
    return Markup("、").join(made) if made else none


def measured(value: Measure | None, *, none: str = "未登记") -> Any:
    """A value of an indicator with the entry that states it."""
    return entry_cell(value.value, value.index) if value else none


def indicator_row(item: Indicator) -> dict[str, Any]:
    """A row of ``ui.indicator_table``."""
    return {
        "name": f"{item.indicator.zh}（{item.unit}）",
        "href": words.href_of(item.indicator.reference),
        "baseline": measured(item.baseline),
        "target": measured(item.target),
        "actual": measured(item.actual, none="尚未测量"),
        "result": words.badge("indicator", item.outcome),
        "measured": _how_measured(item),
    }


def _how_measured(item: Indicator) -> str:
    if item.actual is None or item.measured_by is None:
        due = f"应在{words.full_day(item.target.on)}前达到。" if item.target else "没有登记目标日期。"
        return f"尚未测量。{due}方法：{item.method}"
    return f"{item.measured_by.zh}，{words.full_day(item.actual.on)}；方法：{item.method}"


def work_facts(item: Renovation) -> list[dict[str, Any]]:
    """What there is to say about a batch of works."""
    cost = words.amount(item.cost_fen) + "元" if item.cost_fen is not None else "还没有完工"
    return [
        {"label": "项目", "value": item.project.zh, "href": words.href_of(item.project.reference)},
        {"label": "类别", "value": words.use(item.category) if item.category else "还没有批准"},
        {"label": "实施机构", "value": item.organisation.zh, "href": words.href_of(item.organisation.reference)},
        {"label": "地点", "value": links(item.places, none="地点待补")},
        {"label": "内容", "value": "；".join(item.scope) or "未登记"},
        {"label": "计划数量", "value": f"{item.units:,}", "entries": [item.index]},
        {"label": "预算", "value": f"{words.amount(item.budget_fen)}元" if item.budget_fen else "还没有批准"},
        {"label": "完成", "value": item.items.zh or "还没有完工", "entries": _at(item.completed_index)},
        {"label": "花费", "value": cost, "entries": _at(item.completed_index)},
        {
            "label": "验收",
            "value": f"{item.accepted_by.zh}验收" if item.accepted_by else "还没有验收",
            "entries": _at(item.accepted_index),
        },
    ]


def award_facts(item: Award) -> list[dict[str, Any]]:
    """What there is to say about a scholarship round."""
    notice = "还没有公示"
    if item.notice_from and item.notice_to and item.channel:
        notice = f"{words.period(item.notice_from, item.notice_to)}，{item.channel.zh}"
    return [
        {"label": "项目", "value": item.project.zh, "href": words.href_of(item.project.reference)},
        {"label": "评选条件", "value": "；".join(item.criteria)},
        {"label": "每人", "value": f"{words.amount(item.amount_each_fen)}元", "entries": [item.index]},
        {"label": "比例", "value": f"{item.share_percent}%" if item.share_percent else "标准没有规定"},
        {"label": "学期", "value": item.term or "还没有开始评选"},
        {"label": "学校", "value": links(item.schools, none="还没有开始评选")},
        {"label": "公示", "value": notice},
    ]


def follow_ups(item: Renovation) -> list[dict[str, Any]]:
    """What was found when somebody came back later."""
    labels = words.choices(RenovationFollowedUp, "finding")
    return [
        {"label": "回访", "value": labels[code].zh if code in labels else code, "entries": [index]}
        for code, index in item.follow_ups
    ]


def _at(index: int | None) -> list[int]:
    return [] if index is None else [index]
