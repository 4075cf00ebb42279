"""The frame around every page: navigation, ledger strip, foot and index, all from the state of the ledger.

Only pages that exist are named here.
"""

from datetime import date
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

from ledger.domain.catalogue import KINDS
from ledger.domain.disclosure import QUESTIONS
from ledger.domain.letter import is_page
from ledger.domain.values import REFERENCE
from projections.corrections import corrected
from projections.disclosed.claims import claims
from projections.duties.reading import overdue_count
from projections.rows import Status
from public_site.drawings.qr import qr_code
from public_site.drawn import hole
from public_site.presenters import words
from public_site.rendering import versioned
from public_site.verification import Integrity, integrity
from public_site.visit import Page, Visit

NAV = (
    ("home", "/", "首页"),
    ("where", "/where", "在哪里"),
    ("what", "/what", "什么项目"),
    ("whom", "/whom", "帮了谁"),
    ("how-much", "/how-much", "帮了多少"),
    ("effect", "/effect", "效果"),
)
MORE = (
    ("audit", "/audit", "全部账目"),
    ("corrections", "/corrections", "更正"),
    ("duties", "/duties", "到期事项"),
    ("organisations", "/organisations", "参加机构"),
    ("verify", "/verify", "核对"),
    ("data", "/data", "数据下载"),
)
INDEX = (
    (
        "五个问题",
        (
            ("/where", "在哪里帮扶"),
            ("/what", "帮扶什么项目"),
            ("/whom", "帮了谁"),
            ("/how-much", "帮了多少"),
            ("/effect", "效果怎么样"),
        ),
    ),
    (
        "陪伴、培训和服务",
        (("/companionships", "陪伴"), ("/trainings", "培训和就业"), ("/services", "技能服务"), ("/teams", "队伍")),
    ),
    (
        "账本",
        (
            ("/audit", "全部账目"),
            ("/corrections", "更正和作废"),
            ("/duties", "到期事项"),
            ("/score", "公开程度评分"),
            ("/regions", "地区账本"),
            ("/entries/0", "账本启用（第0条）"),
            ("/search", "搜索"),
        ),
    ),
    (
        "谁参加",
        (
            ("/organisations", "参加机构"),
            ("/conduct", "行为规范"),
            ("/audit?what=organisation", "机构的账目"),
            ("/audit?what=key", "密钥的账目"),
        ),
    ),
    (
        "总结和宣传",
        (("/reports", "总结和公布"), ("/honours", "荣誉证书"), ("/cases", "案例"), ("/media", "媒体报道")),
    ),
    ("监督", (("/needs", "需求"), ("/problems", "问题和提问"), ("/ask", "报告错误或提问"))),
    (
        "核对",
        (
            ("/verify", "自己核对"),
            ("/trust", "凭什么相信"),
            ("/data", "数据下载"),
            ("/log/checkpoint", "账本签章"),
            ("/log/vkey", "账本公钥"),
        ),
    ),
)

END = "/verify"
"""The page of an export that says where it ends."""
HREFS = (*(href for _, links in INDEX for href, _ in links), *(href for _, href, _ in MORE))
"""The addresses that the index and the navigation lead to."""
TABLES_OF = {
    "audit": "entries", "where": "places", "places": "places", "what": "projects", "projects": "projects",
    "whom": "people", "how-much": "donations", "donations": "donations", "payments": "payments", "effect": "indicators",
    "needs": "needs", "organisations": "organisations", "duties": "duties", "problems": "voices", "score": "scores",
    "regions": "regions",
    "companionships": "deliveries", "trainings": "deliveries", "services": "deliveries",
}  # fmt: skip
"""The open table of a page, by the first part of its path."""

qr = lru_cache(maxsize=512)(qr_code)
"""The QR code of a page's address. Only addresses that anyone may know are asked for here."""


def site_of(visit: Visit, page: Page) -> SimpleNamespace:
    """The values that ``base.html`` reads."""
    return SimpleNamespace(
        demonstration=visit.moment.status.demonstration,
        lang="zh",
        stylesheet=versioned("site.css"),
        path=visit.path,
        section=page.section,
        strip=hole("strip"),
        foot=_foot(visit, page),
        english_url=None,
        qr=qr(visit.url),
        search=not visit.still,
        nav=_links(NAV, page.section),
        nav_more=_links(MORE, page.section),
        index=[{"heading": heading, "links": [_link(*each) for each in links]} for heading, links in INDEX],
    )


def bare_site() -> SimpleNamespace:
    """The frame where nothing is known of the ledger: error pages before the read models exist."""
    return SimpleNamespace(
        demonstration=False, lang="zh",
        stylesheet=versioned("site.css"), path="", section="", strip=None, foot=None, english_url=None, qr=None,
        search=False, nav=_links(NAV[:1], ""), nav_more=[], index=[],
    )  # fmt: skip


def found_about(visit: Visit) -> Integrity:
    """What the site found about the ledger as a whole, now."""
    status = visit.status
    last = words.moment(status.last_at) if status.last_at else ""
    return integrity(visit.log, rotations=visit.rotations, root=status.root, last=last)


def badges(visit: Visit) -> list[dict[str, str]]:
    """The three states of the ledger, none of which is good by default."""
    found = found_about(visit)
    witnesses = visit.log.witnesses().badge
    keys = ("state", "word", "sentence")
    followed = visit.log.followed()
    fresh = _still(visit) if visit.still else found.fresh if followed is None else followed.fresh(found.fresh)
    states = [dict(zip(keys, each, strict=True)) for each in (fresh, witnesses, found.whole)]
    return [{**each, "word": each["word"] or "未检查"} for each in states]


