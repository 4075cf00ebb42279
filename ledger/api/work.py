"""GET /api/work: what waits for the holder of the key that signed the request.

    {"key_id": "d473…", "organisation": "organisation/0188…", "capabilities": ["publish"],
     "tasks": [{"record": "question/0188…", "next": "question.answered", "since": "2026-02-20", …}],
     "complete": true, "letters": 3, "envelopes": 1}

``letters`` counts the inbox for those who may read it, else it is null; ``envelopes`` wait for this key's signature.
"""

from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from ledger.api.answers import found
from ledger.api.inbox import READERS
from ledger.api.pending import PendingEndpoint
from ledger.api.signed import Door
from ledger.clock import Clock
from ledger.core.contract import OpenLedger
from ledger.sealing.inbox import Inbox
from ledger.signing.keyring import EnrolledKey


class WorkEndpoint:
    """Any enrolled key may ask, each for itself."""

    def __init__(self, ledger: OpenLedger, door: Door, pending: PendingEndpoint, inbox: Inbox, clock: Clock) -> None:
        self._ledger = ledger
        self._door = door
        self._pending = pending
        self._inbox = inbox
        self._clock = clock

    async def get(self, request: Request) -> Response:
        """Tasks by the day since which they wait, and how much lies elsewhere."""
        signed = await self._door.open(request)
        return found(await run_in_threadpool(self._describe, signed.key))

    def _describe(self, key: EnrolledKey) -> dict[str, Any]:
        envelopes = [waiting for waiting in self._pending.waiting_for(key) if waiting.wanted]
        return {
            "key_id": key.key_id,
            "organisation": key.organisation,
            "capabilities": sorted(key.capabilities),
            **self._ledger.tasks(key.key_id),
            "letters": self._inbox.count(self._clock()) if key.capabilities & set(READERS) else None,
            "envelopes": len(envelopes),
        }
