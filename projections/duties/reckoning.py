"""Reckoning: from the marks on one thing to its duties, each due by the rule in force on the day that started it.

Pure: marks, calendar, qualifications and the day "now" come in, duties go out.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from ledger.domain.policy import Calendar
from projections.duties.marks import Mark
from projections.duties.occasions import OCCASIONS, Marks, Occasion, Once, Series
from projections.duties.rules import RULES, Rule, in_force, next_in_force

Qualified = Callable[[str, Mark, date], frozenset[str]]
"""Duty code, what started it and a day, to the qualifications that whoever answers for it held then."""


@dataclass(frozen=True, slots=True)
class Reckoned:
    """One duty. ``met`` is the act that met it, ``met_on`` the day that counts for it."""

    rule: Rule
    key: str
    on: date
    due_on: date
    trigger: Mark
    met: Mark | None
    met_on: date | None


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What duties are reckoned by: ``now`` is the day of the last entry; nothing that starts later is a duty yet."""

    now: date
    calendar: Calendar | None
    qualified: Qualified
    rules: Sequence[Rule] = RULES


@dataclass(frozen=True, slots=True)
class Reckoning:
    """All duties of one thing, and the day on which it must be reckoned again though nothing was entered."""

    duties: tuple[Reckoned, ...]
    again_on: date | None


def reckon(marks: Sequence[Mark], given: Circumstances) -> Reckoning:
    """The duties that these marks give rise to."""
    found: list[Reckoned] = []
    later: list[date] = []
    for occasions in OCCASIONS:
        for occasion in occasions(Marks(marks)):
            starts_on = occasion.on if isinstance(occasion, Once) else occasion.starts_on
            if starts_on > given.now:
                later.append(starts_on)
                break
            duties, again_on = _reckoned(occasion, given)
            found += duties
            later += [] if again_on is None else [again_on]
    return Reckoning(tuple(found), min(later, default=None))


def _reckoned(occasion: Occasion, given: Circumstances) -> tuple[list[Reckoned], date | None]:
    if isinstance(occasion, Once):
        return list(_once(occasion, given)), None
    terms = list(_terms(occasion, given))
    begun = [term for term in terms if occasion.owed_from <= term[1] <= given.now]
    return _matched(occasion, begun), next((on for _, on, _ in terms if on > given.now), None)


def _rule(occasion: Occasion, on: date, given: Circumstances) -> Rule | None:
    held = given.qualified(occasion.code, occasion.trigger, on)
    return in_force(occasion.code, on, held, given.rules)


def _once(occasion: Once, given: Circumstances) -> Iterator[Reckoned]:
    rule = _rule(occasion, occasion.on, given)
    if rule is None:
        return
    due_on = rule.term.due(occasion.on, 1, given.calendar)
    met = next((act for act in occasion.acts if act.on >= occasion.opens), None)
    met_on = None if met is None else met.public_on if occasion.at_once else met.on
    yield Reckoned(rule, occasion.key, occasion.on, due_on, occasion.trigger, met, met_on)


def _terms(series: Series, given: Circumstances) -> Iterator[tuple[Rule, date, date]]:
    """(rule, first day, due day) of each term, up to the first that begins after ``now``.

    A rule that changes the term's length does so for the terms that begin after it came into force.
    """
    on, anchor, times, rule = series.starts_on, series.starts_on, 0, None
    while True:
        before, rule = rule, _rule(series, on, given)
        if rule is None:
            begins = next_in_force(series.code, on, given.rules)
            if begins is None or begins > series.ends_on:
                return
            on = anchor = begins
            continue
        if before is None or before.term != rule.term:
            anchor, times = on, 0
        times += 1
        due_on = rule.term.due(anchor, times, given.calendar)
        if due_on - timedelta(1) > series.ends_on:
            return
        yield rule, on, due_on
        if on > given.now:
            return
        on = due_on


def _matched(series: Series, terms: Sequence[tuple[Rule, date, date]]) -> list[Reckoned]:
    """Each act, in order of its day, makes good every term that is overdue by then; only if none is, it meets its own.

    So one act never counts for the past and the present at once, and one that comes early never for the future.
    """
    met: list[Mark | None] = [None] * len(terms)
    for act in series.acts:
        open_terms = [n for n, (_, on, _) in enumerate(terms) if met[n] is None and on <= act.on]
        overdue = [n for n in open_terms if terms[n][2] < act.on]
        for n in overdue or open_terms:
            met[n] = act
    return [
        Reckoned(rule, on.isoformat(), on, due_on, series.trigger, act, None if act is None else act.on)
        for (rule, on, due_on), act in zip(terms, met, strict=True)
    ]
