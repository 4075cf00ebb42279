"""What API processes ask of the core and what it answers: frames of MessagePack over a pair of connected sockets.

    4 bytes, the length, big-endian | MessagePack, or JSON for texts that are no Unicode (a lone surrogate)
    {"id": 7, "ask": "submit", "with": [payload, [[keyid, signature], …], [disclosure, …]]}
    {"id": 7, "answer": [index, entry, proof], "recorded": true}
    {"id": 7, "refused": {"type": "overspent", "zh": …, "en": …, "field": …}}
    {"id": 7, "failed": true}    a fault of the core's own, which its log tells

Payloads, signatures, entries and proofs travel as the bytes they are.

Frames that wait are written together, and one that comes while a write runs waits: no timer gathers them. One that is
alone is written by whoever brings it, which saves it the way through another thread.
"""

import contextlib
import json
import socket
from collections.abc import Callable, Iterator
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from typing import Any

import msgspec

from ledger.errors import LedgerError, MalformedError

LENGTH_BYTES = 4
MAX_FRAME = 16 * 1024 * 1024
BUFFER = 256 * 1024
MOST_AT_ONCE = 250
Form = Callable[[], dict[str, Any]]
REST: Form = dict
"""Put after a message that was sent in part, so that the thread sends the rest."""


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
    """Writes messages in a thread of its own, in the order they were put. That thread also gives them their form."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._queue: SimpleQueue[Form | None] = SimpleQueue()
        self._writing = Lock()
        self._rest = b""
        self._thread = Thread(target=self._run, name="outbox", daemon=True)
        self._thread.start()

    def put(self, form: Form, *, alone: bool = False) -> None:
        """Sends what ``form`` returns. After the connection broke, nothing is sent and nothing raised.

        One that is ``alone`` is sent from here if nothing is being written; it may pass others that wait.
        """
        if not (alone and self._sent_from_here(form)):
            self._queue.put(form)

    def close(self) -> None:
        """Sends what waits, then tells the other side that nothing more will come."""
        self._queue.put(None)
        self._thread.join()
        with contextlib.suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)

    def _run(self) -> None:
        while (waiting := self._take()) is not None:
            written = b"".join(_frame(form()) for form in waiting if form is not REST)
            with self._writing, contextlib.suppress(OSError):
                rest, self._rest = self._rest, b""
                self._connection.sendall(rest + written)

    def _sent_from_here(self, form: Form) -> bool:
        if not self._writing.acquire(blocking=False):
            return False
        try:
            if self._rest:
                return False
            frame = _frame(form())
            with contextlib.suppress(BlockingIOError):
                # Whoever puts it must not wait until the other side has read.
                frame = frame[self._connection.send(frame, socket.MSG_DONTWAIT) :]
            self._rest = frame
        except OSError:
            return True
        finally:
            self._writing.release()
        if frame:
            self._queue.put(REST)
        return True

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
