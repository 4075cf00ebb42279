"""/places/{id or code}: what was done there, the works, whole batches of people, the money; never an address."""

import re
from typing import Any

from ledger.domain.values import UUID7
from projections import audit_trail, needs, things, what
from projections.rows import Place, PlacePage
from public_site import delivery_figures
from public_site.pages.whom import BATCH_COLUMNS, batch_row
from public_site.presenters import words
from public_site.presenters.entries import beads, event
from public_site.presenters.figures import cell, figure
from public_site.presenters.needs import NEED_COLUMNS, need_row
from public_site.presenters.things import PROJECT_COLUMNS, project_row
from public_site.visit import Page, Visit

SHOWN = 20
"""Of each list, so that the page of a town stays light; the rest is behind its figures."""
WORK_COLUMNS = [
    {"text": "工程"},
    {"text": "类别"},
    {"text": "实施机构"},
    {"text": "状态"},
    {"text": "花费（元）", "numeric": True},
]
NEEDS_SHOWN = 8
BELOW_COLUMNS = [
    {"text": "地点"},
    {"text": "级别"},
    {"text": "活动（次）", "numeric": True},
    {"text": "已付款（元）", "numeric": True},
]


def page(visit: Visit) -> Page:
    """One place, by the id of its record or by its code."""
    asked = visit.ids["id"]
    found = things.place_page(visit.db, f"place/{asked}" if re.fullmatch(UUID7, asked) else asked, most=SHOWN)
    place, of = found.place, found.place.place.reference
    plans = {code: label.zh for code, label in what.plan_titles(visit.db).items()}
    modes = {code: label.zh for code, label in what.modes().items()}
    values = {
        "title": place.place.zh,
        "heading": place.place.zh,
        "crumbs": [{"href": "/where", "text": "在哪里"}, *([words.link(place.parent)] if place.parent else [])],
        "lead": _lead(found),
        "figures": [
            figure("place.activities_within", place.activities_within, of=of, label=_scope(place, "活动")),
            figure("place.paid_within", place.paid_within_fen, of=of, label=_scope(place, "付款")),
            figure("place.works", place.works, of=of),
            figure("place.projects", place.projects, of=of),
            figure("place.visits", found.visits, of=of),
            *_people(found),
        ],
        "facts": _facts(place),
        "below_columns": BELOW_COLUMNS,
        "below": [_below(item) for item in found.below],
        **_needs(visit, found),
        "project_columns": list(PROJECT_COLUMNS),
        "below_count": found.below_count,
        "below_href": f"/where?in={of}",
        "projects": [project_row(project, plans, modes) for project in found.projects],
        "project_count": found.project_count,
        "work_columns": WORK_COLUMNS,
        "works": [_work(item) for item in found.renovations],
        "work_count": found.renovation_count,
        "batch_columns": BATCH_COLUMNS,
        "batches": [batch_row(batch) for batch in found.batches],
        "batch_count": found.batch_count,
        "activities": [event(row) for row in found.activities],
        "activity_count": len(place.activities_within.entries),
        "beads": beads(found.chain),
        **_behind(visit, of),
    }
    return Page("place.html", values, section="where")


def _behind(visit: Visit, of: str) -> dict[str, str]:
    """The way to all entries here and below, or to the only one."""
    index = audit_trail.only_at(visit.db, of)
    if index is None:
        return {"audit_href": f"/audit?place={of}", "audit_text": "这里和下级地点的全部账目"}
    return {"audit_href": f"/entries/{index}", "audit_text": "这里和下级地点唯一的一条账目"}


def _people(found: PlacePage) -> list[dict[str, Any]]:
    """Person-times of whole batches here and below, group by group."""
    of = found.place.place.reference
    shown = []
    for group, counted in found.people.items():
        if not counted.entries:
            continue
        made = figure("people.place", counted, of=delivery_figures.people_of(of, group), label=words.group(group))
        shown.append({**made, "unit": words.people_unit(group)})
    return shown


def _needs(visit: Visit, found: PlacePage) -> dict[str, Any]:
    """What was reported here or below: how many, and those that have waited longest."""
    of = found.place.place.reference
    totals = needs.totals(visit.db, "needs_at", of)
    return {
        "need_figures": [
            figure("needs_at.waiting", totals.waiting, of=of, label="没有满足的"),
            figure("needs_at.met", totals.met, of=of, label="已满足的"),
            figure("needs_at.reported", totals.reported, of=of, label="报告过的"),
        ],
        "need_columns": list(NEED_COLUMNS),
        "needs": [need_row(need) for need in needs.waiting_longest(visit.db, {"place": of}, size=NEEDS_SHOWN)],
        "need_count": totals.reported.value,
        "needs_href": f"/needs?place={of}",
    }


def _scope(place: Place, word: str) -> str:
    return f"{word}（含下级地点）" if place.level in ("county", "town") else f"在当地的{word}"


def _lead(found: PlacePage) -> str:
    place = found.place
    if not found.activities and not place.paid_within_fen.value:
        return f"登记为{words.LEVELS[place.level]}；还没有在这里的活动和付款。"
    waiting = [item.zh for item in found.waiting]
    said = f"有过{place.activities_within.value:,}次活动，付款{words.money(place.paid_within_fen.value)}。"
    if waiting:
        said += f"还没有验收的工程：{'、'.join(waiting)}。"
    if not place.activities_within.value:
        said = f"付款{words.money(place.paid_within_fen.value)}，还没有完成的活动。" + said.partition("。")[2]
    return said


def _facts(place: Place) -> list[dict[str, Any]]:
    parent: dict[str, Any] = {"label": "所属", "value": "最上一级"}
    if place.parent:
        parent = {"label": "所属", "value": place.parent.zh, "href": words.href_of(place.parent.reference)}
    facts = [
        {"label": "级别", "value": words.LEVELS[place.level]},
        parent,
        {"label": "代码", "value": place.code, "entries": [place.index]},
        {"label": "别名", "value": "、".join(place.aliases) or "没有"},
    ]
    if place.level == "school":
        facts.append({"label": "优先帮扶", "value": "是" if place.priority else "没有列为优先"})
    return facts


def _below(place: Place) -> list[Any]:
    of = place.place.reference
    return [
        words.link(place.place),
        words.LEVELS[place.level],
        cell("place.activities_within", place.activities_within, of=of),
        cell("place.paid_within", place.paid_within_fen, of=of),
    ]


def _work(item: Any) -> list[Any]:
    cost: Any = "还没有完工"
    if item.cost_fen is not None:
        cost = {"text": words.amount(item.cost_fen), "href": f"/entries/{item.completed_index}"}
    return [
        words.link(item.renovation),
        words.use(item.category),
        words.link(item.organisation),
        words.state("renovation", item.state),
        cost,
    ]
