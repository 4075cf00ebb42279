"""A writer in a process of its own, made to be killed: submissions come in over pipes, receipts go out.

It is what ``yangguang serve`` has behind its HTTP: the ledger, the committer, and a publisher beside them.
"""

import time
from collections.abc import Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Thread

from ledger.application import Ledger
from ledger.canonical import parse_strict
from ledger.committer import Committer
from ledger.opening import parse_submission
from ledger.publishing.publisher import Publisher
from ledger.receipts import Receipt
from tests.faults.author import receipt_bytes

PUBLISH_SECONDS = 0.02
MAX_BODY = 1024 * 1024


def receive(directory: Path, pipes: Sequence[Connection]) -> None:
    """Runs for ever: one thread a client, so that submissions gather into groups while a commit runs."""
    ledger = Ledger.open(directory)
    committer = Committer(ledger)
    for pipe in pipes:
        Thread(target=_answer, args=(committer, pipe), daemon=True).start()
    publisher = Publisher(ledger.store, ledger.settings.log, vkey=ledger.settings.vkey)
    while True:
        publisher.publish()
        time.sleep(PUBLISH_SECONDS)


def _answer(committer: Committer, pipe: Connection) -> None:
    while True:
        submission = parse_submission(parse_strict(pipe.recv_bytes(), max_bytes=MAX_BODY))
        outcome = committer.submit(submission).result()
        pipe.send_bytes(receipt_bytes(outcome) if isinstance(outcome, Receipt) else b"")
