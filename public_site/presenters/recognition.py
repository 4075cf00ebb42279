"""Cases, media reports, honours, findings and reports as rows of tables, facts and sentences."""

from datetime import date
from typing import Any

from markupsafe import Markup

from ledger.domain.case import CasePublished, CaseSubmitted, CaseWithdrawn
from ledger.domain.honour import HonourNominated, HonourRevoked
from ledger.domain.media import MediaRecorded
from ledger.domain.misconduct import CATEGORIES
from projections.rows.recognition import Case, Finding, Honour, MediaReport, Report
from public_site.presenters import words
from public_site.presenters.figures import entry_cell
from public_site.presenters.things import links

CASE_COLUMNS = [
    {"text": "案例"},
    {"text": "类别"},
    {"text": "机构"},
    {"text": "项目"},
    {"text": "报送日期"},
    {"text": "状态"},
]
MEDIA_COLUMNS = [{"text": "报道"}, {"text": "媒体"}, {"text": "日期"}, {"text": "关于"}, {"text": "网址"}]
HONOUR_COLUMNS = [
    {"text": "荣誉"},
    {"text": "授予"},
    {"text": "场合"},
    {"text": "证书编号"},
    {"text": "日期"},
    {"text": "状态"},
]
REPORT_COLUMNS = [
    {"text": "报告"},
    {"text": "记入日期"},
    {"text": "应在此前"},
    {"text": "是否按期"},
    {"text": "签署时的账目（条）", "numeric": True},
]
STATES = {
    **dict.fromkeys(("published", "awarded"), "ok"),
    **dict.fromkeys(("withdrawn", "revoked", "founded"), "bad"),
    **dict.fromkeys(("submitted", "returned", "reviewed", "nominated", "consented", "reported", "forwarded"), "wait"),
}
"""How states look here; a refusal of consent is nobody's fault and has no colour."""


def badge(kind: str, state: str) -> dict[str, str]:
    """State and word for a badge."""
    return {"state": STATES.get(state, "unknown"), "word": words.state(kind, state)}


def case_row(case: Case) -> list[Any]:
    """A row of /cases. What was withdrawn or is not reviewed yet still has its public title."""
    return [
        words.link(case.case),
        words.choice(CaseSubmitted, "category", case.category),
        words.link(case.organisation),
        words.link(case.project) if case.project else "不限于一个项目",
        _day(case.submitted_on),
        red(words.state("case", case.state)) if case.withdrawn else words.state("case", case.state),
    ]


def case_facts(case: Case) -> list[dict[str, Any]]:
    """What there is to say about a case beside its story."""
    reviewed = "还没有通过"
    if case.reviewed:
        reviewed = (
            f"{case.reviewed[0].zh if case.reviewed[0] else '账本管理员'}审核，{words.full_day(case.reviewed[1])}"
        )
    published = "还没有公开"
    if case.published:
        channel = words.choice(CasePublished, "channel", case.published[0])
        published = f"{words.full_day(case.published[1])}，{channel}"
    return [
        {"label": "类别", "value": words.choice(CaseSubmitted, "category", case.category), "entries": [case.index]},
        {"label": "机构", "value": links([case.organisation])},
        {"label": "项目", "value": links([case.project]) if case.project else "不限于一个项目"},
        {"label": "地点", "value": links(case.places, none="没有写地点")},
        {"label": "隐私审核", "value": reviewed, "entries": [case.reviewed[2]] if case.reviewed else []},
        {"label": "公开", "value": published, "entries": [case.published[2]] if case.published else []},
    ]


def withdrawal(case: Case) -> dict[str, Any] | None:
    """The note on a case that was withdrawn."""
    if case.withdrawn is None:
        return None
    reason, on, index = case.withdrawn
    why = words.choice(CaseWithdrawn, "reason", reason)
    return {"sentence": f"这篇案例已于{words.full_day(on)}撤下，原因：{why}。账目本身没有变。", "index": index}


