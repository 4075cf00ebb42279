"""Over HTTP: sealed values to the named key alone, public texts until withdrawn, refusals that tell nothing."""

from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from ledger.canonical import parse_strict
from ledger.domain.payload import Payload, parse_payload
from ledger.opening import Submission
from ledger.sealing.base64url import encode_base64url
from ledger.sealing.disclosure import digest, make_decoy, make_row, new_salt, parse_disclosure
from ledger.sealing.hpke import decrypt_with, opened_info
from ledger.tlog.base64 import decode_base64, encode_base64
from tests.ledger.api.conftest import Served, wire
from tests.ledger.forms import forms
from tests.ledger.world import ORIGIN, resign

NAME = "测试用名-保密-7431"
NOTE = "测试用说明-公开-5582"


@pytest.fixture(scope="session")
def consented(served: Served) -> tuple[Payload, list[dict[str, Any]]]:
    """Consents of nine children, recorded over HTTP; their payload and rows."""
    world = served.world
    rows = [{**row, "name": f"{NAME}-{number}"} for number, row in enumerate(world.grant_rows(9))]
    enrol(served, "carer", "care")
    enrol(served, "inspector", "supervise")
    record = world.new("consent")
    submission = world.sign("consent.recorded", record, {"form": "paper"}, "carer", rows=forms(rows, "award"))
    assert served.post(submission).status_code == 201
    return parse_payload(submission.envelope.payload), rows


def enrol(served: Served, name: str, capability: str) -> None:
    world = served.world
    organisation = world.new("organisation")
    data = {"name": name, "organisation_kind": "service", "roles": ["support"]}
    enrolment = world.enrolment(name, organisation, capability)
    must_record(served, world.sign("organisation.registered", organisation, data, "admin-1"))
    must_record(served, world.sign("key.enrolled", world.new("key"), enrolment, ("admin-1", "admin-2")))
    must_record(served, world.sign("organisation.undertook", organisation, {"rules_version": "2022-1"}, name))
    screening = {"against": "失信名单", "result": "clear"}
    must_record(served, world.sign("organisation.screened", organisation, screening, "admin-1"))


def must_record(served: Served, submission: Submission) -> None:
    answer = served.post(submission)
    assert answer.status_code == 201, answer.text


def test_the_values_come_beside_the_receipt_and_again_for_whoever_sends_the_same(
    served: Served, consented: tuple[Payload, list[dict[str, Any]]]
) -> None:
    payload, rows = consented
    key = X25519PrivateKey.generate()
    recipient = encode_base64(key.public_key().public_bytes_raw())
    about = {"about": payload.record, "event": payload.event_id, "digests": list(payload.sealed)}
    data = {**about, "purpose": "audit", "recipient": recipient}
    submission = served.world.sign("sealed.opened", served.world.new("sealed"), data, ("carer", "inspector"))
    first, again = served.post(submission), served.post(submission)
    assert (first.status_code, again.status_code) == (201, 200)
    event_id = submission.envelope.event_id
    for answer in (first.json(), again.json()):
        plain = decrypt_with(key, decode_base64(answer.pop("opened")), info=opened_info(ORIGIN, event_id))
        texts = parse_strict(plain, max_bytes=1 << 20)
        found = {parse_disclosure(text, field="").value["vault_key"] for text in texts if len(text) > 80}
        assert found == {row["vault_key"] for row in rows}
    assert "opened" not in served.client.get(f"/api/events/{event_id}").json()


