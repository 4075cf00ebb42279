"""All rules in the order of admission: authority, chain, record, then the rules over the whole ledger."""

from types import ModuleType

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


def check(state: State, candidate: Candidate) -> None:
    """Raises the first refusal; the state is unchanged."""
    for rule in RULES:
        rule.check(state, candidate)


def apply(state: State, candidate: Candidate) -> None:
    """Enters an admitted event into the state. The record changes last, so rules see it as it was."""
    for rule in RULES:
        if rule is not chain:
            rule.apply(state, candidate)
    chain.apply(state, candidate)
    state.size = candidate.index + 1
