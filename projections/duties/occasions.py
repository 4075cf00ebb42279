"""What gives rise to a duty: one small function for each kind, from the marks on a thing to the occasions.

A new kind of duty is one such function in ``OCCASIONS`` and its rows in ``rules``.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import count

from ledger.domain.disclosure import QUESTIONS
from projections.duties.marks import CORRECTED, Mark
from projections.duties.terms import months_after

LONG = 6
"""Months: what lasts longer is reported on as it goes (charity law art. 79)."""


@dataclass(frozen=True, slots=True)
class Once:
    """A duty that ``trigger`` started on the day ``on``. The first of ``acts`` meets it, none before ``opens``.

    ``at_once``: the trigger itself meets it, on the day on which it became public.
    """

    code: str
    key: str
    on: date
    trigger: Mark
    acts: tuple[Mark, ...] = ()
    opens: date = date.min
    at_once: bool = False


@dataclass(frozen=True, slots=True)
class Series:
    """A duty that comes again term after term, from ``starts_on`` on, while a whole term fits in before ``ends_on``.

    Terms that begin before ``owed_from`` carry no duty. An act makes good what is overdue, or else meets its own term.
    """

    code: str
    trigger: Mark
    starts_on: date
    ends_on: date
    owed_from: date
    acts: tuple[Mark, ...]


Occasion = Once | Series


@dataclass(frozen=True, slots=True)
class Marks:
    """The marks on one thing, in the order of the log."""

    all: Sequence[Mark]

    def of(self, what: str, detail: str = "") -> tuple[Mark, ...]:
        """Those of one kind, by the day on which it happened."""
        found = [mark for mark in self.all if mark.what == what and detail in ("", mark.detail)]
        return tuple(sorted(found, key=lambda mark: (mark.on, mark.index)))

    def first(self, what: str) -> Mark | None:
        """The earliest of one kind, if any."""
        return next(iter(self.of(what)), None)


def programme_money(marks: Marks) -> Iterator[Occasion]:
    """What was raised and used, while the programme runs."""
    opened = marks.first("programme")
    if opened and opened.until:
        acts = marks.of("published", "how_much")
        yield _series("programme_money", opened, opened.until, opened.until, acts)


def programme_whole(marks: Marks) -> Iterator[Occasion]:
    """All five questions, over the whole of it, once it is over."""
    opened = marks.first("programme")
    for question in QUESTIONS if opened and opened.until else ():
        assert opened
        assert opened.until
        acts = tuple(mark for mark in marks.of("published", question) if _covers(mark, opened.on, opened.until))
        yield Once("programme_whole", question, opened.until, opened, acts)


def annual_review(marks: Marks) -> Iterator[Occasion]:
    """Each calendar year of the programme."""
    opened = marks.first("programme")
    for year in range(opened.on.year, opened.until.year + 1) if opened and opened.until else ():
        assert opened
        yield Once("annual_review", str(year), date(year, 12, 31), opened, marks.of("reviewed", str(year)))


def surplus(marks: Marks) -> Iterator[Occasion]:
    """What was left at the close: published again for a period that ends after it."""
    for closed in marks.of("surplus"):
        acts = tuple(mark for mark in marks.of("published", "how_much") if mark.until and mark.until > closed.on)
        yield Once("surplus", "", closed.on, closed, acts)


def project_progress(marks: Marks) -> Iterator[Occasion]:
    """While a project runs that is planned for over six months, or has lasted over six months against its plan.

    That it is over, and its closing report, are reports too: the last terms are not left open for ever.
    """
    started, ended = marks.first("started"), marks.first("ended")
    if started and started.until:
        ends_on = ended.on if ended else date.max
        reports = (*marks.of("reported"), *marks.of("ended"), *marks.of("settled"))
        in_order = tuple(sorted(reports, key=lambda mark: (mark.on, mark.index)))
        yield _series("project_progress", started, started.until, ends_on, in_order)


def project_close(marks: Marks) -> Iterator[Occasion]:
    """Once a project is over."""
    ended = marks.first("ended")
    if ended:
        yield Once("project_close", "", ended.on, ended, marks.of("settled"), opens=ended.on)


def annual_report(marks: Marks) -> Iterator[Occasion]:
    """Each year of a charity, from the one in which the ledger knew of it."""
    for charity in marks.of("qualified", "charity")[:1]:
        for year in count(max(charity.on, charity.since or charity.on).year):
            if charity.until and charity.until < date(year, 12, 31):
                return
            acts = marks.of("year reported", str(year))
            yield Once("annual_report", str(year), date(year, 12, 31), charity, acts)


def receipt(marks: Marks) -> Iterator[Occasion]:
    """Each gift of cash or goods, unless it went back whole."""
    received = marks.first("received")
    if received and not marks.of("gone"):
        yield Once("receipt", "", received.on, received, marks.of("receipted"))


def _at_once(code: str, what: str) -> Callable[[Marks], Iterator[Occasion]]:
    """A duty that is met by entering what happened: late where that was entered late."""

    def found(marks: Marks) -> Iterator[Occasion]:
        for mark in marks.of(what):
            yield Once(code, str(mark.index), mark.on, mark, (mark,), at_once=True)

    return found


def _answered(code: str, start: str, act: str) -> Callable[[Marks], Iterator[Occasion]]:
    """A duty that each mark of one kind starts, and the next one of another kind in the record meets."""

    def found(marks: Marks) -> Iterator[Occasion]:
        for number, started in enumerate(marks.of(start), start=1):
            acts = tuple(mark for mark in marks.of(act) if mark.index > started.index)
            yield Once(code, str(number), started.on, started, acts)

    return found


def _series(code: str, started: Mark, planned_until: date, ends_on: date, acts: tuple[Mark, ...]) -> Series:
    """A plan of six months or less owes nothing before it has lasted longer."""
    over = months_after(started.on, LONG)
    return Series(code, started, started.on, ends_on, started.on if planned_until >= over else over, acts)


def _covers(mark: Mark, start: date, end: date) -> bool:
    return bool(mark.since and mark.until and mark.since <= start and mark.until >= end)


OCCASIONS: tuple[Callable[[Marks], Iterator[Occasion]], ...] = (
    programme_money, programme_whole, annual_review, surplus, project_progress, project_close, annual_report, receipt,
    _at_once("reallocation", "reallocated"),
    _at_once("correction", CORRECTED),
    _at_once("particulars", "amended"),
    _answered("question", "asked", "answered"),
    _answered("problem", "raised", "replied"),
)  # fmt: skip
