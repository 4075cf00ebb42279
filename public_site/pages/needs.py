"""/needs: from report to met, what nobody has met first, and for how long; by place and by category."""

from typing import Any
from urllib.parse import urlencode

from ledger.domain.need import CATEGORIES
from projections import needs
from projections.counted import subject_count
from projections.names import Names
from projections.needs import STAGES, WAITING
from projections.rows import NeedCount, NeedTotals
from public_site import need_figures
from public_site.presenters import needs as presented
from public_site.presenters import words
from public_site.presenters.figures import cell, figure
from public_site.presenters.options import place_options
from public_site.visit import PAGE_ROWS, Page, Visit

FUNNEL = (("reported", "报告"), ("verified", "核实"), ("matched", "对接"), ("met", "满足"))
FUNNEL_COLUMNS = [{"text": "步骤"}, {"text": "需求（项）", "numeric": True}, {"text": "占报告的", "numeric": True}]
COUNT_COLUMNS = [
    {"text": "报告（项）", "numeric": True},
    {"text": "没有承接（项）", "numeric": True},
    {"text": "已对接（项）", "numeric": True},
    {"text": "已满足（项）", "numeric": True},
    {"text": "已撤回（项）", "numeric": True},
]
PLACES = 20
"""Rows by place, those with most needs first: the others have their own pages."""
FIELDS = (("state", "状态"), ("place", "地点（含下级）"), ("category", "类别"), ("year", "报告年份"))


def page(visit: Visit) -> Page:
    """Every need."""
    chosen, totals = _chosen(visit), needs.totals(visit.db)
    options, everything = _options(visit, chosen), totals.reported.value
    found = needs.found_count(visit.db, chosen)
    at = min(visit.number("page"), max(1, -(-found // PAGE_ROWS)))
    rows = needs.waiting_longest(visit.db, chosen, start=(at - 1) * PAGE_ROWS, size=PAGE_ROWS)
    places, names = needs.by_place(visit.db, size=PLACES), Names(visit.db)
    values = {
        "title": "需求",
        "heading": "需求",
        "crumbs": [{"href": "/what", "text": "什么项目"}],
        "lead": _lead(visit, totals),
        "figures": [
            figure(f"needs.{name}", getattr(totals, name))
            for name in ("waiting", "untaken", "in_hand", "met", "withdrawn")
        ],
        "steps": [{**cell(f"needs.{name}", getattr(totals, name)), "word": word} for name, word in FUNNEL],
        "first": cell("needs.first", totals.first),
        "funnel_columns": FUNNEL_COLUMNS,
        "funnel": [_step(name, word, totals) for name, word in FUNNEL],
        "median": needs.median_days_to_meet(visit.db),
        "fields": _fields(options, chosen),
        "chips": _chips(options, chosen),
        "columns": list(presented.NEED_COLUMNS),
        "rows": [presented.need_row(need) for need in rows],
        "found": found,
        "everything": everything,
        "pager": _pager(chosen, at, found),
        "places_left_out": subject_count(visit.db, "need_place.reported") - len(places),
        "place_columns": [{"text": "地点"}, *COUNT_COLUMNS],
        "places": [_place(row, names) for row in places],
        "category_columns": [{"text": "类别"}, *COUNT_COLUMNS],
        "categories": [_category(row) for row in needs.by_category(visit.db)],
        "total": ["合计", *(cell(f"needs.{name}", getattr(totals, name)) for name in need_figures.EACH)],
    }
    return Page("needs.html", values, section="what")


def _lead(visit: Visit, totals: NeedTotals) -> str:
    if not totals.reported.value:
        return "还没有记录需求。学校、验收机构和统筹机构报告以后，这里列出每项需求由哪个项目承接、是否满足、等了多久。"
    said = f"报告过{totals.reported.value:,}项需求，{totals.met.value:,}项已经满足，{totals.waiting.value:,}项还没有。"
    if not totals.untaken.value:
        return said
    longest = needs.waiting_longest(visit.db, {}, size=1)[0]
    return (
        f"{said}其中{totals.untaken.value:,}项没有项目承接，"
        f"等得最久的是“{longest.need.zh}”，已经{longest.waited_days:,}天。"
    )


def _step(name: str, word: str, totals: NeedTotals) -> list[Any]:
    value, whole = getattr(totals, name), totals.reported.value
    bar = {"bar": [{"percent": 100 * value.value / (whole or 1), "plan": "ink"}]}
    return [word, cell(f"needs.{name}", value), words.percent(value.value, whole), bar]


def _place(row: NeedCount, names: Names) -> list[Any]:
    name = {"text": names.zh(row.key), "href": words.href_of(row.key)}
    return [name, *_counts("need_place", row, row.key)]


def _category(row: NeedCount) -> list[Any]:
    name = {"text": presented.category(row.key), "href": f"/needs?category={row.key}"}
    return [name, *_counts("need_category", row, need_figures.category_of(row.key))]


def _counts(prefix: str, row: NeedCount, of: str) -> list[dict[str, str]]:
    return [cell(f"{prefix}.{name}", getattr(row.totals, name), of=of) for name in need_figures.EACH]


def _chosen(visit: Visit) -> dict[str, str]:
    return {name: visit.query[name] for name, _ in FIELDS if visit.query.get(name)}


def _options(visit: Visit, chosen: dict[str, str]) -> dict[str, dict[str, str]]:
    stages = needs.stages(visit.db)
    return {
        "state": {
            WAITING: "还没有满足（全部）",
            **{stage: presented.STAGES[stage] for stage in STAGES if stage in stages},
        },
        "place": place_options(visit.db, chosen.get("place")),
        "category": {code: label for code, (label, _) in CATEGORIES.items()},
        "year": {year: f"{year}年" for year in needs.years(visit.db)},
    }


def _fields(options: dict[str, dict[str, str]], chosen: dict[str, str]) -> list[dict[str, Any]]:
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


def _chips(options: dict[str, dict[str, str]], chosen: dict[str, str]) -> list[dict[str, str]]:
    labels = dict(FIELDS)
    return [
        {
            "text": f"{labels[name]}：{options[name].get(value, value)}",
            "href": "/needs?" + urlencode({each: kept for each, kept in chosen.items() if each != name}, safe="/"),
        }
        for name, value in chosen.items()
    ]


def _pager(chosen: dict[str, str], at: int, found: int) -> dict[str, Any] | None:
    pages = -(-found // PAGE_ROWS)
    if pages <= 1:
        return None
    return {
        "previous": f"/needs?{urlencode({**chosen, 'page': at - 1}, safe='/')}" if at > 1 else None,
        "next": f"/needs?{urlencode({**chosen, 'page': at + 1}, safe='/')}" if at < pages else None,
        "text": f"第{at}页，共{pages}页",
    }
