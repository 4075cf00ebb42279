"""Signatures checked by other processes while one judges: nothing else of an event can be done out of order.

Checking is begun with the last envelope of a group and judging with the first, so they meet half-way and neither waits
for the other: whoever judges an envelope that is not checked yet checks it himself. A process only ever answers that
signatures hold; one that is slow, or dies, costs time and changes no verdict.
"""

import marshal
import multiprocessing
import select
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Protocol, TypeAlias

from ledger.errors import LedgerError
from ledger.signing.envelope import PAYLOAD_TYPE, Envelope, pae
from ledger.signing.keys import key_id, verify

AT_ONCE = 16
FEWEST = 2 * AT_ONCE
AHEAD = 3
"""Parts that one process has at a time. More would fill the pipe, and whoever judges would wait to write."""
Signed: TypeAlias = list[tuple[str, bytes, bytes]]
"""Key id, public key and signature of each who signed."""
Asked: TypeAlias = tuple[int, bytes, Signed]
"""Place, payload and who signed."""


class Checks(Protocol):
    """What a judge asks."""

    def begin(self, envelopes: Sequence[Envelope], public_key: Callable[[str], bytes | None]) -> None:
        """These will be judged in this order."""

    def hold(self, place: int) -> bool:
        """Whether every signature of the envelope about to be judged is known to hold. False says nothing."""


class NoChecks:
    """Whoever judges checks."""

    def close(self) -> None:
        """Nothing runs."""

    def begin(self, envelopes: Sequence[Envelope], public_key: Callable[[str], bytes | None]) -> None:
        """Begins nothing."""

    def hold(self, place: int) -> bool:
        """Not known."""
        return False


NO_CHECKS = NoChecks()


class ChecksApart:
    """In ``processes`` of their own, which start with the first large group and end with this one."""

    def __init__(self, processes: int) -> None:
        self._to_start = processes
        self.processes: list[BaseProcess] = []
        self._workers: list[_Worker] = []
        self._group = 0
        self._envelopes: Sequence[Envelope] = ()
        self._public_key: Callable[[str], bytes | None] = _unknown
        self._next = 0
        self._held: set[int] = set()

    def close(self) -> None:
        """The processes read the end of their pipes, and leave."""
        for worker in self._workers:
            worker.connection.close()

    def begin(self, envelopes: Sequence[Envelope], public_key: Callable[[str], bytes | None]) -> None:
        """Those of a small group, and those of a key that ``public_key`` does not know, are left to the judge."""
        self._group += 1
        self._envelopes, self._public_key, self._held = envelopes, public_key, set()
        self._next = len(envelopes) if len(envelopes) >= FEWEST else 0
        if self._next:
            self._start()
            self._go_on(0)

    def hold(self, place: int) -> bool:
        """Whether every signature of the envelope about to be judged is known to hold. False says nothing."""
        if len(self._envelopes) >= FEWEST:
            self._go_on(place + 1)
        return place in self._held

    def _start(self) -> None:
        # Spawned, not forked: a fork of a process with threads may hold a lock for ever.
        context = multiprocessing.get_context("spawn")
        while self._to_start:
            self._to_start -= 1
            near, far = context.Pipe()
            process = context.Process(target=_answer, args=(far,), name="signatures", daemon=True)
            process.start()
            far.close()
            self.processes.append(process)
            self._workers.append(_Worker(near))

    def _go_on(self, judged: int) -> None:
        """Takes in what was found, and gives out what nobody has and the judge has not come to."""
        for worker in list(self._workers):
            try:
                for group, places in worker.found():
                    self._held.update(places if group == self._group else ())
                while worker.awaited < AHEAD and self._next > judged:
                    first = max(judged, self._next - AT_ONCE)
                    worker.ask(self._group, self._part(first))
                    self._next = first
            except (EOFError, OSError):
                self._workers.remove(worker)

    def _part(self, first: int) -> list[Asked]:
        found = [(place, self._envelopes[place]) for place in range(first, self._next)]
        return [(place, envelope.payload, _signed(envelope, self._public_key)) for place, envelope in found]


class _Worker:
    """``awaited`` parts were asked and are not answered."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.awaited = 0
        # Asked once an event: the connection's own poll() makes a selector each time, ten times as dear.
        self._arrivals = select.poll()
        self._arrivals.register(connection.fileno(), select.POLLIN)

    def ask(self, group: int, part: list[Asked]) -> None:
        self.connection.send_bytes(marshal.dumps((group, part)))
        self.awaited += 1

    def found(self) -> Iterator[tuple[int, list[int]]]:
        """What has been answered so far: of which group, and the places whose signatures hold."""
        while self.awaited and self._arrivals.poll(0):
            self.awaited -= 1
            yield marshal.loads(self.connection.recv_bytes())  # noqa: S302 - from a process that this one started


def _answer(connection: Connection) -> None:
    """What a process does until its pipe ends. An interrupt at the keyboard is for whoever started it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with connection, suppress(EOFError, OSError):
        while True:
            group, part = marshal.loads(connection.recv_bytes())  # noqa: S302 - from the process that started this one
            held = [place for place, payload, signed in part if signed and _holds(pae(PAYLOAD_TYPE, payload), signed)]
            connection.send_bytes(marshal.dumps((group, held)))


def _unknown(_keyid: str) -> None:
    """No key is known before a group is begun."""


def _signed(envelope: Envelope, public_key: Callable[[str], bytes | None]) -> Signed:
    """Empty where a key is not known."""
    found = [(item.keyid, public_key(item.keyid) or b"", item.sig) for item in envelope.signatures]
    return found if all(key for _, key, _ in found) else []


def _holds(message: bytes, signed: Signed) -> bool:
    try:
        for name, key, signature in signed:
            verify(key, signature, message)
            if key_id(key) != name:
                return False
    except LedgerError:
        return False
    return True
