"""/search: one list of things and entries. A number leads to the entry; aliases are found too."""

import re
from typing import Any

from ledger.domain.catalogue import KINDS
from projections import audit_trail, search, what
from projections.rows import AuditFilter
from public_site.presenters import words
from public_site.presenters.entries import log_row
from public_site.visit import PAGE_ROWS, Page, Visit

NUMBER = re.compile(r"第?\s*([0-9][0-9,，]{0,14})\s*条?")
LONGEST = 100
STILL = "没有服务器替您搜索：请从目录和全部账目里找，或者在下载的数据表里查。"


def page(visit: Visit) -> Page:
    """What was found for ``q``."""
    asked = " ".join(visit.query.get("q", "").split())[:LONGEST]
    things = _things(visit, asked) if asked else []
    found = audit_trail.page(visit.db, AuditFilter(text=asked), size=PAGE_ROWS) if asked else None
    number = _number(visit, asked)
    values = {
        "title": f"搜索：{asked}" if asked else "搜索",
        "heading": "搜索",
        "crumbs": [],
        "lead": STILL if visit.still else _lead(asked, things, found.sums.count if found else 0, number),
        "asked": asked,
        "number": number,
        "things": things,
        "entries": [log_row(row) for row in found.entries] if found else [],
        "entry_count": found.sums.count if found else 0,
    }
    return Page("search.html", values)


def _lead(asked: str, things: list[dict[str, Any]], entries: int, number: int | None) -> str:
    if not asked:
        return "可以搜机构、项目、地点、捐赠的名称和别名，也可以直接输入账目的编号。"
    if not things and not entries and number is None:
        return f"没有找到含“{asked}”的名称或账目。请换一个说法，或者减少几个字。"
    return f"含“{asked}”的名称有{len(things)}个，账目有{entries:,}条。"


def _number(visit: Visit, asked: str) -> int | None:
    match = NUMBER.fullmatch(asked)
    if match is None:
        return None
    index = int(match[1].replace(",", "").replace("，", ""))
    return index if index < visit.status.size else None


def _things(visit: Visit, asked: str) -> list[dict[str, Any]]:
    plans = [
        {"text": plan.title.zh, "href": f"/what?plan={plan.code}", "kind": "计划"}
        for programme in what.programmes(visit.db)
        for plan in programme.plans
        if any(asked.lower() in name.lower() for name in (plan.title.zh, plan.title.en, *plan.aliases))
    ]
    hits = search.things(visit.db, asked, limit=PAGE_ROWS)
    return plans + [{**words.link(hit.thing), "kind": KINDS[hit.kind].zh} for hit in hits]
