"""The border: security headers on every answer of the API, and a problem document for everything that is raised."""

import logging

from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ledger.api.problems import internal_problem, problem_response
from ledger.errors import LedgerError

logger = logging.getLogger(__name__)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class Border:
    """ASGI middleware around the whole API application."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def send_with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            await self._app(scope, receive, send_with_headers)
        except LedgerError as refusal:
            await problem_response(refusal)(scope, receive, send_with_headers)
        except ClientDisconnect:
            return
        except Exception:
            # The cause goes to the operator's log; a request's content never does.
            logger.exception("%s failed", scope["method"])
            if started:
                raise
            await internal_problem()(scope, receive, send_with_headers)
