"""/payments, /programmes, /keys, /indicators: the said sentence, the facts, the chain, and what it is linked with."""

from collections.abc import Callable
from typing import Any

from projections import things
from projections.audit_trail import chain_rows
from projections.rows import EntryRow, Indicator, Programme
from public_site.presenters import words
from public_site.presenters.entries import beads, event, said
from public_site.presenters.figures import entry_cell, figure
from public_site.presenters.things import AMOUNT_COLUMNS, indicator_row, links
from public_site.visit import Page, Visit

MEASURE_COLUMNS = [{"text": "测量日期"}, {"text": "账目"}, {"text": "实际", "numeric": True}]
NOTHING: dict[str, Any] = {"figures": [], "columns": [], "rows": [], "table": "", "indicators": [], "badge": None}


def or_voided(kind: str, page: Callable[[Visit], Page]) -> Callable[[Visit], Page]:
    """The page of a record; of one that was voided as a whole, its chain, struck."""

    def shown(visit: Visit) -> Page:
        chain = chain_rows(visit.db, f"{kind}/{visit.ids['id']}")
        return _voided(chain) if chain and chain[0].standing == "voided" else page(visit)

    return shown


def _voided(chain: tuple[EntryRow, ...]) -> Page:
    values = {
        **_common(chain[0].record.zh, chain, []),
        "said": said(chain[0], before=f"{words.full_day(chain[0].occurred_on)}，"),
        "facts": [{"label": "状态", "value": "已作废，不计入任何数字", "entries": [chain[-1].index]}],
        "badge": {"state": "bad", "word": "已作废"},
    }
    return Page("record.html", values)


def payment(visit: Visit) -> Page:
    """One payment and the gifts it came out of."""
    found = things.payment_page(visit.db, visit.reference("payment"))
    paid = found.payment
    reversed_at = [] if paid.reversed_index is None else [paid.reversed_index]
    facts = [
        {"label": "项目", "value": paid.project.zh, "href": words.href_of(paid.project.reference)},
        {"label": "用于", "value": paid.paid_for.zh, "href": words.href_of(paid.paid_for.reference)},
        {"label": "收款方", "value": links([paid.payee]) if paid.payee else "受助人（按批公布，不公布姓名）"},
        {"label": "金额", "value": f"{words.amount(paid.fen)}元", "entries": [paid.index]},
        {"label": "日期", "value": words.full_day(paid.on)},
        {"label": "状态", "value": words.state("payment", found.state), "entries": reversed_at},
    ]
    rows = [
        [words.link(draw.other), words.full_day(draw.on), _entry(draw.index),
         entry_cell(words.amount(draw.fen), draw.index)]
        for draw in paid.draws
    ]  # fmt: skip
    values = {
        **_common(paid.payment.zh, found.chain, [{"href": "/how-much", "text": "帮了多少"}, words.link(paid.project)]),
        "facts": facts,
        "table": "出自哪些捐赠",
        "columns": [{**AMOUNT_COLUMNS[0], "text": "捐赠"}, *AMOUNT_COLUMNS[1:]],
        "rows": rows,
        "badge": words.badge("payment", "reversed") if reversed_at else None,
    }
    return Page("record.html", values, section="how-much")


def key(visit: Visit) -> Page:
    """One key: who holds it, what it may do, what it signed."""
    found = things.key_page(visit.db, visit.reference("key"))
    held = found.key
    facts = [
        {"label": "机构", "value": held.organisation.zh, "href": words.href_of(held.organisation.reference)},
        {"label": "岗位", "value": held.post},
        {"label": "密钥编号", "value": held.keyid},
        {"label": "权限", "value": words.capabilities(held.capabilities)},
        {"label": "单笔限额", "value": _limit(held.per_event_fen)},
        {"label": "单日限额", "value": _limit(held.per_day_fen)},
        {"label": "启用", "value": "现在这把公钥由这一条启用", "entries": [held.enrolled_index]},
        {"label": "有效期至", "value": words.full_day(held.expires_on)},
        {"label": "状态", "value": words.key_state(held.state, held.expires_on, visit.as_of)},
    ]
    values = {
        **_common(f"{held.organisation.zh}・{held.post}密钥", found.chain,
                  [{"href": "/organisations", "text": "参加机构"}, words.link(held.organisation)]),
        "facts": facts,
        "figures": [figure("key.signed", held.signed, of=held.key.reference)],
    }  # fmt: skip
    return Page("record.html", values, section="organisations")


