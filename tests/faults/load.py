"""Four clients that sign, send and note every receipt, until whoever answers them is gone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Lock, Thread

from ledger.opening import Submission
from tests.faults.author import Author, wire

CLIENTS = 4
Send = Callable[[bytes], bytes]
"""Sends a body and waits for the receipt's; raises OSError or EOFError when nobody answers any more."""


@dataclass
class Sent:
    """What was sent, and of that what was acknowledged, by event id."""

    submissions: dict[str, Submission] = field(default_factory=dict)
    receipts: dict[str, bytes] = field(default_factory=dict)
    noting: Lock = field(default_factory=Lock)

    @property
    def unanswered(self) -> list[Submission]:
        """Sent and not acknowledged: nobody knows yet whether these were recorded."""
        return [item for event_id, item in self.submissions.items() if event_id not in self.receipts]


def start_clients(author: Author, sent: Sent, senders: Sequence[Send]) -> list[Thread]:
    """One running client for each sender."""
    threads = [Thread(target=_write, args=(author, sent, send)) for send in senders]
    for thread in threads:
        thread.start()
    return threads


def _write(author: Author, sent: Sent, send: Send) -> None:
    while True:
        submission = author.place()
        event_id = submission.envelope.event_id
        with sent.noting:
            sent.submissions[event_id] = submission
        try:
            receipt = send(wire(submission))
        except (OSError, EOFError):
            return
        with sent.noting:
            sent.receipts[event_id] = receipt
