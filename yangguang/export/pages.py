"""A page of the site made into a page of a folder: links become relative, and forms that need a server go."""

import html
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from yangguang.export.addresses import is_file, link
from yangguang.export.known import Span

LINK = re.compile(r'(\s(?:href|src)=")(/(?!/)[^"]*)"')
FORM = re.compile(r'<form class="(?:filter|find)[^>]*>.*?</form>', re.DOTALL)
BEHIND_THEN = re.compile(r'<a\b[^>]*\shref="/as-of/[0-9]+/audit[^"]*"[^>]*>(.*?)</a>', re.DOTALL)
"""What was behind a figure of an earlier page: thousands of lists, which the pages say are not in an export."""
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
    pages: set[str] = set()
    files: set[str] = set()

    def relative(found: re.Match[str]) -> str:
        address = html.unescape(found[2])
        address = renamed.get(address, address)
        bare = address.partition("#")[0]
        (files if is_file(bare.partition("?")[0]) else pages).add(bare)
        return f'{found[1]}{html.escape(link(file, address))}"'

    made = LINK.sub(relative, BEHIND_THEN.sub(r"\1", FORM.sub(NO_FORM, text)))
    return StillPage(made, frozenset(pages), frozenset(files))


def assembled(pieces: Sequence[bytes | str], part: Callable[[str], bytes]) -> tuple[bytes, tuple[Span, ...]]:
    """A file's bytes from HTML and names of holes in turn, and where in it each hole's part came to lie."""
    found, spans, at = [], [], 0
    for piece in pieces:
        data = piece if isinstance(piece, bytes) else part(piece)
        if isinstance(piece, str):
            spans.append((piece, at, at + len(data)))
        found.append(data)
        at += len(data)
    return b"".join(found), tuple(spans)


def pieces_of(data: bytes, spans: Iterable[Span]) -> list[bytes | str]:
    """The other way round: the HTML of a file around its holes, and their names."""
    pieces: list[bytes | str] = []
    at = 0
    for name, start, stop in spans:
        pieces += [data[at:start], name]
        at = stop
    return [*pieces, data[at:]]
