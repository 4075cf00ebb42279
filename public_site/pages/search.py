"""/search: one list of things and entries. A number leads to the entry; aliases are found too."""

import re
from typing import Any

from ledger.domain.catalogue import KINDS
from projections import audit_trail, search, what
from projections.rows import EntryRow
from public_site.presenters import words
from public_site.presenters.entries import log_row
from public_site.visit import PAGE_ROWS, Page, Visit

NUMBER = re.compile(r"第?\s*([0-9][0-9,，]{0,14})\s*条?")
LONGEST = 100
MOST = 1_000
"""So many entries are counted; of more it says that there are more."""
STILL = "没有服务器替您搜索：请从目录和全部账目里找，或者在下载的数据表里查。"


def page(visit: Visit) -> Page:
    """What was found for ``q``."""
    asked = " ".join(visit.query.get("q", "").split())[:LONGEST]
    things = _things(visit, asked) if asked else []
    entries, count, more = _entries(visit, asked)
    said = f"超过{count:,}条" if more else f"{count:,}条"
    number = _number(visit, asked)
    values = {
        "title": f"搜索：{asked}" if asked else "搜索",
        "heading": "搜索",
        "crumbs": [],
        "lead": STILL if visit.still else _lead(asked, things, said if count or more else "", number),
        "asked": asked,
        "number": number,
        "things": things,
        "entries": [log_row(row) for row in entries],
        "others": said if more or count > len(entries) else "",
    }
    return Page("search.html", values)


def _entries(visit: Visit, asked: str) -> tuple[tuple[EntryRow, ...], int, bool]:
    return audit_trail.saying(visit.db, asked, size=PAGE_ROWS, most=MOST) if asked else ((), 0, False)


def _lead(asked: str, things: list[dict[str, Any]], entries: str, number: int | None) -> str:
    if not asked:
        return "可以搜机构、项目、地点、捐赠的名称和别名，也可以直接输入账目的编号。"
    if not things and not entries and number is None:
        return f"没有找到含“{asked}”的名称或账目。请换一个说法，或者减少几个字。"
    names = f"{len(things)}个" if len(things) < PAGE_ROWS else f"至少{PAGE_ROWS}个"
    return f"含“{asked}”的名称有{names}，账目有{entries or '0条'}。"


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
