"""All rules in the order of admission: authority, chain, record, then the rules over the whole ledger.

A rule is a module with ``check``, and ``apply`` where it remembers anything. One that concerns some kinds of records
only says so by ``KINDS``, and is not asked about others, for it would neither refuse nor remember: that is tested with
every event there is. One without is always asked. The kind is the payload's: ``chain``, which is always asked and
stands before every rule with ``KINDS``, refuses an event whose record is of another.
"""

from types import ModuleType

from ledger.domain.catalogue import KINDS
from ledger.rules import (
    authority,
    chain,
    companions,
    conduct,
    counting,
    findings,
    funds,
    keys,
    needs,
    people,
    personal_data,
    privacy,
    publicity,
    recognition,
    records,
    regions,
    restatement,
    voice,
)
from ledger.rules.candidate import Candidate
from ledger.rules.state import State

RULES: tuple[ModuleType, ...] = (
    authority,
    chain,
    recognition,
    records,
    keys,
    conduct,
    findings,
    counting,
    funds,
    people,
    restatement,
    publicity,
    companions,
    privacy,
    needs,
    personal_data,
    voice,
    regions,
)


def _asked(kind: str) -> tuple[ModuleType, ...]:
    return tuple(rule for rule in RULES if kind in getattr(rule, "KINDS", KINDS))


ASKED = {kind: _asked(kind) for kind in KINDS}
"""The rules that may refuse an event of a record of each kind, in their order."""
ENTERED = {
    kind: tuple(rule for rule in asked if hasattr(rule, "apply") and rule is not chain) for kind, asked in ASKED.items()
}
"""The rules that may remember it, but for the record, which changes last, so that rules see it as it was."""


def check(state: State, candidate: Candidate) -> None:
    """Raises the first refusal; the state is unchanged."""
    for rule in ASKED[candidate.payload.kind]:
        rule.check(state, candidate)


def apply(state: State, candidate: Candidate) -> None:
    """Enters an admitted event into the state."""
    for rule in ENTERED[candidate.payload.kind]:
        rule.apply(state, candidate)
    chain.apply(state, candidate)
    state.size = candidate.index + 1
