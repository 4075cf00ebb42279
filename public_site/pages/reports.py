"""/reports: annual reviews, the final evaluation and published figures, each with the size it was signed at."""

from typing import Any

from markupsafe import Markup

from projections import reports
from projections.disclosed.claims import Claim, claims
from projections.disclosed.past import Past
from projections.rows.recognition import Missing, Report, ReportTotals
from public_site.presenters import words
from public_site.presenters.disclosed import verdict, verdict_cell
from public_site.presenters.figures import figure
from public_site.presenters.pagers import slice_of
from public_site.presenters.recognition import REPORT_COLUMNS, red, report_row
from public_site.visit import PAGE_ROWS, Page, Visit

FIGURE_COLUMNS = [
    {"text": "公布的数字"},
    *REPORT_COLUMNS[1:],
    {"text": "按前几条算", "numeric": True},
    {"text": "现在重算"},
]


def page(visit: Visit) -> Page:
    """The page of reports."""
    totals = reports.totals(visit.db)
    missing = reports.missing(visit.db, visit.as_of)
    shown = slice_of(visit, "/reports", totals.disclosures.value)
    claimed = {claim.index: claim for claim in claims(visit.db)}
    disclosures = reports.disclosures(visit.db, limit=PAGE_ROWS, offset=shown.offset)
    values = {
        "title": "总结和公布",
        "heading": "总结和公布",
        "crumbs": [],
        "lead": _lead(totals, missing),
        "missing": [_missing(item) for item in missing],
        "figures": [
            figure("report.reviews", totals.reviews),
            figure("report.finals", totals.finals),
            figure("report.disclosures", totals.disclosures),
            figure("report.late", totals.late, red=True),
        ],
        "columns": REPORT_COLUMNS,
        "reviews": [report_row(report) for report in reports.reviews(visit.db)[-PAGE_ROWS:]],
        "finals": [report_row(report) for report in reports.finals(visit.db)[-PAGE_ROWS:]],
        "figure_columns": FIGURE_COLUMNS,
        "disclosures": [_disclosure_row(report, visit.past, claimed[report.row.index]) for report in disclosures],
        "pager": shown.pager,
    }
    waiting = any(verdict(visit.past, claimed[report.row.index]) == "unchecked" for report in disclosures)
    return Page("reports.html", values, section="reports", settled=not waiting)


def _lead(totals: ReportTotals, missing: tuple[Missing, ...]) -> str:
    if not (totals.reviews.value or totals.finals.value or totals.disclosures.value):
        said = "还没有公布总结、评估和数字。"
    else:
        said = (
            f"公布了{totals.reviews.value}份年度总结、{totals.finals.value}份评估和结束报告、"
            f"{totals.disclosures.value}份分期数字，其中{totals.late.value}份迟了。"
        )
    return f"{said}还有{len(missing)}份应公布而没有公布。" if missing else said


def _missing(item: Missing) -> str:
    what = f"{item.year}年的总结" if item.year else "最终评估"
    return f"“{item.programme.zh}”{what}应在{words.full_day(item.due_on)}前公布，账本里没有"


def _disclosure_row(report: Report, past: Past | None, claim: Claim) -> list[Any]:
    row = report.row
    first: dict[str, Any] = {"text": (row.sentence_now or row.sentence).zh, "entries": [row.index]}
    size = {"text": f"{claim.at_size:,}", "href": f"/as-of/{claim.at_size}"}
    found = verdict_cell(past, claim)
    again = Markup('<a href="{}">{}</a>').format(found["href"], red(found["text"])) if _differs(past, claim) else found
    return [first, *report_row(report)[1:], size, again]


def _differs(past: Past | None, claim: Claim) -> bool:
    return verdict(past, claim) == "different"
