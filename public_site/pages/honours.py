"""/honours and /honours/{id}: the register of certificates, and each certificate as a page that can be printed."""

from typing import Any

from projections import recognition
from projections.audit_trail import chain_rows
from projections.rows.recognition import Honour, HonourTotals
from public_site.frame import qr
from public_site.presenters import words
from public_site.presenters.entries import beads, event
from public_site.presenters.figures import figure
from public_site.presenters.pagers import slice_of
from public_site.presenters.recognition import (
    HONOUR_COLUMNS,
    badge,
    honour_row,
    honoured,
    occasion,
    revocation,
)
from public_site.presenters.texts import attachments
from public_site.visit import PAGE_ROWS, Page, Visit

HOW_TITLE = "怎样颁发"
HOW = (
    "提名时不公布提名了谁。机构同意接受表彰，要用它自己的密钥签署；个人的同意书封存，不写姓名。没有同意的不颁发，"
    "也不公布是谁。暂停的机构不能获颁。证书编号不重复使用，撤销的证书划红线，仍然列出。"
)


def every(visit: Visit) -> Page:
    """All honours, newest first."""
    totals = recognition.honour_totals(visit.db)
    count = sum(figure.value for figure in (totals.awarded, totals.revoked, totals.declined, totals.waiting))
    shown = slice_of(visit, "/honours", count)
    values = {
        "title": "荣誉证书",
        "heading": "荣誉证书",
        "crumbs": [],
        "lead": _lead(totals, count),
        "figures": [
            figure("honour.awarded", totals.awarded),
            figure("honour.revoked", totals.revoked, red=True),
            figure("honour.declined", totals.declined),
            figure("honour.waiting", totals.waiting),
        ],
        "list_title": "全部提名和证书",
        "caption": "新的在前。点称号，打开可以打印的证书。",
        "columns": HONOUR_COLUMNS,
        "rows": [honour_row(item) for item in recognition.honours(visit.db, limit=PAGE_ROWS, offset=shown.offset)],
        "nothing": "还没有提名。表彰在专项总结和年终总结大会上进行。",
        "pager": shown.pager,
        "how_title": HOW_TITLE,
        "how": HOW,
    }
    return Page("register.html", values, section="honours")


def _lead(totals: HonourTotals, count: int) -> str:
    if not count:
        return "还没有表彰。颁发以后，这里列出每张证书，扫码可以核对。"
    issued = totals.awarded.value + totals.revoked.value
    said = f"提名{count}项，颁发证书{issued}张，其中{totals.revoked.value}张后来撤销；"
    return said + f"{totals.declined.value}项没有得到同意，没有颁发。"


def page(visit: Visit) -> Page:
    """One honour: a certificate once it is awarded."""
    found = recognition.honour_of(visit.db, visit.reference("honour"))
    chain = chain_rows(visit.db, found.honour.reference)
    heading = f"荣誉证书 {found.awarded[0]}" if found.awarded else f"荣誉：{found.title.zh}"
    values: dict[str, Any] = {
        "title": heading,
        "heading": heading,
        "crumbs": [{"href": "/honours", "text": "荣誉证书"}],
        "current": found.title.zh,
        "said": _said(found),
        "who": honoured(found),
        "honour_title": found.title.zh,
        "certificate": found.awarded[0] if found.awarded else "",
        "award_facts": _award_facts(found),
        "awarded_index": found.awarded[3] if found.awarded else None,
        "revoked": revocation(found),
        "badge": badge("honour", found.state),
        "qr": qr(visit.url),
        "texts": attachments(visit, "honour", found.texts),
        "beads": beads(chain),
        "facts": _facts(found),
        "events": [event(row) for row in chain],
    }
    return Page("honour.html", values, section="honours")


def _said(found: Honour) -> str:
    """What the certificate says, or why there is none."""
    if found.awarded:
        who = found.organisation.zh if found.organisation else "一位个人"
        return f"在{occasion(found)}上授予{who}“{found.title.zh}”称号。"
    if found.state == "declined":
        return f"被提名方没有同意接受“{found.title.zh}”，没有颁发，也不公布是谁。"
    if found.state == "consented":
        return f"已同意接受“{found.title.zh}”，还没有颁发。"
    return f"为{occasion(found)}提名“{found.title.zh}”，等待被提名方同意；同意以前不公布是谁。"


def _award_facts(found: Honour) -> list[dict[str, Any]]:
    if found.awarded is None:
        return []
    number, by, on, _ = found.awarded
    return [
        {"label": "证书编号", "value": number},
        {"label": "颁发机构", "value": by.zh if by else "账本管理员"},
        {"label": "颁发日期", "value": words.full_day(on)},
    ]


def _facts(found: Honour) -> list[dict[str, Any]]:
    consent, entries = "还没有同意", []
    if found.declined_index is not None:
        consent, entries = "没有同意", [found.declined_index]
    elif found.consented_index is not None:
        consent, entries = "已同意" if found.organisation else "本人已同意，同意书封存", [found.consented_index]
    return [
        {"label": "称号", "value": found.title.zh, "entries": [found.index]},
        {"label": "场合", "value": occasion(found)},
        {"label": "表彰对象", "value": honoured(found)},
        {"label": "同意", "value": consent, "entries": entries},
    ]
