"""/whom: institutions by name; people only as person-times of whole batches, by group, plan and year."""

from typing import Any

from projections import batches, needs, what, whom
from projections.rows import Batch, PeopleCount
from public_site import sources
from public_site.presenters import words
from public_site.presenters.figures import cell, figure
from public_site.presenters.needs import NEED_COLUMNS, need_row
from public_site.presenters.pagers import slice_of
from public_site.presenters.things import links
from public_site.visit import PAGE_ROWS, Page, Visit

COUNT_COLUMNS = [
    {"text": "人群"},
    {"text": "计划"},
    {"text": "年份"},
    {"text": "批次", "numeric": True},
    {"text": "人次或户次", "numeric": True},
]
BATCH_COLUMNS = [
    {"text": "批次"},
    {"text": "人群"},
    {"text": "地点"},
    {"text": "期间"},
    {"text": "是否计入"},
    {"text": "人次或户次", "numeric": True},
]
NEEDS_SHOWN = 10
SCHOOL_COLUMNS = [{"text": "学校"}, {"text": "项目"}, {"text": "验收的工程（批）", "numeric": True}]


def page(visit: Visit) -> Page:
    """The third question."""
    groups = whom.people_by_group(visit.db)
    plans = {code: label.zh for code, label in what.plan_titles(visit.db).items()}
    counted, schools = batches.batch_count(visit.db), whom.institution_count(visit.db)
    shown = slice_of(visit, visit.place, max(counted, schools))
    part = {"start": shown.offset, "size": PAGE_ROWS}
    totals = needs.totals(visit.db)
    unmet = totals.waiting
    values = {
        "title": "帮了谁",
        "heading": "帮了谁",
        "crumbs": [],
        "lead": _lead(groups),
        "figures": [
            *({**figure("people.cell", row.count, of=row.key, label=words.group(row.group)),
               "unit": words.people_unit(row.group)} for row in groups),
            figure("people.uncounted", sources.uncounted(visit.db), label="待验收、未计入的批次"),
            figure("needs.waiting", unmet),
        ],
        "count_columns": COUNT_COLUMNS,
        "counts": [_count(row, plans) for row in whom.people_counts(visit.db)],
        "batch_columns": BATCH_COLUMNS,
        "batches": [batch_row(batch) for batch in batches.every(visit.db, **part)],
        "pager": shown.pager,
        "school_columns": SCHOOL_COLUMNS,
        "schools": [
            [words.link(row.place), links(row.projects),
             cell("institution.works", row.works, of=row.place.reference)]
            for row in whom.institutions(visit.db, **part)
        ],
        "need_columns": list(NEED_COLUMNS),
        "needs": [need_row(need) for need in needs.waiting_longest(visit.db, {}, size=min(unmet.value, NEEDS_SHOWN))],
        "unmet": unmet.value,
        "reported": totals.reported.value,
    }  # fmt: skip
    return Page("whom.html", values, section="whom")


def _lead(groups: tuple[PeopleCount, ...]) -> str:
    if not groups:
        return "还没有公布过批次。人只按整批公布人次，不公布任何人的身份。"
    parts = [f"{words.group(row.group)}{row.count.value:,}{words.people_unit(row.group)}" for row in groups]
    missing = [
        words.group(code) for code in ("child", "youth16plus", "family") if code not in {row.group for row in groups}
    ]
    said = f"已经计入的有{'、'.join(parts)}。"
    return said + (f"还没有一批{'、'.join(missing)}。" if missing else "") + "按整批公布，不公布任何人的身份。"


def _count(row: PeopleCount, plans: dict[str, str]) -> list[Any]:
    of = row.key
    return [
        words.group(row.group),
        plans.get(row.plan or "", row.plan or "方案未规定"),
        f"{row.year}年",
        cell("people.batches", row.batches, of=of),
        cell("people.cell", row.count, of=of),
    ]


def batch_row(batch: Batch) -> list[Any]:
    """A row of batches."""
    return [
        words.link(batch.record),
        words.group(batch.group),
        words.link(batch.place),
        words.period(batch.starts_on, batch.ends_on),
        "已计入" if batch.counts else "未计入（还没有验收，或已撤销）",
        {"text": f"{batch.count:,}", "href": f"/entries/{batch.index}"},
    ]
