"""A rule that concerns some kinds of records is not asked about others: then it must have nothing to say of them."""

from collections.abc import Iterator
from typing import Any

import pytest

from ledger.domain.catalogue import EVENTS, KINDS, NEVER_CORRECTED, event_class
from ledger.domain.correction import Corrected, Voided
from ledger.domain.entry import parse_entry
from ledger.domain.event import Event
from ledger.domain.payload import parse_payload
from ledger.domain.record import Past, Record
from ledger.errors import LedgerError
from ledger.rules import admission, authority, chain, keys, needs, voice
from ledger.rules.candidate import Candidate
from ledger.rules.state import State
from tests.ledger.rules.asked import check_others_silent
from tests.ledger.rules.book import POLICY
from tests.projections.amended_log import amended_log

REASONS = ("duplicate", "mistake", "restated")


def read(state: State, raw: bytes) -> Candidate:
    """The candidate of an entry of a log that nobody signed."""
    entry = parse_entry(raw)
    payload = parse_payload(entry.envelope.payload)
    event = event_class(payload.type, payload.schema).parse(payload.data)
    return Candidate(state.size, entry.recorded_at, payload, event, ())


def amendments(record: Record, past: Past) -> Iterator[Event]:
    """Every void of an entry, and corrections that leave out or double each field that may be corrected."""
    for reason in REASONS:
        yield EVENTS[f"{record.kind}.voided", 1].parse({"event": past.event_id, "reason": reason})
    in_force = past.event.data()
    for name in in_force.keys() & set(past.event.CORRECTS):
        for change in changes_of(in_force[name]):
            data = {"event": past.event_id, "reason": "typing", "changes": {name: change}}
            yield EVENTS[f"{record.kind}.corrected", 1].parse(data)


def changes_of(value: Any) -> Iterator[dict[str, Any]]:
    yield {"from": value}
    if value and isinstance(value, str | list):
        yield {"from": value, "to": [*value, *value] if isinstance(value, list) else value * 2}


@pytest.fixture(scope="module")
def entered() -> tuple[State, list[Candidate]]:
    """A log with every type of event, and how each stood when it came: all but keys is entered."""
    state, candidates = State("ledger.example/test", policy=POLICY), []
    for raw in amended_log().entries:
        candidate = read(state, raw)
        candidate.subject(state)
        check_others_silent(state, candidate)
        for rule in (*admission.ENTERED[candidate.payload.kind], chain):
            if rule is not keys:
                rule.apply(state, candidate)
        state.size += 1
        candidates.append(candidate)
    return state, candidates


def test_of_no_event_type_has_an_unasked_rule_anything_to_say(entered: tuple[State, list[Candidate]]) -> None:
    assert {type(candidate.event) for candidate in entered[1]} == set(EVENTS.values())


def test_of_no_correction_or_void_has_an_unasked_rule_anything_to_say(entered: tuple[State, list[Candidate]]) -> None:
    state, candidates = entered
    tried = set()
    for candidate in candidates:
        record = candidate.record(state)
        newest = state.records.get(record.id)
        if newest is None or record.kind in NEVER_CORRECTED or isinstance(candidate.event, Corrected | Voided):
            continue
        past = newest.find(candidate.payload.event_id)
        assert past is not None
        for event in amendments(newest, past):
            one = Candidate(state.size, candidate.recorded_at, candidate.payload, event, ())
            try:
                one.subject(state)
            except LedgerError:
                continue
            check_others_silent(state, one)
            tried.add((type(event), type(candidate.event)))
    assert {cls for cls, _ in tried} >= {cls for cls in EVENTS.values() if issubclass(cls, Voided)}


def test_what_the_declarations_rest_on_is_always_asked_first() -> None:
    assert {asked[:2] for asked in admission.ASKED.values()} == {(authority, chain)}
    for rule in admission.RULES:
        assert getattr(rule, "KINDS", KINDS.keys()) <= KINDS.keys(), rule


def test_a_rule_without_a_declaration_is_asked_about_every_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    assert [kind for kind in KINDS if voice in admission.ASKED[kind]] == ["question"]
    monkeypatch.delattr(voice, "KINDS")
    assert all(voice in admission._asked(kind) for kind in KINDS)


def test_of_every_kind_that_can_meet_a_need_the_rule_about_needs_is_asked() -> None:
    assert {kind for kind in KINDS if needs in admission.ASKED[kind]} == {"need", *needs.ANSWERS}
