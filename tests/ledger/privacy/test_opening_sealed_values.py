"""Sealed values come back only encrypted to the named key, within a day, and everyone can see that it happened."""

import json
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from ledger.canonical import parse_strict
from ledger.domain.entry import parse_entry
from ledger.domain.payload import parse_payload
from ledger.errors import DuplicateError, InvalidFieldError, LedgerError, MalformedError, MissingCapabilityError
from ledger.opening import Submission, parse_submission
from ledger.sealing.disclosure import parse_disclosure
from ledger.sealing.hpke import decrypt_with, opened_info
from tests.ledger.privacy.household import BOTH, Household
from tests.ledger.world import ORIGIN, sign_bytes

KEY = X25519PrivateKey.from_private_bytes(bytes(range(32)))
STRANGER = X25519PrivateKey.from_private_bytes(bytes(range(1, 33)))


def open_all(household: Household, key: X25519PrivateKey = KEY) -> str:
    """The event id of an opening of everything in the grant."""
    receipt = household.world.record("sealed.opened", household.world.new("sealed"), household.opening(key), BOTH)
    return parse_entry(receipt.entry).envelope.event_id


def read(data: bytes, event_id: str, key: X25519PrivateKey) -> list[Any]:
    texts = parse_strict(decrypt_with(key, data, info=opened_info(ORIGIN, event_id)), max_bytes=1 << 20)
    return [item.value for item in (parse_disclosure(text, field="") for text in texts) if item.kind == "row"]


def test_two_who_sign_get_exactly_the_sealed_rows(household: Household) -> None:
    event_id = open_all(household)
    answer = household.world.ledger.opened(event_id)
    assert answer is not None
    found = read(answer, event_id, KEY)
    assert sorted(found, key=lambda row: row["name"]) == household.rows


def test_a_stranger_who_sends_the_public_envelope_again_learns_nothing(household: Household) -> None:
    event_id = open_all(household)
    record = household.world.ledger.receipt(event_id)
    again = Submission(parse_entry(record.entry).envelope)
    assert household.world.ledger.admit([again]) == [record]
    answer = household.world.ledger.opened(event_id)
    assert answer is not None
    assert all(row["name"].encode() not in answer for row in household.rows)
    with pytest.raises(MalformedError):
        read(answer, event_id, STRANGER)
    with pytest.raises(MalformedError):
        read(answer, "0" * 64, KEY)
    assert read(answer, event_id, KEY)


def test_values_are_given_out_for_a_day_and_no_longer(household: Household) -> None:
    event_id = open_all(household)
    household.world.now += timedelta(hours=24)
    assert household.world.ledger.opened(event_id) is not None
    household.world.now += timedelta(milliseconds=1)
    assert household.world.ledger.opened(event_id) is None


def test_no_other_event_gives_anything_out(household: Household) -> None:
    for index in range(household.world.ledger.head().size):
        event_id = parse_entry(household.world.ledger.entry(index)).envelope.event_id
        assert household.world.ledger.opened(event_id) is None
    assert household.world.ledger.opened("f" * 64) is None


def test_what_was_erased_is_not_given_out_even_to_two(household: Household) -> None:
    event_id = open_all(household)
    household.erase(household.rows[4]["vault_key"])
    answer = household.world.ledger.opened(event_id)
    assert answer is not None
    assert len(read(answer, event_id, KEY)) == len(household.rows) - 1
    assert household.rows[4]["name"] not in {row["name"] for row in read(answer, event_id, KEY)}


@pytest.mark.parametrize("signers", ["supervisor", "care", ("care", "builder"), ("supervisor", "admin-1")])
def test_opening_by_one_alone_or_by_another_is_refused(household: Household, signers: Any) -> None:
    with pytest.raises(MissingCapabilityError):
        household.world.record("sealed.opened", household.world.new("sealed"), household.opening(KEY), signers)


def test_a_key_that_holds_both_rights_does_not_count_as_two(household: Household) -> None:
    world = household.world
    organisation = world.organisation("both", "supervise", "care")
    assert organisation
    with pytest.raises(MissingCapabilityError):
        world.record("sealed.opened", world.new("sealed"), household.opening(KEY), "both")
    drafted = world.draft("sealed.opened", world.new("sealed"), household.opening(KEY))
    once = sign_bytes(drafted.payload, "both").envelope.to_json()
    twice = {**once, "signatures": once["signatures"] * 2}
    with pytest.raises(LedgerError):
        parse_submission({"envelope": twice})


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"purpose": "curiosity"}, "/payload/data/purpose"),
        ({"digests": []}, "/payload/data/digests"),
        ({"recipient": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}, "/payload/data/recipient"),
        ({"recipient": "AAAA"}, "/payload/data/recipient"),
        ({"event": "0" * 64}, "/payload/data/event"),
    ],
)
def test_an_opening_that_says_something_wrong_is_refused_with_its_field(
    household: Household, change: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidFieldError) as refusal:
        household.world.record("sealed.opened", household.world.new("sealed"), household.opening(KEY, **change), BOTH)
    assert refusal.value.field == field


def test_digests_must_be_sorted_padded_and_of_that_entry(household: Household) -> None:
    held = list(household.payload.sealed)
    foreign = sorted([*held[:7], "A" * 43])
    for digests in (held[:7], held[8:0:-1], [*held[:7], held[6]], foreign):
        with pytest.raises(InvalidFieldError):
            household.world.record(
                "sealed.opened", household.world.new("sealed"), household.opening(KEY, digests=digests), BOTH
            )
    some = household.opening(KEY, digests=held[:8])
    assert household.world.record("sealed.opened", household.world.new("sealed"), some, BOTH)


def test_each_opening_takes_a_new_key(household: Household) -> None:
    open_all(household)
    with pytest.raises(DuplicateError):
        open_all(household)
    open_all(household, STRANGER)


def test_the_log_says_who_opened_and_why_and_not_what(household: Household) -> None:
    event_id = open_all(household)
    entry = household.world.ledger.receipt(event_id).entry
    payload = parse_payload(parse_entry(entry).envelope.payload)
    assert payload.data["purpose"] == "audit"
    assert len(parse_entry(entry).envelope.signatures) == 2
    text = json.dumps(payload.data, ensure_ascii=False)
    assert not any(value in text for row in household.rows for value in row.values())
