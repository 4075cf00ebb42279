"""A resource: one path, the methods it answers, and a refusal for every other. An ASGI application of its own.

The framework's routes cost more than an event's whole signature check, answer a slash too many with a
redirect and lose the request's exact bytes; so paths lead straight here.
"""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from ledger.api.refusals import MethodNotAllowedError, NoSuchPathError

Endpoint = Callable[[Request], Awaitable[Response]]


class Resource:
    """``Resource(get=…)``, ``Resource(post=…)``, ``Resource(put=…)``, ``Resource(delete=…)``."""

    def __init__(
        self,
        *,
        get: Endpoint | None = None,
        post: Endpoint | None = None,
        put: Endpoint | None = None,
        delete: Endpoint | None = None,
    ) -> None:
        endpoints = {"GET": get, "HEAD": get, "POST": post, "PUT": put, "DELETE": delete}
        self._endpoints = {method: endpoint for method, endpoint in endpoints.items() if endpoint is not None}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        endpoint = self._endpoints.get(scope["method"])
        if endpoint is None:
            raise MethodNotAllowedError(self._endpoints)
        response = await endpoint(Request(scope, receive))
        await response(scope, receive, send)


class NowhereResource:
    """Every path under /api that is nobody's."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        raise NoSuchPathError
