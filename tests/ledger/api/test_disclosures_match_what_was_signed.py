"""Sealed and withdrawable content must match the signed digests one to one, through HTTP."""

import pytest

from ledger.domain.drafting import Draft
from ledger.opening import Submission
from ledger.sealing.disclosure import digest, make_field
from tests.ledger.api.conftest import Served, wire
from tests.ledger.world import counted, resign, sign_bytes


def gift_with_note(served: Served) -> Draft:
    world = served.world
    data = world.gift(served.refs["foundation"], 5_000)
    return world.draft("donation.received", world.new("donation"), data, free=[("note", "谢谢")])


def signed(drafted: Draft, *disclosures: str) -> Submission:
    return sign_bytes(drafted.payload, "foundation", disclosures)


def test_a_missing_disclosure_is_refused(unchanged: Served) -> None:
    unchanged.refused(unchanged.post(signed(gift_with_note(unchanged))), "disclosure-mismatch")


def test_a_surplus_disclosure_is_refused(unchanged: Served) -> None:
    drafted = gift_with_note(unchanged)
    surplus = make_field("note", "不在签署的列表里", salt="A" * 43)
    unchanged.refused(unchanged.post(signed(drafted, *drafted.disclosures, surplus)), "disclosure-mismatch")


def test_a_disclosure_sent_twice_is_refused(unchanged: Served) -> None:
    drafted = gift_with_note(unchanged)
    unchanged.refused(unchanged.post(signed(drafted, *drafted.disclosures * 2)), "disclosure-mismatch")


def test_a_changed_disclosure_is_refused(unchanged: Served) -> None:
    drafted = gift_with_note(unchanged)
    changed = make_field("note", "不谢", salt="A" * 43)
    unchanged.refused(unchanged.post(signed(drafted, changed)), "disclosure-mismatch")


@pytest.mark.parametrize("salt", ["", "A" * 42, "A" * 44, "A" * 42 + "B", "!" * 43])
def test_a_salt_that_is_not_256_bits_is_refused(unchanged: Served, salt: str) -> None:
    text = make_field("note", "谢谢", salt=salt)
    submission = resign(gift_with_note(unchanged), "foundation", withdrawable=[digest(text)])
    unchanged.refused(unchanged.post(Submission(submission.envelope, (text,))), "invalid-field")


def test_a_digest_that_was_used_before_is_refused(unchanged: Served) -> None:
    world = unchanged.world
    world.random, kept = counted("the same salts"), world.random
    first = gift_with_note(unchanged)
    world.random = counted("the same salts")
    again = gift_with_note(unchanged)
    world.random = kept
    assert first.disclosures == again.disclosures
    batch = [wire(signed(first, *first.disclosures)), wire(signed(resubmitted(world, again), *again.disclosures))]
    document = unchanged.refused(unchanged.client.post("/api/batches", json={"events": batch}), "duplicate")
    assert document["field"] == "/events/1/payload/sealed"


def resubmitted(world: object, drafted: Draft) -> Draft:
    """The same disclosure in an event of a fresh record."""
    fresh = resign(drafted, "foundation", record=world.new("donation"))  # type: ignore[attr-defined]
    return Draft(fresh.envelope.payload, drafted.disclosures)


def test_a_name_that_the_event_does_not_have_is_refused(unchanged: Served) -> None:
    text = make_field("story", "故事", salt="A" * 43)
    submission = resign(gift_with_note(unchanged), "foundation", withdrawable=[digest(text)])
    unchanged.refused(unchanged.post(Submission(submission.envelope, (text,))), "disclosure-mismatch")


def test_withdrawable_words_in_public_data_are_refused(unchanged: Served) -> None:
    drafted = gift_with_note(unchanged)
    data = unchanged.world.gift(unchanged.refs["foundation"], 5_000) | {"note": "谢谢"}
    document = unchanged.refused(unchanged.post(resign(drafted, "foundation", data=data)), "invalid-field")
    assert document["field"] == "/payload/data/note"


def test_thousands_of_disclosures_are_refused(unchanged: Served) -> None:
    drafted = gift_with_note(unchanged)
    unchanged.refused(unchanged.post(signed(drafted, *["WyJ4Il0"] * 2049)), "invalid-field")
