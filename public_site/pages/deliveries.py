"""/companionships, /trainings, /services and one of each: what was done, period by period, in whole batches."""

from collections.abc import Callable
from typing import Any

from projections import acts, deliveries
from projections.deliveries import MEASURES, Overview
from projections.rows import DeliveryPage
from public_site.pages.obligations import duty_chart
from public_site.presenters import words
from public_site.presenters.deliveries import (
    act_columns,
    act_row,
    delivery_facts,
    delivery_figures,
    delivery_table,
    kind_figures,
    span,
)
from public_site.presenters.entries import beads, event
from public_site.visit import PAGE_ROWS, Page, Visit

LATEST, NAMED = 12, 8
TITLES = {"companionship": "陪伴", "training": "培训和就业", "service": "技能服务"}
DUTIES = {"training": ("training",), "companionship": ("volunteer_team",), "service": ()}
"""The obligations that a kind answers to."""
NONE_YET = {
    "companionship": "还没有记录陪伴。结对、探访和每月的陪伴情况记入以后，列在这里。",
    "training": "还没有记录培训。方案要求的次数见下面。",
    "service": "还没有记录技能服务。粤菜师傅、广东技工、南粤家政等服务记入以后，列在这里。",
}
WHY = {
    "companionship": "只记办了几次、多少人次，不记谈了什么。",
    "training": "一场培训一条记录；实习岗位、面试培训和上岗也按批公布人次。",
    "service": "服务按小时登记，折价只说明依据，不计入现金，也不与“帮了多少”里捐赠的服务相加。",
}


def every(kind: str) -> Callable[[Visit], Page]:
    """The list of one kind."""

    def page(visit: Visit) -> Page:
        found = deliveries.overview(visit.db, kind, named=NAMED)
        pages = max(1, -(-found.count // PAGE_ROWS))
        at = min(visit.number("page"), pages)
        rows = deliveries.deliveries(visit.db, kind=kind, start=(at - 1) * PAGE_ROWS, size=PAGE_ROWS)
        totals = {name: deliveries.measured(visit.db, name) for name in MEASURES}
        table = delivery_table(rows, "kind")
        values = {
            "title": TITLES[kind],
            "heading": TITLES[kind],
            "crumbs": [{"href": "/what", "text": "什么项目"}],
            "lead": _lead(found) if found.count else NONE_YET[kind],
            "why": WHY[kind],
            "figures": kind_figures(kind, totals),
            "duties": duty_chart(visit, DUTIES[kind]),
            "columns": table["delivery_columns"],
            "rows": table["deliveries"],
            "pager": pager(words.list_path(kind), at, pages),
        }
        return Page("deliveries.html", values, section="what")

    return page


def _lead(found: Overview) -> str:
    said = f"登记了{found.count}项，由{found.organisations}家机构实施。"
    if found.idle:
        more = "等" if found.idle > len(found.first_idle) else ""
        said += f"{found.idle}项还没有开展：{words.names(found.first_idle)}{more}。"
    return said + (f"{found.cancelled}项取消了。" if found.cancelled else "")


def one(kind: str) -> Callable[[Visit], Page]:
    """The page of one record of a kind."""

    def page(visit: Visit) -> Page:
        found = acts.delivery_page(visit.db, visit.reference(kind))
        item = found.delivery
        pages = max(1, -(-len(found.acts) // PAGE_ROWS))
        at = min(visit.number("page"), pages)
        path = words.href_of(item.delivery.reference)
        values = {
            "title": item.delivery.zh,
            "heading": item.delivery.zh,
            "crumbs": [{"href": words.list_path(kind), "text": TITLES[kind]}, words.link(item.project)],
            "said": _said(found),
            "badge": words.badge(kind, item.state),
            "beads": beads(found.chain),
            "figures": delivery_figures(item),
            "facts": delivery_facts(found),
            "why": WHY[kind],
            "columns": act_columns(kind),
            "rows": [act_row(act) for act in found.acts[(at - 1) * PAGE_ROWS : at * PAGE_ROWS]],
            "pager": pager(path, at, pages),
            "duties": duty_chart(visit, DUTIES[kind]) if found.team or kind != "companionship" else [],
            "events": [event(row) for row in found.chain[-LATEST:][::-1]],
            "audit_href": f"/audit?record={item.delivery.reference}",
        }
        return Page("delivery.html", values, section="what")

    return page


def _said(page: DeliveryPage) -> str:
    item = page.delivery
    by = f"{item.organisation.zh}实施"
    if item.state == "cancelled":
        return f"{by}，已取消，没有举办。"
    if not item.begun:
        return f"{by}，还没有开展。"
    done = [
        f"{label}{item.figures[name].value:,}{unit}" for name, (label, unit) in SAID.items() if item.figures[name].value
    ]
    periods = sorted((act.starts_on, act.ends_on) for act in page.acts)
    latest = span(max(page.acts, key=lambda act: act.ends_on))
    people = f"，{item.people.value:,}人次参加" if item.people.value else ""
    since = words.full_day(periods[0][0])
    return f"{by}，{since}以来{'，'.join(done)}{people}；最近一次是{latest}。"


SAID = {
    "sessions": ("陪伴", "次"),
    "visits": ("探访学校", "次"),
    "pairs": ("结对", "对"),
    "held": ("举办", "场"),
    "coached": ("辅导", "次"),
    "posts": ("提供岗位", "个"),
    "placed": ("上岗", "人"),
    "served": ("提供服务", "次"),
}


def pager(path: str, at: int, pages: int) -> dict[str, Any] | None:
    """Links to the pages before and after; None where there is one page."""
    if pages <= 1:
        return None
    return {
        "previous": f"{path}?page={at - 1}" if at > 1 else None,
        "next": f"{path}?page={at + 1}" if at < pages else None,
        "text": f"第{at}页，共{pages}页",
    }
