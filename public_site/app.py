"""The public site as an application: one read-only SQLite file and one folder of published log files.

    app = create_site(Path("views/views.sqlite3"), Path("log"), origin_url="https://ledger.example")

It knows no key, no vault and no store. An API beside it is mounted under /api, with its own headers and errors.
"""

import sqlite3
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import replace
from functools import partial
from pathlib import Path

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from ledger.errors import BusyError, InvalidFieldError, LedgerError, NotFoundError
from projections.disclosed.past import Past
from projections.runner import as_of_folder, scores_folder
from projections.score.prepared import PreparedScores
from projections.source import LogFolderSource
from projections.status import status
from projections.views import Views
from public_site.armour import Armour, is_api
from public_site.frame import bare_site, site_of
from public_site.inputs import Now, Question, noting
from public_site.kept import NO_STORE, Made, remember
from public_site.living import Living
from public_site.memory import Memory
from public_site.open_data import downloads
from public_site.pages import errors, witnessed
from public_site.pages import log as log_files
from public_site.pages.routes import PAGES
from public_site.published_log import PublishedLog
from public_site.rendering import STATIC, render
from public_site.version import VersionOfFiles
from public_site.visit import Moment, Page, ReadText, Visit

Answer = Callable[[Request], Awaitable[Response]]
SHORT, LONG = "public, max-age=86400", "public, max-age=31536000, immutable"
ASKED_AGAIN = "no-cache"
MOST_FOLDED = 3_000
"""Of earlier sizes only so many entries are folded while somebody waits, about a second; more in the background."""
SOON = 10
"""Seconds after which it is worth asking again for what another request has in hand."""
MOST_KNOWN = 50_000
"""Answers of one state that are kept for pages that ask the same."""


class SiteApp(FastAPI):
    """Asks memory before every layer that only a page which is made needs."""

    memory: Memory

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await (self.memory if scope["type"] == "http" else super().__call__)(scope, receive, send)


def create_site(
    views_path: Path,
    log: Path | PublishedLog,
    *,
    origin_url: str | None = None,
    read_text: ReadText | None = None,
    takes_letters: bool = False,
) -> SiteApp:
    """The site alone. ``origin_url`` is its public address; without it, each request's own.

    ``takes_letters`` says that an API under the same address takes what is posted to /ask.
    """
    app = SiteApp(title="阳光账本", docs_url=None, redoc_url=None, openapi_url=None)
    published = PublishedLog(log) if isinstance(log, Path) else log
    site = Site(Views(views_path), published, origin_url, read_text, takes_letters=takes_letters)
    site.add_to(app)
    return app


