"""The figures that the demonstration publishes: what its own read models show when the first of a day is signed.

All that is published on one day, of whichever question and in whichever copy, follows one size of the log.
"""

from collections.abc import Sequence
from datetime import date

from ledger.application import Ledger
from ledger.domain.disclosure import QUESTIONS
from projections.disclosed.figures import digest_of, figures
from projections.runner import Runner
from projections.views import Views


class LedgerSource:
    """The entries of an open ledger, for the runner."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def size(self) -> int:
        """The number of entries."""
        return self._ledger.head().size

    def root(self) -> bytes:
        """The root over them."""
        return self._ledger.head().root

    def read(self, start: int, stop: int) -> Sequence[bytes]:
        """Entries ``[start, stop)``."""
        return list(self._ledger.store.entries(start, stop))


class FiguresOfTheDay:
    """Follows a ledger into its own read models, as far as it must: they are also those of its pages."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._day = date.min
        self._size = 0
        self._digests: dict[str, str] = {}

    def size(self, on: date) -> int:
        """How many entries the figures of a day are computed from."""
        self._move_to(on)
        return self._size

    def digest(self, question: str, on: date) -> str:
        """The digest of a question's figures at that size."""
        self._move_to(on)
        return self._digests[question]

    def _move_to(self, on: date) -> None:
        if on == self._day:
            return
        path = self._ledger.settings.views
        runner = Runner(path, LedgerSource(self._ledger))
        try:
            runner.run_once()
        finally:
            runner.close()
        views = Views(path)
        with views.reading() as db:
            self._digests = {each: digest_of(figures(db, each)) for each in QUESTIONS}
        views.close()
        self._day, self._size = on, self._ledger.head().size
