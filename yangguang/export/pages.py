"""A page of the site made into a page of a folder: links become relative, and forms that need a server go."""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from yangguang.export.addresses import is_file, link

LINK = re.compile(r'(\s(?:href|src)=")(/(?!/)[^"]*)"')
FORM = re.compile(r'<form class="(?:filter|find)[^>]*>.*?</form>', re.DOTALL)
BEHIND_THEN = re.compile(r'<a\b[^>]*\shref="/as-of/[0-9]+/audit[^"]*"[^>]*>(.*?)</a>', re.DOTALL)
"""What was behind a figure of an earlier page: thousands of lists, which the pages say are not in an export."""
BODY, MAIN, END_OF_MAIN = "<body>", '<main id="main"', "</main>"
NO_FORM = (
    '<p class="meta">这份导出是静止的，不能在这里筛选。全部内容都在<a href="/data">下载的数据表</a>里，'
    "可以用表格软件筛选。</p>"
)


@dataclass(frozen=True, slots=True)
class StillPage:
    """The HTML as it stands in the folder; ``pages`` and ``files`` are the addresses it leads to, fragments gone."""

    html: str
    pages: frozenset[str]
    files: frozenset[str]


def still(file: str, text: str, renamed: Mapping[str, str]) -> StillPage:
    """The page for ``file``. ``renamed`` are addresses that have others in the folder."""
    up = "../" * file.count("/")
    head, masthead, own, index = _cut(text)
    pieces = (_made(up, head, {}), _frame(up, masthead), _made(up, own, renamed), _frame(up, index))
    return StillPage(
        "".join(piece.html for piece in pieces),
        frozenset().union(*(piece.pages for piece in pieces)),
        frozenset().union(*(piece.files for piece in pieces)),
    )


def _cut(text: str) -> tuple[str, str, str, str]:
    """The page in four: head, masthead and navigation, what is its own, the index below."""
    head, body, rest = text.partition(BODY)
    masthead, main, rest = rest.partition(MAIN)
    own, end, index = rest.partition(END_OF_MAIN)
    return head, f"{body}{masthead}", f"{main}{own}", f"{end}{index}"


@lru_cache(maxsize=256)
def _frame(up: str, text: str) -> StillPage:
    """What thousands of pages have alike."""
    return _made(up, text, {})


def _made(up: str, text: str, renamed: Mapping[str, str]) -> StillPage:
    pages: set[str] = set()
    files: set[str] = set()

    def relative(found: re.Match[str]) -> str:
        address = html.unescape(found[2])
        address = renamed.get(address, address)
        bare = address.partition("#")[0]
        (files if is_file(bare.partition("?")[0]) else pages).add(bare)
        return f'{found[1]}{html.escape(link(up, address))}"'

    made = LINK.sub(relative, BEHIND_THEN.sub(r"\1", FORM.sub(NO_FORM, text)))
    return StillPage(made, frozenset(pages), frozenset(files))
