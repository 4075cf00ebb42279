"""The core: one ledger and its committer, answering API processes over connected sockets.

It trusts none of them: what they send is parsed and judged here as if nobody had looked at it before, and a
connection that sends nonsense is closed. Order is the order in which submissions reach the committer.
"""

import logging
import socket
from collections.abc import Callable
from functools import partial
from threading import Lock, Thread
from typing import Any

from ledger.application import Ledger
from ledger.committer import Committer, Waiting
from ledger.core.messages import Form, Outbox, frames, refusal_to_json
from ledger.core.parts import submission_from_parts
from ledger.errors import LedgerError, MalformedError
from ledger.receipts import Receipt

logger = logging.getLogger(__name__)


class Core:
    """Whoever made ``ledger`` and ``committer`` closes them."""

    def __init__(self, ledger: Ledger, committer: Committer) -> None:
        self._ledger = ledger
        self._asks: dict[Any, Callable[[Any], Any]] = {
            "submit": lambda item: committer.submit(submission_from_parts(item)),
            "submit_together": lambda items: committer.submit_together([submission_from_parts(item) for item in items]),
            "read_only": lambda _: ledger.read_only and refusal_to_json(ledger.read_only),
            "unready": lambda _: ledger.unready and refusal_to_json(ledger.unready),
            "head": lambda _: ledger.head().to_json(),
            "entry": ledger.entry,
            "receipt": lambda event_id: _parts(ledger.receipt(event_id)),
            "record": self._record,
            "record_indices": ledger.record_indices,
            "key_in_force": lambda key_id: ledger.key_in_force(key_id).to_json(),
            "tasks": ledger.tasks,
            "evidence": ledger.evidence,
            "text": lambda digest: ledger.text(digest).to_json(),
            "opened": ledger.opened,
            "keep_evidence": lambda item: ledger.keep_evidence(*item),
        }

    def converse(self, connection: socket.socket) -> Thread:
        """Answers one connection until its other side closes it, in the thread that is returned, started."""
        thread = Thread(target=self._converse, args=(connection,), name="core", daemon=True)
        thread.start()
        return thread

    def _converse(self, connection: socket.socket) -> None:
        outbox = Outbox(connection)
        answers = _Answers(outbox)
        try:
            for message in frames(connection):
                self._answer(answers, message)
        except MalformedError as error:
            logger.warning("a connection to the core was closed: %s", error)
        finally:
            outbox.close()
            connection.close()

    def _answer(self, answers: "_Answers", message: dict[str, Any]) -> None:
        number = message.get("id")
        answers.expect()
        try:
            found = self._asks[message["ask"]](message["with"])
        except Exception as error:  # noqa: BLE001 - whatever it is, someone waits for an answer
            answers.put(partial(_failure, number, error))
            return
        if isinstance(found, Waiting):
            found.add_done_callback(lambda _: answers.put(partial(_outcome, number, found)))
        else:
            answers.put(lambda: {"id": number, "answer": found})

    def _record(self, reference: str) -> list[bytes] | None:
        if self._ledger.record(reference) is None:
            return None
        return [self._ledger.entry(place) for place in self._ledger.record_indices(reference)]


class _Answers:
    """What goes out over one connection; the last one that is awaited there is alone."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox
        self._awaited = 0
        self._changing = Lock()

    def expect(self) -> None:
        """One more question came."""
        with self._changing:
            self._awaited += 1

    def put(self, form: Form) -> None:
        """Answers one."""
        with self._changing:
            self._awaited -= 1
            alone = not self._awaited
        self._outbox.put(form, alone=alone)


def _parts(receipt: Receipt) -> tuple[int, bytes, bytes]:
    return receipt.index, receipt.entry, receipt.proof


def _outcome(number: Any, waiting: Waiting) -> dict[str, Any]:
    outcome = waiting.exception() or waiting.result()
    if isinstance(outcome, BaseException):
        return _failure(number, outcome)
    answer = _parts(outcome) if isinstance(outcome, Receipt) else [_parts(receipt) for receipt in outcome]
    return {"id": number, "answer": answer, "recorded": waiting.recorded}


def _failure(number: Any, error: BaseException) -> dict[str, Any]:
    if isinstance(error, LedgerError):
        return {"id": number, "refused": refusal_to_json(error)}
    logger.error("the core could not answer", exc_info=error)
    return {"id": number, "failed": True}
