"""What the ledger's threads answer, handed to the event loop: many answers at one wake-up.

A group of hundreds is answered at once, and waking the loop for each of them would cost more than the answers.
"""

import asyncio
from collections import deque
from functools import partial
from typing import Any

from ledger.committer import Waiting

Answered = tuple[asyncio.Future[Any], Waiting]


class Outcomes:
    """Of one event loop."""

    def __init__(self) -> None:
        self._answered: deque[Answered] = deque()
        self._woken = False

    async def of(self, waiting: Waiting) -> Any:
        """The outcome; raises what the submission raised. Whoever stops waiting withdraws it, if it is not begun."""
        loop = asyncio.get_running_loop()
        found: asyncio.Future[Any] = loop.create_future()
        waiting.add_done_callback(partial(self._put, loop, found))
        try:
            return await found
        except asyncio.CancelledError:
            waiting.cancel()
            raise

    def _put(self, loop: asyncio.AbstractEventLoop, found: asyncio.Future[Any], waiting: Any) -> None:
        self._answered.append((found, waiting))
        # Entered first, asked second: if the loop is awake already, it has not looked yet and will see it.
        if not self._woken and not loop.is_closed():
            self._woken = True
            loop.call_soon_threadsafe(self._hand_out)

    def _hand_out(self) -> None:
        self._woken = False
        while self._answered:
            found, waiting = self._answered.popleft()
            if found.done() or waiting.cancelled():
                continue
            if (error := waiting.exception()) is not None:
                found.set_exception(error)
            else:
                found.set_result(waiting.result())
