"""/duties: what is overdue, due soon, met in time or late; by organisation; and the rules behind every date."""

from typing import Any
from urllib.parse import urlencode

from ledger.domain.values import REFERENCE
from projections.duties.calendar import SOON
from projections.duties.reading import (
    Asked,
    behind_count,
    by_organisation,
    counts,
    duties,
    duty_count,
    organisation_count,
)
from projections.duties.rules import RULES
from projections.names import Names
from projections.rows import DutyCounts
from public_site.presenters.duties import (
    DUTY_COLUMNS,
    ORGANISATION_COLUMNS,
    VERSION_COLUMNS,
    duty_kind,
    duty_row,
    organisation_row,
)
from public_site.presenters.figures import figure
from public_site.presenters.options import MOST, with_chosen
from public_site.visit import PAGE_ROWS, Page, Visit

HERE = "/duties"
CRUMBS = [{"href": HERE, "text": "到期事项"}]
LISTS = {
    "overdue": ("逾期未公开", "没有逾期的事项。"),
    "soon": (f"{SOON}天内到期", f"{SOON}天内没有到期的事项。"),
    "met": ("已完成", "还没有完成的事项。"),
}
SHOWN = {"overdue": 30, "soon": 15, "met": 10}
TOP, ROWS = 10, 40
"""Rows of this table are long: 40 of them keep a page within its size."""
KINDS = {rule.code: rule.what.title.zh.replace("：{key}", "").replace("{key}", "") for rule in RULES}


def page(visit: Visit) -> Page:
    """The calendar, or one of its lists in full."""
    chosen = _chosen(visit)
    asked = Asked(visit.as_of, organisation=chosen.get("organisation"), code=chosen.get("what"))
    state = chosen.get("state")
    totals = counts(visit.db)
    rows = by_organisation(visit.db, size=MOST)
    values = {
        "title": "到期事项",
        "heading": "到期事项",
        "crumbs": [],
        "lead": _lead(visit, totals),
        "figures": [
            figure("duties.overdue", totals.overdue, red=True),
            figure("duties.soon", totals.soon),
            figure("duties.on_time", totals.on_time),
            figure("duties.late", totals.late, red=True),
        ],
        "fields": _fields(visit, chosen, [row.organisation for row in rows]),
        "chips": _chips(visit, chosen),
        "columns": DUTY_COLUMNS,
        "lists": [_list(visit, asked, each, chosen) for each in ([state] if state else LISTS)],
        "organisation_columns": ORGANISATION_COLUMNS,
        "organisations": [] if chosen else [organisation_row(row) for row in rows[:TOP]],
        "organisation_count": organisation_count(visit.db),
    }
    return Page("duties.html", values, section="duties")


def _chosen(visit: Visit) -> dict[str, str]:
    """The conditions in the address that mean anything; the others are as if they were not there."""
    chosen = {name: visit.query.get(name, "") for name in ("organisation", "what", "state")}
    known = {
        "organisation": REFERENCE.fullmatch(chosen["organisation"]) is not None,
        "what": chosen["what"] in KINDS,
        "state": chosen["state"] in LISTS,
    }
    return {name: value for name, value in chosen.items() if known[name]}


def _lead(visit: Visit, totals: DutyCounts) -> str:
    met = totals.on_time.value + totals.late.value
    if not met + totals.overdue.value + totals.soon.value:
        return "还没有要公开的事项。项目开始、收到捐赠、一年结束以后，这里列出什么应在哪天前公开、由谁负责。"
    worst = duties(visit.db, "overdue", Asked(visit.as_of), size=1)
    said = (
        f"{totals.overdue.value:,}项逾期未公开，最久的已逾期{worst[0].days:,}天；" if worst else "现在没有逾期的事项；"
    )
    said += f"{totals.soon.value:,}项在{SOON}天内到期。"
    return f"{said}已经完成{met:,}项，其中{totals.late.value:,}项迟了。"