def test_a_public_text_is_served_with_what_checks_it_until_it_is_withdrawn(
    served: Served, consented: tuple[Payload, list[dict[str, Any]]]
) -> None:
    world = served.world
    project, milestone = served.refs["project"], {"milestone": "第一步", "reported_to": [served.refs["foundation"]]}
    submission = world.sign("project.progressed", project, milestone, "builder", free=[("note", NOTE)])
    must_record(served, submission)
    payload = parse_payload(submission.envelope.payload)
    (digest,) = payload.withdrawable
    for path in (f"/api/disclosures/{digest}", f"/disclosures/{digest}"):
        found = served.client.get(path).json()
        assert (found["name"], found["value"], found["event_id"]) == ("note", NOTE, payload.event_id)
        assert parse_disclosure(found["disclosure"], field="").digest == digest
    data = {"about": project, "event": payload.event_id, "digest": digest, "ground": "identifies"}
    must_record(served, world.sign("sealed.withdrawn", world.new("sealed"), data, "carer"))
    problem = served.refused(served.client.get(f"/disclosures/{digest}"), "withdrawn")
    assert problem["status"] == 410
    assert NOTE not in str(problem)


@pytest.mark.parametrize("path", ["/disclosures/x", f"/disclosures/{'A' * 43}", "/api/disclosures/%2e%2e"])
def test_an_unknown_text_is_not_found(unchanged: Served, path: str) -> None:
    unchanged.refused(unchanged.client.get(path), "not-found")


def granting(served: Served, rows: list[dict[str, Any]]) -> Any:
    data = {"people": served.world.people(served.refs["town"], 10), "total_fen": 500_000}
    return served.world.draft("award.granted", served.refs["granting"], data, rows=rows)


def secret_rows(served: Served) -> list[dict[str, Any]]:
    return [{**row, "name": NAME} for row in served.world.grant_rows(10)]


def test_people_without_consent_are_refused(unchanged: Served) -> None:
    drafted = granting(unchanged, secret_rows(unchanged))
    document = unchanged.refused(unchanged.post(resign(drafted, "builder")), "no-consent")
    assert NAME not in str(document)


def salt_too_short(text: str, served: Served) -> str:
    value = parse_disclosure(text, field="").value
    return encode_base64url(b'["AAAA",{"name":"' + str(value["name"]).encode() + b'"}]')


BROKEN: dict[str, Callable[[list[str], Served], list[str]]] = {
    "one is missing": lambda texts, _: texts[1:],
    "one matches no digest": lambda texts, served: [
        make_row({"name": NAME, "vault_key": "0" * 32}, salt=new_salt(served.world.random)),
        *texts[1:],
    ],
    "one is there twice": lambda texts, _: [*texts, texts[0]],
    "one is not base64url": lambda texts, _: [f"{texts[0]}=", *texts[1:]],
    "a salt is too short": lambda texts, served: [salt_too_short(texts[0], served), *texts[1:]],
}


@pytest.mark.parametrize("broken", BROKEN)
def test_disclosures_that_do_not_match_are_refused_without_a_word_of_them(unchanged: Served, broken: str) -> None:
    submission = resign(granting(unchanged, secret_rows(unchanged)), "builder")
    changed = BROKEN[broken](list(submission.disclosures), unchanged)
    answer = unchanged.client.post("/api/events", json={**wire(submission), "disclosures": changed})
    assert answer.status_code in {400, 422}, answer.text
    assert NAME not in answer.text


def test_too_many_decoys_are_refused(unchanged: Served) -> None:
    drafted = granting(unchanged, secret_rows(unchanged))
    decoys = [make_decoy(salt=new_salt(unchanged.world.random)) for _ in range(8)]
    listed = sorted([*parse_payload(drafted.payload).sealed, *map(digest, decoys)])
    submission = resign(drafted, "builder", sealed=listed)
    sent = {**wire(submission), "disclosures": [*submission.disclosures, *decoys]}
    unchanged.refused(unchanged.client.post("/api/events", json=sent), "disclosure-mismatch")


def test_a_digest_that_another_event_has_used_is_refused(
    unchanged: Served, consented: tuple[Payload, list[dict[str, Any]]]
) -> None:
    payload, _ = consented
    submission = resign(granting(unchanged, secret_rows(unchanged)), "builder", sealed=list(payload.sealed))
    answer = unchanged.client.post("/api/events", json=wire(submission))
    assert answer.status_code in {409, 422}, answer.text
