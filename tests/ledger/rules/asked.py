"""Which rules are asked about what: a rule that is not asked would have said nothing."""

from dataclasses import fields
from typing import Any

import pytest

from ledger.rules import admission, authority, chain
from ledger.rules.candidate import Candidate
from ledger.rules.state import State, Table


def check_and_ask_the_others(state: State, candidate: Candidate) -> None:
    """As ``admission.check``; and no rule that is not asked refuses what authority and chain let pass."""
    authority.check(state, candidate)
    chain.check(state, candidate)
    check_others_silent(state, candidate)
    for rule in admission.ASKED[candidate.payload.kind]:
        rule.check(state, candidate)


def check_others_silent(state: State, candidate: Candidate) -> None:
    """Rules that are not asked about the candidate neither refuse it nor remember anything of it."""
    watched = state.fork()
    for rule in set(admission.RULES) - set(admission.ASKED[candidate.payload.kind]):
        try:
            rule.check(watched, candidate)
            getattr(rule, "apply", rule.check)(watched, candidate)
        except Exception as error:  # noqa: BLE001 - an audit would take an AssertionError for a finding
            pytest.fail(f"{rule.__name__} is not asked about {candidate.payload.type}, but refuses it: {error!r}")
        if entered := changes(watched, state):
            pytest.fail(f"{rule.__name__} is not asked about {candidate.payload.type}, but enters {entered}")


def changes(fork: State, state: State) -> list[str]:
    """What in a fresh fork is not as in the state it was made from."""
    values: dict[str, Any] = {field.name: getattr(fork, field.name) for field in fields(State)}
    tables = [name for name, value in values.items() if isinstance(value, Table) and value._changes]
    others = {name: value for name, value in values.items() if not isinstance(value, Table)}
    return [*tables, *(name for name, value in others.items() if value != getattr(state, name))]
