"""One import from file to fates: read, compare with the journal, check, and, unless only trying, record."""

import os
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass, field
from pathlib import Path

from ledger.clock import system_clock
from ledger.domain.entry import day_of
from ledger.errors import InvalidFieldError, LedgerError, NotFoundError
from ledger.signing.keys import PrivateKey
from yangguang.client import Client
from yangguang.importing.book import Book
from yangguang.importing.checking import Checking, reader, stand_in
from yangguang.importing.copies import id_of, recorded_elsewhere
from yangguang.importing.fates import ALREADY, GOOD, READY, RECORDED, UNSENT, Fate, Planner, twins
from yangguang.importing.fingerprints import fingerprint
from yangguang.importing.journal import Journal, journal_of
from yangguang.importing.photos import Photos, attach
from yangguang.importing.reading import Workbook, by_date, read_workbook
from yangguang.importing.recording import Keep, Recording
from yangguang.importing.rows import Row
from yangguang.importing.sheets import plans_by_name, sheet_name

ProgressBar = Callable[[str], AbstractContextManager[Callable[[int, int], None]]]


@dataclass(frozen=True, slots=True)
class Order:
    """What was asked for. ``photographs`` is where copies of photographs are kept."""

    file: Path
    event_type: str | None
    sheets: tuple[str, ...]
    sorted_by_date: bool
    keep_going: bool
    photographs: Path


@dataclass
class Outcome:
    """What came of it. ``failure`` ended a run early that no row is to blame for; ``asked`` is whether a ledger was.

    ``held_back``: rows that could be recorded were not sent, because others cannot. ``twins``: ready rows that say the
    same as earlier ones.
    """

    book: Workbook
    fates: list[Fate] = field(default_factory=list)
    persons: dict[str, str] = field(default_factory=dict)
    photos: list[Path] = field(default_factory=list)
    failure: LedgerError | None = None
    asked: bool = True
    held_back: bool = False
    twins: list[tuple[Row, Row]] = field(default_factory=list)

    @property
    def good(self) -> bool:
        """Every row that was to be recorded is, or could be."""
        wanted = [fate for fate in self.fates if fate.status != UNSENT or fate.problems]
        clean = not self.book.problems and self.failure is None
        return clean and bool(self.fates) and all(fate.status in GOOD for fate in wanted)


def rehearse(order: Order, client: Client, bar: ProgressBar) -> Outcome:
    """Checks everything that can be known before signing; nothing is written or recorded."""
    outcome = Outcome(_read(order))
    journal = Journal.read(journal_of(order.file))
    try:
        journal.check_log(client.standpoint().log)
    except NotFoundError as failure:
        outcome.failure, outcome.asked = failure, False
    outcome.fates = _planned(order, outcome.book, journal, ())
    outcome.twins = twins(outcome.fates)
    attach(outcome.fates, order.file.parent, None)
    today = day_of(system_clock())
    if outcome.asked:
        _check(outcome.fates, Checking(Book(reader(client), today), client), bar)
    else:
        _check(outcome.fates, Checking(Book(stand_in, today, certain=False)), bar)
    outcome.persons = dict(journal.persons)
    return outcome


def perform(order: Order, client: Client, keys: Sequence[PrivateKey], keep: Keep, bar: ProgressBar) -> Outcome:
    """Records what can be. With anything wrong in the file nothing of it is sent, unless it is to keep going."""
    outcome = Outcome(_read(order))
    with closing(Journal.open(journal_of(order.file), client.standpoint().log)) as journal:
        book = Book(reader(client), day_of(system_clock()))
        recording = Recording(client, book, journal, keys, keep, keep_going=order.keep_going)
        before = set(journal.recorded)
        recording.settle({row.key: fingerprint(row) for row in outcome.book.rows if not row.problems})
        outcome.fates = _planned(order, outcome.book, journal, keys)
        _mark_settled(outcome.fates, journal, before)
        photos = attach(outcome.fates, order.file.parent, order.photographs)
        _check(outcome.fates, Checking(Book(reader(client), book.today)), bar)
        wrong = outcome.book.problems or any(fate.problems for fate in outcome.fates)
        if wrong and not order.keep_going:
            outcome.held_back = _hold_back(outcome.fates)
        else:
            with bar("记账 recording") as progress:
                recording.advance = lambda done: progress(done, _wanted(outcome.fates))
                recording.record(outcome.fates)
        outcome.failure, outcome.persons = recording.failure, dict(journal.persons)
    outcome.photos = _photos_of(outcome.fates, photos)
    return outcome


def _read(order: Order) -> Workbook:
    """The file; of sheets that are not to be recorded now the problems do not count."""
    book = read_workbook(order.file, order.event_type)
    if order.sheets:
        wanted = {_sheet(name) for name in order.sheets}
        book.problems = [problem for problem in book.problems if _own_sheet(problem.sheet) in wanted]
    return book


def _own_sheet(name: str) -> str:
    plan = plans_by_name().get(name)
    return sheet_name(plan.cls) if plan else name


def _planned(order: Order, book: Workbook, journal: Journal, keys: Sequence[PrivateKey]) -> list[Fate]:
    sheets = tuple(_sheet(name) for name in order.sheets)
    elsewhere = recorded_elsewhere(journal.path, journal.log)
    planner = Planner(book.known, journal, sheets, os.urandom, id_of(keys, os.urandom), elsewhere)
    return planner.plan(by_date(book.rows) if order.sorted_by_date else book.rows)


def _sheet(name: str) -> str:
    plan = plans_by_name().get(name.strip())
    if plan is None:
        raise InvalidFieldError(f"没有“{name}”这种工作表。", f"There is no sheet {name!r} in any template.")
    return sheet_name(plan.cls)


def _check(fates: Sequence[Fate], checking: Checking, bar: ProgressBar) -> None:
    with bar("检查 checking") as progress:
        checking.advance = lambda done: progress(done, len(fates))
        checking.check(fates)


def _mark_settled(fates: Sequence[Fate], journal: Journal, before: set[str]) -> None:
    """Rows whose envelopes were sent again just now were recorded by this run, as far as anyone can tell."""
    for fate in fates:
        signed = journal.signed.get(fate.row.key)
        if fate.status == ALREADY and signed is not None and signed.event_id not in before:
            fate.status = RECORDED


def _hold_back(fates: Sequence[Fate]) -> bool:
    held = [fate for fate in fates if fate.status == READY]
    for fate in held:
        fate.status = UNSENT
    return bool(held)


def _wanted(fates: Sequence[Fate]) -> int:
    return sum(fate.ready is not None for fate in fates)


def _photos_of(fates: Sequence[Fate], photos: Photos) -> list[Path]:
    return [path for fate in fates if fate.status == RECORDED for path in photos.get(fate.row.key, ())]
