"""The tables under the charts of effect and of what the programme asks for."""

from typing import Any

from projections import obligations
from projections.rows import Indicator
from public_site.drawings.duties import Period
from public_site.presenters.figures import cell, entry_cell
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
    {"text": "要求", "numeric": True},
    {"text": "做到", "numeric": True},
    {"text": "其中下半年", "numeric": True},
    {"text": "差多少"},
]


def effect_row(item: Indicator) -> list[Any]:
    """An indicator with the entry behind each of its values."""
    row = indicator_row(item)
    name = {"text": row["name"], "href": row["href"]}
    return [name, row["baseline"], row["target"], row["actual"], row["result"]["word"]]


def duty_row(row: Period) -> list[Any]:
    """One obligation in one period, with the entry that set it and those that count towards it."""
    done: list[Any] = ["还没有记录", "还没有记录"]
    if row.done is not None:
        of = obligations.key_of(row.code, row.year)
        done = [cell("duty.done", row.done.all, of=of), cell("duty.late", row.done.late, of=of)]
        done[1] = done[1] if row.year else "不分年"
    return [row.title, row.period, entry_cell(f"{row.owed:,}", row.index), *done, _wanting(row)]


def _wanting(row: Period) -> str:
    if row.done is None:
        return "看不出"
    if row.stage == "ahead":
        return "还没有到"
    return f"少{row.less:,}" if row.less else f"多{row.more:,}" if row.more else "不差"
