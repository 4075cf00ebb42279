"""What a round tells of a log found good: news, duties, freshness; from a read model of the copy."""

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from ledger.audit.glimpse import Glimpse, glimpses
from ledger.audit.published import PublishedFolder
from ledger.audit.replayed import replayed
from ledger.audit.source import Source
from ledger.domain.key import KeyRevoked
from ledger.errors import ProofError
from projections.runner import Runner
from projections.source import LogFolderSource
from projections.status import status
from projections.views import Views
from yangguang.monitor.freshness import Thresholds, freshness
from yangguang.monitor.news import doubtful_news, entries_news, first_news, overdue, overdue_news
from yangguang.monitor.signals import Signal
from yangguang.monitor.state import Kept, StateFolder


@dataclass(frozen=True, slots=True)
class Told:
    """``overdue`` names the duties that are overdue now; ``newest_at`` is when the newest entry was recorded."""

    signals: tuple[Signal, ...]
    overdue: tuple[str, ...]
    newest_at: datetime | None


def tell(state: StateFolder, kept: Kept, now: datetime, limits: Thresholds) -> Told:
    """What is new since ``kept.reported``, what is overdue and what is stale."""
    size = state.checkpoint()[1].tree_size
    source = Source(str(state.folder), PublishedFolder(state.log, prefix="log/"))
    new = list(glimpses(source, kept.reported, size)) if kept.reported else []
    _bring_up_to_date(state)
    views = Views(state.views)
    try:
        with views.reading() as db:
            due = overdue(db, now)
            newest_at = status(db).last_at
            first = not kept.reported
            signals = [
                *freshness(state.seen_note(), newest_at, now, limits),
                *(first_news(size) if first else entries_news(db, new)),
                *_doubtful(source, new, size),
                *overdue_news(due, None if first else kept.overdue),
            ]
    finally:
        views.close()
    return Told(tuple(signals), tuple(due), newest_at)


def _doubtful(source: Source, new: Sequence[Glimpse], size: int) -> Iterator[Signal]:
    # Who signed what is asked of the whole log, and only if a new entry asks it.
    if any(issubclass(entry.event_class, KeyRevoked) and "doubtful_from" in entry.data for entry in new):
        yield from doubtful_news(replayed(glimpses(source, 0, size)).doubtful, since=new[0].index)


def _bring_up_to_date(state: StateFolder) -> None:
    """Folds what is new into the views, which hold nothing that the copy doesn't: damaged ones are made again."""
    try:
        _run(state)
    except (sqlite3.DatabaseError, ProofError):
        for path in state.views.parent.glob(f"{state.views.name}*"):
            path.unlink()
        _run(state)


def _run(state: StateFolder) -> None:
    runner = Runner(state.views, LogFolderSource(state.log))
    try:
        runner.run_once()
    finally:
        runner.close()
