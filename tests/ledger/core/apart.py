"""A core in a process of its own, and its client in this one."""

import multiprocessing
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from ledger.application import Ledger
from ledger.committer import Committer
from ledger.core.client import CoreClient
from ledger.core.server import Core
from ledger.errors import LedgerError
from ledger.opening import Submission
from ledger.receipts import Receipt
from ledger.settings import load_settings
from tests.ledger.world import counted

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["tests.ledger.core.apart"])
PATIENCE = 30


class LedgerApart(CoreClient):
    """A client that a World can record through, as it does through a ledger."""

    def admit(self, submissions: Sequence[Submission]) -> list[Receipt | LedgerError]:
        """As ``Ledger.admit``, though each may be in another group."""
        return [waiting.result(PATIENCE) for waiting in [self.submit(submission) for submission in submissions]]


def run_core(directory: Path, now: datetime, connections: Sequence[socket.socket]) -> None:
    """The ledger in a directory, its clock stopped, until the other ends are closed."""
    ledger = Ledger.open(directory, clock=lambda: now, random=counted("core"))
    committer = Committer(ledger)
    core = Core(ledger, committer)
    for thread in [core.converse(connection) for connection in connections]:
        thread.join()
    committer.close()
    ledger.close()


@contextmanager
def running_core(directory: Path, now: datetime, *, most_waiting: int = 1000) -> Iterator[LedgerApart]:
    """A client of a core that ends with the block, in order."""
    (submissions, theirs), (reads, theirs_too) = socket.socketpair(), socket.socketpair()
    process = FORKS.Process(target=run_core, args=(directory, now, [theirs, theirs_too]))
    process.start()
    theirs.close()
    theirs_too.close()
    client = LedgerApart(load_settings(directory), submissions=submissions, reads=reads, most_waiting=most_waiting)
    yield client
    client.close()
    process.join(PATIENCE)
    assert process.exitcode == 0
    process.close()
