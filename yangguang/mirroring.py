"""A read node's own copy of the published log, made from the database: no file of the writer's is needed.

The node needs ``ledger.toml`` with origin, vkey and database, whose user only has to read; a standby will do. It
signs nothing: checkpoints are stored with their signatures, and files follow from entries byte for byte.

What witnesses cosigned is in no database. With ``policy`` and ``recorder`` in ``ledger.toml`` it is read from what the
recording server publishes, each line verified; that server may be away, and nothing but the lines is missing then.
"""

import logging
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager

from ledger.audit.fetching import Fetcher
from ledger.errors import LedgerError
from ledger.publishing.cosigned import CosignedCheckpoints
from ledger.publishing.publisher import Publisher
from ledger.settings import Settings
from ledger.signing.quorum import read_policy
from ledger.store.choosing import rows_of
from ledger.store.log_reader import LogReader
from yangguang.threads import running_thread

logger = logging.getLogger(__name__)
SECONDS = 0.5
ROUNDS_BETWEEN = 4
DEADLINE_SECONDS = 5.0


@contextmanager
def mirroring(settings: Settings) -> Iterator[None]:
    """Up to date when the block begins, and kept so until it ends. Raises UnreachableError, MalformedError."""
    with closing(LogReader(rows_of(settings))) as reader:
        lines = _lines_of(settings)
        publisher = Publisher(
            reader,
            settings.log,
            vkey=settings.vkey,
            ml_dsa_vkeys=settings.ml_dsa_vkeys,
            cosigned=None if lines is None else lines.kept.with_cosignatures,
        )
        publisher.publish()
        with running_thread(lambda stop: _follow(publisher, lines, stop)):
            yield


class BorrowedLines:
    """Cosignatures as the server at ``url`` publishes them. To be used by one thread."""

    def __init__(self, url: str, kept: CosignedCheckpoints) -> None:
        self.kept = kept
        self._url = f"{url.rstrip('/')}/log/checkpoint"
        self._trouble = ""

    def borrow(self, fetcher: Fetcher, own: bytes) -> None:
        """Takes those under the log's own newest note. What goes wrong is logged once."""
        try:
            self.kept.keep_all(own, fetcher.fetch(self._url))
            self._trouble = ""
        except LedgerError as error:
            if str(error) != self._trouble:
                logger.warning("no cosignatures are read: %s", error.en)
            self._trouble = str(error)


def _lines_of(settings: Settings) -> BorrowedLines | None:
    if settings.policy_file is None or settings.recorder is None:
        return None
    return BorrowedLines(settings.recorder, CosignedCheckpoints(settings.witnesses, read_policy(settings.policy_file)))


def _follow(publisher: Publisher, lines: BorrowedLines | None, stop: threading.Event) -> None:
    trouble, rounds = "", 0
    with closing(Fetcher(deadline_seconds=DEADLINE_SECONDS)) as fetcher:
        while not stop.wait(SECONDS):
            rounds += 1
            try:
                if lines is not None and rounds % ROUNDS_BETWEEN == 0 and publisher.own_note:
                    lines.borrow(fetcher, publisher.own_note)
                publisher.publish()
                trouble = ""
            except LedgerError as error:
                # Such as a standby that is behind the one that was asked before: what is published stays.
                if str(error) != trouble:
                    logger.warning("the log is not followed: %s", error.en)
                trouble = str(error)
