"""/regions: other ledgers whose tree heads are entered in this one, and how to hold a ledger against its head."""

from typing import Any

from markupsafe import Markup

from projections import regions
from projections.rows.regions import Region
from public_site.presenters import words
from public_site.presenters.figures import entry_cell, figure
from public_site.presenters.pagers import slice_of
from public_site.presenters.things import links
from public_site.visit import PAGE_ROWS, Page, Visit

COLUMNS = [
    {"text": "账本"},
    {"text": "负责机构"},
    {"text": "条数", "numeric": True},
    {"text": "记入时间（北京时间）"},
    {"text": "总指纹"},
    {"text": "网址"},
]
NONE = "还没有登记地区账本。"
NOTHING = "登记以后，这里列出每本账最近记入的条数和总指纹。"
HOW_TITLE = "怎样用它核对一本地区账"
HOW = (
    "一本地区账的签章记在这里以后，它以前的账就不能再改：改过的账算出的总指纹接不上，下一次签章会被拒收，"
    "两份互相矛盾的签章就是凭据。只要保存过本账本的一份签章，就守住了这里列出的每一本账。核对的办法是运行"
)
COMMAND = Markup('{} <code class="url">yangguang head check 地区账本的网址 --in {} --since 保存的签章文件</code>')


def page(visit: Visit) -> Page:
    """All of them, in the order in which they were registered."""
    count = regions.count(visit.db)
    shown = slice_of(visit, "/regions", count.value)
    found = regions.regions(visit.db, limit=PAGE_ROWS, offset=shown.offset)
    lead = f"登记了{count.value:,}本地区账本，各记各的账，总指纹定时记在这里。"
    values = {
        "title": "地区账本",
        "heading": "地区账本",
        "crumbs": [],
        "lead": lead if count.value else NONE,
        "figures": [figure("region.all", count)],
        "list_title": "全部地区账本",
        "caption": "点账本，查看登记它的账目；点条数，查看最近一次记入的总指纹。",
        "columns": COLUMNS,
        "rows": [_row(item) for item in found],
        "nothing": NOTHING,
        "pager": shown.pager,
        "how_title": HOW_TITLE,
        "how": COMMAND.format(HOW, visit.origin),
    }
    return Page("register.html", values, section="regions")


def _row(item: Region) -> list[Any]:
    head: list[Any] = ["还没有记入", "—", "—"]
    if item.head is not None:
        root = Markup("<code>{}</code>").format(item.head.root)
        head = [entry_cell(f"{item.head.tree_size:,}", item.head.index), words.moment(item.head.recorded_at), root]
    address = Markup('<code class="url">{}</code>').format(item.address) if item.address else "没有网址"
    return [entry_cell(item.region.zh, item.index), links([item.organisation]), *head, address]
