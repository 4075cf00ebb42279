"""/needs/{id}: one need: what is lacking, who took it up, the thread to what met it, and how long it has waited."""

from typing import Any

from projections import need_thread
from projections.rows import EntryRow, Need, NeedPage, Station
from public_site.presenters import needs as presented
from public_site.presenters import words
from public_site.presenters.entries import beads, said
from public_site.presenters.things import links
from public_site.presenters.threads import station
from public_site.visit import Page, Visit

ABSENT = {
    "donation": "还没有捐赠分配给承接它的项目。",
    "works": "还没有记录为它做的工程、奖学金或服务。",
    "acceptance": "还没有验收的记录。",
    "effect": "承接它的项目没有设定效果指标。",
}
NOT_TAKEN = {
    "donation": "没有项目承接，也就没有捐赠。",
    "works": "没有项目承接，也就没有工程、奖学金或服务。",
    "acceptance": "没有可以验收的。",
    "effect": "没有可以测量的效果。",
}


def page(visit: Visit) -> Page:
    """One need."""
    found = need_thread.need_page(visit.db, visit.reference("need"))
    need = found.need
    values = {
        "title": need.need.zh,
        "heading": need.need.zh,
        "crumbs": [{"href": "/needs", "text": "需求"}, words.link(need.place)],
        "said": _said(found),
        "badge": presented.badge(need.stage),
        "stations": [_station(each, need) for each in found.stations],
        "facts": _facts(found),
        "beads": beads(found.chain),
        "sealed": need.group is not None,
        "audit_href": f"/audit?record={need.need.reference}",
    }
    return Page("need.html", values, section="what")


def _said(found: NeedPage) -> str:
    reported = said(found.chain[0], before=f"{words.full_day(found.need.reported_on)}，")
    return reported + _outcome(found.need)


def _outcome(need: Need) -> str:
    days = f"{need.waited_days:,}天"
    project = f"“{need.project.zh}”" if need.project else "项目"
    return {
        "reported": f"还没有核实，已经等了{days}。",
        "verified": f"已经核实，还没有项目承接，已经等了{days}。",
        "stranded": f"对接的{project}已取消，没有别的项目承接，已经等了{days}。",
        "matched": f"由{project}承接，还没有满足，已经等了{days}。",
        "lapsed": f"由{project}承接；满足它的那项记录后来更正或撤销，要重新验收，已经等了{days}。",
        "met": f"由{project}承接，等了{days}后满足。",
        "withdrawn": f"{days}后撤回。",
    }[need.stage]


def _station(found: Station, need: Need) -> dict[str, Any]:
    taken = need.project is not None and need.stage not in ("stranded", "withdrawn")
    note = presented.STAGES[need.stage] if found.name == "need" else ""
    if found.name == "project" and taken:
        note = links([need.project]) if need.project else ""
    absent = {**(ABSENT if taken else NOT_TAKEN), "project": _no_project(need)}.get(found.name, "还没有记录。")
    return station(found, note=note, absent=absent)


def _no_project(need: Need) -> str:
    if need.stage == "withdrawn":
        return "需求已经撤回，不再需要项目承接。"
    if need.stage == "reported":
        return "还没有核实，还不能对接项目。"
    return f"没有项目承接，已经等了{need.waited_days:,}天。"


def _facts(found: NeedPage) -> list[dict[str, Any]]:
    need = found.need
    rows: list[dict[str, Any]] = [
        {"label": "地点", "value": need.place.zh, "href": words.href_of(need.place.reference)},
        {"label": "类别", "value": presented.category(need.category)},
        {"label": "数量", "value": presented.quantity(need), "entries": [need.index]},
        {"label": "报告机构", "value": links([need.reported_by]) if need.reported_by else "账本管理员"},
        {"label": "核实", "value": _verifier(found.chain), "entries": _at(need.verified_index)},
        {
            "label": "优先",
            "value": "列为优先" if need.priority_index is not None else "没有列为优先",
            "entries": _at(need.priority_index),
        },
        {
            "label": "承接的项目",
            "value": links([need.project] if need.project else [], none="没有"),
            "entries": _at(need.matched_index),
        },
        {"label": "立项时写明", "value": links(found.named_by, none="没有项目以它立项")},
        {
            "label": "由什么满足",
            "value": links([need.met_by] if need.met_by else [], none="还没有满足"),
            "entries": _at(need.met_index),
        },
        {"label": "等了", "value": f"{need.waited_days:,}天（到{_until(need)}）"},
    ]
    return rows


def _verifier(chain: tuple[EntryRow, ...]) -> str:
    row = next((row for row in chain if row.type == "need.verified" and not row.standing), None)
    if row is None:
        return "还没有核实"
    return row.organisation.zh if row.organisation else "账本管理员"


def _until(need: Need) -> str:
    return {"met": "满足那天", "withdrawn": "撤回那天"}.get(need.stage, "最近一条账目那天")


def _at(index: int | None) -> list[int]:
    return [] if index is None else [index]
