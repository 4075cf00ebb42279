"""Where a figure comes from: each has a name, and the audit trail finds its entries with the query that counted it.

    /audit?figure=balance.received
    /audit?figure=place.paid&of=place/018001b2-7be0-77ab-b472-148762d60455
    /audit?figure=people.cell&of=child~tongmeng~2023

``of`` is what the figure is about: a reference, a code, or several joined by ``~``.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, TypeVar
from urllib.parse import urlencode

from ledger.domain.values import GROUPS
from ledger.errors import NotFoundError
from projections import effect, how_much, things, threads, voice, what, where, whom
from projections.corrections import corrected
from projections.counted import figure, numbered
from projections.duties import reading as duties
from projections.figures import added, only
from projections.rows import Donor, DutyCounts, Figure, PeopleCount, Place, PlanMoney, Quarter
from public_site import delivery_figures, need_figures
from public_site.drawings.flows import MOST_DONORS, matching
from public_site.recognition_sources import RECOGNITION
from public_site.subjects import subject

T = TypeVar("T")
FEN = "fen"
_base: ContextVar[str] = ContextVar("base", default="")
"""What stands before the links of figures on the page that is being made: nothing, or the size it is shown at."""
_nothing: ContextVar[str] = ContextVar("nothing", default="")
"""Where figures lead that no entry is counted in; "" for each to the audit trail of its own."""


@dataclass(frozen=True, slots=True)
class Source:
    """What a figure is called, its unit (``fen``, or a counting word), and the query behind it."""

    label: str
    unit: str
    find: Callable[[sqlite3.Connection, str], Figure]


@dataclass(frozen=True, slots=True)
class Found:
    """A figure with its name in words: ``subject`` is what it is about, "" for the whole ledger."""

    source: Source
    subject: str
    figure: Figure


def resolve(db: sqlite3.Connection, name: str, of: str) -> Found:
    """The figure behind a link. Raises NotFoundError for a name or subject that there isn't."""
    source = SOURCES.get(name)
    if source is None:
        raise _unknown(name)
    return Found(source, subject(db, of), source.find(db, of))


def href(name: str, of: str, figure: Figure) -> str:
    """The link of a figure: its entry where there is one, else the audit trail of exactly its entries."""
    if name not in SOURCES:
        raise RuntimeError(f"no figure is called {name}")
    if (index := only(figure)) is not None:
        return f"/entries/{index}"
    if (nothing := _nothing.get()) and not figure.entries:
        return nothing
    return f"{_base.get()}/audit?{urlencode({'figure': name, **({'of': of} if of else {})}, safe='/~')}"


@contextmanager
def linked_under(base: str) -> Iterator[None]:
    """Within the block, figures lead to the audit trail as it was: ``/as-of/1604``."""
    token = _base.set(base)
    try:
        yield
    finally:
        _base.reset(token)


@contextmanager
def leading_nowhere(address: str) -> Iterator[None]:
    """Within the block, all figures that no entry is counted in lead to one page, which says so."""
    token = _nothing.set(address)
    try:
        yield
    finally:
        _nothing.reset(token)


def in_hand(db: sqlite3.Connection) -> Figure:
    """Cash that is still there: allocated and not paid, or not yet allocated."""
    return figure(db, "balance.in_hand")


def uncounted(db: sqlite3.Connection) -> Figure:
    """Batches that are recorded and do not count (yet): works not accepted, awards revoked."""
    return numbered(db, "people.uncounted")


def _one(rows: Iterable[T], wanted: str, key: Callable[[T], str]) -> T:
    for row in rows:
        if key(row) == wanted:
            return row
    raise _unknown(wanted)


def _unknown(name: str) -> NotFoundError:
    return NotFoundError(f"没有“{name[:60]}”这个数字。", f"There is no figure {name[:60]!r}.")


Load = Callable[[sqlite3.Connection, str], Any]


