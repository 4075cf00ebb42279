"""The security headers of every answer outside /api, and the page for a failure."""

import logging
import re
from collections.abc import Callable

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
CHECKING = f"{POLICY}; script-src 'self'; connect-src 'self'"
"""For the pages on which a reader may have their own browser check the ledger; no other page has a script."""
CHECKING_PAGES = re.compile(r"/verify|/entries/[0-9]+")
EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""Strict-Transport-Security is for the proxy that ends TLS: only it knows that there is any."""
API = "/api"
logger = logging.getLogger(__name__)


class Armour:
    """ASGI middleware. It adds what an answer lacks, keeps bodies off HEAD, and shows ``broken`` after a failure."""

    def __init__(self, app: ASGIApp, *, broken: Callable[[Request], Response]) -> None:
        self.app = app
        self._broken = broken

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes on whatever is not an HTTP request for a page."""
        if scope["type"] != "http" or is_api(scope["path"]):
            await self.app(scope, receive, send)
            return
        outward = _Outward(send, policy=policy_of(scope["path"]), head=scope["method"] == "HEAD")
        try:
            await self.app(scope, receive, outward)
        except Exception:
            logger.exception("a page failed: %s", scope["path"])
            if outward.started:
                raise
            await self._broken(Request(scope))(scope, receive, outward)


class _Outward:
    def __init__(self, send: Send, *, policy: str, head: bool) -> None:
        self._send = send
        self._headers = {"Content-Security-Policy": policy, **EVERYWHERE}
        self._head = head
        self.started = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            headers = MutableHeaders(scope=message)
            for name, value in self._headers.items():
                headers.setdefault(name, value)
        elif self._head and message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await self._send(message)


def policy_of(path: str) -> str:
    """The content security policy of the answer to a path."""
    return CHECKING if CHECKING_PAGES.fullmatch(path) else POLICY


def is_api(path: str) -> bool:
    """Whether a path belongs to the API, which has its own headers and problem documents."""
    return path == API or path.startswith(f"{API}/")