def _still(visit: Visit) -> tuple[str, str, str]:
    """An export is of its moment: whether it is the newest, nobody can tell from it."""
    last = f"第{visit.status.size - 1:,}条"
    return "unknown", f"导出到{last}", f"这是一份导出，到{last}为止；以后记入的账目不在里面。"


def strip(visit: Visit) -> dict[str, Any]:
    """The ledger strip: badges, entries, last date."""
    status = visit.status
    return {
        "badges": badges(visit),
        "overdue_count": overdue_count(visit.db),
        "entries_count": status.size,
        "last_index": status.last_index,
        "last_on": words.moment(status.last_at) if status.last_at else "",
        "witnesses": visit.log.witnesses().strip,
    }


def says_end(visit: Visit) -> bool:
    """Whether the page says up to where it goes. Of an export only the pages that are about the ledger as a whole do:

    all others lead to one that does, so that they stay as they are, byte for byte, until their own subject changes.
    """
    return not visit.still or (visit.path.count("/") == 1 and "?" not in visit.path)


def _foot(visit: Visit, page: Page) -> dict[str, Any]:
    return {
        **_covered(visit, page),
        **_corrections(visit),
        "actions": [*_actions(visit), *_downloads(visit), *_as_disclosed(visit, page)],
        "page_url": visit.url,
    }


def _covered(visit: Visit, page: Page) -> dict[str, Any]:
    if page.then:
        return covered(page.then)
    if says_end(visit):
        return {name: hole(name) for name in ("covered", "as_of", "root")}
    return {"covered": "这份导出里的全部", "end_href": END}


def covered(status: Status) -> dict[str, str]:
    """Which entries a page was computed from."""
    last = status.size - 1
    return {
        "covered": f"第0条至第{last:,}条" if last else "第0条",
        "as_of": f"{words.moment(status.last_at)}（北京时间）" if status.last_at else "尚无",
        "root": status.root.hex(),
    }


def _corrections(visit: Visit) -> dict[str, Any]:
    """How many corrections touch what the page is about; of a page that is about no one record, all there are."""
    record = _record(visit)
    if record is None and not says_end(visit):
        return {"corrections_said": "更正和作废另有一页", "corrections_href": "/corrections"}
    whose = "与本页这项记录有关的账目" if record else "全部账目"
    count = corrected(visit.db, record=record).value
    return {
        "corrections_count": count,
        "corrections_said": f"{whose}中有{count:,}处更正和作废" if count else f"{whose}中没有更正",
        "corrections_href": f"/corrections{f'?record={record}' if record else ''}" if count else "",
    }


def _record(visit: Visit) -> str | None:
    """The record that the page is about, by its path."""
    kinds = {path: kind for kind, path in words.PATHS.items()}
    kind = kinds.get(visit.path.split("/")[1].partition("?")[0])
    reference = f"{kind}/{visit.ids.get('id', '')}"
    return reference if kind and REFERENCE.fullmatch(reference) else None


def page_name(path: str) -> str:
    """What the page at a path is called, as far as the path tells."""
    known = {href: text for _, href, text in (*NAV, *MORE)}
    known |= {href: text for _, links in INDEX for href, text in links}
    if path in known:
        return f"“{known[path]}”页"
    first, _, rest = path.removeprefix("/").partition("/")
    if first == "entries" and rest.isdecimal():
        return f"第{int(rest):,}条账目"
    kind = next((kind for kind, name in words.PATHS.items() if name == first), None)
    return f"一项{KINDS[kind].zh}的页面" if kind and rest else f"网页{path}"


def _actions(visit: Visit) -> list[dict[str, str]]:
    """What one can do about a page: of a copy, where the ledger is published, if that is known."""
    if visit.place == "/ask" or (visit.still and not visit.moment.asked_at):
        return []
    return [{"href": ask_address(visit, visit.place), "text": "报告本页错误、提问"}]


def ask_address(visit: Visit, page: str) -> str:
    """The form for what is to be said of a page. Its query stays here: it may hold what somebody searched for."""
    return f"{visit.moment.asked_at}/ask{f'?about={page}' if is_page(page) else ''}"


def _downloads(visit: Visit) -> list[dict[str, str]]:
    """The open table that a page shows."""
    table = TABLES_OF.get(visit.path.split("/")[1].partition("?")[0])
    if table is None:
        return []
    name = f"{'demonstration-' if visit.moment.status.demonstration else ''}{table}.csv"
    return [{"href": f"/data/{name}", "text": "下载本页数据（CSV）"}]


def _as_disclosed(visit: Visit, page: Page) -> list[dict[str, str]]:
    """The way from one of the five pages of today to what was last published of it."""
    question = page.section.replace("-", "_")
    if page.then or question not in QUESTIONS or visit.place != f"/{page.section}":
        return []
    found = [claim for claim in claims(visit.db) if claim.question == question and claim.stands]
    if not found:
        return []
    href = f"/as-of/{found[-1].at_size}/{page.section}"
    return [{"href": href, "text": f"查看本页{words.full_day(date.fromisoformat(found[-1].recorded_on))}公布时的样子"}]


def _links(items: tuple[tuple[str, str, str], ...], section: str) -> list[dict[str, Any]]:
    return [{**_link(path, text), "current": name == section} for name, path, text in items]


def _link(path: str, text: str) -> dict[str, str]:
    return {"href": path, "text": text}
