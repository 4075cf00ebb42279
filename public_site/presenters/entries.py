"""Entries as rows of the audit trail, beads of a chain, events of a thread."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from markupsafe import Markup

from projections.rows import Correction, EntryRow
from public_site.presenters import words

LATE_DAYS = 7
CORRECTED = Markup('<del><span class="hide">原为</span>{}</del> <ins><span class="hide">更正为</span>{}</ins>')


def log_row(row: EntryRow) -> dict[str, Any]:
    """One line of the audit trail."""
    return {
        "index": row.index,
        "sentence": said(row),
        "flags": _flags(row),
        "kind": row.label.zh,
        "organisation": row.organisation.zh if row.organisation else "账本管理员",
        "organisation_href": words.href_of(row.organisation.reference) if row.organisation else "",
    }


def lateness(row: EntryRow) -> str:
    """How long after it happened it was recorded, in words; "" on the same day."""
    if row.lateness_days <= 0:
        return ""
    if row.lateness_days == 1:
        return "次日记入"
    return f"事情发生后{row.lateness_days:,}天{'才' if row.lateness_days > LATE_DAYS else ''}记入"


def by_day(rows: Iterable[EntryRow]) -> list[dict[str, Any]]:
    """Rows in the order given, under the day on which they were recorded."""
    return [
        {"day": words.weekday(day), "rows": [log_row(row) for row in found]}
        for day, found in groupby(rows, key=lambda row: row.recorded_on)
    ]


def beads(chain: Iterable[EntryRow], current: int | None = None) -> list[dict[str, Any]]:
    """A record's own entries; ``current`` is the one whose page this is."""
    return [
        {
            "label": row.label.zh,
            "index": row.index,
            "href": f"/entries/{row.index}",
            "date": words.when(row.occurred_on),
            "current": row.index == current,
        }
        for row in chain
    ]


def event(row: EntryRow) -> dict[str, Any]:
    """One thing that happened, with its day and entry."""
    return {"sentence": said(row), "date": words.when(row.occurred_on), "entries": [row.index]}


def said(row: EntryRow, *, before: str = "") -> str:
    """The entry's sentence after ``before``; struck where it is void, with the new one where it was corrected."""
    old = f"{before}{row.sentence.zh}"
    if row.standing == "voided":
        return Markup("<del>{}</del> <ins>已作废。</ins>").format(old)
    if row.sentence_now is None:
        return old
    return CORRECTED.format(old, f"{before}{row.sentence_now.zh}")


def correction(item: Correction) -> dict[str, Any]:
    """What was wrong, what is right, why and how long it stood, as one event with both entries."""
    word = "作废" if item.void else "更正"
    changes = [_change(change.label.zh, change.old, change.new) for change in item.changes]
    what = Markup("；").join(changes) or item.target.sentence.zh
    which = f"{item.target.record.zh}，{item.target.label.zh}"
    why = Markup("{}　{}　原因：{}。错误的值在账上{}天。").format(which, what, item.reason.zh, item.stood_days)
    return {
        "sentence": why,
        "date": words.when(item.entry.recorded_on),
        "entries": [{"index": item.entry.index, "word": word}, item.target.index],
    }


def correction_row(item: Correction) -> dict[str, Any]:
    """The same at length: what it was about, the old values struck and the new ones, who put it right and why."""
    word = "作废" if item.void else "更正"
    changes = [_change(change.label.zh, change.old, change.new) for change in item.changes]
    what = Markup("；").join(changes) or ("补正不公开的内容" if not item.void else said(item.target))
    record = Markup('<a href="{}">{}</a>').format(words.href_of(item.target.record.reference), item.target.record.zh)
    who = item.entry.organisation.zh if item.entry.organisation else "账本管理员"
    stood = f"错误的值在账上{item.stood_days:,}天。" if item.stood_days else "当天就改过来了。"
    return {
        "sentence": Markup("{}，{}：{}").format(record, item.target.label.zh, what),
        "note": {"tone": "red", "title": word, "sentence": f"原因：{item.reason.zh}。由{who}{word}，{stood}"},
        "date": words.when(item.entry.recorded_on),
        "entries": [{"index": item.entry.index, "word": word}, item.target.index],
    }


def _change(label: str, old: Any, new: Any) -> Markup:
    before, after = (side.zh.strip() if side else "没有填" for side in (old, new))
    return Markup("{}：").format(label) + CORRECTED.format(before, after)


def _flags(row: EntryRow) -> list[dict[str, str]]:
    word = "作废" if row.standing == "voided" else "更正"
    flags = [
        {"text": f"已由第{index:,}条{word}", "tone": "red", "href": f"/entries/{index}"} for index in row.amended_by
    ]
    if row.standing == "lapsed":
        flags.append({"text": "工程后来更正过，这次验收已失效", "tone": "red"})
    if row.amends is not None:
        flags.append({"text": f"看原来的第{row.amends:,}条", "tone": "", "href": f"/entries/{row.amends}"})
    if late := lateness(row):
        flags.append({"text": late, "tone": "amber" if row.lateness_days > LATE_DAYS else ""})
    return flags