def _field(load: Load, name: str) -> Callable[[sqlite3.Connection, str], Figure]:
    return lambda db, of: attrgetter(name)(load(db, of))


def _place(db: sqlite3.Connection, of: str) -> Place:
    return where.place(db, of)


def _people(db: sqlite3.Connection, of: str) -> PeopleCount:
    rows = (*whom.people_counts(db), *whom.people_by_group(db))
    group, _, rest = of.partition("~")
    if group in GROUPS and rest == "~" and all(row.group != group for row in rows):
        return PeopleCount(group, None, None, Figure(0, ()), Figure(0, ()))
    return _one(rows, of, attrgetter("key"))


def _plan(db: sqlite3.Connection, of: str) -> PlanMoney:
    return _one(how_much.by_plan(db), of, attrgetter("plan"))


def _donor(db: sqlite3.Connection, of: str) -> Donor:
    return how_much.donor(db, of)


def _quarter(db: sqlite3.Connection, of: str) -> Quarter:
    return _one(how_much.by_quarter(db), of, attrgetter("key"))


def _flow(db: sqlite3.Connection, of: str) -> Figure:
    """As the graph has it; a donor that it does not show has flows of its own all the same."""
    found = matching(how_much.flows(db, most=MOST_DONORS), of)
    if found:
        return added(*(flow.fen for flow in found))
    kept = how_much.flow(db, of)
    if kept is None or not kept.entries:
        raise _unknown(of)
    return kept


def _state(db: sqlite3.Connection, of: str) -> Figure:
    return numbered(db, "projects.state", of)


def _all_projects(db: sqlite3.Connection, _: str) -> Figure:
    return numbered(db, "projects.all")


def _plan_projects(db: sqlite3.Connection, of: str) -> Figure:
    return _one((plan for each in what.programmes(db) for plan in each.plans), of, attrgetter("code")).projects


def _remainder(db: sqlite3.Connection, of: str) -> Figure:
    what.project(db, of)
    return figure(db, "project.remainder", of)


def _duties(db: sqlite3.Connection, of: str) -> DutyCounts:
    return duties.counts(db, of)


def _institution(db: sqlite3.Connection, of: str) -> Figure:
    return whom.institution(db, of).works


def _fields(load: Load, prefix: str, **names: tuple[str, str, str]) -> dict[str, Source]:
    """Sources of one loader: link name to (attribute, label, unit)."""
    return {
        f"{prefix}.{name}": Source(label, unit, _field(load, field)) for name, (field, label, unit) in names.items()
    }


