"""Stations of a thread, as ``ui.thread`` wants them. A missing station is shown, never left out."""

from collections.abc import Sequence
from typing import Any

from projections.rows import EntryRow, Station
from public_site.presenters.entries import event

MARKS = {"done": "ok", "partly": "part", "missing": "missing", "none": "none"}
STATIONS = {
    "need": "需求",
    "project": "项目",
    "donation": "捐赠",
    "works": "工程、奖学金或服务",
    "acceptance": "验收",
    "effect": "效果",
    "remainder": "结余说明",
}
NOTES = {"done": "已有记录", "partly": "部分", "missing": "应有而没有", "none": "还没有"}
SHOWN, EACH_END = 10, 4
MILESTONES = frozenset({"renovation.completed", "award.granted", "project.completed"})
"""Always shown: what was finished."""


def station(found: Station, *, note: str, absent: str, events: Sequence[dict[str, Any]] = ()) -> dict[str, Any]:
    """One station: ``events`` in place of its entries where they say it better, ``absent`` where there is nothing."""
    return {
        "name": STATIONS[found.name],
        "note": note or NOTES[found.state],
        "mark": MARKS[found.state],
        "events": list(events) or entry_events(found.entries) or [{"sentence": absent}],
        "effect": found.name == "effect",
    }


def entry_events(rows: tuple[EntryRow, ...]) -> list[dict[str, Any]]:
    """Entries as events; of many only the first, the last and the milestones, and how many lie between."""
    if len(rows) <= SHOWN:
        return [event(row) for row in rows]
    ends = {*rows[:EACH_END], *rows[-EACH_END:]}
    hidden = [row.index for row in rows if row not in ends and row.type not in MILESTONES]
    events = [event(row) for row in rows if row.index not in hidden]
    if hidden:
        events.insert(EACH_END, {"sentence": f"中间还有{len(hidden)}条账目。", "entries": hidden})
    return events
