"""POST /api/batches: up to 100 signed events, all recorded or none."""

from starlette.requests import Request
from starlette.responses import Response

from ledger.api.answers import recorded
from ledger.api.body import parsed
from ledger.api.outcomes import Outcomes
from ledger.api.submitted import submissions_in
from ledger.core.contract import SubmissionQueue
from ledger.errors import LedgerError


class BatchesEndpoint:
    """A refusal names the event's place: ``/events/3/payload/version``."""

    def __init__(self, queue: SubmissionQueue) -> None:
        self._queue = queue
        self._outcomes = Outcomes()

    async def post(self, request: Request) -> Response:
        """Admits all of ``{"events": […]}`` in order, in one commit."""
        waiting = self._queue.submit_together(await parsed(submissions_in, request))
        try:
            receipts = await self._outcomes.of(waiting)
        except LedgerError as refusal:
            refusal.field = None if refusal.field is None else f"/events{refusal.field}"
            raise
        return recorded({"receipts": [receipt.to_json() for receipt in receipts]}, new=waiting.recorded)
