"""POST /api/events and GET /api/events/{event_id}: one signed event in, its receipt out, now or later."""

import re

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from ledger.api.answers import found, recorded
from ledger.api.body import parsed
from ledger.api.outcomes import Outcomes
from ledger.api.submitted import submission_in
from ledger.core.contract import OpenLedger, SubmissionQueue
from ledger.domain.sealed import SealedOpened
from ledger.errors import LedgerError, NotFoundError
from ledger.opening import Submission
from ledger.tlog.base64 import encode_base64

EVENT_ID = re.compile(r"[0-9a-f]{64}")
MAY_OPEN = SealedOpened.TYPE.encode("ascii")
"""Only payloads that hold these bytes are worth a question to the vault; the ledger decides."""


class EventsEndpoint:
    """Submitting needs no login: the signature is the authorisation."""

    def __init__(self, ledger: OpenLedger, queue: SubmissionQueue) -> None:
        self._ledger = ledger
        self._queue = queue
        self._outcomes = Outcomes()

    async def post(self, request: Request) -> Response:
        """Admits ``{"envelope": …, "disclosures": […]}``: 201, or 200 for one that is in the log already."""
        submission = await parsed(submission_in, request)
        waiting = self._queue.submit(submission)
        outcome = await self._outcomes.of(waiting)
        if isinstance(outcome, LedgerError):
            raise outcome
        answer = {**outcome.to_json(), **await self._opened(submission)}
        return recorded(answer, new=waiting.recorded)

    async def _opened(self, submission: Submission) -> dict[str, str]:
        """Sealed values, beside the receipt of the event that opened them: to anyone who sends it, readable by one."""
        if MAY_OPEN not in submission.envelope.payload:
            return {}
        found = await run_in_threadpool(self._ledger.opened, submission.envelope.event_id)
        return {} if found is None else {"opened": encode_base64(found)}

    async def get(self, request: Request) -> Response:
        """The receipt of an event, the same bytes for ever."""
        event_id = request.path_params["event_id"]
        if not EVENT_ID.fullmatch(event_id):
            raise NotFoundError(
                "事件编号应是64位小写十六进制。", "An event id is 64 lowercase hexadecimal digits.", "/event_id"
            )
        receipt = await run_in_threadpool(self._ledger.receipt, event_id)
        return found(receipt.to_json())
