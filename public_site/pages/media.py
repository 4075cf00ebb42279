"""/media: what press, broadcast and new media reported, as recorded. No address is a link, and none was fetched."""

from projections import recognition
from public_site.presenters.figures import figure
from public_site.presenters.pagers import slice_of
from public_site.presenters.recognition import MEDIA_COLUMNS, media_row
from public_site.visit import PAGE_ROWS, Page, Visit

HOW_TITLE = "这些记录说明什么"
HOW = (
    "这里登记的是哪家媒体在哪一天报道了什么，由登记的机构签署。本网站没有打开过这些网址，也不替报道的内容作证；"
    "要看原文，请把网址复制到浏览器里。"
)


def page(visit: Visit) -> Page:
    """All media reports, by the day they appeared."""
    count = recognition.media_count(visit.db)
    shown = slice_of(visit, "/media", count.value)
    rows = recognition.media(visit.db, limit=PAGE_ROWS, offset=shown.offset)
    lead = f"登记了{count.value}篇媒体报道，按报道日期排列。"
    values = {
        "title": "媒体报道",
        "heading": "媒体报道",
        "crumbs": [],
        "lead": lead if count.value else "还没有登记媒体报道。登记以后，这里按日期列出。",
        "figures": [figure("media.all", count)],
        "list_title": "全部报道",
        "caption": "点标题，查看登记它的账目。",
        "columns": MEDIA_COLUMNS,
        "rows": [media_row(item) for item in rows],
        "nothing": "还没有登记媒体报道。",
        "pager": shown.pager,
        "how_title": HOW_TITLE,
        "how": HOW,
    }
    return Page("register.html", values, section="media")