def media_row(item: MediaReport) -> list[Any]:
    """A row of /media. The address is text: this site neither links to it nor has fetched it."""
    return [
        entry_cell(item.title, item.index),
        f"{item.outlet}（{words.choice(MediaRecorded, 'medium', item.medium)}）",
        _day(item.published_on),
        links(item.about, none="没有指明"),
        Markup('<code class="url">{}</code>').format(item.link) if item.link else "没有网址",
    ]


def honour_row(item: Honour) -> list[Any]:
    """A row of /honours; a revoked one is struck in red."""
    certificate: Any = "没有颁发"
    on: Any = "没有颁发"
    if item.awarded:
        certificate, on = item.awarded[0], _day(item.awarded[2])
    title = {"text": item.title.zh, "href": words.href_of(item.honour.reference)}
    if item.revoked:
        title["text"], certificate = (Markup("<del>{}</del>").format(text) for text in (item.title.zh, certificate))
    state = words.state("honour", item.state)
    return [title, honoured(item), occasion(item), certificate, on, red(state) if item.revoked else state]


def honoured(item: Honour) -> Any:
    """Who bears the honour: an organisation that consented, or a person without a name."""
    if item.organisation is not None:
        return links([item.organisation])
    if item.honours == "person":
        return "一位个人（本页不写姓名）"
    return "没有同意，不公布" if item.declined_index is not None else "同意以前不公布"


def occasion(item: Honour) -> str:
    """``2023年年终总结大会``."""
    return f"{item.year}年{words.choice(HonourNominated, 'occasion', item.occasion)}"


def revocation(item: Honour) -> dict[str, Any] | None:
    """The note on a certificate that was revoked."""
    if item.revoked is None:
        return None
    reason, on, index = item.revoked
    why = words.choice(HonourRevoked, "reason", reason)
    return {"sentence": f"{words.full_day(on)}撤销，原因：{why}。", "index": index}


def finding_event(item: Finding) -> dict[str, Any]:
    """A founded conclusion as one thing that happened, with what it means for the organisation now."""
    who: Any = "个人，不公布姓名"
    if item.organisation:
        who = links([item.organisation])
    elif item.outside:
        who = f"“{item.outside}”"
    by = f"，由{item.authority.zh}认定" if item.authority else ""
    number = f"（{item.document}）" if item.document else ""
    sentence = Markup("查实{}，涉及{}{}{}。").format(CATEGORIES[item.category][0], who, by, number)
    found: dict[str, Any] = {"sentence": sentence, "date": words.when(item.on), "entries": [item.index]}
    if item.organisation and item.lifted_index is None:
        found["note"] = {"tone": "red", "title": "仍在暂停", "sentence": "从这一条起，这家机构的密钥不能签署账目。"}
    elif item.lifted_index is not None:
        found["entries"].append({"index": item.lifted_index, "word": "恢复"})
    return found


def report_row(report: Report) -> list[Any]:
    """A row of /reports; late ones are red."""
    due = _day(report.due_on) if report.due_on else "没有规定"
    late: Any = "按期" if report.due_on else "没有规定"
    if report.days_late:
        late = red(f"迟{report.days_late:,}天")
    size = f"{report.tree_size:,}"
    return [
        _report_cell(report),
        _day(report.row.recorded_on),
        due,
        late,
        {"text": size, "href": f"/entries/{report.row.index}"},
    ]


def _report_cell(report: Report) -> Any:
    row = report.row
    sentence = row.sentence_now or row.sentence
    rests_on = len(report.rests_on)
    more = f"依据{rests_on}份公布的数字。" if rests_on else ""
    return {"text": f"{sentence.zh}{more}", "entries": [row.index]}


def _day(day: date) -> Markup:
    """A day that is never broken over two lines."""
    return Markup('<time datetime="{}">{}</time>').format(day.isoformat(), words.full_day(day))


def red(text: str) -> Markup:
    """What is late, withdrawn or revoked."""
    return Markup('<span class="flag red">{}</span>').format(text)
