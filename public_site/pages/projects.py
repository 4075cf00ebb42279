"""/projects/{id}: the thread from need to effect, with the stations that are missing."""

from typing import Any

from projections import threads, what
from projections.duties.reading import Asked, duties
from projections.rows import Duty, Project, ProjectPage, Station
from public_site.presenters import words
from public_site.presenters.deliveries import delivery_table
from public_site.presenters.duties import due_item
from public_site.presenters.entries import beads
from public_site.presenters.figures import figure
from public_site.presenters.needs import need_event
from public_site.presenters.score import panel
from public_site.presenters.things import (
    GIFT_COLUMNS,
    PAYMENT_COLUMNS,
    gift_row,
    indicator_row,
    links,
    payment_row,
)
from public_site.presenters.threads import STATIONS, station
from public_site.visit import PAGE_ROWS, Page, Visit

EMPTY = {
    "need": "没有登记这个项目回应哪项需求。",
    "donation": "还没有捐赠分配给这个项目。",
    "works": "还没有记录工程、奖学金、陪伴、培训或服务。",
    "acceptance": "还没有验收的记录。",
    "effect": "没有为这个项目设定效果指标。",
}


def page(visit: Visit) -> Page:
    """One project."""
    reference = visit.reference("project")
    found = threads.project_page(visit.db, reference)
    project = found.project
    plan = what.plan_titles(visit.db).get(project.plan)
    plan_title = plan.zh if plan else project.plan
    values = {
        "title": project.project.zh,
        "heading": project.project.zh,
        "crumbs": [
            {"href": "/what", "text": "什么项目"},
            {"href": f"/what?plan={project.plan}", "text": plan_title},
        ],
        "lead": _lead(visit, found, plan_title),
        "missing": [STATIONS[each.name] for each in found.stations if each.state == "missing"],
        "overdue": [_overdue(duty) for duty in duties(visit.db, "overdue", Asked(visit.as_of, about=reference))],
        "soon": [due_item(duty) for duty in duties(visit.db, "soon", Asked(visit.as_of, about=reference))],
        "stations": [_station(each, found) for each in found.stations],
        "indicators": [indicator_row(item) for item in found.indicators],
        "facts": _facts(found, plan_title),
        "figures": [
            figure("project.allocated", project.allocated_fen, of=project.project.reference),
            figure("project.paid", project.paid_fen, of=project.project.reference),
            figure("project.remainder", found.remainder_fen, of=project.project.reference),
        ],
        "score": panel(visit, reference),
        "beads": beads(found.chain),
        "gift_columns": list(GIFT_COLUMNS),
        "gifts": [gift_row(gift) for gift in found.gifts],
        **delivery_table(found.deliveries[:PAGE_ROWS], "project"),
        "payment_columns": list(PAYMENT_COLUMNS),
        "payments": [payment_row(payment) for payment in found.payments],
        "audit_href": f"/audit?record={project.project.reference}",
    }
    return Page("project.html", values, section="what")


def _overdue(duty: Duty) -> dict[str, str]:
    item = due_item(duty)
    said = f"{item['sentence']}{item['organisation']}{item['source']}"
    return {"title": f"{duty.title.zh}：", "sentence": said, "href": "/duties?state=overdue"}


def _lead(visit: Visit, found: ProjectPage, plan: str) -> str:
    project = found.project
    mode = what.modes()[project.mode].zh
    who = f"由{words.names(project.organisations)}承接" if project.organisations else "还没有机构承接"
    said = f"{plan}的{mode}，{who}，{words.state('project', project.state)}。"
    if project.state in ("started", "approved") and project.ends_on < visit.as_of:
        said += f"计划{words.full_day(project.ends_on)}结束，已经过期。"
    if project.paid_fen.value:
        said += f"已支付{words.money(project.paid_fen.value)}。"
    return said + _effects(found)


def _effects(found: ProjectPage) -> str:
    if not found.indicators:
        return ""
    met = sum(item.outcome == "met" for item in found.indicators)
    missed = sum(item.outcome == "missed" for item in found.indicators)
    return f"{len(found.indicators)}项效果指标中，{met}项达标，{missed}项未达标。"


def _station(found: Station, page: ProjectPage) -> dict[str, Any]:
    events = [need_event(need) for need in page.needs] if found.name == "need" else []
    shown = station(found, note=_note(found, page), absent=_absent(found, page), events=events)
    if found.name == "remainder" and found.entries and page.remainder_fen.value:
        shown["events"].append({"sentence": f"现在分配比支付多{words.money(page.remainder_fen.value)}。"})
    return shown


def _absent(found: Station, page: ProjectPage) -> str:
    if found.name == "acceptance" and page.deliveries and not (page.renovations or page.awards):
        return "陪伴、培训和服务不办工程验收；参加的人次和效果指标说明做得怎样。"
    if found.name != "remainder":
        return EMPTY.get(found.name, "还没有记录。")
    if found.state == "done":
        return "分配给它的钱已全部支付，没有结余。" if not found.entries else "结余已经转走，没有剩下。"
    if found.state == "missing":
        left = words.money(page.remainder_fen.value)
        return f"分配比支付多{left}。项目已经完成，这笔结余怎样用还没有说明。"
    return "项目还没有完成，结余还不能计算。"


def _note(found: Station, page: ProjectPage) -> str:
    met = sum(need.stage == "met" for need in page.needs)
    notes = {
        "need": f"{len(page.needs)}项，{met}项已满足" if page.needs else "",
        "project": words.state("project", page.project.state),
        "donation": f"{len(page.gifts)}笔" if page.gifts else "没有",
        "works": _delivered(page),
        "effect": f"{len(page.indicators)}项指标" if page.indicators else "没有指标",
    }
    return notes.get(found.name, "")


def _delivered(found: ProjectPage) -> str:
    counts = (
        (found.renovations, "批工程"),
        (found.awards, "轮奖学金"),
        (found.deliveries, "项陪伴、培训或服务"),
    )
    return "，".join(f"{len(items)}{word}" for items, word in counts if items) or "没有"


def _facts(found: ProjectPage, plan: str) -> list[dict[str, Any]]:
    project: Project = found.project
    also = "、".join(project.also)
    return [
        {"label": "计划", "value": plan, "href": f"/what?plan={project.plan}",
         "after": "（也列在别的计划里，花费只算一次）" if also else ""},
        {"label": "方式", "value": what.modes()[project.mode].zh},
        {"label": "机构", "value": links(project.organisations, none="还没有机构承接")},
        {"label": "地点", "value": links(project.places, none="地点待补")},
        {"label": "起止", "value": words.period(project.starts_on, project.ends_on)},
        {"label": "状态", "value": words.state("project", project.state), "entries": [project.last_index]},
        {"label": "预算", "value": f"{words.amount(project.budget_fen)}元", "entries": [project.index]},
        {"label": "奖学金", "value": links(item.award for item in found.awards)},
        {"label": "工程", "value": links(item.renovation for item in found.renovations)},
        {"label": "队伍", "value": links(item.team for item in found.teams)},
    ]  # fmt: skip
