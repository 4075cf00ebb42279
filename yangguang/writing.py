"""The writing half of a running ledger: the only part of serving that loads keys, vault and writer."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from starlette.types import ASGIApp

from ledger.api.app import create_api
from ledger.application import Ledger
from ledger.committer import Committer
from ledger.publishing.publisher import Publisher
from ledger.settings import Settings
from yangguang.threads import running_thread

PUBLISH_SECONDS = 0.2


@contextmanager
def writing(settings: Settings) -> Iterator[ASGIApp]:
    """The API, publishing what it admits until the block ends; what was queued is finished."""
    ledger = Ledger.open(settings.directory)
    try:
        committer = Committer(ledger)
        with running_thread(lambda stop: _publish(ledger, stop)):
            yield create_api(ledger, committer)
            committer.close()
    finally:
        ledger.close()


def _publish(ledger: Ledger, stop: threading.Event) -> None:
    publisher = Publisher(ledger.store, ledger.settings.log, vkey=ledger.settings.vkey)
    stopping = False
    while not stopping:
        stopping = stop.wait(PUBLISH_SECONDS)
        publisher.publish()
