"""/api/pending keeps an envelope until its second signature, judged by the keys and records as they stand."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from ledger.api.desk import Desk
from ledger.domain.drafting import Draft
from ledger.opening import Submission
from ledger.signing.envelope import sign_envelope
from tests.ledger.api.conftest import CORES, check_problem, wire
from tests.ledger.api.letterbox import Letterbox, letterbox
from tests.ledger.world import private_key, sign_bytes

REASON = {"reason": "typing"}


@pytest.fixture(scope="module", params=CORES)
def box(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Letterbox]:
    with letterbox(tmp_path_factory.mktemp("pending"), request.param) as made:
        yield made


def correction(box: Letterbox, **more: Any) -> Draft:
    """A corrected amount: the foundation signs, and the auditor confirms."""
    gift = box.world.open("donation.received", box.world.gift(box.refs["foundation"], 680), "foundation")
    record = box.world.ledger.record(gift)
    assert record is not None
    changes = {"amount_fen": {"from": 680, "to": 860}}
    data = {"event": record.history[0].event_id, "changes": changes, **REASON}
    return box.world.draft("donation.corrected", gift, data, **more)


def keep(box: Letterbox, submission: Submission) -> httpx.Response:
    return box.client.post("/api/pending", json={"envelope": submission.envelope.to_json()})


def listed(box: Letterbox, by: str) -> dict[str, dict[str, Any]]:
    answer = box.signed("GET", "/api/pending", by)
    assert answer.status_code == 200, answer.text
    return {item["event_id"]: item for item in answer.json()["pending"]}


def refused(answer: httpx.Response, slug: str) -> None:
    assert check_problem(answer)["type"] == f"urn:yangguang:problem:{slug}"


def test_the_second_signer_finds_it_signs_it_and_submits_it(box: Letterbox) -> None:
    drafted = correction(box)
    first = sign_bytes(drafted.payload, "foundation")
    answer = keep(box, first)
    assert answer.status_code == 200
    event_id = answer.json()["event_id"]
    assert answer.json()["complete"] is False
    item = listed(box, "auditor")[event_id]
    assert (item["wanted"], item["discloses"], item["type"]) == (True, False, "donation.corrected")
    assert "8.60" in item["sentence"]["zh"]
    assert item["payload_json"]["data"]["changes"]["amount_fen"]["to"] == 860
    both = sign_envelope(drafted.payload, [private_key("auditor"), private_key("foundation")])
    assert box.client.post("/api/events", json=wire(Submission(both))).status_code == 201
    assert event_id not in listed(box, "auditor"), "the ledger has it now"


def test_it_is_shown_to_its_signer_and_to_those_who_may_sign_and_to_nobody_else(box: Letterbox) -> None:
    event_id = keep(box, sign_bytes(correction(box).payload, "foundation")).json()["event_id"]
    assert listed(box, "foundation")[event_id]["wanted"] is False
    assert event_id in listed(box, "auditor")
    for name in ("press", "builder", "school"):
        assert event_id not in listed(box, name)


def test_signatures_are_gathered_and_disclosures_stay_with_the_first_signer(box: Letterbox) -> None:
    drafted = correction(box, free=[("note", "单据上是8.60元")])
    event_id = keep(box, sign_bytes(drafted.payload, "foundation")).json()["event_id"]
    assert listed(box, "auditor")[event_id]["discloses"] is True
    second = keep(box, sign_bytes(drafted.payload, "auditor")).json()
    assert second["complete"] is True
    whole = listed(box, "foundation")[event_id]
    assert len(whole["envelope"]["signatures"]) == 2
    submission = {"envelope": whole["envelope"], "disclosures": list(drafted.disclosures)}
    assert box.client.post("/api/events", json=submission).status_code == 201
    texts = [path.read_bytes() for path in (box.directory / "inbox").iterdir()]
    assert not any("单据上是".encode() in text for text in texts)


def test_disclosures_are_not_taken(box: Letterbox) -> None:
    drafted = correction(box, free=[("note", "单据上是8.60元")])
    body = wire(Submission(sign_bytes(drafted.payload, "foundation").envelope, drafted.disclosures))
    refused(box.client.post("/api/pending", json=body), "invalid-field")


def test_work_counts_what_waits_for_my_signature(box: Letterbox) -> None:
    before = box.signed("GET", "/api/work", "auditor").json()["envelopes"]
    keep(box, sign_bytes(correction(box).payload, "foundation"))
    assert box.signed("GET", "/api/work", "auditor").json()["envelopes"] == before + 1
    assert box.signed("GET", "/api/work", "foundation").json()["envelopes"] == 0


def test_whoever_signed_it_takes_it_back_and_nobody_else(box: Letterbox) -> None:
    event_id = keep(box, sign_bytes(correction(box).payload, "foundation")).json()["event_id"]
    refused(box.signed("DELETE", f"/api/pending/{event_id}", "auditor"), "missing-capability")
    assert box.client.delete(f"/api/pending/{event_id}").status_code == 403
    assert box.signed("DELETE", f"/api/pending/{event_id}", "foundation").json()["deleted"] is True
    refused(box.signed("DELETE", f"/api/pending/{event_id}", "foundation"), "not-found")
    refused(box.signed("DELETE", "/api/pending/x", "foundation"), "not-found")


def test_admins_gather_their_quorum(box: Letterbox) -> None:
    world = box.world
    data = world.enrolment("second-auditor", box.refs["foundation"], "confirm")
    drafted = world.draft("key.enrolled", world.new("key"), data)
    event_id = keep(box, sign_bytes(drafted.payload, "admin-1")).json()["event_id"]
    assert listed(box, "admin-2")[event_id]["wanted"] is True
    keep(box, sign_bytes(drafted.payload, "admin-2"))
    envelope = listed(box, "admin-1")[event_id]["envelope"]
    assert box.client.post("/api/events", json={"envelope": envelope}).status_code == 201


def test_what_needs_one_signature_is_not_kept(box: Letterbox) -> None:
    drafted = box.world.draft(
        "problem.raised", box.world.new("problem"), {"about": box.refs["gift"], "category": "other"}
    )
    refused(keep(box, sign_bytes(drafted.payload, "foundation")), "invalid-field")


@pytest.mark.parametrize(
    ("signer", "slug"),
    [("press", "missing-capability"), ("suspended", "key-not-in-force"), ("stranger", "unknown-key")],
)
def test_a_signature_that_the_event_has_no_place_for_is_refused(box: Letterbox, signer: str, slug: str) -> None:
    refused(keep(box, sign_bytes(correction(box).payload, signer)), slug)


def test_a_false_signature_is_refused(box: Letterbox) -> None:
    drafted, other = correction(box), correction(box)
    envelope = sign_bytes(drafted.payload, "foundation").envelope.to_json()
    envelope["signatures"] = sign_bytes(other.payload, "foundation").envelope.to_json()["signatures"]
    refused(box.client.post("/api/pending", json={"envelope": envelope}), "bad-signature")


def test_what_the_record_has_moved_past_is_refused_and_dropped(box: Letterbox) -> None:
    drafted = correction(box)
    submission = sign_bytes(drafted.payload, "foundation")
    event_id = keep(box, submission).json()["event_id"]
    record = listed(box, "auditor")[event_id]["record"]
    box.world.record("donation.receipted", record, {"number": "PJ-1"}, "foundation")
    assert event_id not in listed(box, "auditor")
    refused(keep(box, submission), "stale-version")


@pytest.mark.parametrize("body", [{}, {"envelope": {}}, [], {"envelope": None}, {"envelope": 1, "x": 2}])
def test_what_is_no_envelope_is_refused(box: Letterbox, body: Any) -> None:
    check_problem(box.client.post("/api/pending", json=body))


def test_one_key_keeps_at_most_twenty(tmp_path: Path) -> None:
    with letterbox(tmp_path, "thread") as box:
        for _ in range(20):
            assert keep(box, sign_bytes(correction(box).payload, "foundation")).status_code == 200
        answer = keep(box, sign_bytes(correction(box).payload, "foundation"))
        assert answer.status_code == 503
        assert answer.json()["type"] == "urn:yangguang:problem:busy"


def test_an_envelope_is_gone_after_seven_days(tmp_path: Path) -> None:
    with letterbox(tmp_path, "thread") as box:
        payload = correction(box).payload
        event_id = keep(box, sign_bytes(payload, "foundation")).json()["event_id"]
        box.world.now += timedelta(days=7, seconds=1)
        assert event_id not in listed(box, "auditor")
        desk = Desk(box.directory / "inbox")
        desk.forget_old(box.world.now)
        desk.close()
        assert event_id.encode() not in (box.directory / "inbox" / "desk.sqlite3").read_bytes()
