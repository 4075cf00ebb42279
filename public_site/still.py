"""The site without a server: one page at a time, each of the same moment of the ledger, as an export writes them.

    site = StillSite(views, moment, "https://ledger.example")
    page = site.page("/entries/12")
    page.html -> "<!doctype html>…"
    site.holds(page.inputs) -> True

What a reader would send back, a search, a question, a choice in a form, nobody takes here, and the pages say so. Only
the pages about the ledger as a whole say where the export ends; all others lead there, and stay the same for as long as
what they were made from does.
"""

import sqlite3
from dataclasses import dataclass
from functools import partial
from urllib.parse import parse_qsl, unquote

from starlette.routing import compile_path

from ledger.errors import NotFoundError
from projections.views import Views
from public_site.frame import says_end, site_of
from public_site.inputs import WHOLE, Inputs, Now, Question, noting
from public_site.living import Lasting, Living
from public_site.pages import nothing
from public_site.pages.routes import PAGES
from public_site.rendering import render
from public_site.sources import leading_nowhere
from public_site.visit import Moment, Proofs, ReadText, Visit

ROUTES = [(compile_path(path)[0], page) for path, page in ((nothing.PATH, nothing.page), *PAGES)]
MOST_KNOWN = 50_000
"""Answers that are kept for pages that ask the same."""


@dataclass(frozen=True, slots=True)
class StillPage:
    """A page, and what it was made from."""

    html: str
    inputs: Inputs


class StillSite:
    """Pages by their address. ``views`` and the log must not grow meanwhile, or pages would not fit together."""

    def __init__(
        self,
        views: Views,
        moment: Moment,
        origin_url: str,
        *,
        texts: ReadText | None = None,
        proofs: Proofs | None = None,
    ) -> None:
        self._views = views
        self._moment = moment
        self._origin_url = origin_url.rstrip("/")
        self._texts = texts
        self._proofs = proofs
        self._known: dict[Question, bytes] = {}
        with views.reading() as db:
            self._of_end = Living(db, moment, still=True)
            self._lasting = Lasting(db, moment)

    def page(self, address: str) -> StillPage:
        """The page of a path with its query. Raises NotFoundError, InvalidFieldError, BusyError."""
        path, _, query = address.partition("?")
        for pattern, make in ROUTES:
            if match := pattern.fullmatch(path):
                ids = {name: unquote(value) for name, value in match.groupdict().items()}
                with self._views.reading() as db:
                    visit = self._visit(db, address, dict(parse_qsl(query)), ids)
                    with leading_nowhere(nothing.PATH):
                        found = make(visit)
                    drawn = render(found, site_of(visit, found))
                    if says_end(visit):
                        visit.inputs.note((WHOLE, ()), None)
                        return StillPage(drawn.filled(self._of_end.part), visit.inputs)
                    return StillPage(drawn.filled(partial(self._lasting.part, visit=visit)), visit.inputs)
        raise NotFoundError(f"没有{path[:80]}这一页。", f"There is no page {path[:80]}.")

    def _visit(self, db: sqlite3.Connection, address: str, asked: dict[str, str], ids: dict[str, str]) -> Visit:
        inputs = Inputs()
        return Visit(
            noting(db, inputs), self._moment, self._origin_url, address, asked, ids, self._texts,
            still=True, proofs=self._proofs, inputs=inputs,
        )  # fmt: skip

    def holds(self, inputs: Inputs) -> bool:
        """Whether a page that was made from these would be made the same here."""
        if len(self._known) > MOST_KNOWN:
            self._known.clear()
        with self._views.reading() as db:
            visit = Visit(db, self._moment, self._origin_url, "/", texts=self._texts, still=True, proofs=self._proofs)
            return Now(db, visit.readers(), self._known).holds(inputs)
