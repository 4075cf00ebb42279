"""How long work tells how far it is: one title after the other, each with (done, total)."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from ledger.audit.verify import no_progress

Progress = Callable[[int, int], None]
Stage = Callable[[str], AbstractContextManager[Progress]]


@contextmanager
def in_silence(_title: str) -> Iterator[Progress]:
    """For callers that show none."""
    yield no_progress
