"""GET /disclosures/{digest}: a withdrawable text as its author sent it, until an entry withdraws it, then 410."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from ledger.api.answers import found
from ledger.core.contract import OpenLedger


class DisclosuresEndpoint:
    """Also under /api, where a site shows the same text as a page."""

    def __init__(self, ledger: OpenLedger) -> None:
        self._ledger = ledger

    async def get(self, request: Request) -> Response:
        """Name, value, the entry, and the exact disclosure, whose digest stands in that entry."""
        text = await run_in_threadpool(self._ledger.text, request.path_params["digest"])
        return found(text.to_json())
