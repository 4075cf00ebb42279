"""POST /api/events and GET /api/events/{event_id}: one signed event in, its receipt out, now or later."""

import asyncio
import re

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from ledger.api.answers import found, recorded
from ledger.api.body import read_json
from ledger.core.contract import OpenLedger, SubmissionQueue
from ledger.errors import LedgerError, NotFoundError
from ledger.opening import parse_submission

EVENT_ID = re.compile(r"[0-9a-f]{64}")


class EventsEndpoint:
    """Submitting needs no login: the signature is the authorisation."""

    def __init__(self, ledger: OpenLedger, queue: SubmissionQueue) -> None:
        self._ledger = ledger
        self._queue = queue

    async def post(self, request: Request) -> Response:
        """Admits ``{"envelope": …, "disclosures": […]}``: 201, or 200 for one that is in the log already."""
        submission = parse_submission(await read_json(request))
        waiting = self._queue.submit(submission)
        outcome = await asyncio.wrap_future(waiting)
        if isinstance(outcome, LedgerError):
            raise outcome
        return recorded(outcome.to_json(), new=waiting.recorded)

    async def get(self, request: Request) -> Response:
        """The receipt of an event, the same bytes for ever."""
        event_id = request.path_params["event_id"]
        if not EVENT_ID.fullmatch(event_id):
            raise NotFoundError(
                "事件编号应是64位小写十六进制。", "An event id is 64 lowercase hexadecimal digits.", "/event_id"
            )
        receipt = await run_in_threadpool(self._ledger.receipt, event_id)
        return found(receipt.to_json())
