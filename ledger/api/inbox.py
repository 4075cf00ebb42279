"""GET /api/inbox, DELETE /api/inbox/{number}: the public's letters as ciphertexts, for who publishes or supervises.

    {"letters": [{"number": "7Q2M-0VXC-9ETR", "received_at": "2026-03-02T04:00:00.000Z", "key_id": "9f3c…",
                  "ciphertext": "…"}], "more": false}

``?after=<number>`` goes on after a letter. Reading happens on the reader's own device, with the inbox key.
"""

import re
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from ledger.api.answers import found
from ledger.api.signed import Door
from ledger.clock import Clock
from ledger.domain.entry import format_time
from ledger.domain.question import NUMBER
from ledger.errors import NotFoundError
from ledger.sealing.inbox import Inbox, SealedLetter
from ledger.tlog.base64 import encode_base64

READERS = ("publish", "supervise")
PAGE = 50


class InboxEndpoint:
    """Both need a signed request."""

    def __init__(self, door: Door, inbox: Inbox, clock: Clock) -> None:
        self._door = door
        self._inbox = inbox
        self._clock = clock

    async def get(self, request: Request) -> Response:
        """Up to 50 letters, oldest first."""
        await self._door.open(request, *READERS)
        after = request.query_params.get("after")
        letters = await run_in_threadpool(self._inbox.letters, self._clock(), after=after, limit=PAGE + 1)
        return found({"letters": [_to_json(letter) for letter in letters[:PAGE]], "more": len(letters) > PAGE})

    async def delete(self, request: Request) -> Response:
        """Removes a letter that was handled, for ever."""
        await self._door.open(request, *READERS)
        number: str = request.path_params["number"]
        if not re.fullmatch(NUMBER, number):
            raise NotFoundError("来信编号的写法不对。", "This is not written like the number of a letter.")
        await run_in_threadpool(self._inbox.delete, number)
        return found({"number": number, "deleted": True})


def _to_json(letter: SealedLetter) -> dict[str, Any]:
    return {
        "number": letter.number,
        "received_at": format_time(letter.received_at),
        "key_id": letter.key_id,
        "ciphertext": encode_base64(letter.ciphertext),
    }
