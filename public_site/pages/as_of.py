"""/as-of/{size}/…: the five pages as they were at a size whose figures somebody signed, and what changed since."""

from dataclasses import replace
from typing import Any

from ledger.canonical import canonical_bytes
from ledger.domain.disclosure import QUESTIONS
from ledger.errors import NotFoundError
from projections.disclosed.claims import Claim, claims, days_of
from projections.disclosed.figures import NEWEST, Change, changes, digest_of
from projections.disclosed.past import Past
from projections.status import status
from public_site import sources
from public_site.drawn import hole
from public_site.pages import audit, effect, how_much, what, where, whom
from public_site.presenters import words
from public_site.presenters.disclosed import (
    CHANGE_COLUMNS,
    SCHEMA_COLUMNS,
    VERDICTS,
    change_row,
    in_words,
    page_of,
    schema_rows,
    verdict,
    verdict_cell,
)
from public_site.presenters.pagers import slice_of
from public_site.visit import PAGE_ROWS, Page, Visit

PAGES = {"where": where.page, "what": what.page, "whom": whom.page, "how-much": how_much.page, "effect": effect.page}
AUDIT = "audit"
STILL = "这份导出不列出当时的每个数字由哪些账目算出；可以用 yangguang audit --figures 重算。"
TODAY = "今天"
NAMED = 4
"""Changed figures that the note names; all of them have a page of their own."""
INDEX_COLUMNS = [
    {"text": "页面"},
    {"text": "签署的账目"},
    {"text": "与现在重算的"},
    {"text": "后来变了的数字", "numeric": True},
]


def index(visit: Visit) -> Page:
    """What was signed at a size, and what changed since, for each of the five pages."""
    found = claims(visit.db)
    size = _size(visit, found)
    if size is None:
        return _no_such_size(visit, found)
    rows = [_index_row(visit, size, question, found) for question in QUESTIONS]
    values = {
        "title": f"第{size - 1:,}条记入时的样子",
        "heading": f"第{size - 1:,}条记入时的样子",
        "crumbs": [{"href": "/reports", "text": "总结和公布"}],
        "lead": f"{_day(visit, size)}，账本有{size:,}条账目。下面是五个问题的页面当时的样子，和后来变了多少。",
        "columns": INDEX_COLUMNS,
        "rows": rows,
        "schema": NEWEST,
        "schema_columns": SCHEMA_COLUMNS,
        "names": schema_rows(_past(visit).figures(size)[str(NEWEST)]),
        "sizes": _sizes(visit, found, size),
    }
    return Page("as_of.html", values, section="reports")


def page(visit: Visit) -> Page:
    """One of the five pages, or the audit trail behind one of their figures, as it was."""
    found, name = claims(visit.db), visit.ids["page"]
    size = _size(visit, found)
    if size is None:
        return _no_such_size(visit, found)
    if name not in (*PAGES, AUDIT):
        raise NotFoundError(f"没有“{name[:40]}”这一页当时的样子。", f"No page {name[:40]!r} is shown as it was.")
    with _past(visit).reading(size) as db, sources.linked_under(f"/as-of/{size}"):
        then = replace(visit, db=db, moment=replace(visit.moment, status=status(db)), is_past=True)
        shown = (PAGES.get(name) or audit.page)(then)
        own: dict[str, Any] = {"title": f"{shown.values['title']}（第{size - 1:,}条记入时）"}
        if name == AUDIT:
            own |= {"check": hole("whole"), "as_of": _note(visit, size, "/audit", "全部账目")}
        else:
            own |= {"as_of": _question_note(visit, size, name, found)}
        own["crumbs"] = [{"href": f"/as-of/{size}", "text": f"第{size - 1:,}条记入时"}]
        return Page(shown.template, {**shown.values, **own}, shown.section, shown.status, then.status)


def changed(visit: Visit) -> Page:
    """Every figure of a page that differs between then and today."""
    found, name = claims(visit.db), visit.ids["page"]
    size = _size(visit, found)
    if size is None:
        return _no_such_size(visit, found)
    if name not in PAGES:
        raise NotFoundError(f"没有“{name[:40]}”这一页当时的样子。", f"No page {name[:40]!r} is shown as it was.")
    (every, when), title = _changes(visit, size, _question(name)), QUESTIONS[_question(name)][0]
    signed = _past(visit).figures(size)[str(NEWEST)][_question(name)]
    part = slice_of(visit, visit.place, len(every))
    values = {
        "title": f"“{title}”第{size - 1:,}条记入时的数字",
        "heading": f"“{title}”的数字：当时和今天",
        "crumbs": [
            {"href": f"/as-of/{size}", "text": f"第{size - 1:,}条记入时"},
            {"href": f"/as-of/{size}/{name}", "text": title},
        ],
        "lead": _how_many(every, when) + (f"“今天”一列的数字也是{when}的。" if when != TODAY else ""),
        "columns": CHANGE_COLUMNS,
        "rows": [change_row(visit.db, each, size) for each in every[part.offset : part.offset + PAGE_ROWS]],
        "pager": part.pager,
        "canonical": canonical_bytes(signed).decode(),
        "digest": digest_of(signed),
    }
    return Page("as_of_changes.html", values, section=name)


