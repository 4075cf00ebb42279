"""The HTTP server's parser: a bound on the head of a request, and a problem document for what is no request at all.

llhttp, which uvicorn uses through httptools, is fast but keeps every header it is sent: without a bound one connection
could fill the memory. RFC 9110 section 5.4 lets a server refuse what is larger than it wishes to process.
"""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from ledger.api.border import HEADERS
from ledger.api.problems import problem_response
from ledger.errors import LedgerError, MalformedError, TooLargeError
from yangguang.joined import JoinedWrites

MAX_HEAD = 65_536


class BoundedHead(HttpToolsProtocol):
    """Refuses a request line and headers over ``MAX_HEAD`` bytes, by at most one read more. Its answers are joined."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._head_bytes: int | None = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(JoinedWrites(transport))  # type: ignore[arg-type]

    def on_message_begin(self) -> None:
        self._head_bytes = 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._head_bytes = None
        super().on_headers_complete()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._head_bytes is None or self.transport.is_closing():
            return
        self._head_bytes += len(data)
        if self._head_bytes > MAX_HEAD:
            self._refuse(TooLargeError("请求头", "head of the request", self._head_bytes, MAX_HEAD))

    def send_400_response(self, msg: str) -> None:
        """What llhttp can't read as a request: another protocol, an unknown method, lengths that contradict."""
        self._refuse(MalformedError("收到的不是有效的HTTP请求。", msg))

    def _refuse(self, refusal: LedgerError) -> None:
        response = problem_response(refusal)
        response.headers["connection"] = "close"
        own = dict(response.raw_headers)
        headers = [*response.raw_headers, *(pair for pair in HEADERS if pair[0] not in own)]
        lines = [b"HTTP/1.1 %d Refused" % response.status_code, *(name + b": " + value for name, value in headers)]
        self.transport.write(b"\r\n".join(lines) + b"\r\n\r\n" + bytes(response.body))
        self.transport.close()