SOURCES: dict[str, Source] = {
    **_fields(
        lambda db, _: where.totals(db), "where",
        villages=("villages", "开展过活动的村", "个"), schools=("schools", "开展过活动的学校", "所"),
        activities=("activities", "活动", "次"), paid=("paid_fen", "已付款", FEN),
        unplaced=("unplaced", "地点待补", "项"),
    ),
    **_fields(
        _place, "place",
        activities=("activities", "在当地的活动", "次"), paid=("paid_fen", "用在当地的付款", FEN),
        works=("works", "当地验收的工程", "批"), projects=("projects", "在当地的项目", "个"),
        activities_within=("activities_within", "在当地和下级地点的活动", "次"),
        paid_within=("paid_within_fen", "用在当地和下级地点的付款", FEN),
    ),
    "projects.all": Source("登记的项目", "个", _all_projects),
    "projects.state": Source("项目", "个", _state),
    "projects.plan": Source("项目", "个", _plan_projects),
    **_fields(
        what.project, "project",
        allocated=("allocated_fen", "已分配", FEN), paid=("paid_fen", "已支付", FEN),
    ),
    "project.remainder": Source("结余", FEN, _remainder),
    **_fields(_people, "people", cell=("count", "人次", "人次"), batches=("batches", "公布的批次", "批")),
    **{name: Source(*source) for name, source in (delivery_figures.SOURCES | need_figures.SOURCES).items()},
    "people.uncounted": Source("没有计入的批次", "批", lambda db, _: uncounted(db)),
    "institution.works": Source("验收的工程", "批", _institution),
    **_fields(
        lambda db, _: how_much.balance(db), "balance",
        received=("received", "收到现金", FEN), paid=("paid", "已支付", FEN), unpaid=("unpaid", "已分配、未支付", FEN),
        unallocated=("unallocated", "尚未分配", FEN), returned=("returned", "已退回", FEN),
        confirmed=("confirmed", "已核对银行流水", FEN), unconfirmed=("unconfirmed", "还没有核对银行流水", FEN),
        pledged=("pledged", "已承诺、还没有收到", FEN),
    ),
    "balance.in_hand": Source("账上结余", FEN, lambda db, _: in_hand(db)),
    **_fields(
        lambda db, _: how_much.in_kind(db), "in_kind",
        goods=("goods_fen", "物资折价", FEN), service=("service_fen", "服务折价", FEN),
        hours=("service_hours", "志愿服务", "小时"),
    ),
    **_fields(
        _plan, "plan",
        allocated=("allocated", "已分配", FEN), paid=("paid", "已支付", FEN), unpaid=("unpaid", "未支付", FEN),
    ),
    **_fields(
        _donor, "donor",
        gifts=("gifts", "捐赠", "笔"), cash=("cash_fen", "捐赠现金", FEN), goods=("goods_fen", "捐赠物资折价", FEN),
        service=("service_fen", "提供服务折价", FEN),
    ),
    **_fields(
        _quarter, "quarter",
        received=("received", "当季收到", FEN), paid=("paid", "当季支付", FEN), returned=("returned", "当季退回", FEN),
    ),
    "flow": Source("资金流向", FEN, _flow),
    **_fields(
        how_much.gift, "gift",
        received=("received", "收到", FEN), allocated=("allocated", "已分配", FEN), paid=("paid", "已支付", FEN),
        returned=("returned", "已退回", FEN), unallocated=("unallocated", "尚未分配", FEN),
    ),
    **_fields(
        lambda db, _: effect.totals(db), "effect",
        all=("all", "指标", "项"), met=("met", "达标", "项"), missed=("missed", "未达标", "项"),
        unmeasured=("unmeasured", "尚未测量", "项"),
    ),
    "award.paid": Source("已支付", FEN, _field(threads.award_page, "award.paid")),
    "renovation.paid": Source("已支付", FEN, _field(threads.renovation_page, "renovation.paid")),
    **_fields(
        things.organisation_page, "organisation",
        paid_to=("paid_to", "向它支付", FEN), delivered=("delivered", "完成并经验收的工程", "批"),
        accepted=("accepted", "由它验收的工程", "批"), signed=("signed", "由它签署的账目", "条"),
    ),
    **{name: Source(*each) for name, each in RECOGNITION.items()},
    **_fields(
        _duties, "duties",
        overdue=("overdue", "逾期未公开", "项"), soon=("soon", "90天内到期", "项"),
        on_time=("on_time", "按时公开", "项"), late=("late", "公开迟了", "项"),
    ),
    **_fields(
        lambda db, _: voice.totals(db), "voice",
        problems=("problems", "提出的问题", "个"), questions=("questions", "公众提问", "件"),
        waiting=("waiting", "还没有答复", "件"), answered=("answered", "已经答复", "件"),
        median=("median_days", "半数答复用时不超过", "天"), reopened=("reopened", "重新提出", "次"),
        corrected=("corrected", "因提问而更正", "处"),
    ),
    "corrections.all": Source("更正和作废", "处", lambda db, of: corrected(db, record=of or None)),
    "corrections.reason": Source("更正和作废", "处", lambda db, of: corrected(db, reason=of)),
    "key.signed": Source("用它签署的账目", "条", _field(things.key_page, "key.signed")),
}  # fmt: skip
