"""Who may sign: each refusal of rule 1, through HTTP, with nothing recorded."""

import base64
import json

import pytest
from msgspec.structs import replace

from ledger.domain.drafting import Draft
from ledger.domain.entry import parse_entry
from ledger.domain.payload import parse_payload
from ledger.opening import Submission
from ledger.signing.envelope import Envelope
from tests.ledger.api.conftest import Served, wire
from tests.ledger.world import QUORUM, World, resign

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


def gift(served: Served) -> Draft:
    world = served.world
    return world.draft("donation.received", world.new("donation"), world.gift(served.refs["foundation"], 5_000))


def signed(served: Served, *keys: str) -> Submission:
    return resign(gift(served), keys)


def test_a_signature_over_other_content_is_refused(unchanged: Served) -> None:
    first, second = signed(unchanged, "foundation"), signed(unchanged, "foundation")
    mixed = Submission(Envelope(second.envelope.payload, first.envelope.signatures))
    document = unchanged.refused(unchanged.post(mixed), "bad-signature")
    assert document["status"] == 403
    assert document["field"] == "/envelope/signatures"


def test_one_flipped_bit_in_a_signature_is_refused(unchanged: Served) -> None:
    submission = signed(unchanged, "foundation")
    (signature,) = submission.envelope.signatures
    flipped = replace(signature, sig=bytes([signature.sig[0] ^ 1]) + signature.sig[1:])
    broken = Submission(Envelope(submission.envelope.payload, (flipped,)))
    unchanged.refused(unchanged.post(broken), "bad-signature")


def test_a_keyid_of_another_key_is_refused(unchanged: Served) -> None:
    mine, other = signed(unchanged, "foundation"), signed(unchanged, "builder")
    lying = replace(mine.envelope.signatures[0], keyid=other.envelope.signatures[0].keyid)
    unchanged.refused(unchanged.post(Submission(Envelope(mine.envelope.payload, (lying,)))), "bad-signature")


def test_a_key_that_was_never_enrolled_is_refused(unchanged: Served) -> None:
    document = unchanged.refused(unchanged.post(signed(unchanged, "nobody")), "unknown-key")
    assert document["status"] == 403


@pytest.mark.parametrize("key", ["expired", "revoked", "suspended"])
def test_a_key_that_is_not_in_force_is_refused(unchanged: Served, key: str) -> None:
    document = unchanged.refused(unchanged.post(signed(unchanged, key)), "key-not-in-force")
    assert document["status"] == 403


def test_a_key_without_the_capability_is_refused(unchanged: Served) -> None:
    unchanged.refused(unchanged.post(signed(unchanged, "builder")), "missing-capability")


def test_a_surplus_signature_is_refused(unchanged: Served) -> None:
    unchanged.refused(unchanged.post(signed(unchanged, "foundation", "small")), "missing-capability")


def test_one_admin_alone_cannot_enrol_a_key_that_confirms_money(unchanged: Served) -> None:
    world = unchanged.world
    data = world.enrolment("new-auditor", unchanged.refs["foundation"], "confirm")
    submission = world.sign("key.enrolled", world.new("key"), data, "admin-1")
    unchanged.refused(unchanged.post(submission), "missing-capability")


def test_a_public_key_that_was_enrolled_before_is_refused(unchanged: Served) -> None:
    world = unchanged.world
    data = world.enrolment("revoked", unchanged.refs["foundation"], "fund")
    unchanged.refused(unchanged.post(world.sign("key.enrolled", world.new("key"), data, "admin-1")), "duplicate")


def test_a_key_without_proof_of_possession_is_refused(unchanged: Served) -> None:
    world = unchanged.world
    data = world.enrolment("thief", unchanged.refs["foundation"], "fund")
    data["possession"] = world.enrolment("thief", unchanged.refs["builder"], "fund")["possession"]
    submission = world.sign("key.enrolled", world.new("key"), data, "admin-1")
    document = unchanged.refused(unchanged.post(submission), "bad-signature")
    assert document["field"] == "/payload/data/possession"


