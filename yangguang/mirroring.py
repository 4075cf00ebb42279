"""A read node's own copy of the published log, made from the database: no file of the writer's is needed.

The node needs ``ledger.toml`` with origin, vkey and database, whose user only has to read; a standby will do. It
signs nothing: checkpoints are stored with their signatures, and files follow from entries byte for byte.
"""

import logging
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager

from ledger.errors import LedgerError
from ledger.publishing.publisher import Publisher
from ledger.settings import Settings
from ledger.store.choosing import rows_of
from ledger.store.log_reader import LogReader
from yangguang.threads import running_thread

logger = logging.getLogger(__name__)
SECONDS = 0.5


@contextmanager
def mirroring(settings: Settings) -> Iterator[None]:
    """Up to date when the block begins, and kept so until it ends. Raises UnreachableError, MalformedError."""
    with closing(LogReader(rows_of(settings))) as reader:
        publisher = Publisher(reader, settings.log, vkey=settings.vkey)
        publisher.publish()
        with running_thread(lambda stop: _follow(publisher, stop)):
            yield


def _follow(publisher: Publisher, stop: threading.Event) -> None:
    trouble = ""
    while not stop.wait(SECONDS):
        try:
            publisher.publish()
            trouble = ""
        except LedgerError as error:
            # Such as a standby that is behind the one that was asked before: what is published stays.
            if str(error) != trouble:
                logger.warning("the log is not followed: %s", error.en)
            trouble = str(error)
