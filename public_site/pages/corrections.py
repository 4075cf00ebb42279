"""/corrections: what was wrong, what is right, why, who put it right, and how long the wrong value stood."""

from typing import Any
from urllib.parse import urlencode

from ledger.domain.values import REFERENCE
from projections.corrections import REASONS, by_reason, corrected, corrections
from projections.names import Names
from projections.rows import CorrectionCount
from public_site.presenters.entries import correction_row
from public_site.presenters.figures import cell, figure
from public_site.visit import PAGE_ROWS, Page, Visit

COLUMNS = [
    {"text": "原因"},
    {"text": "更正还是作废"},
    {"text": "次数（处）", "numeric": True},
    {"text": "错误的值最长在账上（天）", "numeric": True},
]


def page(visit: Visit) -> Page:
    """All of them, those about one record, or those for one reason."""
    record, reason = _asked(visit)
    total = corrected(visit.db, record=record, reason=reason)
    counts = by_reason(visit.db, record=record)
    pages = max(1, -(-total.value // PAGE_ROWS))
    at = min(visit.number("page"), pages)
    found = corrections(visit.db, record=record, reason=reason, start=(at - 1) * PAGE_ROWS, size=PAGE_ROWS)
    chosen = {name: value for name, value in (("record", record), ("reason", reason)) if value}
    values = {
        "title": "更正和作废",
        "heading": "更正和作废",
        "crumbs": [],
        "lead": _lead(counts, record is not None),
        "figures": [] if chosen else [figure("corrections.all", total)],
        "columns": COLUMNS,
        "counts": [_count_row(row, whole=record is None) for row in counts],
        "chips": _chips(visit, chosen),
        "items": [correction_row(item) for item in found],
        "total": total.value,
        "pager": None if pages <= 1 else {
            "previous": _address({**chosen, "page": str(at - 1)}) if at > 1 else None,
            "next": _address({**chosen, "page": str(at + 1)}) if at < pages else None,
            "text": f"第{at:,}页，共{pages:,}页",
        },
    }  # fmt: skip
    return Page("corrections.html", values, section="corrections")


def _asked(visit: Visit) -> tuple[str | None, str | None]:
    """What in the address means anything; the rest is as if it were not there."""
    record, reason = visit.query.get("record", ""), visit.query.get("reason", "")
    return record if REFERENCE.fullmatch(record) else None, reason if reason in REASONS else None


def _lead(counts: tuple[CorrectionCount, ...], one: bool) -> str:
    where = "与这项记录有关的账目里" if one else "账本里"
    if not counts:
        return f"{where}没有更正，也没有作废。写错了的账目不能改，只能另记一条更正；更正以后，新旧两个值都留在这里。"
    total = sum(row.count.value for row in counts)
    voids = sum(row.count.value for row in counts if row.void)
    longest = max(row.longest_days for row in counts)
    said = f"{where}有{total:,}处更正和作废，其中作废{voids:,}处；错误的值最长在账上{longest:,}天。"
    return f"{said}原来的账目没有删改，旧值划去，新值写在后面。"


def _count_row(row: CorrectionCount, *, whole: bool) -> list[Any]:
    """Of the whole ledger each count leads to its entries; of one record to the list below."""
    count = cell("corrections.reason", row.count, of=row.code) if whole else f"{row.count.value:,}"
    reason = {"text": row.reason.zh, "href": f"/corrections?reason={row.code}"} if whole else row.reason.zh
    return [reason, "作废" if row.void else "更正", count, f"{row.longest_days:,}"]


def _chips(visit: Visit, chosen: dict[str, str]) -> list[dict[str, str]]:
    return [
        {"text": _said(visit, name, value), "href": _address({k: v for k, v in chosen.items() if k != name})}
        for name, value in chosen.items()
    ]


def _said(visit: Visit, name: str, value: str) -> str:
    return REASONS[value].zh if name == "reason" else f"与它有关：{Names(visit.db).zh(value)}"


def _address(chosen: dict[str, str]) -> str:
    return f"/corrections?{urlencode(chosen, safe='/')}" if chosen else "/corrections"
