"""/ask: the form for everybody, without script, account or cookie. What is written goes into the inbox, sealed.

The words are sealed to the inbox key before anything is kept, and stand in no log and no error: this machine can
read a letter for as long as it answers the request, and never again. How the pages look is the site's business.
"""

from dataclasses import replace
from datetime import datetime
from typing import Protocol

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from ledger.api.form import read_form
from ledger.api.problems import status_of
from ledger.api.throttle import Throttle, network_of
from ledger.clock import Clock, Random
from ledger.domain.letter import FIELDS, Asking, Letter, faults_in, new_number, tidy
from ledger.domain.values import Label
from ledger.errors import LedgerError
from ledger.sealing.inbox import Inbox, InboxFullError, SealedLetter
from ledger.sealing.letters import Letterbox
from ledger.settings import Settings


class AskPages(Protocol):
    """What shows the form."""

    def show(self, request: Request, asking: Asking, status: int) -> Response:
        """The page of the form as it stands."""


class AskEndpoint:
    """Without an inbox key in the settings no letter is taken. Raises InvalidKeyError for a key that is none."""

    def __init__(self, settings: Settings, inbox: Inbox, pages: AskPages, *, clock: Clock, random: Random) -> None:
        self._letterbox = Letterbox(settings.inbox, origin=settings.origin) if settings.inbox else None
        self._proxy_header = settings.proxy_header
        self._inbox = inbox
        self._pages = pages
        self._clock = clock
        self._random = random
        self._throttle = Throttle()

    async def get(self, request: Request) -> Response:
        """The empty form."""
        asking = Asking(self._letterbox is not None, {"about": request.query_params.get("about", "")})
        return self._pages.show(request, asking, 200)

    async def post(self, request: Request) -> Response:
        """Takes a letter, or shows the form again with all that was typed."""
        if self._letterbox is None:
            return self._pages.show(request, Asking(taken=False), 503)
        try:
            typed = tidy(await read_form(request, FIELDS))
        except LedgerError as refusal:
            return self._again(request, Asking(taken=True, trouble=Label(refusal.zh, refusal.en)), status_of(refusal))
        if faults := faults_in(typed):
            return self._again(request, Asking(taken=True, typed=typed, faults=faults), 422)
        return await run_in_threadpool(self._take, request, self._letterbox, typed)

    def _take(self, request: Request, letterbox: Letterbox, typed: dict[str, str]) -> Response:
        now = self._clock()
        asking = Asking(taken=True, typed=typed)
        again_at = self._throttle.again_at(self._address(request), now)
        if again_at is not None:
            response = self._again(request, replace(asking, again_at=again_at), 429)
            response.headers["Retry-After"] = str(int((again_at - now).total_seconds()) + 1)
            return response
        number = new_number(self._random)
        try:
            self._inbox.put(_sealed(letterbox, Letter(number, **typed), now))
        except InboxFullError as refusal:
            return self._again(request, replace(asking, trouble=Label(refusal.zh, refusal.en)), status_of(refusal))
        return self._pages.show(request, Asking(taken=True, typed={"about": typed["about"]}, number=number), 200)

    def _again(self, request: Request, asking: Asking, status: int) -> Response:
        response = self._pages.show(request, asking, status)
        if status in (408, 413):
            # The rest of the body may still be on its way and must not be read as another request.
            response.headers["Connection"] = "close"
        return response

    def _address(self, request: Request) -> str:
        """The client's network: of the connection, unless a proxy is known to say it in a header of its own."""
        if self._proxy_header:
            # Of several values only the last is the proxy's own; those before it anybody can send.
            said = request.headers.getlist(self._proxy_header)
            return network_of(said[-1].rpartition(",")[2]) if said else ""
        return network_of(request.client.host) if request.client else ""


def _sealed(letterbox: Letterbox, letter: Letter, now: datetime) -> SealedLetter:
    return SealedLetter(letter.number, now, letterbox.key_id, letterbox.seal(letter.to_bytes()))
