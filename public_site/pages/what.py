"""/what: the register of projects with its filter, the plans with what the plan's text leaves open, obligations."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from ledger.domain.project import STATES
from projections import deliveries, what
from projections.rows import Figure, Plan, Programme
from public_site.drawings.duties import state
from public_site.pages.obligations import duty_periods
from public_site.presenters import words
from public_site.presenters.figures import cell, figure
from public_site.presenters.options import MOST, with_chosen
from public_site.presenters.things import PROJECT_COLUMNS, project_row
from public_site.visit import PAGE_ROWS, Page, Visit

FIELDS = (("plan", "计划"), ("mode", "方式"), ("organisation", "机构"), ("year", "年份"), ("state", "状态"))

NAMED = 8
"""Projects that the lead names; how many there are, it says."""


def page(visit: Visit) -> Page:
    """The second question."""
    programmes, everything = what.programmes(visit.db), what.project_count(visit.db)
    plans = {code: label.zh for code, label in what.plan_titles(visit.db).items()}
    chosen = {name: visit.query[name] for name, _ in FIELDS if visit.query.get(name)}
    found, counts = what.register_count(visit.db, chosen), what.counts_by_state(visit.db)
    at = min(visit.number("page"), max(1, -(-found // PAGE_ROWS)))
    rows = what.register(visit.db, chosen, start=(at - 1) * PAGE_ROWS, size=PAGE_ROWS)
    modes = {code: label.zh for code, label in what.modes().items()}
    values = {
        "title": "帮扶什么项目",
        "heading": "帮扶什么项目",
        "crumbs": [],
        "lead": _lead(len(everything.entries), counts, visit),
        "figures": [
            figure("projects.all", everything),
            *(
                figure(
                    "projects.state", counts[code], of=code, label=words.state("project", code), red=code == "cancelled"
                )
                for code in STATES
                if code in counts
            ),
        ],
        "fields": _fields(visit, plans, modes, chosen),
        "chips": _chips(chosen, _options(visit, plans, modes, chosen)),
        "columns": list(PROJECT_COLUMNS),
        "rows": [project_row(project, plans, modes) for project in rows],
        "found": found,
        "everything": len(everything.entries),
        "pager": _pager(visit.place, chosen, at, found),
        "plans": [_plan(plan) for programme in programmes for plan in programme.plans],
        "footnotes": [plan for programme in programmes for plan in programme.plans if plan.aliases],
        "programmes": [_programme(visit, programme) for programme in programmes],
        "deliveries": _deliveries(visit),
        "hours": [figure(f"deliveries.{name}", deliveries.measured(visit.db, name)) for name in ("hours", "value")],
    }
    return Page("what.html", values, section="what")


def _lead(everything: int, counts: Mapping[str, Figure], visit: Visit) -> str:
    if not everything:
        return "还没有登记项目。登记以后，这里列出每个项目的计划、方式、机构、预算和付款。"
    overrun, first = what.overrun(visit.db, visit.as_of, size=NAMED)
    unclaimed = counts["listed"].value if "listed" in counts else 0
    said = f"登记了{everything}个项目。"
    if overrun:
        more = "等" if overrun > len(first) else ""
        said += f"{overrun}个过了计划结束日期还没有完成：{words.names(first)}{more}。"
    if unclaimed:
        said += f"{unclaimed}个还没有机构认领。"
    return said


def _options(
    visit: Visit, plans: dict[str, str], modes: dict[str, str], chosen: dict[str, str]
) -> dict[str, dict[str, str]]:
    organisations = {each.reference: each.zh for each in what.carried_out_by(visit.db, size=MOST)}
    return {
        "plan": plans,
        "mode": modes,
        "organisation": with_chosen(visit.db, organisations, chosen.get("organisation")),
        "year": {str(year): f"{year}年" for year in what.years(visit.db)},
        "state": {code: words.state("project", code) for code in sorted(what.counts_by_state(visit.db))},
    }


def _fields(visit: Visit, plans: dict[str, str], modes: dict[str, str], chosen: dict[str, str]) -> list[dict[str, Any]]:
    options = _options(visit, plans, modes, chosen)
    return [
        {
            "name": name,
            "label": label,
            "type": "select",
            "value": chosen.get(name, ""),
            "options": [{"value": "", "text": "全部"}]
            + [{"value": value, "text": text} for value, text in options[name].items()],
        }
        for name, label in FIELDS
    ]


def _chips(chosen: dict[str, str], options: dict[str, dict[str, str]]) -> list[dict[str, str]]:
    labels = dict(FIELDS)
    return [
        {
            "text": f"{labels[name]}：{options[name].get(value, value)}",
            "href": "/what?" + urlencode({k: v for k, v in chosen.items() if k != name}),
        }
        for name, value in chosen.items()
    ]


def _pager(place: str, chosen: dict[str, str], at: int, found: int) -> dict[str, Any] | None:
    pages = -(-found // PAGE_ROWS)
    if pages <= 1:
        return None
    return {
        "previous": f"{place}?{urlencode({**chosen, 'page': at - 1})}" if at > 1 else None,
        "next": f"{place}?{urlencode({**chosen, 'page': at + 1})}" if at < pages else None,
        "text": f"第{at}页，共{pages}页",
    }


def _plan(plan: Plan) -> dict[str, Any]:
    return {
        "title": plan.title.zh,
        "code": plan.code,
        "mark": "＊" if plan.aliases else "",
        "services": "；".join(plan.services),
        "projects": cell("projects.plan", plan.projects, of=plan.code),
        "floor": "方案未规定数量和期限" if plan.unspecified else "见下面“方案要求”",
    }


def _programme(visit: Visit, programme: Programme) -> dict[str, Any]:
    """What the programme asks for, period by period, and how often it was done; bad news in the same size."""
    return {
        "title": programme.programme.zh,
        "href": words.href_of(programme.programme.reference),
        "obligations": [
            {
                "text": f"{row.title}，{row.period}：",
                "state": state(row),
                "red": row.less + row.more > 0,
                "entries": [{"index": row.index, "word": "设定"}, *(row.done.all.entries if row.done else ())],
            }
            for row in duty_periods(visit, programme)
        ],
    }


def _deliveries(visit: Visit) -> list[dict[str, Any]]:
    """The figure that stands for each kind of what is delivered to people, with the list it opens."""
    shown = {
        "companionships": ("sessions", "陪伴"),
        "trainings": ("held", "培训和就业"),
        "services": ("served", "技能服务"),
    }
    return [
        {
            "href": f"/{path}",
            "text": text,
            "figure": figure(f"deliveries.{name}", deliveries.measured(visit.db, name)),
        }
        for path, (name, text) in shown.items()
    ]
