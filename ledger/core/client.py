"""The core as an API process sees it: what ``Ledger`` and ``Committer`` offer, asked over two connected sockets.

Two, so that a read which takes long stands in no submission's way.
"""

import socket
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from itertools import count
from threading import Lock, Thread
from typing import Any

from ledger.committer import Waiting
from ledger.core.messages import Outbox, frames, refusal_from_json
from ledger.core.parts import submission_to_parts
from ledger.disclosing import PublicText
from ledger.domain.record import Record
from ledger.errors import BusyError, LedgerError, ReadOnlyError
from ledger.head import Head
from ledger.opening import Submission
from ledger.receipts import Receipt
from ledger.settings import Settings
from ledger.signing.keyring import EnrolledKey, enrolled_from_json
from ledger.store.mapper import admitted_from, project_record
from ledger.tlog.base64 import decode_base64

MOST_WAITING = 1000
Answer = dict[str, Any]


class Channel:
    """Questions over one connection, each answered once, in any order."""

    def __init__(self, connection: socket.socket, most_waiting: int) -> None:
        self._connection = connection
        self._most_waiting = most_waiting
        self._numbers = count()
        self._waiting: dict[int, Callable[[Answer], None]] = {}
        self._changing = Lock()
        self._gone = False
        self._outbox = Outbox(connection)
        Thread(target=self._listen, name="answers", daemon=True).start()

    def ask(self, name: str, form: Callable[[], Any], then: Callable[[Answer], None]) -> None:
        """Calls ``then`` with the answer. Raises BusyError when too many wait, ConnectionError without a core."""
        number = next(self._numbers)
        with self._changing:
            if self._gone:
                raise ConnectionError("the core is gone")
            if len(self._waiting) >= self._most_waiting:
                raise BusyError
            self._waiting[number] = then
            alone = len(self._waiting) == 1
        self._outbox.put(lambda: {"id": number, "ask": name, "with": form()}, alone=alone)

    def close(self) -> None:
        """Ends the connection; whoever still waits is told that nobody will answer."""
        self._outbox.close()

    def _listen(self) -> None:
        try:
            for answer in frames(self._connection):
                self._waiting.pop(answer["id"])(answer)
        finally:
            with self._changing:
                self._gone = True
            for number in list(self._waiting):
                self._waiting.pop(number)({"id": number, "failed": True})
            self._connection.close()


class CoreClient:
    """An OpenLedger and a SubmissionQueue. ``most_waiting`` bounds the requests of this process alone."""

    def __init__(
        self,
        settings: Settings,
        *,
        submissions: socket.socket,
        reads: socket.socket,
        most_waiting: int = MOST_WAITING,
    ) -> None:
        self.settings = settings
        self.origin = settings.origin
        self._submissions = Channel(submissions, most_waiting)
        self._reads = Channel(reads, most_waiting)

    def submit(self, submission: Submission) -> Waiting:
        """As ``Committer.submit``."""
        waiting = Waiting((submission,), together=False)
        return self._submit("submit", waiting, lambda: submission_to_parts(submission))

    def submit_together(self, submissions: Sequence[Submission]) -> Waiting:
        """As ``Committer.submit_together``."""
        waiting = Waiting(tuple(submissions), together=True)
        return self._submit("submit_together", waiting, lambda: [submission_to_parts(item) for item in submissions])

    @property
    def read_only(self) -> ReadOnlyError | None:
        """As ``Ledger.read_only``."""
        found = self._read("read_only")
        return None if found is None else ReadOnlyError(found["zh"], found["en"])

    @property
    def unready(self) -> LedgerError | None:
        """As ``Ledger.unready``."""
        found = self._read("unready")
        return None if found is None else LedgerError(found["zh"], found["en"])

    def head(self) -> Head:
        """As ``Ledger.head``."""
        found = self._read("head")
        return Head(found["size"], decode_base64(found["root"]), found["checkpoint"].encode(), found["vkey"])

    def entry(self, entry_index: int) -> bytes:
        """As ``Ledger.entry``."""
        found: bytes = self._read("entry", entry_index)
        return found

    def receipt(self, event_id: str) -> Receipt:
        """As ``Ledger.receipt``."""
        return Receipt(*self._read("receipt", event_id))

    def record(self, reference: str) -> Record | None:
        """As ``Ledger.record``, folded here from the record's entries."""
        entries = self._read("record", reference)
        return project_record(None, [admitted_from(raw) for raw in entries or []])

    def record_indices(self, reference: str) -> list[int]:
        """As ``Ledger.record_indices``."""
        found: list[int] = self._read("record_indices", reference)
        return found

    def key_in_force(self, key_id: str) -> EnrolledKey:
        """As ``Ledger.key_in_force``."""
        return enrolled_from_json(self._read("key_in_force", key_id))

    def tasks(self, key_id: str) -> dict[str, Any]:
        """As ``Ledger.tasks``."""
        found: dict[str, Any] = self._read("tasks", key_id)
        return found

    def evidence(self, sha256: str) -> tuple[str, bytes]:
        """As ``Ledger.evidence``."""
        media_type, data = self._read("evidence", sha256)
        return media_type, data

    def text(self, digest: str) -> PublicText:
        """As ``Ledger.text``."""
        return PublicText.from_json(self._read("text", digest))

    def opened(self, event_id: str) -> bytes | None:
        """As ``Ledger.opened``."""
        found: bytes | None = self._read("opened", event_id)
        return found

    def keep_evidence(self, sha256: str, data: bytes) -> None:
        """As ``Ledger.keep_evidence``."""
        self._read("keep_evidence", [sha256, data])

    def close(self) -> None:
        """Ends both connections."""
        self._submissions.close()
        self._reads.close()

    def _submit(self, name: str, waiting: Waiting, form: Callable[[], Any]) -> Waiting:
        # Once it may be on its way to the core, nobody can take it back.
        waiting.set_running_or_notify_cancel()
        self._submissions.ask(name, form, lambda answer: _resolve(waiting, answer))
        return waiting

    def _read(self, name: str, what: Any = None) -> Any:
        answered: Future[Answer] = Future()
        self._reads.ask(name, lambda: what, answered.set_result)
        answer = answered.result()
        if (error := _error(answer)) is not None:
            raise error
        return answer["answer"]


def _resolve(waiting: Waiting, answer: Answer) -> None:
    error = _error(answer)
    if error is None:
        waiting.recorded = answer["recorded"]
        found = answer["answer"]
        waiting.set_result([Receipt(*item) for item in found] if waiting.together else Receipt(*found))
    elif isinstance(error, LedgerError) and not waiting.together:
        waiting.set_result(error)
    else:
        waiting.set_exception(error)


def _error(answer: Answer) -> Exception | None:
    if "refused" in answer:
        return refusal_from_json(answer["refused"])
    return RuntimeError("the core failed or is gone") if "failed" in answer else None
