"""The site without a server: one page at a time, each of the same moment of the ledger, as an export writes them.

    site = StillSite(views, log, "https://ledger.example", read_text=None, past=None)
    page = site.page("/entries/12")
    page.drawn.filled(site.part) -> "<!doctype html>…"
    site.holds(page.inputs) -> True

What a reader would send back, a search, a question, a choice in a form, nobody takes here, and the pages say so.
"""

from urllib.parse import parse_qsl, unquote

from starlette.routing import compile_path

from ledger.errors import NotFoundError
from projections.disclosed.past import Past
from projections.status import status
from projections.views import Views
from public_site.frame import site_of
from public_site.inputs import Inputs, Now, Question, noting
from public_site.kept import Made
from public_site.living import Living
from public_site.pages.routes import PAGES
from public_site.published_log import PublishedLog
from public_site.rendering import render
from public_site.visit import Moment, ReadText, Visit

ROUTES = [(compile_path(path)[0], page) for path, page in PAGES]
MOST_KNOWN = 200_000


class StillSite:
    """Pages by their address. ``views`` and ``published`` must not grow meanwhile, or pages would not fit together."""

    def __init__(
        self, views: Views, published: PublishedLog, origin_url: str, *, read_text: ReadText | None, past: Past | None
    ) -> None:
        self._views = views
        self._origin_url = origin_url.rstrip("/")
        self._read_text = read_text
        self._known: dict[Question, bytes] = {}
        with views.reading() as db:
            self._moment = Moment(status(db), published, past)
            self.part = Living(db, self._moment, still=True).part

    def page(self, address: str) -> Made:
        """The page of a path with its query. Raises NotFoundError, InvalidFieldError, BusyError."""
        path, _, query = address.partition("?")
        for pattern, make in ROUTES:
            if match := pattern.fullmatch(path):
                ids = {name: unquote(value) for name, value in match.groupdict().items()}
                inputs = Inputs()
                with self._views.reading() as db:
                    asked, noted = dict(parse_qsl(query)), noting(db, inputs)
                    visit = Visit(
                        noted, self._moment, self._origin_url, address, asked, ids, self._read_text,
                        still=True, inputs=inputs,
                    )  # fmt: skip
                    found = make(visit)
                    return Made(render(found, site_of(visit, found)), inputs)
        raise NotFoundError(f"没有{path[:80]}这一页。", f"There is no page {path[:80]}.")

    def holds(self, inputs: Inputs) -> bool:
        """Whether a page that was made from these would be made the same here."""
        if len(self._known) > MOST_KNOWN:
            self._known.clear()
        with self._views.reading() as db:
            visit = Visit(db, self._moment, self._origin_url, "/", texts=self._read_text, still=True)
            return Now(db, visit.readers(), self._known).holds(inputs)