def _list(visit: Visit, asked: Asked, state: str, chosen: dict[str, str]) -> dict[str, Any]:
    title, none = LISTS[state]
    count = duty_count(visit.db, state, asked)
    whole = chosen.get("state") == state
    size = ROWS if whole else SHOWN[state]
    pages = max(1, -(-count // size))
    at = min(visit.number("page"), pages) if whole else 1
    found = duties(visit.db, state, asked, start=(at - 1) * size, size=size)
    return {
        "title": title,
        "count": count,
        "none": none,
        "rows": [duty_row(duty) for duty in found],
        "more": None if whole or count <= size else _address({**chosen, "state": state}),
        "pager": _pager(chosen, at, pages) if whole and pages > 1 else None,
    }


def _pager(chosen: dict[str, str], at: int, pages: int) -> dict[str, Any]:
    return {
        "previous": _address({**chosen, "page": str(at - 1)}) if at > 1 else None,
        "next": _address({**chosen, "page": str(at + 1)}) if at < pages else None,
        "text": f"第{at:,}页，共{pages:,}页",
    }


def _fields(visit: Visit, chosen: dict[str, str], organisations: list[Any]) -> list[dict[str, Any]]:
    options = {
        "organisation": with_chosen(
            visit.db, {named.reference: named.zh for named in organisations}, chosen.get("organisation")
        ),
        "what": KINDS,
        "state": {state: title for state, (title, _) in LISTS.items()},
    }
    labels = {"organisation": "责任机构", "what": "事项", "state": "结果"}
    return [
        {
            "name": name,
            "label": labels[name],
            "type": "select",
            "value": chosen.get(name, ""),
            "options": [{"value": "", "text": "全部"}, *({"value": v, "text": t} for v, t in options[name].items())],
        }
        for name in labels
    ]


def _chips(visit: Visit, chosen: dict[str, str]) -> list[dict[str, str]]:
    return [
        {"text": _said(visit, name, value), "href": _address({k: v for k, v in chosen.items() if k != name})}
        for name, value in chosen.items()
    ]


def _said(visit: Visit, name: str, value: str) -> str:
    if name == "organisation":
        return f"责任机构：{Names(visit.db).zh(value)}"
    return f"事项：{KINDS[value]}" if name == "what" else f"结果：{LISTS[value][0]}"


def _address(chosen: dict[str, str]) -> str:
    return f"{HERE}?{urlencode(chosen, safe='/')}" if chosen else HERE


def organisations(visit: Visit) -> Page:
    """Every organisation that answers for anything, the most overdue first."""
    count, late = organisation_count(visit.db), behind_count(visit.db)
    pages = max(1, -(-count // PAGE_ROWS))
    at = min(visit.number("page"), pages)
    rows = by_organisation(visit.db, start=(at - 1) * PAGE_ROWS, size=PAGE_ROWS)
    lead = f"{count}家机构有要公开的事项，其中{late}家有逾期或迟了的。逾期多的排在前面。"
    address = f"{HERE}/organisations?page="
    values = {
        "title": "各机构的到期事项",
        "heading": "各机构的到期事项",
        "crumbs": CRUMBS,
        "lead": lead if rows else "还没有哪家机构有要公开的事项。",
        "columns": ORGANISATION_COLUMNS,
        "rows": [organisation_row(row) for row in rows],
        "pager": None if pages <= 1 else {
            "previous": f"{address}{at - 1}" if at > 1 else None,
            "next": f"{address}{at + 1}" if at < pages else None,
            "text": f"第{at:,}页，共{pages:,}页",
        },
    }  # fmt: skip
    return Page("duty_organisations.html", values, section="duties")


def rules(visit: Visit) -> Page:
    """How a due date is computed, and every rule with its source and validity."""
    kinds = {rule.code: rule.what for rule in RULES}
    lead = "每个到期日都由事情发生那天有效的规则算出；后来的规则不改变已经开始的期限。"
    values = {
        "title": "到期日怎样算",
        "heading": "到期日怎样算",
        "crumbs": CRUMBS,
        "lead": f"{lead}共{len(kinds)}种事项，{len(RULES)}条规则。",
        "columns": VERSION_COLUMNS,
        "kinds": [duty_kind(what, RULES, visit.as_of) for what in kinds.values()],
    }
    return Page("duty_rules.html", values, section="duties")
