"""/where: activities, works and money per place, sorted by money, and what has no place yet."""

from collections import defaultdict
from typing import Any

from projections import where
from projections.rows import Place
from public_site.presenters import words
from public_site.presenters.figures import cell, figure
from public_site.visit import Page, Visit

COLUMNS = [
    {"text": "地点"},
    {"text": "级别"},
    {"text": "活动（次）", "numeric": True},
    {"text": "验收的工程（批）", "numeric": True},
    {"text": "已付款（元）", "numeric": True},
]


def page(visit: Visit) -> Page:
    """The first question."""
    places, totals = where.places(visit.db), where.totals(visit.db)
    values = {
        "title": "在哪里帮扶",
        "heading": "在哪里帮扶",
        "crumbs": [],
        "lead": _lead(places),
        "figures": [
            figure("where.villages", totals.villages),
            figure("where.schools", totals.schools),
            figure("where.activities", totals.activities),
            figure("where.paid", totals.paid_fen),
            figure("where.unplaced", totals.unplaced),
        ],
        "columns": COLUMNS,
        "rows": _rows(places),
        "total": _total(places),
        "tree": _tree(places),
        "idle": [place for place in places if place.level in ("village", "school") and not place.activities.value],
    }
    return Page("where.html", values, section="where")


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