class Site:
    """Answers requests from the read models and the published log. Holds no state of its own."""

    def __init__(
        self,
        views: Views,
        published: PublishedLog,
        origin_url: str | None,
        read_text: ReadText | None = None,
        *,
        takes_letters: bool = False,
    ) -> None:
        self._views = views
        self._log = published
        self._origin_url = origin_url and origin_url.rstrip("/")
        self._read_text = read_text
        self._takes_letters = takes_letters
        self._newest: tuple[Hashable, Living, dict[Question, bytes]] | None = None
        self._past = Past(as_of_folder(views.path), LogFolderSource(published.directory), most=MOST_FOLDED)
        self._scores = PreparedScores(scores_folder(views.path))

    def add_to(self, app: SiteApp) -> None:
        """Routes, the pages of HTTP errors, and the middleware."""
        routes = [Route(path, self._page(page), methods=["GET"]) for path, page in PAGES]
        routes.append(Route("/static/{name:path}", self._static_file, methods=["GET"]))
        routes.append(Route("/data/{name}", self._page_of_file(downloads.table), methods=["GET"]))
        routes.append(Route("/feed.xml", self._page_of_file(downloads.newest), methods=["GET"]))
        routes.append(Route("/log/{path:path}", self._log_file, methods=["GET"]))
        routes += [Route(path, self._witnessed, methods=["GET"]) for path in (witnessed.CHECKPOINT, witnessed.POLICY)]
        app.router.routes.extend(routes)
        before = app.exception_handlers[HTTPException]

        async def refuse(request: Request, error: Exception) -> Response:
            if is_api(request.url.path) or not isinstance(error, HTTPException):
                return await before(request, error)  # type: ignore[no-any-return, misc]
            return self._refused(request, error)

        app.add_exception_handler(HTTPException, refuse)
        app.add_middleware(Armour, broken=lambda request: self.framed(request, errors.broken()))
        version = VersionOfFiles(self._views.path, self._log)
        by_host = self._origin_url is None
        app.memory = Memory(partial(FastAPI.__call__, app), version=version, by_host=by_host, again=self.again)

    def _page(self, page: Callable[[Visit], Page]) -> Answer:
        async def answer(request: Request) -> Response:
            try:
                return await run_in_threadpool(self._shown, request, page)
            except InvalidFieldError as error:
                return self.framed(request, errors.unreadable(error.zh))
            except NotFoundError as error:
                return self.framed(request, errors.not_found(request.url.path, error.zh))
            except BusyError as error:
                seconds = error.seconds or SOON
                busy = self.framed(request, errors.being_built(seconds))
                busy.headers["Retry-After"] = str(seconds)
                return busy

        return answer

    def _shown(self, request: Request, page: Callable[[Visit], Page]) -> Response:
        try:
            with self._views.reading() as db:
                visit = self._visit(db, request)
                if visit.moment.status.size == 0:
                    return self.framed(request, errors.not_ready())
                noted = replace(visit, db=noting(db, visit.inputs))
                found = page(noted)
                drawn = render(found, site_of(noted, found))
                answer = _html(found.status, drawn.filled(self._now(visit)[0].part))
                if visit.inputs.has_texts or not found.settled:
                    answer.headers["Cache-Control"] = NO_STORE
                elif not visit.inputs.is_whole:
                    remember(request.scope, Made(drawn, visit.inputs))
                return answer
        except sqlite3.OperationalError:
            return self.framed(request, errors.not_ready())
        except NotFoundError:
            if not self._views.path.exists():
                return self.framed(request, errors.not_ready())
            raise

    def _origin(self, request: Request) -> str:
        return self._origin_url or str(request.base_url).rstrip("/")

    def _visit(self, db: sqlite3.Connection, request: Request) -> Visit:
        origin = self._origin(request)
        path = request.url.path + (f"?{request.url.query}" if 0 < len(request.url.query) < 400 else "")
        query, ids = dict(request.query_params), dict(request.path_params)
        return Visit(db, self._moment(db), origin, path, query, ids, self._read_text, takes_letters=self._takes_letters)

    def _moment(self, db: sqlite3.Connection) -> Moment:
        followed = self._log.followed()
        asked_at = followed.source.rstrip("/") if followed else ""
        return Moment(status(db), self._log, self._past, asked_at=asked_at, scores=self._scores)

    def _now(self, visit: Visit) -> tuple[Living, dict[Question, bytes]]:
        """The parts of pages, and answers that are known, of this state of views and published files: made once."""
        status = visit.moment.status
        try:
            state: Hashable = (status.size, status.root, self._log.version())
        except OSError:
            state = None
        newest = self._newest
        if newest is None or newest[0] != state or state is None or len(newest[2]) > MOST_KNOWN:
            newest = self._newest = (state, Living(visit.db, visit.moment), {})
        return newest[1:]

    def again(self, made: Made) -> bytes | None:
        """A page that was made before, as it is now, if nothing changed that it was made from; else None."""
        try:
            with self._views.reading() as db:
                visit = Visit(db, self._moment(db), "", "/")
                living, known = self._now(visit)
                if not Now(db, visit.readers(), known).holds(made.inputs):
                    return None
                return made.drawn.filled(living.part).encode()
        except (LedgerError, OSError, sqlite3.Error):
            return None  # whoever makes it anew says what is wrong

    def framed(self, request: Request, page: Page) -> Response:
        """A page that needs nothing of the ledger: in its frame, or a bare one where the read models can't be read."""
        try:
            with self._views.reading() as db:
                visit = self._visit(db, request)
                if visit.moment.status.size:
                    drawn = render(page, site_of(visit, page))
                    return _html(page.status, drawn.filled(self._now(visit)[0].part))
        except (NotFoundError, sqlite3.Error):
            pass
        return _html(page.status, render(page, bare_site()).filled(_unknown))

    def _refused(self, request: Request, error: HTTPException) -> Response:
        if error.status_code == 405:
            answer = self.framed(request, errors.wrong_method())
        else:
            answer = self.framed(request, errors.not_found(request.url.path, ""))
        for name, value in (error.headers or {}).items():
            answer.headers[name] = value
        return answer

    def _page_of_file(self, download: Callable[[Visit], Response]) -> Answer:
        async def answer(request: Request) -> Response:
            try:
                return await run_in_threadpool(self._downloaded, request, download)
            except NotFoundError as error:
                return self.framed(request, errors.not_found(request.url.path, error.zh))

        return answer

    def _downloaded(self, request: Request, download: Callable[[Visit], Response]) -> Response:
        with self._views.reading() as db:
            return download(self._visit(db, request))

    async def _static_file(self, request: Request) -> Response:
        file = STATIC.get(request.path_params["name"])
        if file is None:
            raise HTTPException(404)
        current = request.query_params.get("v", "-") == file.etag[1:13]
        # Modules import each other by plain names, so an old one must never be taken for the new one's companion.
        unversioned = ASKED_AGAIN if file.media_type.startswith("text/javascript") else SHORT
        headers = {"ETag": file.etag, "Cache-Control": LONG if current else unversioned}
        if file.etag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        return Response(file.body, media_type=file.media_type, headers=headers)

    async def _log_file(self, request: Request) -> Response:
        return log_files.answer(self._log, request)

    async def _witnessed(self, request: Request) -> Response:
        return await run_in_threadpool(witnessed.answer, self._log, request, self._origin(request))


def _unknown(name: str) -> str:
    raise RuntimeError(f"a bare frame has no {name}")


def _html(status_code: int, body: str) -> Response:
    headers = {"Cache-Control": "no-cache"} if status_code == 200 else {}
    return HTMLResponse(body, status_code, headers)
