"""/where: activities, works and money per place, sorted by money, and what has no place yet."""

from collections import defaultdict
from typing import Any

from projections import where
from projections.rows import Named, Place
from public_site.presenters import words
from public_site.presenters.figures import cell, figure
from public_site.presenters.pagers import slice_of
from public_site.visit import PAGE_ROWS, Page, Visit

COLUMNS = [
    {"text": "地点"},
    {"text": "级别"},
    {"text": "活动（次）", "numeric": True},
    {"text": "验收的工程（批）", "numeric": True},
    {"text": "已付款（元）", "numeric": True},
]

STEP_COLUMNS = [
    {"text": "地点"},
    {"text": "级别"},
    {"text": "活动，含下级（次）", "numeric": True},
    {"text": "已付款，含下级（元）", "numeric": True},
]
MOST_PLACES, TOP = 50, 10
"""More places than that are shown level by level, and of all of them the TOP where most was paid."""


def page(visit: Visit) -> Page:
    """The first question."""
    totals, registered = where.totals(visit.db), where.registered(visit.db)
    values = {
        "title": "在哪里帮扶",
        "heading": "在哪里帮扶",
        "crumbs": [],
        "figures": [
            figure("where.villages", totals.villages),
            figure("where.schools", totals.schools),
            figure("where.activities", totals.activities),
            figure("where.paid", totals.paid_fen),
            figure("where.unplaced", totals.unplaced),
        ],
        "columns": COLUMNS,
        **(_whole(visit) if sum(registered.values()) <= MOST_PLACES else _by_steps(visit, registered)),
    }
    return Page("where.html", values, section="where")


def _whole(visit: Visit) -> dict[str, Any]:
    """Every place at once, while they are few."""
    places = where.places(visit.db)
    return {
        "lead": _lead(places),
        "rows": _rows(places),
        "total": _total(places),
        "tree": _tree(places),
        "idle": [place for place in places if place.level in ("village", "school") and not place.activities.value],
        "steps": None,
    }


def _by_steps(visit: Visit, registered: dict[str, int]) -> dict[str, Any]:
    """The places where most was paid, and the others level by level: those directly within one, a page at a time."""
    asked = visit.query.get("in", "")
    within = where.place(visit.db, asked) if asked else None
    parent = within.place.reference if within else None
    shown = slice_of(visit, visit.place, where.below_count(visit.db, parent), chosen={"in": asked} if asked else {})
    most = where.most_paid(visit.db, size=TOP)
    steps = {
        "columns": STEP_COLUMNS,
        "rows": [_step(visit, place) for place in where.below(visit.db, parent, start=shown.offset, size=PAGE_ROWS)],
        "total": _step_total(within) if within else None,
        "path": [_within(visit, place) for place in where.holding(visit.db, parent)] if parent else [],
        "here": within and {"text": within.place.zh, "href": words.href_of(parent or "")},
        "all": visit.place,
        "pager": shown.pager,
    }
    rows = [_row(place, most[0].paid_fen.value) for place in most]
    return {"lead": _said(visit, registered), "rows": rows, "total": None, "tree": [], "idle": [], "steps": steps}


def _said(visit: Visit, registered: dict[str, int]) -> str:
    totals = where.totals(visit.db)
    levels = "、".join(
        f"{registered[level]:,}{'所' if level == 'school' else '个'}{word}"
        for level, word in words.LEVELS.items()
        if level in registered
    )
    idle = [
        f"{registered.get(level, 0) - done.value:,}{word}"
        for level, done, word in (("village", totals.villages, "个村"), ("school", totals.schools, "所学校"))
        if registered.get(level, 0) > done.value
    ]
    said = f"登记了{sum(registered.values()):,}个地点：{levels}。"
    return said + (f"{'、'.join(idle)}还没有活动。" if idle else "登记的每个村、每所学校都有过活动。")


def _within(visit: Visit, place: Named) -> dict[str, str]:
    return {"text": place.zh, "href": f"{visit.place}?in={place.reference}"}


def _step(visit: Visit, place: Place) -> list[Any]:
    of = place.place.reference
    open_up = where.below_count(visit.db, of) > 0
    name = _within(visit, place.place) if open_up else {"text": place.place.zh, "href": words.href_of(of)}
    activities = cell("place.activities_within", place.activities_within, of=of)
    return [name, words.LEVELS[place.level], activities, cell("place.paid_within", place.paid_within_fen, of=of)]


def _step_total(place: Place) -> list[Any]:
    of = place.place.reference
    activities = cell("place.activities_within", place.activities_within, of=of)
    return ["合计（不重复计）", "各级", activities, cell("place.paid_within", place.paid_within_fen, of=of)]


def _lead(places: tuple[Place, ...]) -> str:
    if not places:
        return "还没有登记地点，所以还没有可以按地点公布的活动和付款。"
    local = [place for place in places if place.level in ("village", "school")]
    most = max(local, key=lambda place: place.paid_fen.value, default=None)
    root = next(place for place in places if place.parent is None)
    if most is None or not most.paid_fen.value:
        return f"登记了{len(places)}个地点，还没有一笔付款用在其中的村和学校。"
    share = words.percent(most.paid_fen.value, root.paid_within_fen.value)
    idle = [place.place.zh for place in local if not place.activities.value]
    said = f"已付款的{share}用在{most.place.zh}，是村和学校中最多的。"
    return said + (f"{'、'.join(idle)}还没有完成的活动。" if idle else "登记的每个村、每所学校都有过活动。")


def _rows(places: tuple[Place, ...]) -> list[list[Any]]:
    shown = [place for place in places if place.level in ("village", "school") or _anything(place)]
    ordered = sorted(shown, key=lambda place: (-place.paid_fen.value, place.index))
    most = max((place.paid_fen.value for place in shown), default=0) or 1
    return [_row(place, most) for place in ordered]


def _anything(place: Place) -> bool:
    return bool(place.paid_fen.value or place.activities.value or place.works.value)


def _row(place: Place, most: int) -> list[Any]:
    of = place.place.reference
    name = place.place.zh if place.level in ("village", "school") else f"{place.place.zh}（分不到某村某校的）"
    return [
        {"text": name, "href": words.href_of(of)},
        words.LEVELS[place.level],
        cell("place.activities", place.activities, of=of),
        cell("place.works", place.works, of=of),
        cell("place.paid", place.paid_fen, of=of),
        {"bar": [{"percent": 100 * place.paid_fen.value / most, "plan": "ink"}]},
    ]


def _total(places: tuple[Place, ...]) -> list[Any] | None:
    roots = [place for place in places if place.parent is None]
    if len(roots) != 1:
        return None
    root = roots[0]
    of = root.place.reference
    activities = cell("place.activities_within", root.activities_within, of=of)
    return ["合计（不重复计）", "各级", activities, "不合计", cell("place.paid_within", root.paid_within_fen, of=of)]


def _tree(places: tuple[Place, ...]) -> list[dict[str, Any]]:
    """Every place below the one that it belongs to."""
    below: dict[str | None, list[dict[str, Any]]] = defaultdict(list)
    for place in places:
        reference = place.place.reference
        branch = {
            "text": place.place.zh,
            "href": words.href_of(reference),
            "level": words.LEVELS[place.level],
            "priority": place.priority,
            "below": below[reference],
        }
        below[place.parent.reference if place.parent else None].append(branch)
    return below[None]
