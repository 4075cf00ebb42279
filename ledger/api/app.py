"""The staff API as one application: every path under /api, evidence, and the form. Mounted beside the public site."""

import os

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from ledger.api.asking import AskEndpoint, AskPages
from ledger.api.batches import BatchesEndpoint
from ledger.api.border import Border
from ledger.api.desk import Desk
from ledger.api.disclosures import DisclosuresEndpoint
from ledger.api.docs import DocsEndpoint
from ledger.api.drafts import DraftsEndpoint
from ledger.api.events import EventsEndpoint
from ledger.api.evidence import EvidenceEndpoint
from ledger.api.head import HeadEndpoint
from ledger.api.inbox import InboxEndpoint
from ledger.api.openapi import openapi_document
from ledger.api.pending import PendingEndpoint
from ledger.api.problems import problem_response
from ledger.api.records import RecordsEndpoint
from ledger.api.refusals import NoSuchPathError
from ledger.api.resource import NowhereResource, Resource
from ledger.api.signed import Door
from ledger.api.work import WorkEndpoint
from ledger.clock import Clock, Random, system_clock
from ledger.core.contract import OpenLedger, SubmissionQueue
from ledger.sealing.inbox import Inbox

EVENTS = "/api/events"


class Api(FastAPI):
    """Leads the path that a crowd may ask past every layer that only other paths need: a quarter of the cost."""

    events: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == EVENTS:
            await self.events(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


def create_api(
    ledger: OpenLedger,
    queue: SubmissionQueue,
    *,
    clock: Clock = system_clock,
    random: Random = os.urandom,
    ask_pages: AskPages | None = None,
) -> Api:
    """The application over an open ledger, wherever it runs. The clock dates new record ids, letters and signed reads.

    ``ask_pages`` shows the public's form; without it there is none.
    """
    app = Api(docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False)
    app.openapi = lambda: openapi_document(ledger.origin)  # type: ignore[method-assign]
    app.add_middleware(Border)
    app.add_exception_handler(404, _no_such_path)
    inbox = Inbox(ledger.settings.letters)
    if ask_pages is not None:
        ask = AskEndpoint(ledger.settings, inbox, ask_pages, clock=clock, random=random)
        app.router.routes.append(Route("/ask", Resource(get=ask.get, post=ask.post)))
    app.router.routes.extend(_private_routes(ledger, inbox, clock))
    app.router.routes.extend(_routes(ledger, queue, DraftsEndpoint(ledger, clock, random)))
    app.events = Border(next(route.app for route in app.routes if isinstance(route, Route) and route.path == EVENTS))
    return app


async def _no_such_path(_request: Request, _error: Exception) -> Response:
    # A path with a line feed in it matches no route at all, not even the last.
    return problem_response(NoSuchPathError())


def _routes(ledger: OpenLedger, queue: SubmissionQueue, drafts: DraftsEndpoint) -> list[Route]:
    events, docs = EventsEndpoint(ledger, queue), DocsEndpoint(ledger.origin)
    evidence, disclosures = EvidenceEndpoint(ledger), DisclosuresEndpoint(ledger)
    return [
        Route("/api/head", Resource(get=HeadEndpoint(ledger).get)),
        Route("/api/drafts", Resource(post=drafts.post)),
        Route(EVENTS, Resource(post=events.post)),
        Route("/api/events/{event_id}", Resource(get=events.get)),
        Route("/api/batches", Resource(post=BatchesEndpoint(queue).post)),
        Route("/api/records/{kind}/{id}", Resource(get=RecordsEndpoint(ledger).get)),
        Route("/api/evidence/{sha256}", Resource(put=evidence.put)),
        Route("/evidence/{sha256}", Resource(get=evidence.get)),
        Route("/api/disclosures/{digest}", Resource(get=disclosures.get)),
        Route("/disclosures/{digest}", Resource(get=disclosures.get)),
        Route("/api/openapi.json", Resource(get=docs.openapi)),
        Route("/api/docs", Resource(get=docs.page)),
        Route("/api/docs/static/{name}", Resource(get=docs.file)),
        Route("/api", NowhereResource()),
        Route("/api/{rest:path}", NowhereResource()),
    ]


def _private_routes(ledger: OpenLedger, inbox: Inbox, clock: Clock) -> list[Route]:
    desk = Desk(ledger.settings.letters)
    door = Door(ledger, desk, clock)
    letters, pending = InboxEndpoint(door, inbox, clock), PendingEndpoint(ledger, door, desk, clock)
    return [
        Route("/api/inbox", Resource(get=letters.get)),
        Route("/api/inbox/{number}", Resource(delete=letters.delete)),
        Route("/api/pending", Resource(get=pending.get, post=pending.post)),
        Route("/api/pending/{event_id}", Resource(delete=pending.delete)),
        Route("/api/work", Resource(get=WorkEndpoint(ledger, door, pending, inbox, clock).get)),
    ]
