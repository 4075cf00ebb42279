"""The runner: follows a log and folds every entry into every view, the tracking position with them.

One transaction holds a batch's rows in all tables and the position after it: a process that is killed at any moment
finds the views as they were after some whole batch, and goes on from there.
"""

import gc
import shutil
import sqlite3
import threading
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from operator import attrgetter
from pathlib import Path

from ledger.domain.catalogue import EVENTS
from ledger.errors import BusyError, LedgerError, ProofError
from projections import (
    amendments,
    at_places,
    counted,
    enrolments,
    entries,
    names,
    search,
    sentences,
    status,
    withdrawals,
)
from projections.duties import calendar as duties
from projections.duties.rules import RULES
from projections.facts import AMENDING, Fact, Understanding
from projections.frontier import Frontier
from projections.grams import refuse_without_indexes
from projections.keeping import Keeping
from projections.lines import LINES
from projections.source import EntrySource
from projections.views import open_builder, open_writer, transaction

VERSION = 1
"""To be raised when a fold changes what it writes into the same tables."""
FOLDED = (
    *(counted, names, enrolments, status, entries, sentences, search, at_places, withdrawals),
    *amendments.FOLDED_AGAIN,
)
STATEMENTS = [each for module in FOLDED for each in module.SCHEMA.strip().removesuffix(";").split(";\n")]
INDEXES = tuple(each for each in STATEMENTS if each.startswith(("CREATE INDEX", "CREATE UNIQUE INDEX")))
TABLES = tuple(each for each in STATEMENTS if each not in INDEXES)
FOLDING = (
    *("acts_by_record", "batches_by_record", "duties_by_subject", "duty_clock_by_day", "duty_holders_by_organisation"),
    *("duty_marks_by_entry", "duty_marks_by_record", "entries_by_record", "needs_by_project", "needs_by_what_met_them"),
    *("payments_by_project", "payments_by_object", "places_by_parent"),
)
"""The indexes that folds themselves look things up in; the others are made last where everything is built at once."""
FIRST = (*TABLES, *(each for each in INDEXES if each.split()[each.split().index("INDEX") + 1] in FOLDING))
LAST = (*(each for each in INDEXES if each not in FIRST), *at_places.TRIGGERS)
AT_ONCE = 1_000
"""From so many entries on, views that are empty are built in a file beside them and put in place when complete."""

Alone = Callable[[], AbstractContextManager[None]]
Progress = Callable[[int, int], None]
"""Called with (entries folded, entries in the log) after each batch."""


def stamp() -> int:
    """What the views depend on besides the log: tables, folds, rules, the wording of sentences. Fits user_version."""
    words = "".join(f"{cls.topic()}{label}" for cls in EVENTS.values() for label in (*cls.SAYS.items(), cls.LABEL))
    return zlib.crc32(f"{VERSION}{FIRST}{LAST}{LINES}{RULES}{words}".encode()) & 0x7FFFFFFF


def as_of_folder(views_path: Path) -> Path:
    """Where the views of earlier sizes are kept, beside the views themselves."""
    return views_path.parent / "as-of"


def scores_folder(views_path: Path) -> Path:
    """Where scores that take long are kept: they rest on the same folds."""
    return as_of_folder(views_path) / "scores"


