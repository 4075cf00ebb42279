"""POST /api/batches: up to 100 signed events, all recorded or none."""

import asyncio
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from ledger.api.answers import recorded
from ledger.api.body import read_json
from ledger.core.contract import SubmissionQueue
from ledger.errors import InvalidFieldError, LedgerError
from ledger.opening import Submission, parse_submission

MAX_EVENTS = 100


class BatchesEndpoint:
    """A refusal names the event's place: ``/events/3/payload/version``."""

    def __init__(self, queue: SubmissionQueue) -> None:
        self._queue = queue

    async def post(self, request: Request) -> Response:
        """Admits all of ``{"events": […]}`` in order, in one commit."""
        waiting = self._queue.submit_together(_parse_batch(await read_json(request)))
        try:
            receipts = await asyncio.wrap_future(waiting)
        except LedgerError as refusal:
            refusal.field = None if refusal.field is None else f"/events{refusal.field}"
            raise
        return recorded({"receipts": [receipt.to_json() for receipt in receipts]}, new=waiting.recorded)


def _parse_batch(value: Any) -> list[Submission]:
    events = value.get("events") if isinstance(value, dict) and value.keys() == {"events"} else None
    if not isinstance(events, list) or not 1 <= len(events) <= MAX_EVENTS:
        raise InvalidFieldError(
            f"应是{{“events”: [1至{MAX_EVENTS}件]}}。", f'Send {{"events": [1 to {MAX_EVENTS} of them]}}.', "/events"
        )
    return [_parse_one(item, place) for place, item in enumerate(events)]


def _parse_one(value: Any, place: int) -> Submission:
    try:
        return parse_submission(value)
    except LedgerError as refusal:
        refusal.field = f"/events/{place}{refusal.field or ''}"
        raise
