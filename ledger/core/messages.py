"""What API processes ask of the core and what it answers: frames of MessagePack over a pair of connected sockets.

    4 bytes, the length, big-endian | MessagePack, or JSON for texts that are no Unicode (a lone surrogate)
    {"id": 7, "ask": "submit", "with": [payload, [[keyid, signature], …], [disclosure, …]]}
    {"id": 7, "answer": [index, entry, proof], "recorded": true}
    {"id": 7, "refused": {"type": "overspent", "zh": …, "en": …, "field": …}}
    {"id": 7, "failed": true}    a fault of the core's own, which its log tells

Payloads, signatures, entries and proofs travel as the bytes they are.

Frames that wait are written at once, and one that comes while a write runs waits: no timer gathers them.
"""

import contextlib
import json
import socket
from collections.abc import Callable, Iterator
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any

import msgspec

from ledger.errors import LedgerError, MalformedError

LENGTH_BYTES = 4
MAX_FRAME = 16 * 1024 * 1024
BUFFER = 256 * 1024
MOST_AT_ONCE = 250
Form = Callable[[], dict[str, Any]]


def frames(connection: socket.socket) -> Iterator[dict[str, Any]]:
    """The messages that arrive, until the other side is gone. Raises MalformedError, for whatever it sends."""
    with contextlib.suppress(ConnectionError), connection.makefile("rb", BUFFER) as stream:
        while len(head := stream.read(LENGTH_BYTES)) == LENGTH_BYTES:
            size = int.from_bytes(head)
            if size > MAX_FRAME:
                raise MalformedError(f"消息有{size}字节。", f"A message has {size} bytes.")
            if len(body := stream.read(size)) < size:
                return
            yield _parse(body)


class Outbox:
    """Writes messages in the order they were put, in a thread of its own, which also gives them their form."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._queue: SimpleQueue[Form | None] = SimpleQueue()
        self._thread = Thread(target=self._run, name="outbox", daemon=True)
        self._thread.start()

    def put(self, form: Form) -> None:
        """Sends what ``form`` returns. After the connection broke, nothing is sent and nothing raised."""
        self._queue.put(form)

    def close(self) -> None:
        """Sends what waits, then tells the other side that nothing more will come."""
        self._queue.put(None)
        self._thread.join()
        with contextlib.suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)

    def _run(self) -> None:
        while (waiting := self._take()) is not None:
            written = b"".join(_frame(form()) for form in waiting)
            with contextlib.suppress(OSError):
                self._connection.sendall(written)

    def _take(self) -> list[Form] | None:
        first = self._queue.get()
        if first is None:
            return None
        taken = [first]
        with contextlib.suppress(Empty):
            while len(taken) < MOST_AT_ONCE:
                following = self._queue.get_nowait()
                if following is None:
                    self._queue.put(None)
                    break
                taken.append(following)
        return taken


def refusal_to_json(refusal: LedgerError) -> dict[str, Any]:
    """A refusal without its traceback."""
    return {"type": refusal.type, "zh": refusal.zh, "en": refusal.en, "field": refusal.field}


def refusal_from_json(value: dict[str, Any]) -> LedgerError:
    """A refusal of the class that its type names: constructors write sentences, and this one has them already."""
    cls = _classes(LedgerError).get(value["type"], LedgerError)
    refusal = cls.__new__(cls)
    LedgerError.__init__(refusal, value["zh"], value["en"], value["field"])
    return refusal


def _frame(value: dict[str, Any]) -> bytes:
    try:
        body = msgspec.msgpack.encode(value)
    except UnicodeEncodeError:
        body = json.dumps(value).encode("ascii")
    return len(body).to_bytes(LENGTH_BYTES) + body


def _parse(body: bytes) -> dict[str, Any]:
    try:
        # No map of MessagePack begins with this byte.
        value = json.loads(body) if body.startswith(b"{") else msgspec.msgpack.decode(body)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise MalformedError("消息不是一组名和值。", "A message is no map.")
    return value


def _classes(cls: type[LedgerError]) -> dict[str, type[LedgerError]]:
    found = {cls.type: cls}
    for sub in cls.__subclasses__():
        found = _classes(sub) | found
    return found
