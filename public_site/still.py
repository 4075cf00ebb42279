"""The site without a server: one page at a time, each of the same moment of the ledger, as an export writes them.

    StillSite(views, log, origin_url="https://ledger.example").page("/entries/12") -> (200, "<!doctype html>…")

What a reader would send back, a search, a question, a choice in a form, nobody takes here, and the pages say so.
"""

from urllib.parse import parse_qsl, unquote

from starlette.routing import compile_path

from ledger.errors import NotFoundError
from projections.disclosed.past import Past
from projections.status import status
from projections.views import Views
from public_site.frame import site_of
from public_site.living import Living
from public_site.pages.routes import PAGES
from public_site.published_log import PublishedLog
from public_site.rendering import render
from public_site.visit import Moment, ReadText, Visit

ROUTES = [(compile_path(path)[0], page) for path, page in PAGES]


class StillSite:
    """Pages by their address. ``views`` and ``published`` must not grow meanwhile, or pages would not fit together."""

    def __init__(
        self, views: Views, published: PublishedLog, origin_url: str, *, read_text: ReadText | None, past: Past | None
    ) -> None:
        self._views = views
        self._log = published
        self._origin_url = origin_url.rstrip("/")
        self._read_text = read_text
        self._past = past

    def page(self, address: str) -> tuple[int, str]:
        """Status and HTML of a path with its query. Raises NotFoundError, InvalidFieldError, BusyError."""
        path, _, query = address.partition("?")
        for pattern, make in ROUTES:
            if match := pattern.fullmatch(path):
                ids = {name: unquote(value) for name, value in match.groupdict().items()}
                with self._views.reading() as db:
                    origin, asked = self._origin_url, dict(parse_qsl(query))
                    read, past = self._read_text, self._past
                    moment = Moment(status(db), self._log, past)
                    visit = Visit(db, moment, origin, address, asked, ids, read, still=True)
                    found = make(visit)
                    living = Living(db, moment, still=True)
                    return found.status, render(found, site_of(visit, found)).filled(living.part)
        raise NotFoundError(f"没有{path[:80]}这一页。", f"There is no page {path[:80]}.")
