"""Figures that were signed, in words: what each is called, what it was and is, and how its digest fares."""

import sqlite3
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from ledger.domain.disclosure import QUESTIONS
from projections.disclosed.claims import Claim
from projections.disclosed.figures import SCHEMAS, Canonical, Change, Value
from projections.disclosed.past import Past
from public_site import sources
from public_site.presenters import words
from public_site.subjects import subject

CHANGE_COLUMNS = [
    {"text": "数字"},
    {"text": "当时", "numeric": True},
    {"text": "今天", "numeric": True},
]
SCHEMA_COLUMNS = [{"text": "页面"}, {"text": "名称"}, {"text": "意思"}, {"text": "有几个值", "numeric": True}]
UNLINKED = {
    "project.state": ("项目状态", ""),
    "project.budget": ("预算", sources.FEN),
    "batch.count": ("这一批的人次或户次", ""),
    "need.count": ("没有满足的需求，数量", ""),
    "need.waited": ("没有满足的需求，等了", "天"),
    "quarter.in_hand": ("季末在账上", sources.FEN),
    "indicator.outcome": ("指标结果", ""),
    "indicator.baseline": ("指标原来的值", ""),
    "indicator.target": ("指标的目标", ""),
    "indicator.actual": ("指标实际的值", ""),
    "duty.owed": ("方案要求的次数", ""),
}
"""Figures that one entry states, so that no link counts them: label and unit."""
VERDICTS = {
    "same": ("ok", "相同"),
    "different": ("bad", "不同"),
    "newer": ("unknown", "算法较新，未重算"),
    "unchecked": ("unknown", "未重算"),
}


def page_of(question: str) -> str:
    """The path of a question's page: ``how-much``."""
    return question.replace("_", "-")


def verdict(past: Past | None, claim: Claim) -> str:
    """same, different, newer (a schema that is not known here) or unchecked, without computing anything anew."""
    if claim.schema not in SCHEMAS:
        return "newer"
    found = past and past.known_digest(claim.at_size, claim.schema, claim.question)
    if not found:
        return "unchecked"
    return "same" if found == claim.digest else "different"


def verdict_cell(past: Past | None, claim: Claim) -> dict[str, str]:
    """The verdict in a table, linked to the page as it was."""
    word = VERDICTS[verdict(past, claim)][1]
    return {"text": word, "href": f"/as-of/{claim.at_size}/{page_of(claim.question)}"}


def change_row(db: sqlite3.Connection, change: Change, size: int) -> list[Any]:
    """A figure that differs, with both values and their links."""
    return [
        label_of(db, change.name, change.of),
        _cell(change.name, change.of, change.then, f"/as-of/{size}"),
        _cell(change.name, change.of, change.now, ""),
    ]


def in_words(change: Change) -> str:
    """``收到现金当时是2,000.00元，今天是3,000.00元``: of a figure of the whole ledger."""
    label, unit = _called(change.name)
    then, now = (
        words.money(int(value or 0)) if unit == sources.FEN else f"{value_of(change.name, value)}{unit}"
        for value in (change.then, change.now)
    )
    return f"{label}当时是{then}，今天是{now}"


def label_of(db: sqlite3.Connection, name: str, of: str) -> str:
    """What a figure is called, its unit, and what it is about."""
    about = f"第{of}条" if name == "batch.count" else subject(db, of)
    return f"{name_of(name)}{f'：{about}' if about else ''}"


def name_of(name: str) -> str:
    """What a figure is called, and its unit."""
    label, unit = _called(name)
    word = "元" if unit == sources.FEN else "人次或户次" if name == "people.cell" else unit
    return f"{label}（{word}）" if word else label


def schema_rows(canonical: Mapping[str, Canonical]) -> list[list[Any]]:
    """Every name of the figures that are signed: the page, the name, what it means, how many values there are."""
    return [
        [QUESTIONS[question][0], name, name_of(name), f"{len(value) if isinstance(value, dict) else 1:,}"]
        for question, found in canonical.items()
        for name, value in found["figures"].items()
    ]


def value_of(name: str, value: Value | None) -> str:
    """A value as pages show it."""
    if value is None:
        return "没有"
    if name == "project.state":
        return words.state("project", str(value))
    if name == "indicator.outcome":
        return words.badge("indicator", str(value))["word"]
    if isinstance(value, str):
        return value
    return words.amount(value) if _called(name)[1] == sources.FEN else f"{value:,}"


def _called(name: str) -> tuple[str, str]:
    if name in UNLINKED:
        return UNLINKED[name]
    source = sources.SOURCES[name]
    return source.label, source.unit


def _cell(name: str, of: str, value: Value | None, base: str) -> Any:
    text = value_of(name, value)
    if not value or name in UNLINKED or name == "flow":
        return text
    asked = {"figure": name, **({"of": of} if of else {})}
    return {"text": text, "href": f"{base}/audit?{urlencode(asked, safe='/~')}"}