def test_a_small_order_public_key_is_refused(unchanged: Served) -> None:
    world = unchanged.world
    data = world.enrolment("weak", unchanged.refs["foundation"], "fund")
    data["public_key"] = base64.b64encode(bytes([1]) + bytes(31)).decode()
    submission = world.sign("key.enrolled", world.new("key"), data, "admin-1")
    unchanged.refused(unchanged.post(submission), "invalid-key")


def test_more_money_than_the_key_may_move_is_refused(unchanged: Served) -> None:
    unchanged.refused(unchanged.post(signed(unchanged, "small")), "over-limit")


def test_an_organisation_that_has_not_undertaken_the_rules_cannot_record(unchanged: Served) -> None:
    document = unchanged.refused(unchanged.post(signed(unchanged, "stranger")), "not-in-good-standing")
    assert document["status"] == 403


def test_an_undertaking_by_another_organisation_is_refused(unchanged: Served) -> None:
    world = unchanged.world
    data = {"rules_version": "2022-1"}
    submission = world.sign("organisation.undertook", unchanged.refs["foundation"], data, "builder")
    unchanged.refused(unchanged.post(submission), "missing-capability")


def test_the_key_that_recorded_a_gift_cannot_confirm_it(unchanged: Served) -> None:
    world = unchanged.world
    data = {"statement_on": world.today.isoformat()}
    submission = world.sign("donation.confirmed", unchanged.refs["donation"], data, "foundation")
    unchanged.refused(unchanged.post(submission), "missing-capability")


def test_a_ledger_is_opened_once(unchanged: Served) -> None:
    world = unchanged.world
    opening = world.ledger.record(f"ledger/{_ledger_uuid(world)}")
    assert opening is not None
    data = opening.history[0].event.model_dump(mode="json", by_alias=True, exclude_none=True)
    submission = world.sign("ledger.opened", world.new("ledger"), data, QUORUM)
    unchanged.refused(unchanged.post(submission), "duplicate")


def _ledger_uuid(world: World) -> str:
    return parse_payload(parse_entry(world.ledger.entry(0)).envelope.payload).uuid


def test_fifteen_other_spellings_of_a_signature_are_refused(unchanged: Served) -> None:
    body = wire(signed(unchanged, "foundation"))
    signature = body["envelope"]["signatures"][0]
    text = signature["sig"]
    last = ALPHABET.index(text[-3])
    spellings = [text[:-3] + ALPHABET[last & 0b110000 | low] + "==" for low in range(16)]
    assert text in spellings
    for spelling in spellings:
        assert base64.b64decode(spelling) == base64.b64decode(text)
        if spelling != text:
            signature["sig"] = spelling
            document = unchanged.refused(unchanged.client.post("/api/events", json=body), "malformed")
            assert document["field"] == "/envelope/signatures/0/sig"


@pytest.mark.parametrize(
    "spelling",
    ["{0}===", "{0}\n", " {0}", "=={0}", "-{0}", "_{0}", "é{0}", "\ud800{0}", "\0{0}", "{0}A"],
)
def test_a_payload_in_loose_base64_is_refused(unchanged: Served, spelling: str) -> None:
    body = wire(signed(unchanged, "foundation"))
    body["envelope"]["payload"] = spelling.format(body["envelope"]["payload"])
    answer = unchanged.client.post("/api/events", content=json.dumps(body))
    assert unchanged.refused(answer, "malformed")["field"] == "/envelope/payload"


def test_signatures_out_of_order_or_repeated_are_refused(unchanged: Served) -> None:
    body = wire(signed(unchanged, "foundation", "small"))
    body["envelope"]["signatures"].reverse()
    unchanged.refused(unchanged.client.post("/api/events", json=body), "invalid-field")
    body["envelope"]["signatures"] = [body["envelope"]["signatures"][0]] * 2
    unchanged.refused(unchanged.client.post("/api/events", json=body), "invalid-field")


def test_no_signature_and_thousands_of_signatures_are_refused(unchanged: Served) -> None:
    body = wire(signed(unchanged, "foundation"))
    body["envelope"]["signatures"] = body["envelope"]["signatures"] * 5_000
    unchanged.refused(unchanged.client.post("/api/events", json=body), "invalid-field")
    body["envelope"]["signatures"] = []
    unchanged.refused(unchanged.client.post("/api/events", json=body), "invalid-field")
