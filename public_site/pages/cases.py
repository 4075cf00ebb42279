"""/cases and /cases/{id}: what was reviewed and published, what waits, and what was withdrawn and why."""

from typing import Any

from projections import recognition
from projections.audit_trail import chain_rows
from projections.rows.recognition import CaseTotals
from public_site.presenters import words
from public_site.presenters.entries import beads, event, said
from public_site.presenters.figures import figure
from public_site.presenters.pagers import slice_of
from public_site.presenters.recognition import CASE_COLUMNS, badge, case_facts, case_row, withdrawal
from public_site.presenters.texts import attachments
from public_site.visit import PAGE_ROWS, Page, Visit

HOW_TITLE = "怎样公开"
HOW = (
    "案例的草稿封存报送，由另一家机构的密钥审核隐私，认不出任何人才能公开；公开的全文与审核过的草稿一字不差。改过的要重新审核。"
    "撤下的案例不再公开；标题和经过留在账本里，全文可以销毁。"
)


def every(visit: Visit) -> Page:
    """All cases, newest first."""
    totals = recognition.case_totals(visit.db)
    count = totals.published.value + totals.waiting.value + totals.withdrawn.value
    shown = slice_of(visit, "/cases", count)
    values = {
        "title": "案例",
        "heading": "案例",
        "crumbs": [],
        "lead": _lead(totals, count),
        "figures": [
            figure("case.published", totals.published),
            figure("case.waiting", totals.waiting),
            figure("case.withdrawn", totals.withdrawn, red=True),
        ],
        "list_title": "全部案例",
        "caption": "新的在前。撤下的也列出，只有标题。",
        "columns": CASE_COLUMNS,
        "rows": [case_row(item) for item in recognition.cases(visit.db, limit=PAGE_ROWS, offset=shown.offset)],
        "nothing": "还没有报送案例。报送以后要先由另一家机构审核隐私。",
        "pager": shown.pager,
        "how_title": HOW_TITLE,
        "how": HOW,
    }
    return Page("register.html", values, section="cases")


def _lead(totals: CaseTotals, count: int) -> str:
    if not count:
        return "还没有案例。各机构报送的做法、案例和事迹，通过隐私审核以后列在这里。"
    return (
        f"报送了{count}篇案例，{totals.published.value}篇公开，{totals.waiting.value}篇待审核或待公开，"
        f"{totals.withdrawn.value}篇撤下。"
    )


def page(visit: Visit) -> Page:
    """One case."""
    found = recognition.case_of(visit.db, visit.reference("case"))
    chain = chain_rows(visit.db, found.case.reference)
    values: dict[str, Any] = {
        "title": found.case.zh,
        "heading": found.case.zh,
        "crumbs": [{"href": "/cases", "text": "案例"}],
        "said": said(chain[-1], before=f"{words.full_day(chain[-1].occurred_on)}，"),
        "badge": badge("case", found.state),
        "withdrawn": withdrawal(found),
        "public": found.state == "published",
        "texts": attachments(visit, "case", found.texts) if found.state == "published" else [],
        "beads": beads(chain),
        "facts": case_facts(found),
        "events": [event(row) for row in chain],
    }
    return Page("case.html", values, section="cases")
