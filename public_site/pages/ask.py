"""/ask: the form for everybody, and the pages after it. What is posted to it is taken by the API, never here."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from ledger.domain.letter import MAX_CONTACT, MAX_WORDS, Asking, is_page
from ledger.domain.values import Label
from public_site.frame import ask_address, page_name
from public_site.presenters import words
from public_site.visit import Page, Visit

TITLE = "报告错误或提问"
STILL = "这份导出是静止的：没有服务器收您写的内容。请到公开这本账的网站去提问，或者找下面的机构。"
COPY = "本站是镜像，不收您写的内容。请到公开这本账的网站去提问，或者找下面的机构。"
FIELDS = (("words", "您要说的事"), ("contact", "联系方式"))


def page(visit: Visit) -> Page:
    """The empty form."""
    about = visit.query.get("about", "")
    empty = form(Asking(visit.takes_letters, {"about": about}))
    if not (visit.still or visit.moment.asked_at):
        return empty
    elsewhere = ask_address(visit, about) if visit.moment.asked_at else ""
    return replace(empty, values={**empty.values, "lead": STILL if visit.still else COPY, "elsewhere": elsewhere})


def form(asking: Asking, status: int = 200) -> Page:
    """The form as it stands, or what became of it."""
    about = asking.typed.get("about", "")
    about = about if is_page(about) else ""
    values = {
        "title": TITLE,
        "heading": _heading(asking),
        "crumbs": [],
        "lead": _lead(asking),
        "taken": asking.taken,
        "elsewhere": "",
        "number": asking.number,
        "about": about,
        "about_name": page_name(about) if about else "",
        "typed": {name: asking.typed.get(name, "") for name, _ in FIELDS},
        "faults": {name: fault.zh for name, fault in asking.faults.items()},
        "summary": _summary(asking),
        "max_words": MAX_WORDS,
        "max_contact": MAX_CONTACT,
    }
    return Page("ask.html", values, status=status)


def _heading(asking: Asking) -> str:
    if asking.number:
        return "已经收到"
    return TITLE if asking.taken else "这里不收留言"


def _lead(asking: Asking) -> str:
    if asking.number:
        return "请记下下面的编号，以后可以凭它查到答复。"
    if not asking.taken:
        return "本站没有设置收信密钥，不能保密地收下您写的内容，所以不收。"
    return "看到数字不对、有不明白的地方，或者要投诉，请写在这里。不用登录，不用留名。"


def _summary(asking: Asking) -> list[dict[str, Any]]:
    """What went wrong, for the top of the page; each fault leads to its field."""
    found = [] if asking.again_at is None else [{"text": _too_many(asking.again_at), "href": ""}]
    if asking.trouble is not None:
        found.append({"text": asking.trouble.zh, "href": ""})
    names = dict(FIELDS)
    found += [_fault(name, names.get(name, ""), fault) for name, fault in asking.faults.items()]
    return found


def _fault(name: str, title: str, fault: Label) -> dict[str, Any]:
    return {"text": f"{title}：{fault.zh}", "href": f"#f-{name}"} if title else {"text": fault.zh, "href": ""}


def _too_many(again_at: datetime) -> str:
    local = words.moment(again_at)
    return f"刚才从您的网络已经发来几条。为防滥用，请在{local}（北京时间）以后再发。您写的内容还在下面，没有丢。"