class Runner:
    """A writer of the views at ``views_path``. Not to be shared between threads that fold at once.

    Runners in several processes take turns: ``alone`` makes the block within which none but this one folds.
    """

    def __init__(self, views_path: Path, source: EntrySource, *, alone: Alone = nullcontext) -> None:
        self.views_path = views_path
        self.source = source
        self._alone = alone
        self.trouble: Exception | None = None
        self._db = open_writer(views_path)
        self._keeping: Keeping | None = None
        self._understood: tuple[Frontier, Understanding] | None = None
        with self._alone():
            if self._db.execute("PRAGMA user_version").fetchone()[0] != stamp():
                self.rebuild()

    def rebuild(self) -> None:
        """Drops every table and makes them anew, empty; the next run folds from entry 0."""
        self._remember_nothing()
        refuse_without_indexes(self._db)
        # What was built of earlier sizes rests on the same folds and the same log.
        shutil.rmtree(as_of_folder(self.views_path), ignore_errors=True)
        with transaction(self._db):
            tables = self._db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
            for (table,) in tables:
                self._db.execute(f'DROP TABLE IF EXISTS "{table}"')  # those of an index of texts go with it
            _make(self._db, (*FIRST, *LAST))

    def run_once(self, batch: int = 500, *, progress: Progress | None = None) -> int:
        """Folds all that the log has and the views have not; returns how many entries that was.

        Raises ProofError where the log's root is not that of the entries it hands out, before those are shown.
        """
        with self._alone():
            return self._run_once(batch, progress)

    def _run_once(self, batch: int, progress: Progress | None) -> int:
        size, root = self._head()
        start = status.position(self._db)
        if size < start.size:
            raise _went_back(start.size, size)
        if not start.size and size >= AT_ONCE:
            self._build(size, root, batch, progress)
            return size
        if self._hashed(start, size, batch).root() != (root if size else start.root()):
            raise _other_history(size)
        if start.size < size and self._keeping is None:
            self._keeping = Keeping(self._db, self.views_path, LINES)
        self._fold_up_to(start, size, batch, progress)
        return size - start.size

    def _fold_up_to(self, frontier: Frontier, size: int, batch: int, progress: Progress | None) -> Frontier:
        while frontier.size < size:
            frontier = self._fold(frontier, self._read(frontier, size, batch))
            if progress is not None:
                progress(frontier.size, size)
        return frontier

    def _build(self, size: int, root: bytes, batch: int, progress: Progress | None) -> None:
        """Folds everything into a file beside the views, without what only later entries need, and copies it over.

        A crash before the copy is committed leaves the views empty and a file that the next build replaces. Readers
        see the empty views or the complete ones, and complete they are not before their root is the log's.
        """
        beside = self.views_path.with_name(f"{self.views_path.name}.building")
        beside.unlink(missing_ok=True)
        self._remember_nothing()
        building, views = open_builder(beside), self._db
        try:
            _make(building, FIRST)
            self._db = building
            with _uncollected():
                self._fold_the_signed(size, root, batch, progress)
            with transaction(building):
                duties.settle_all(building)
                at_places.fill(building)
                counted.fill(building, LINES)
                for statement in LAST:
                    building.execute(statement)
            building.backup(views)
            views.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # all of it went through the WAL
        finally:
            self._db, self._understood = views, None
            building.close()
            beside.unlink(missing_ok=True)

    def _fold_the_signed(self, size: int, root: bytes, batch: int, progress: Progress | None) -> None:
        """From entry 0. What can't be folded may be no entry of the log: whether it is, is said first."""
        try:
            found = self._fold_up_to(Frontier(), size, batch, progress)
        except BusyError:
            raise
        except Exception as error:
            if self._hashed(Frontier(), size, batch).root() != root:
                raise _other_history(size) from error
            raise
        if found.root() != root:
            raise _other_history(size)

    def follow(self, stop: threading.Event, interval: float = 0.5) -> None:
        """Runs until ``stop`` is set. What goes wrong stands in ``trouble`` until a run succeeds again."""
        while not stop.is_set():
            try:
                self.run_once()
                self.trouble = None
            except (LedgerError, OSError, sqlite3.Error) as error:
                self.trouble = error
            stop.wait(interval)

    def close(self) -> None:
        """Closes the views' file."""
        self._remember_nothing()
        self._db.close()

    def _remember_nothing(self) -> None:
        self._understood = None
        if self._keeping is not None:
            self._keeping.close()
            self._keeping = None

    def _head(self) -> tuple[int, bytes]:
        """A size and the root of that very size, though the log may be growing."""
        while True:
            size = self.source.size()
            root = self.source.root() if size else b""
            if self.source.size() == size:
                return size, root

    def _read(self, frontier: Frontier, size: int, batch: int) -> list[bytes]:
        entries = list(self.source.read(frontier.size, min(size, frontier.size + batch)))
        if not entries:
            raise _other_history(size)
        return entries

    def _hashed(self, frontier: Frontier, size: int, batch: int) -> Frontier:
        """Where readers would see what is folded, all of it is hashed before: reading twice is cheap beside folding."""
        while frontier.size < size:
            frontier = frontier.after(self._read(frontier, size, batch))
        return frontier

    def _fold(self, frontier: Frontier, entries: list[bytes]) -> Frontier:
        """One batch, all or nothing. What was remembered holds only for the very position it was left at."""
        known, understanding = self._understood or (None, None)
        self._understood = None
        if understanding is None or known != frontier:
            understanding = Understanding(self._db)
        grown = frontier.after(entries)
        told: list[Fact] = []
        with _uncollected(), transaction(self._db):
            for index, raw in enumerate(entries, frontier.size):
                told += _fold_everywhere(self._db, understanding.fact(index, raw), understanding)
            if self._keeping is None:
                self._db.put_off.clear()  # what is built is settled once, at its end
            else:
                duties.settle(self._db)
                self._keeping.settle()
            _enter_words(self._db, told)
            status.move_to(self._db, grown)
        self._understood = (grown, understanding)
        return grown


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without the search for cycles: folding makes none, and what it remembers is looked through over and over."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def _make(db: sqlite3.Connection, statements: Iterable[str]) -> None:
    for statement in statements:
        db.execute(statement)
    db.execute(f"PRAGMA user_version = {stamp()}")


def _fold_everywhere(db: sqlite3.Connection, fact: Fact, understanding: Understanding) -> list[Fact]:
    """Folds one entry; the facts that it tells or tells anew."""
    status.fold(db, fact)
    entries.fold(db, fact)
    withdrawals.fold(db, fact)
    if isinstance(fact.event, AMENDING):
        return [fact, *amendments.fold(db, fact, understanding)]
    for module in amendments.views_of(fact.payload.kind):
        module.fold(db, fact)
    return [fact]


def _enter_words(db: sqlite3.Connection, told: list[Fact]) -> None:
    """All of a batch at once, for an index of texts is written out whenever another table is."""
    told.sort(key=attrgetter("index"))
    sentences.enter(db, told)
    search.enter(db, told)


def _went_back(folded: int, size: int) -> ProofError:
    return ProofError(
        f"账本只有{size:,}条，比网页数据读过的{folded:,}条还少。账本不会变短，请核对来源。",
        f"The log has {size:,} entries, fewer than the {folded:,} already read. A log never shrinks: check the source.",
    )


def _other_history(size: int) -> ProofError:
    return ProofError(
        f"账本前{size:,}条的总指纹与读到的账目不符，网页数据没有更新。",
        f"The root over the first {size:,} entries is not that of the entries read; the views were not updated.",
    )
