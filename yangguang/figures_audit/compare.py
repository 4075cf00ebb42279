"""One page of a site against the same page made from the entries alone."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

from ledger.domain.disclosure import QUESTIONS
from ledger.errors import LedgerError, MalformedError
from projections.disclosed.past import Past
from projections.status import status
from public_site.frame import bare_site
from public_site.pages.as_of import PAGES
from public_site.published_log import PublishedLog
from public_site.rendering import render
from public_site.visit import Moment, Visit
from yangguang.figures_audit.shown import Shown, shown_on, size_of

ReadPage = Callable[[str], str]
"""The HTML of ``where``, ``what``, ``whom``, ``how-much`` or ``effect``. Raises LedgerError."""
ABSENT = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """What the page says at a place and what the entries say; "" where one of them says nothing there."""

    place: str
    page: str
    entries: str

    def to_json(self) -> dict[str, str]:
        """As fields."""
        return {"place": self.place, "page": self.page, "entries": self.entries}


@dataclass(frozen=True, slots=True)
class PageResult:
    """One of the five pages: ``size`` is what it says it was computed from; ``trouble`` why it can't be compared."""

    question: str
    size: int | None
    compared: int
    differences: tuple[Difference, ...] = ()
    trouble: LedgerError | None = None

    @property
    def verdict(self) -> str:
        """same, different or unread."""
        return "unread" if self.trouble else "different" if self.differences else "same"

    def to_json(self) -> dict[str, Any]:
        """As fields."""
        return {
            "page": self.question.replace("_", "-"),
            "verdict": self.verdict,
            "size": self.size,
            "compared": self.compared,
            "differences": [each.to_json() for each in self.differences],
            "trouble": f"{self.trouble.zh} {self.trouble.en}" if self.trouble else None,
        }


def compare_pages(past: Past, read_page: ReadPage) -> tuple[PageResult, ...]:
    """All five, in their order."""
    return tuple(_compared(past, read_page, question) for question in QUESTIONS)


def _compared(past: Past, read_page: ReadPage, question: str) -> PageResult:
    name, size = question.replace("_", "-"), None
    try:
        page = read_page(name)
        size = size_of(page)
        if size is None:
            raise MalformedError("网页没有写明它由哪些账目算出。", "The page does not say which entries it covers.")
        expected, found = shown_on(made(past, name, size)), shown_on(page)
    except LedgerError as error:
        return PageResult(question, size, 0, trouble=error)
    return PageResult(question, size, len(expected), differences(found, expected))


def made(past: Past, name: str, size: int) -> str:
    """The page at a size, from the read models that were built from the entries. Raises NotFoundError beyond them."""
    with past.reading(size) as db:
        moment = Moment(status(db), PublishedLog(Path("nowhere")))
        return render(PAGES[name](Visit(db, moment, "https://ledger.invalid", f"/{name}")), bare_site()).filled(
            _no_part
        )


def _no_part(name: str) -> str:
    raise RuntimeError(f"a figure's page has no {name} in a bare frame")


def differences(page: list[Shown], expected: list[Shown]) -> tuple[Difference, ...]:
    """Place by place, in the order of the entries' page; what only the site's page says comes last."""
    theirs, ours = _by_place(page), _by_place(expected)
    found = []
    for place in dict.fromkeys((*ours, *theirs)):
        for said, right in zip_longest(theirs.get(place, ()), ours.get(place, ()), fillvalue=ABSENT):
            if said != right:
                found.append(Difference(place, said, right))
    return tuple(found)


def _by_place(shown: list[Shown]) -> dict[str, list[str]]:
    found = defaultdict(list)
    for each in shown:
        found[each.place].append(each.said)
    return found
