"""/api/inbox, /api/work and /api/pending answer a signed request of an enrolled key in force, fresh, and once."""

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from ledger.domain.letter import parse_letter
from ledger.tlog.base64 import decode_base64
from tests.ledger.api.conftest import CORES, check_problem
from tests.ledger.api.letterbox import Letterbox, letterbox
from tests.ledger.world import ORIGIN, private_key

READS = ("/api/inbox", "/api/work", "/api/pending")


@pytest.fixture(scope="module", params=CORES)
def box(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Letterbox]:
    with letterbox(tmp_path_factory.mktemp("letterbox"), request.param) as made:
        yield made


def refused(answer: httpx.Response, slug: str) -> dict[str, Any]:
    document = check_problem(answer)
    assert document["type"] == f"urn:yangguang:problem:{slug}", document
    return document


@pytest.mark.parametrize("path", READS)
def test_a_request_without_a_signature_is_told_what_to_sign(box: Letterbox, path: str) -> None:
    answer = box.client.get(path)
    refused(answer, "request-signature")
    assert answer.status_code == 403
    assert '"@method" "@target-uri" "content-digest"' in answer.headers["accept-signature"]


@pytest.mark.parametrize("path", READS)
def test_a_signed_request_is_answered_once(box: Letterbox, path: str) -> None:
    nonce = os.urandom(16).hex()
    assert box.signed("GET", path, "press", nonce=nonce).status_code == 200
    refused(box.signed("GET", path, "press", nonce=nonce), "request-signature")
    assert box.signed("GET", path, "watch", nonce=nonce).status_code == 200, "a nonce is each key's own"


def test_a_signature_for_another_method_path_or_host_is_refused(box: Letterbox) -> None:
    for changes in ({"as_method": "DELETE"}, {"url": f"{box.url}/api/work"}, {"url": "http://elsewhere/api/inbox"}):
        refused(box.signed("GET", "/api/inbox", "press", **changes), "request-signature")


@pytest.mark.parametrize("seconds", [-61, 61])
def test_a_stale_or_early_signature_is_refused_and_its_nonce_not_used_up(box: Letterbox, seconds: int) -> None:
    nonce = os.urandom(16).hex()
    created = box.world.now + timedelta(seconds=seconds)
    refused(box.signed("GET", "/api/work", "press", created=created, nonce=nonce), "request-signature")
    assert box.signed("GET", "/api/work", "press", nonce=nonce).status_code == 200


def test_a_key_that_is_unknown_or_not_in_force_is_refused_by_name(box: Letterbox) -> None:
    refused(box.signed("GET", "/api/work", "stranger"), "unknown-key")
    refused(box.signed("GET", "/api/inbox", "suspended"), "key-not-in-force")


def test_only_who_publishes_or_supervises_reads_letters(box: Letterbox) -> None:
    for name in ("press", "watch"):
        assert box.signed("GET", "/api/inbox", name).status_code == 200
    for name in ("foundation", "builder", "admin-1"):
        refused(box.signed("GET", "/api/inbox", name), "missing-capability")
        refused(box.signed("DELETE", "/api/inbox/7Q2M-0VXC-9ETR", name), "missing-capability")


def test_a_letter_is_read_with_the_inbox_key_and_deleted_when_handled(box: Letterbox) -> None:
    number = box.write("金额不对。\r\n请核对。", contact="me@example.org", about="/how-much").json()["number"]
    answer = box.signed("GET", "/api/inbox", "press").json()
    (item,) = [item for item in answer["letters"] if item["number"] == number]
    assert item["key_id"] == box.key.key_id
    assert answer["more"] is False
    letter = parse_letter(box.key.open(decode_base64(item["ciphertext"]), origin=ORIGIN))
    assert (letter.words, letter.contact, letter.about) == ("金额不对。\n请核对。", "me@example.org", "/how-much")
    assert letter.number == number
    assert box.signed("DELETE", f"/api/inbox/{number}", "watch").json() == {"number": number, "deleted": True}
    refused(box.signed("DELETE", f"/api/inbox/{number}", "press"), "not-found")
    assert box.signed("GET", f"/api/inbox?after={number}", "press").json()["letters"] == []


def test_a_number_that_is_none_is_not_found(box: Letterbox) -> None:
    refused(box.signed("DELETE", "/api/inbox/x", "press"), "not-found")


def work(box: Letterbox, by: str) -> dict[str, Any]:
    found: dict[str, Any] = box.signed("GET", "/api/work", by).json()
    return found


def tasks(box: Letterbox, by: str) -> set[tuple[str, str]]:
    return {(task["record"], task["next"]) for task in work(box, by)["tasks"]}


def test_work_is_what_this_key_may_record_next(box: Letterbox) -> None:
    refs = box.refs
    assert tasks(box, "auditor") == {(refs["gift"], "donation.confirmed")}
    assert tasks(box, "school") == {(refs["works"], "renovation.accepted")}
    assert tasks(box, "builder") == set(), "nobody accepts its own works"
    assert tasks(box, "press") == set()
    found = work(box, "press")
    assert found["complete"] is True
    assert found["capabilities"] == ["publish"]
    assert isinstance(found["letters"], int)
    assert work(box, "school")["letters"] is None


def test_a_problem_waits_for_whoever_it_was_passed_on_to_and_its_answer_for_who_raised_it(box: Letterbox) -> None:
    world, project = box.world, box.refs["project"]
    problem = world.open("problem.raised", {"about": project, "category": "quality"}, "school")
    answered, solved = (problem, "problem.answered"), (problem, "problem.resolved")
    assert answered in tasks(box, "builder") & tasks(box, "auditor")
    builder = world.ledger.key_in_force(private_key("builder").key_id).organisation
    world.record("problem.routed", problem, {"to": [builder]}, "press")
    assert answered in tasks(box, "builder")
    assert answered not in tasks(box, "auditor")
    world.record("problem.answered", problem, {"outcome": "arranged"}, "builder")
    assert solved in tasks(box, "school")
    assert problem not in {record for record, _ in tasks(box, "builder")}
    world.record("problem.resolved", problem, {"how": "fixed"}, "school")
    assert problem not in {record for record, _ in tasks(box, "school")}


def test_a_question_waits_for_those_who_publish(box: Letterbox) -> None:
    data = {"category": "error", "channel": "phone", "page": "/what"}
    question = box.world.open("question.received", data, "press")
    (task,) = work(box, "press")["tasks"][-1:]
    assert (task["record"], task["next"], task["state"]["zh"]) == (question, "question.answered", "待答复")
    assert task["since"] == box.world.today.isoformat()
    box.world.record("question.answered", question, {"outcome": "explained"}, "press")
    assert question not in {record for record, _ in tasks(box, "press")}


def test_behind_a_proxy_the_public_address_is_what_is_signed(tmp_path: Path) -> None:
    with letterbox(tmp_path, "thread", url="https://ledger.example") as box:
        refused(box.signed("GET", "/api/work", "press"), "request-signature")
        public = "https://ledger.example/api/work"
        assert box.signed("GET", "/api/work", "press", url=public).status_code == 200
