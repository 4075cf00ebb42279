"""/data: every open table in three formats, what is in it, and the log itself."""

from typing import Any

from public_site.open_data.columns import Table
from public_site.open_data.files import FORMATS, LICENCE, About, heading
from public_site.open_data.package import PACKAGE, file_name
from public_site.open_data.tables import TABLES
from public_site.rendering import versioned
from public_site.visit import Page, Visit

CSV = (
    "CSV用UTF-8编码，带字节序标记，Excel可以直接打开。为防表格软件把文字当作公式，以 = + - @ 等开头的文字，"
    "前面加了一个单引号；程序读取时请去掉这一个单引号。Excel文件里文字就是文字，没有公式。"
)
READING = (
    CSV,
    "金额有两列：以分为单位的整数用来计算，以元为单位的文字用来看。每一行写明出自第几条账目，和它的网页。",
    "表里的内容都在公开的网页上有；没有任何个人的资料。更正以后的值写在表里，更正前后各是什么，在账目里。",
)


def page(visit: Visit) -> Page:
    """The page."""
    about = About(visit.status, visit.origin)
    values = {
        "title": "数据下载",
        "heading": "数据下载",
        "crumbs": [],
        "lead": f"账本里的全部公开数据，{len(TABLES)}张表，都由账目算出，可以自由下载和使用。",
        "tables": [_table(visit, table, about) for table in TABLES],
        "reading": READING,
        "licence": LICENCE,
        "package": f"/data/{PACKAGE}",
        "verifier": versioned("verify.py"),
        "last": visit.status.size - 1,
        "dictionary": [{"title": table.title.zh, "fields": heading(table, about)} for table in TABLES],
    }
    return Page("data.html", values, section="data")


def _table(visit: Visit, table: Table, about: About) -> dict[str, Any]:
    return {
        "title": table.title.zh,
        "says": table.says,
        "count": f"{table.count(visit.db):,}",
        "files": [
            {"text": name.upper(), "href": f"/data/{file_name(f'{table.name}.{name}', about)}"} for name in FORMATS
        ],
    }
