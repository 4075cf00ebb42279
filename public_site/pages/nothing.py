"""/audit/none, in an export alone: where every figure leads that no entry is counted in."""

from public_site.visit import Page, Visit

PATH = "/audit/none"


def page(_visit: Visit) -> Page:
    """The page."""
    values = {
        "title": "没有账目",
        "heading": "没有账目",
        "crumbs": [{"href": "/audit", "text": "全部账目"}],
        "lead": "没有算进这个数字的账目，所以它是0。这份导出里，凡是没有账目的数字，点开都是这一页。",
    }
    return Page("page.html", values, section="audit")
