"""Pages for what went wrong: what was looked for, where it may be. No code in the sentence, no blame."""

from public_site.visit import Page


def not_found(path: str, why: str) -> Page:
    """404: nothing at this address, or no such thing in the ledger."""
    looked = f"您找的是“{path[:80]}”。{why}"
    return _page(404, "没有找到", f"{looked}请检查网址，或者从下面几处找起。")


def wrong_method() -> Page:
    """405: the site is for reading."""
    return _page(405, "这个网址只能读取", "本站的网页只供阅读，不接受别的操作。要记账，请用签名工具向账本提交。")


def unreadable(why: str) -> Page:
    """400: a condition in the address that can't be understood."""
    return _page(400, "网址里的条件看不懂", f"{why}请改正后再试。")


def not_ready() -> Page:
    """503: the read models are not there yet."""
    return _page(503, "网页数据还没有生成", "账本本身不受影响。网页数据正在从账目重新算出，请过几分钟再打开。")


def being_built(seconds: int) -> Page:
    """503: the views of an earlier size are being built; they will be there in about so many seconds."""
    about = (
        f"{seconds}秒"
        if seconds < 90
        else f"{round(seconds / 60):,}分钟"
        if seconds < 5400
        else f"{round(seconds / 3600)}小时"
    )
    return _page(
        503,
        "当时的样子正在重算",
        "这一页正在从当时的账目重新算出。账本和今天的页面不受影响。"
        f"大约还要{about}，请到时再打开；算好以前，这里不会给出别的数字。",
    )


def broken() -> Page:
    """500: our own mistake."""
    return _page(
        500, "这一页出错了", "这是网站的程序错误，不是账目的问题；账本本身不受影响。请稍后再打开，或者看别的页面。"
    )


def _page(status: int, heading: str, lead: str) -> Page:
    values = {"title": heading, "heading": heading, "lead": lead, "crumbs": None}
    return Page("error.html", values, status=status)
