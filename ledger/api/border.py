"""The border: security headers on every answer of the API, and a problem document for everything that is raised."""

import logging

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ledger.api.problems import internal_problem, problem_response
from ledger.errors import LedgerError

logger = logging.getLogger(__name__)
HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cache-control", b"no-store"),
)


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
                own = {name for name, _ in message["headers"]}
                message["headers"] = [*message["headers"], *(pair for pair in HEADERS if pair[0] not in own)]
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
