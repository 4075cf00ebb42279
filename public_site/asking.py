"""The pages of the form in the site's own frame, for the API that takes what is posted to it."""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from ledger.domain.letter import Asking
from projections.views import Views
from public_site.app import Site
from public_site.armour import EVERYWHERE, policy_of
from public_site.pages import ask
from public_site.published_log import PublishedLog


class AskPages:
    """Meets ``ledger.api.asking.AskPages``. Without read models the frame is bare, and the form still works."""

    def __init__(self, views_path: Path, log: Path | PublishedLog, *, origin_url: str | None = None) -> None:
        published = PublishedLog(log) if isinstance(log, Path) else log
        self._site = Site(Views(views_path), published, origin_url, takes_letters=True)

    def show(self, request: Request, asking: Asking, status: int) -> Response:
        """The page, with the headers of every page; it may hold what was typed, so nobody keeps it."""
        response = self._site.framed(request, ask.form(asking, status))
        policy = {"Content-Security-Policy": policy_of(request.url.path), "Cache-Control": "no-store"}
        response.headers.update({**EVERYWHERE, **policy})
        return response
