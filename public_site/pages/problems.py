"""/problems: problems and the public's questions, who waits longest first; /problems/{id} and /questions/{id}."""

from typing import Any
from urllib.parse import urlencode

from ledger.domain.problem import CATEGORIES as PROBLEM_CATEGORIES
from ledger.domain.question import CATEGORIES as QUESTION_CATEGORIES
from ledger.domain.question import QuestionReceived
from projections import voice
from projections.rows import Voice, VoicePage, VoiceTotals
from public_site.frame import page_name
from public_site.presenters import words
from public_site.presenters.entries import beads, event
from public_site.presenters.figures import figure
from public_site.presenters.texts import attachments
from public_site.presenters.things import links
from public_site.visit import PAGE_ROWS, Page, Visit

COLUMNS = [
    {"text": "问题或提问"},
    {"text": "关于"},
    {"text": "状态"},
    {"text": "答复用时（天）", "numeric": True},
]
WAITING_COLUMNS = [*COLUMNS[:3], {"text": "已等（天）", "numeric": True}]
CATEGORIES = {"problem": PROBLEM_CATEGORIES, "question": QUESTION_CATEGORIES}


def page(visit: Visit) -> Page:
    """Both lists: those without an answer, then the others."""
    totals = voice.totals(visit.db)
    everything = totals.problems.value + totals.questions.value
    waiting = voice.waiting(visit.db, size=PAGE_ROWS)
    pages = max(1, -(-(everything - totals.waiting.value) // PAGE_ROWS))
    at = min(visit.number("page"), pages)
    settled = voice.settled(visit.db, start=(at - 1) * PAGE_ROWS, size=PAGE_ROWS)
    values = {
        "title": "问题和提问",
        "heading": "问题和提问",
        "crumbs": [],
        "lead": _lead(visit, totals, waiting),
        "figures": _figures(totals) if everything else [],
        "waiting_columns": WAITING_COLUMNS,
        "waiting": [_waiting_row(visit, item) for item in waiting],
        "left_out": max(0, totals.waiting.value - PAGE_ROWS),
        "columns": COLUMNS,
        "settled": [_settled_row(item) for item in settled],
        "pager": _pager(at, pages),
    }
    return Page("problems.html", values, section="problems")


def _lead(visit: Visit, totals: VoiceTotals, waiting: tuple[Voice, ...]) -> str:
    if not totals.problems.value and not totals.questions.value:
        return "还没有人提出问题，也没有收到公众提问。"
    said = f"提出问题{totals.problems.value:,}个，收到公众提问{totals.questions.value:,}件；"
    if not waiting:
        return f"{said}都有了答复。"
    longest = max(_age(visit, item) for item in waiting)
    return f"{said}{totals.waiting.value:,}件还没有答复，最久的已等{longest:,}天。"


def _figures(totals: VoiceTotals) -> list[dict[str, Any]]:
    found = [
        figure("voice.waiting", totals.waiting, red=True),
        figure("voice.problems", totals.problems),
        figure("voice.questions", totals.questions),
        figure("voice.answered", totals.answered),
        figure("voice.reopened", totals.reopened, red=True),
        figure("voice.corrected", totals.corrected),
    ]
    return [*found, figure("voice.median", totals.median_days)] if totals.answered.value else found


def _age(visit: Visit, item: Voice) -> int:
    return (visit.as_of - item.waiting_since).days if item.waiting_since else 0


def _row(item: Voice) -> list[Any]:
    return [words.link(item.voice), _about(item), words.state(item.kind, item.state)]


def _about(item: Voice) -> dict[str, str]:
    """The record, or the page, with its link."""
    return words.link(item.about) if item.about else {"text": page_name(item.page or "/"), "href": item.page or "/"}


def _waiting_row(visit: Visit, item: Voice) -> list[Any]:
    since = item.reopened[-1] if item.reopened else item.index
    return [*_row(item), {"text": f"{_age(visit, item):,}", "href": f"/entries/{since}"}]


def _settled_row(item: Voice) -> list[Any]:
    took = {"text": f"{item.days:,}", "href": f"/entries/{item.answered_index}"} if item.days is not None else "已作废"
    return [*_row(item), took]


def _pager(at: int, pages: int) -> dict[str, Any] | None:
    if pages == 1:
        return None
    return {
        "previous": f"/problems?{urlencode({'page': at - 1})}" if at > 1 else None,
        "next": f"/problems?{urlencode({'page': at + 1})}" if at < pages else None,
        "text": f"第{at}页，共{pages}页",
    }


def problem(visit: Visit) -> Page:
    """One problem, to whom it was passed on, its answers."""
    found = voice.voice_page(visit.db, visit.reference("problem"))
    passed = links(found.passed_to, none="还没有转办")
    return _shown(visit, found, [{"label": "转给", "value": passed}])


def question(visit: Visit) -> Page:
    """One question, its answer, and the correction it led to."""
    found = voice.voice_page(visit.db, visit.reference("question"))
    channel = words.choice(QuestionReceived, "channel", found.channel or "")
    sealed = "已封存，只有经两方签署才能查看" if found.sealed else "没有留"
    facts = [
        {"label": "来自", "value": channel},
        {"label": "编号", "value": found.code or "没有编号"},
        {"label": "联系方式", "value": sealed},
        _correction(found),
    ]
    return _shown(visit, found, facts)


def _correction(found: VoicePage) -> dict[str, Any]:
    if found.corrected is None:
        return {"label": "更正", "value": "没有因此更正账目"}
    record, index = found.corrected
    return {"label": "更正", "value": links([record]), "entries": [index]}


def _shown(visit: Visit, found: VoicePage, more: list[dict[str, Any]]) -> Page:
    item, chain = found.voice, found.chain
    about = _about(item)
    facts = [
        {"label": "关于", "value": about["text"], "href": about["href"]},
        {"label": "类别", "value": CATEGORIES[item.kind][item.category][0]},
        {"label": "日期", "value": words.full_day(item.raised_on), "entries": [item.index]},
        *more,
        *({"label": label.zh, "value": outcome.zh, "entries": [index]} for label, outcome, index in found.outcomes),
        {"label": "用时", "value": _took(visit, item), "entries": [item.answered_index] if item.answered_index else []},
    ]
    values = {
        "title": item.voice.zh,
        "heading": item.voice.zh,
        "crumbs": [{"href": "/problems", "text": "问题和提问"}],
        "said": _said(visit, found),
        "badge": words.badge(item.kind, item.state),
        "texts": attachments(visit, item.kind, found.texts),
        "beads": beads(chain),
        "facts": facts,
        "events": [event(row) for row in chain],
    }
    return Page("voice.html", values, section="problems")


def _said(visit: Visit, found: VoicePage) -> str:
    """Who asked what, how long the answer took, and how it stands now."""
    item, opening = found.voice, found.chain[0]
    who = "公众" if item.kind == "question" else (opening.organisation.zh if opening.organisation else "账本管理员")
    about = f"“{item.about.zh}”" if item.about else page_name(item.page or "/")
    verb = "提问" if item.kind == "question" else "提出问题"
    parts = [f"{words.full_day(item.raised_on)}，{who}就{about}{verb}（{CATEGORIES[item.kind][item.category][0]}）"]
    if item.days is not None:
        answers = [outcome.zh for _, outcome, index in found.outcomes if index == item.answered_index]
        parts.append(f"{item.days:,}天后得到答复{'：' if answers else ''}{'、'.join(answers)}")
    if item.reopened:
        parts.append("后来重新提出")
    if item.waiting_since is not None:
        parts.append(f"已等{_age(visit, item):,}天，还没有答复")
    elif item.state in ("resolved", "corrected", "voided"):
        parts.append({"resolved": "已经解决", "corrected": "账目已经更正", "voided": "后来作废"}[item.state])
    return "；".join(parts) + "。"


def _took(visit: Visit, item: Voice) -> str:
    if item.waiting_since is not None:
        before = f"第一次答复用了{item.days:,}天；" if item.days is not None else ""
        return f"{before}还没有答复，已等{_age(visit, item):,}天"
    return "已作废，不再等答复" if item.days is None else f"{item.days:,}天后得到答复"
