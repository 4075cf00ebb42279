"""What a correction or void does to the views: the record is taken out and folded again as it stands now.

A figure that a correction changed lists the corrected entry and the correction; what was voided counts nowhere.
"""

import sqlite3
from collections.abc import Mapping
from functools import cache
from types import ModuleType
from typing import Any

from projections import (
    batches,
    conduct,
    deliveries,
    effect,
    entries,
    money,
    needs,
    recognition,
    regions,
    teams,
    voice,
    what,
    where,
    whom,
)
from projections.duties import calendar as duties
from projections.facts import Fact, Understanding

FOLDED_AGAIN = (
    *(what, whom, batches, money, where, effect, deliveries),
    *(teams, needs, conduct, recognition, duties, voice, regions),
)
"""In the order of folding: where asks what, whom and batches, money asks whom, duties ask what."""
CREDITED = (batches, money, where, effect, deliveries, needs, conduct, recognition, duties)
KINDS: Mapping[ModuleType, frozenset[str]] = {
    what: frozenset({"programme", "project"}),
    whom: frozenset({"renovation"}),
    money: frozenset({"donation", "payment"}),
    effect: frozenset({"indicator"}),
    deliveries: frozenset({"companionship", "training", "service"}),
    teams: frozenset({"team"}),
    needs: frozenset({"need", "project", "renovation", "award"}),
    conduct: frozenset({"ledger", "organisation", "misconduct"}),
    recognition: frozenset({"case", "media", "honour"}),
    voice: frozenset({"problem", "question"}),
    regions: frozenset({"region", "head"}),
}
"""The kinds of record that a view looks at; the views that are not named look at every entry."""


@cache
def views_of(kind: str) -> tuple[Any, ...]:
    """The views that an entry of a kind is folded into, in the order of folding."""
    return tuple(module for module in FOLDED_AGAIN if kind in KINDS.get(module, (kind,)))


def fold(db: sqlite3.Connection, fact: Fact, understanding: Understanding) -> list[Fact]:
    """Folds the record of a correction or void again; the facts that it tells anew."""
    for module in FOLDED_AGAIN:
        module.forget(db, fact.reference)
    retold = list(understanding.retold(fact))
    for step in retold:
        for module in views_of(step.payload.kind):
            module.fold(db, step)
    for corrected, correction in _corrections(fact):
        for module in CREDITED:
            module.credit(db, corrected, correction)
    where.move_spending(db, fact.reference)
    entries.amend(db, fact, retold)
    duties.amend(db, fact)
    return retold


def _corrections(fact: Fact) -> list[tuple[int, int]]:
    """Pairs of (corrected entry, its correction) among what is still in force."""
    past_and_index = list(zip(fact.record.history, fact.chain.indices, strict=True))
    numbers = {past.event_id: index for past, index in past_and_index}
    return [
        (index, numbers[event_id])
        for past, index in past_and_index
        for event_id in past.corrections
        if not past.standing
    ]