def indicator(visit: Visit) -> Page:
    """One indicator with every measurement."""
    found = things.indicator_page(visit.db, visit.reference("indicator")).indicator
    chain = things.indicator_page(visit.db, visit.reference("indicator")).chain
    values = {
        **_common(found.indicator.zh, chain, [{"href": "/effect", "text": "效果"}, words.link(found.about)]),
        "facts": _indicator_facts(found),
        "indicators": [indicator_row(found)],
        "table": "每次测量的结果",
        "columns": MEASURE_COLUMNS,
        "rows": [
            [words.full_day(item.on), _entry(item.index), entry_cell(item.value, item.index)]
            for item in found.measurements
        ],
        "badge": words.badge("indicator", found.outcome),
    }
    return Page("record.html", values, section="effect")


def _indicator_facts(found: Indicator) -> list[dict[str, Any]]:
    better = {"higher": "越高越好", "lower": "越低越好"}
    why = found.why_missed or ("没有说明" if found.outcome == "missed" else "没有未达标")
    return [
        {"label": "关于", "value": found.about.zh, "href": words.href_of(found.about.reference)},
        {"label": "单位", "value": found.unit},
        {"label": "方向", "value": better[found.better]},
        {"label": "测量方法", "value": found.method, "entries": [found.index]},
        {"label": "测量机构", "value": links([found.measured_by]) if found.measured_by else "尚未测量"},
        {"label": "未达标原因", "value": why},
    ]


def programme(visit: Visit) -> Page:
    """The programme as opened."""
    found = things.programme_page(visit.db, visit.reference("programme"))
    values = {
        **_common(found.programme.programme.zh, found.chain, [{"href": "/what", "text": "什么项目"}]),
        "facts": _programme_facts(found.programme),
    }
    return Page("record.html", values, section="what")


def _programme_facts(found: Programme) -> list[dict[str, Any]]:
    facts: list[dict[str, Any]] = [
        {"label": "全称", "value": found.full_title},
        {"label": "别名", "value": "、".join(found.aliases) or "没有"},
        {"label": "起止", "value": words.period(found.starts_on, found.ends_on), "entries": [found.index]},
        {"label": "地区", "value": links(found.area)},
        {"label": "状态", "value": words.state("programme", found.state)},
        {"label": "依据", "value": "；".join(found.basis) or "未登记"},
        {"label": "服务类型", "value": "、".join(label.zh for _, label in found.service_types) or "方案未规定"},
        {"label": "预期成效", "value": "；".join(found.outcomes) or "方案未规定"},
    ]
    facts += [{"label": phase.title, "value": words.period(phase.starts_on, phase.ends_on)} for phase in found.phases]
    facts += [
        {
            "label": words.part_in_programme(role),
            "value": organisation.zh,
            "href": words.href_of(organisation.reference),
        }
        for organisation, role in found.participants
    ]
    if found.launch:
        venue, day, index = found.launch
        launched = f"{words.full_day(day)}，{venue.zh}"
        facts.append({"label": "启动仪式", "value": launched, "entries": [index]})
    return facts


def _common(heading: str, chain: tuple[EntryRow, ...], crumbs: list[dict[str, str]]) -> dict[str, Any]:
    return {
        **NOTHING,
        "title": heading,
        "heading": heading,
        "crumbs": crumbs,
        "said": said(chain[-1], before=f"{words.full_day(chain[-1].occurred_on)}，"),
        "beads": beads(chain),
        "events": [event(row) for row in chain],
    }


def _entry(index: int) -> dict[str, str]:
    return {"text": f"第{index:,}条", "href": f"/entries/{index}"}


def _limit(fen: int | None) -> str:
    return f"{words.amount(fen)}元" if fen else "没有另设限额"
