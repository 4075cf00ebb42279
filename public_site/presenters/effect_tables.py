"""The tables under the charts of effect and of what the programme asks for."""

from typing import Any

from projections.rows import Indicator
from public_site.drawings.duties import Period
from public_site.presenters.figures import entry_cell
from public_site.presenters.things import indicator_row

EFFECT_COLUMNS = [
    {"text": "指标"},
    {"text": "原来", "numeric": True},
    {"text": "目标", "numeric": True},
    {"text": "实际", "numeric": True},
    {"text": "结果"},
]
DUTY_COLUMNS = [
    {"text": "要求"},
    {"text": "时段"},
    {"text": "应办（次）", "numeric": True},
    {"text": "已办（次）", "numeric": True},
]


def effect_row(item: Indicator) -> list[Any]:
    """An indicator with the entry behind each of its values."""
    row = indicator_row(item)
    name = {"text": row["name"], "href": row["href"]}
    return [name, row["baseline"], row["target"], row["actual"], row["result"]["word"]]


def duty_row(row: Period) -> list[Any]:
    """One obligation in one period, with the entry that set it."""
    done: Any = "还没有记录"
    if row.done is not None:
        done = {"text": f"{row.done.value:,}", "entries": row.done.entries}
    return [row.title, row.period, entry_cell(f"{row.owed:,}", row.index), done]
