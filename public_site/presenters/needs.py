"""Needs as rows of tables, events of a thread and words."""

from collections.abc import Iterable
from typing import Any

from markupsafe import Markup

from ledger.domain.need import CATEGORIES, STATES, UNITS
from projections.rows import Need
from public_site.presenters import words
from public_site.presenters.figures import entry_cell
from public_site.presenters.things import links

NEED_COLUMNS = (
    {"text": "需求"},
    {"text": "类别"},
    {"text": "数量"},
    {"text": "状态"},
    {"text": "承接的项目"},
    {"text": "等了（天）", "numeric": True},
)
STAGES = {code: label.zh for code, label in STATES.items()} | {
    "stranded": "对接的项目已取消",
    "lapsed": "待重新验收",
}
BADGES = {"met": "ok", "verified": "wait", "matched": "wait", "lapsed": "wait", "stranded": "bad"}


def category(code: str) -> str:
    """What a category of needs is called."""
    return CATEGORIES[code][0] if code in CATEGORIES else code


def quantity(need: Need) -> str:
    """``9间``, or ``家庭14户次`` where it is people who are in need."""
    if need.group is not None:
        return f"{words.group(need.group)}{need.count:,}{words.people_unit(need.group)}"
    return f"{need.count:,}{UNITS[need.unit or ''][0]}"


def badge(stage: str) -> dict[str, str]:
    """How a stage looks; what is not verified, or was withdrawn, is neither good nor bad."""
    return {"state": BADGES.get(stage, "unknown"), "word": STAGES[stage]}


def need_row(need: Need) -> list[Any]:
    """A row of needs; the days lead to the report they are counted from."""
    taken = need.stage in ("matched", "met", "lapsed")
    return [
        words.link(need.need),
        category(need.category),
        quantity(need),
        STAGES[need.stage],
        links([need.project]) if need.project and taken else "没有",
        entry_cell(f"{need.waited_days:,}", need.index),
    ]


def needs_met(found: Iterable[Need]) -> list[dict[str, Any]]:
    """The fact that works or a round met needs; none where they met none."""
    met = [need for need in found if need.stage == "met"]
    if not met:
        return []
    entries = [need.met_index for need in met if need.met_index is not None]
    return [{"label": "满足的需求", "value": links(need.need for need in met), "entries": entries}]


def need_event(need: Need) -> dict[str, Any]:
    """A need as one event of its project's thread, with the entries of its steps."""
    name = links([need.need])
    said = Markup("{}，{}，{}。").format(name, quantity(need), STAGES[need.stage])
    steps = ((need.matched_index, "对接"), (need.met_index, "满足"))
    later = [{"index": index, "word": word} for index, word in steps if index is not None]
    return {"sentence": said, "date": words.when(need.reported_on), "entries": [need.index, *later]}