def _size(visit: Visit, found: tuple[Claim, ...]) -> int | None:
    """The size asked for, if some disclosure names it."""
    known = {str(claim.at_size): claim.at_size for claim in found if 0 < claim.at_size <= visit.status.size}
    return known.get(visit.ids["size"])


def _no_such_size(visit: Visit, found: tuple[Claim, ...]) -> Page:
    lead = "没有按这个条数公布过数字，所以不保存它当时的样子。" + (
        "有的是下面这些。" if found else "账本里还没有公布过数字。"
    )
    values = {"title": "没有找到", "heading": "没有找到", "lead": lead, "crumbs": None, "sizes": _sizes(visit, found)}
    return Page("as_of_none.html", values, section="reports", status=404)


def _sizes(visit: Visit, found: tuple[Claim, ...], current: int | None = None) -> list[dict[str, str]]:
    days = days_of(visit.db, {claim.at_size for claim in found} - {current})
    return [
        {"href": f"/as-of/{size}", "text": f"{words.full_day(day)}（第{size - 1:,}条）"}
        for size, day in sorted(days.items(), reverse=True)
    ]


def _day(visit: Visit, size: int) -> str:
    return words.full_day(days_of(visit.db, [size])[size])


def _question(name: str) -> str:
    return name.replace("-", "_")


def _past(visit: Visit) -> Past:
    if visit.past is None:
        raise NotFoundError("这里不保存页面以前的样子。", "Earlier pages are not kept here.")
    return visit.past


def _changes(visit: Visit, size: int, question: str) -> tuple[tuple[Change, ...], str]:
    """What differs from then, and in words, when: today, or when some entry was recorded that is not the last."""
    past = _past(visit)
    then, (now, now_size) = past.figures(size)[str(NEWEST)][question], past.latest(visit.db, question)
    return changes(then, now), TODAY if now_size == visit.status.size else f"第{now_size - 1:,}条记入时"


def _how_many(every: tuple[Change, ...], when: str) -> str:
    return f"当时的数字，有{len(every):,}个{when}不同了。" if every else f"当时的数字，{when}都还是一样。"


def _index_row(visit: Visit, size: int, question: str, found: tuple[Claim, ...]) -> list[Any]:
    name, count = page_of(question), len(_changes(visit, size, question)[0])
    signed = [claim for claim in found if (claim.at_size, claim.question) == (size, question)]
    return [
        {"text": QUESTIONS[question][0], "href": f"/as-of/{size}/{name}"},
        {"text": "", "entries": [claim.index for claim in signed]} if signed else "没有签署",
        verdict_cell(visit.past, signed[-1]) if signed else "没有可比的",
        {"text": f"{count:,}", "href": f"/as-of/{size}/{name}/changes"},
    ]


def _note(visit: Visit, size: int, today: str, title: str) -> dict[str, Any]:
    said = f"这是第{size - 1:,}条记入时（{_day(visit, size)}）的样子。{STILL if visit.still else ''}"
    return {"said": said, "today": today, "title": title, "changes": "", "signed": []}


def _question_note(visit: Visit, size: int, name: str, found: tuple[Claim, ...]) -> dict[str, Any]:
    question = _question(name)
    every, when = _changes(visit, size, question)
    said = _how_many(every, when)
    named = [in_words(each) for each in every if not each.of][:NAMED]
    if named:
        said = f"{said.removesuffix('。')}：{'；'.join(named)}{'；等等' if len(every) > len(named) else ''}。"
    signed = [claim for claim in found if (claim.at_size, claim.question) == (size, question)]
    return {
        **_note(visit, size, f"/{name}", QUESTIONS[question][0]),
        "changes": said,
        "all": f"/as-of/{size}/{name}/changes",
        "signed": [_signed(visit, claim) for claim in signed],
    }


def _signed(visit: Visit, claim: Claim) -> dict[str, Any]:
    found = verdict(visit.past, claim)
    state, _ = VERDICTS[found]
    said = {
        "same": "签署的数字，与现在从账目重算的相同。",
        "different": "签署的数字，与现在从账目重算的不同。请以账目为准，并向签署机构提问。",
        "newer": f"签署的数字用的是版本{claim.schema:,}的算法，本网站的程序还不会算，所以没有核对。",
        "unchecked": "签署的数字还没有重算。",
    }[found]
    voided = "" if claim.stands else "这一条后来作废了。"
    return {"index": claim.index, "state": state, "said": f"{said}{voided}", "digest": claim.digest}
