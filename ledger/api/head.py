"""GET /api/head: the newest signed tree head, which every author signs along with the event."""

from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from ledger.api.answers import found
from ledger.core.contract import OpenLedger
from ledger.domain.entry import format_time, parse_entry


class HeadEndpoint:
    """Size, root, checkpoint and the key that signed it, whose log it is, and when its last entry was recorded."""

    def __init__(self, ledger: OpenLedger) -> None:
        self._ledger = ledger

    async def get(self, request: Request) -> Response:
        """The head as it is now."""
        return found(await run_in_threadpool(self._describe))

    def _describe(self) -> dict[str, Any]:
        head = self._ledger.head()
        last = parse_entry(self._ledger.entry(head.size - 1))
        return {
            **head.to_json(),
            "origin": self._ledger.origin,
            "recorded_at": format_time(last.recorded_at),
        }
