"""An answer's head and its body in one write: uvicorn hands them over one by one, and each is a system call."""

import asyncio
from typing import Any

HEAD, END_OF_HEAD = b"HTTP/1.", b"\r\n\r\n"
WORTH_COPYING = 65_536


class JoinedWrites:
    """A transport that holds the head of an answer until the body comes or, at the latest, the loop goes on."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._loop = asyncio.get_running_loop()
        self._held = b""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """As a transport's."""
        if self._held and len(data) <= WORTH_COPYING:
            data, self._held = self._held + data, b""
        elif self._held:
            self._let_go()
        elif data.startswith(HEAD) and data.endswith(END_OF_HEAD):
            self._held = data
            self._loop.call_soon(self._let_go)
            return
        self._transport.write(data)

    def close(self) -> None:
        """As a transport's: what was written is sent before."""
        self._let_go()
        self._transport.close()

    def _let_go(self) -> None:
        if self._held:
            held, self._held = self._held, b""
            self._transport.write(held)
