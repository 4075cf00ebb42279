"""Answers that are not refusals, as JSON."""

from typing import Any

import msgspec
from starlette.responses import Response

MEDIA_TYPE = "application/json"


def found(value: Any) -> Response:
    """What was asked for."""
    return Response(_encode(value), 200, media_type=MEDIA_TYPE)


def recorded(value: Any, *, new: bool) -> Response:
    """Receipts: 201 if this request put something into the log, 200 if it was all there already."""
    return Response(_encode(value), 201 if new else 200, media_type=MEDIA_TYPE)


def _encode(value: Any) -> bytes:
    return msgspec.json.encode(value)
