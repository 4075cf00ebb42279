"""/audit: every entry, newest first, by the day it was recorded; and the entries behind any figure of the site."""

import re
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup

from ledger.domain.catalogue import EVENTS, KINDS
from ledger.domain.values import REFERENCE
from projections import audit_trail
from projections.filtering import MOST
from projections.names import Names
from projections.rows import AuditFilter, AuditPage
from public_site import sources
from public_site.drawn import hole
from public_site.frame import says_end
from public_site.presenters import words
from public_site.presenters.entries import by_day
from public_site.presenters.options import MOST as MOST_OPTIONS
from public_site.presenters.options import place_options, with_chosen
from public_site.visit import PAGE_ROWS, Page, Visit

FIELDS = ("what", "organisation", "from", "to", "place", "q", "record", "figure", "of", "before")
NOTHING = AuditFilter(indices=())
LONGEST = 200
NUMBER = re.compile(r"[0-9]{1,15}")
ONLY_ADDED = "账目只能增加，写错了只能另记一条更正。"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for: the filter, the figure if any, and what is wrong with it in words."""

    chosen: dict[str, str]
    wanted: AuditFilter
    figure: sources.Found | None
    wrong: str


def page(visit: Visit) -> Page:
    """The audit trail."""
    asked = _asked(visit)
    found = audit_trail.page(visit.db, asked.wanted, page=visit.number("page"), size=PAGE_ROWS)
    values = {
        "title": _title(visit, asked),
        "heading": "全部账目",
        "crumbs": [],
        "lead": _lead(visit),
        "wrong": asked.wrong,
        # An export has no form: nobody there would answer it.
        "fields": [] if visit.still else _fields(visit, asked.chosen),
        "chips": _chips(visit, asked),
        "result": f"{_title(visit, asked)}：{_count(found)}",
        "claim": _claim(asked.figure),
        "sums": _sums(found),
        "older": _older(visit, asked, found),
        "check": hole("whole"),
        "days": by_day(found.entries),
        "pager": _pager(visit.place, asked.chosen, found),
        "filtered": bool(asked.chosen),
    }
    return Page("audit.html", values, section="audit", status=400 if asked.wrong else 200)


def _lead(visit: Visit) -> str:
    if not says_end(visit) and not visit.is_past:
        return f"账本里的每一条，按记入的先后编号，从第0条（账本启用）起，没有缺号。{ONLY_ADDED}"
    last = f"{visit.status.size - 1:,}" if visit.is_past else hole("last")
    return Markup("账本里的每一条，按记入的先后编号，从第0条（账本启用）到第{}条，没有缺号。{}").format(
        last, ONLY_ADDED
    )


def _asked(visit: Visit) -> Asked:
    chosen = {name: visit.query[name][:LONGEST] for name in FIELDS if visit.query.get(name, "").strip()}
    days, wrong = {}, ""
    for name in ("from", "to"):
        try:
            days[name] = date.fromisoformat(chosen[name]) if name in chosen else None
        except ValueError:
            wrong = f"“{chosen[name][:20]}”不是日期。请写成2023-05-14这样。"
    what = chosen.get("what")
    if what and what not in _kinds_and_types():
        wrong = f"没有“{what[:40]}”这种事情。请从列表里选。"
    for name in ("organisation", "place", "record"):
        if name in chosen and REFERENCE.fullmatch(chosen[name]) is None:
            wrong = f"“{chosen[name][:60]}”不是编号。请从页面上的链接进来，或者从列表里选。"
    if "before" in chosen and NUMBER.fullmatch(chosen["before"]) is None:
        wrong = f"“{chosen['before'][:20]}”不是账目的编号。"
    if wrong:
        return Asked(chosen, NOTHING, None, wrong)
    wanted = AuditFilter(
        kind=what if what in KINDS else None,
        type=what if what not in KINDS else None,
        organisation=chosen.get("organisation"),
        record=chosen.get("record"),
        place=chosen.get("place"),
        start=days["from"],
        end=days["to"],
        text=chosen.get("q"),
        before=int(chosen["before"]) if "before" in chosen else None,
    )
    if "figure" not in chosen:
        return Asked(chosen, wanted, None, "")
    found = sources.resolve(visit.db, chosen["figure"], chosen.get("of", ""))
    return Asked(chosen, replace(wanted, indices=found.figure.entries), found, "")


@cache
def _kinds_and_types() -> dict[str, str]:
    options = {}
    for kind, label in KINDS.items():
        options[kind] = f"{label.zh}（全部）"
        options |= {event_type: f"　{cls.LABEL.zh}" for (event_type, _), cls in EVENTS.items() if cls.kind() == kind}
    return options


def _fields(visit: Visit, chosen: dict[str, str]) -> list[dict[str, Any]]:
    registered = audit_trail.of_type(visit.db, "organisation.registered", size=MOST_OPTIONS)
    organisations = {row.record.reference: row.record.zh for row in registered}
    organisations = with_chosen(visit.db, organisations, chosen.get("organisation"))
    found = place_options(visit.db, chosen.get("place"))
    return [
        _select("what", "事情", chosen, _kinds_and_types()),
        _select("organisation", "签署机构", chosen, organisations),
        {"name": "from", "label": "记入日期从", "type": "date", "value": chosen.get("from", ""), "options": []},
        {"name": "to", "label": "到", "type": "date", "value": chosen.get("to", ""), "options": []},
        _select("place", "地点", chosen, found),
        {"name": "q", "label": "文字", "type": "text", "value": chosen.get("q", ""), "options": []},
    ]


def _select(name: str, label: str, chosen: dict[str, str], options: dict[str, str]) -> dict[str, Any]:
    every = [{"value": "", "text": "全部"}, *({"value": value, "text": text} for value, text in options.items())]
    return {"name": name, "label": label, "type": "select", "value": chosen.get(name, ""), "options": every}


def _said(visit: Visit, asked: Asked) -> dict[str, str]:
    """Each chosen condition in words."""
    names, kinds = Names(visit.db), _kinds_and_types()
    said = {}
    for name, value in asked.chosen.items():
        if name == "what":
            said[name] = kinds.get(value, value).strip("　").removesuffix("（全部）")
        elif name in ("organisation", "place", "record"):
            label = {"organisation": "签署机构：", "place": "地点：", "record": "与它有关："}[name]
            said[name] = label + names.zh(value)
        elif name in ("from", "to"):
            said[name] = f"{'从' if name == 'from' else '到'}{_day(value)}"
        elif name == "q":
            said[name] = f"含“{value}”"
        elif name == "before":
            said[name] = f"第{int(value):,}条以前" if NUMBER.fullmatch(value) else value
        elif name == "figure" and asked.figure:
            subject = f"（{asked.figure.subject}）" if asked.figure.subject else ""
            said[name] = f"数字：{asked.figure.source.label}{subject}"
    return said


def _day(text: str) -> str:
    try:
        return words.full_day(date.fromisoformat(text))
    except ValueError:
        return text


def _title(visit: Visit, asked: Asked) -> str:
    return "，".join(_said(visit, asked).values()) or "全部账目"


def _chips(visit: Visit, asked: Asked) -> list[dict[str, str]]:
    chips = []
    for name, text in _said(visit, asked).items():
        gone = {name, "of"} if name == "figure" else {name}
        left = {key: value for key, value in asked.chosen.items() if key not in gone}
        chips.append({"text": text, "href": _address(left)})
    return chips


def _claim(found: sources.Found | None) -> str:
    if found is None:
        return ""
    value, unit = found.figure.value, found.source.unit
    shown = words.money(value).strip() if unit == sources.FEN else f"{value:,}{unit}"
    about = f"{found.subject}：" if found.subject else ""
    return f"{about}{found.source.label}{shown}，由下面{len(found.figure.entries):,}条账目算出。"


def _count(found: AuditPage) -> str:
    since = "" if found.left_at is None else f"第{found.left_at:,}条以后"
    return f"{since}{found.sums.count:,}条"


def _older(visit: Visit, asked: Asked, found: AuditPage) -> dict[str, str] | None:
    """Where to go on, where there was more to look at than one looks at while somebody waits."""
    if found.left_at is None:
        return None
    said = f"一次最多看{MOST:,}条，这里看到第{found.left_at:,}条为止，更早的还没有看。"
    address = _address({**asked.chosen, "before": str(found.left_at)}, visit.place)
    return {"said": said, "href": address, "text": f"接着看第{found.left_at:,}条以前的"}


def _sums(found: AuditPage) -> list[str]:
    sums = found.sums
    parts = [f"只加了最近的{MOST:,}条"] if sums.more and found.left_at is None else []
    for label, fen in (
        ("收到现金", sums.cash_received_fen),
        ("支付", sums.cash_paid_fen),
        ("收到物资，折价", sums.goods_fen),
        ("收到服务，折价", sums.service_fen),
    ):
        if fen:
            parts.append(f"{label}{words.money(fen)}")
    if sums.service_hours:
        parts.append(f"服务{sums.service_hours:,}小时")
    if sums.late_count:
        parts.append(f"{sums.late_count:,}条不是当天记入的")
    return parts


def _pager(place: str, chosen: dict[str, str], found: AuditPage) -> dict[str, Any] | None:
    if found.page_count <= 1:
        return None
    at = found.page
    return {
        "previous": _address({**chosen, "page": str(at - 1)}, place) if at > 1 else None,
        "next": _address({**chosen, "page": str(at + 1)}, place) if at < found.page_count else None,
        "text": f"第{at:,}页，共{found.page_count:,}页",
    }


def _address(chosen: dict[str, str], place: str = "/audit") -> str:
    return f"{place}?{urlencode(chosen, safe='/~')}" if chosen else place
