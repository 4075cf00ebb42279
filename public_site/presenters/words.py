"""Values as the public reads them: money, days, periods, codes and links, in Chinese."""

from datetime import date, datetime, timedelta, timezone

from ledger.domain.catalogue import KINDS, state_label
from ledger.domain.event import CAPABILITIES, Event
from ledger.domain.organisation import OrganisationRegistered, OrganisationScreened
from ledger.domain.programme import Participant
from ledger.domain.renovation import CATEGORIES
from ledger.domain.sentences import format_amount, format_day, format_money
from ledger.domain.values import GROUPS, Label, Part, kind_of
from projections.rows import Named

BEIJING = timezone(timedelta(hours=8))
WEEKDAYS = "一二三四五六日"
PATHS = {
    "organisation": "organisations",
    "key": "keys",
    "place": "places",
    "programme": "programmes",
    "project": "projects",
    "donation": "donations",
    "payment": "payments",
    "award": "awards",
    "renovation": "renovations",
    "indicator": "indicators",
    "team": "teams",
    "companionship": "companionships",
    "training": "trainings",
    "service": "services",
    "need": "needs",
    "case": "cases",
    "honour": "honours",
    "problem": "problems",
    "question": "questions",
}
"""Where the page of a record of each kind is; a record of any other kind is shown by its entries."""
UNITS = {"family": "户次"}
LEVELS = {"county": "县", "town": "镇", "village": "村", "school": "学校"}
USES = {
    "award": "奖学金",
    "project": "项目开展",
    "unpaid": "已分配、未支付",
    "unallocated": "尚未分配",
    "returned": "退回捐赠方",
}
FORMS = {"cash": "现金", "goods": "物资", "service": "服务"}
PER = {"year": "每年", "whole": "全程"}
BADGES = {
    **dict.fromkeys(("confirmed", "accepted", "granted", "met", "held", "delivered"), "ok"),
    **dict.fromkeys(("answered", "resolved", "corrected"), "ok"),
    **dict.fromkeys(("received", "pledged", "planned", "raised", "routed"), "wait"),
    **dict.fromkeys(("revoked", "reversed", "cancelled", "declined", "suspended", "voided", "missed"), "bad"),
    "reopened": "bad",
}
"""How states look; any other is shown in words alone."""
QUARTERS = "一二三四"
PLAN_COLOURS = {"tongmeng": "c1", "shengji": "c2", "tongban": "c3", "zhiban": "c4"}

money = format_money
"""`` 20,000.00 元`` with no-break spaces, for sentences."""
amount = format_amount
"""``20,000.00``, for figures and tables whose label says 元."""


def full_day(value: date) -> str:
    """``2023年5月14日``."""
    return format_day(value)


def when(value: date) -> dict[str, str]:
    """A day for ``<time>``."""
    return {"text": format_day(value), "iso": value.isoformat()}


def weekday(value: date) -> dict[str, str]:
    """``2023年5月14日 星期日`` for ``<time>``."""
    return {"text": f"{format_day(value)} 星期{WEEKDAYS[value.weekday()]}", "iso": value.isoformat()}


def moment(value: datetime) -> str:
    """``2023年5月14日18:02``, Beijing time, which each page's foot names."""
    local = value.astimezone(BEIJING)
    return f"{format_day(local.date())}{local:%H:%M}"


def period(start: date, end: date) -> str:
    """``2022年4月1日至12月31日``: the year again only where it differs."""
    if start == end:
        return format_day(start)
    closing = format_day(end)
    return f"{format_day(start)}至{closing.partition('年')[2] if start.year == end.year else closing}"


def months(start: date, end: date) -> str:
    """``2022年4月至2024年12月``."""
    year = "" if start.year == end.year else f"{end.year}年"
    return f"{start.year}年{start.month}月至{year}{end.month}月"


def percent(part: int, whole: int) -> str:
    """``92.3%`` from exact values, rounded half up; 没有 where there is nothing to divide by."""
    if not whole:
        return "没有"
    tenths = (2000 * part + whole) // (2 * whole)
    return f"{tenths // 10}.{tenths % 10}%"


def href_of(reference: str) -> str:
    """The page of a record by ``kind/uuid``."""
    kind, _, uuid = reference.partition("/")
    return f"/{PATHS[kind]}/{uuid}" if kind in PATHS else f"/audit?record={reference}"


def list_path(kind: str) -> str:
    """The page that lists the records of a kind."""
    return f"/{PATHS[kind]}"


def kind(code: str) -> str:
    """What a kind of record is called."""
    return KINDS[code].zh


def link(named: Named) -> dict[str, str]:
    """A cell that links to a thing."""
    return {"text": named.zh, "href": href_of(named.reference)}


def names(items: tuple[Named, ...], *, none: str = "没有") -> str:
    """``甲、乙``, or the word for none."""
    return "、".join(item.zh for item in items) or none


def choices(cls: type[Part], field: str) -> dict[str, Label]:
    """The labels of a coded field."""
    return dict(kind_of(cls.model_fields[field]).choices)


def choice(cls: type[Event], field: str, code: str) -> str:
    """What a code is called; the code itself where nothing says."""
    return choices(cls, field).get(code, Label(code, code)).zh


def group(code: str) -> str:
    """儿童, 家庭 …"""
    return GROUPS[code][0] if code in GROUPS else code


def people_unit(code: str) -> str:
    """人次, or 户次 for families."""
    return UNITS.get(code, "人次")


def state(kind: str, code: str) -> str:
    """What the state of a record is called."""
    return state_label(kind, code).zh


def use(code: str) -> str:
    """What money was used for."""
    return CATEGORIES[code][0] if code in CATEGORIES else USES.get(code, code)


def capabilities(codes: tuple[str, ...]) -> str:
    """记录捐赠、分配和付款、验收 …"""
    return "、".join(CAPABILITIES[code].zh if code in CAPABILITIES else code for code in codes)


def roles(codes: tuple[str, ...]) -> str:
    """The roles of an organisation."""
    labels = choices(OrganisationRegistered, "roles")
    return "、".join(labels[code].zh if code in labels else code for code in codes)


def part_in_programme(code: str) -> str:
    """指导, 牵头, 支持 or 当地对接."""
    return choices(Participant, "role").get(code, Label(code, code)).zh


def organisation_kind(code: str) -> str:
    """协会, 基金会 …"""
    return choice(OrganisationRegistered, "organisation_kind", code)


def screening(code: str) -> str:
    """The result of a screening."""
    return choice(OrganisationScreened, "result", code)


def key_state(code: str, expires_on: date, as_of: date) -> str:
    """The state of a key as of a day: the ledger never says that one has expired, its day does."""
    return "已到期" if code == "enrolled" and expires_on < as_of else state("key", code)


def badge(kind: str, code: str) -> dict[str, str]:
    """State and word for a badge: never fine by default."""
    if code == "completed":
        return {"state": "wait" if kind == "renovation" else "ok", "word": state(kind, code)}
    return {"state": BADGES.get(code, "unknown"), "word": state(kind, code)}
