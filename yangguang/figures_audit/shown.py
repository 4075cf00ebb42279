"""What a page shows, read from its HTML: every cell and every sentence with a number, and where it stands.

    谁捐的 › 示例二号商会 › 现金（元）      403,000.00

A place is the heading above, the row and the column, or the label: never an address, so that a page reads the same
from a site and from an exported folder. Notes, drawings and the page's foot are left out; tables repeat the drawings.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

from ledger.errors import MalformedError

VOID = frozenset({"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "use", "wbr"})
LEFT_OUT = frozenset({"svg", "nav", "script", "style", "form"})
HEADINGS = frozenset({"h1", "h2", "h3"})
CELLS = frozenset({"td", "dd"})
SENTENCES = frozenset({"p", "li", "th", "summary", "caption", "figcaption", "div"})
BLOCKS = HEADINGS | CELLS | SENTENCES | {"dt", "section", "main", "dl", "tr", "ul", "ol", "table", "figure", "details"}
NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?%?")
COVERED = re.compile(r"本页由第0条(?:至第([\d,]{1,20})条)?账目算出", re.ASCII)
DEEPEST = 100


@dataclass(frozen=True, slots=True)
class Shown:
    """``said`` is what a cell says, or the numbers of a sentence, which may be worded otherwise by another version."""

    place: str
    said: str


@dataclass(slots=True)
class _Open:
    tag: str
    attributes: dict[str, str | None]
    text: list[str] = field(default_factory=list)

    @property
    def words(self) -> str:
        return " ".join("".join(self.text).split())


def shown_on(page: str) -> list[Shown]:
    """Everything that the page says in numbers, in its order, with the cells that say something else.

    Raises MalformedError for markup that none of our pages has.
    """
    reader = _Reader()
    reader.feed(page)
    reader.close()
    return reader.found


def size_of(page: str) -> int | None:
    """How many entries the page says it was computed from; None where it doesn't say."""
    match = COVERED.search(page)
    return None if match is None else int((match[1] or "0").replace(",", "")) + 1


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Shown] = []
        self._open: list[_Open] = []
        self._heading = self._row = self._label = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "span":
            self.handle_data(" ")
        if tag not in VOID:
            self._open.append(_Open(tag, dict(attrs)))
        if len(self._open) > DEEPEST:
            raise MalformedError("网页的标记套得太深。", "The page's markup is nested too deeply.")

    def handle_endtag(self, tag: str) -> None:
        if all(each.tag != tag for each in self._open):
            return
        while self._open:
            closed = self._open.pop()
            self._close(closed)
            if closed.tag == tag:
                return

    def handle_data(self, data: str) -> None:
        inner = next((each for each in reversed(self._open) if each.tag in BLOCKS), None)
        if inner is not None and not self._left_out():
            inner.text.append(data)

    def _left_out(self) -> bool:
        tags = {each.tag for each in self._open}
        classes = {name for each in self._open for name in (each.attributes.get("class") or "").split()}
        return "main" not in tags or bool(tags & LEFT_OUT) or bool(classes & {"note", "foot"})

    def _close(self, closed: _Open) -> None:
        words = closed.words
        if closed.tag in HEADINGS and words:
            self._heading = words
        elif closed.tag == "tr":
            self._row = ""
        elif closed.tag == "dt":
            self._label = words
        self.found.extend(self._said(closed, words))
        if closed.tag == "th" and closed.attributes.get("scope") == "row":
            self._row = words

    def _said(self, closed: _Open, words: str) -> Iterator[Shown]:
        if closed.tag in CELLS and words:
            label = closed.attributes.get("data-label") or ("" if closed.tag == "td" else self._label)
            yield Shown(" › ".join(part for part in (self._heading, self._row, label) if part), words)
        elif closed.tag in HEADINGS | SENTENCES or closed.tag == "dt":
            numbers = " ".join(NUMBER.findall(words))
            if numbers or "verdict" in (closed.attributes.get("class") or ""):
                yield Shown(self._heading, numbers or words)
