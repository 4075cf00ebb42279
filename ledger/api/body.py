"""Request bodies: capped, timed, parsed once and strictly. No framework sees them."""

import asyncio
import re
from collections.abc import Callable
from typing import Any, TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request

from ledger.api.refusals import SlowBodyError, UnsupportedMediaTypeError
from ledger.api.submitted import MAX_BODY, parse_body
from ledger.errors import TooLargeError

T = TypeVar("T")
MAX_DRAINED = 8 * 1024 * 1024
DEADLINE_SECONDS = 15
LONG = 64 * 1024
JSON_TYPE = re.compile(r"application/(json|[a-z0-9.+-]+\+json)\s*(;\s*charset=\"?utf-8\"?\s*)?", re.IGNORECASE)


async def read_json(request: Request) -> Any:
    """The strictly parsed body. Raises MalformedError, TooLargeError, SlowBodyError, UnsupportedMediaTypeError.

    Its strings are not judged yet: what may stand in them depends on the field.
    """
    return await parsed(parse_body, request)


async def parsed(parse: Callable[[bytes], T], request: Request) -> T:
    """What ``parse`` makes of the body of a JSON request; a long one in a thread."""
    _check_media_type(request)
    body = await read_body(request)
    return await run_in_threadpool(parse, body) if len(body) > LONG else parse(body)


async def read_body(request: Request, *, deadline: float = DEADLINE_SECONDS, most: int = MAX_BODY) -> bytes:
    """Up to ``most`` bytes within 15 s.

    A longer body is read to its end first, up to 8 MiB within the same time, because a client that is still
    sending does not see an answer.
    """
    kept, total = bytearray(), 0
    try:
        async with asyncio.timeout(deadline):
            while True:
                message = await request.receive()
                if message["type"] == "http.disconnect":
                    raise ClientDisconnect
                chunk = message.get("body", b"")
                total += len(chunk)
                if total <= most:
                    kept += chunk
                if not message.get("more_body", False) or total > max(MAX_DRAINED, most):
                    break
    except TimeoutError:
        if total <= most:
            raise SlowBodyError(int(deadline)) from None
    if total > most:
        raise TooLargeError("请求内容", "request body", total, most)
    return bytes(kept)


def _check_media_type(request: Request) -> None:
    kind = request.headers.get("content-type")
    if kind is not None and not JSON_TYPE.fullmatch(kind.strip()):
        raise UnsupportedMediaTypeError
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise UnsupportedMediaTypeError
