"""What was recorded is recorded once; whoever asks again, in whatever way, gets the same receipt."""

from base64 import b64decode
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx

from ledger.opening import Submission
from ledger.signing.notes import verifier_from_vkey
from ledger.tlog.checkpoint import parse_checkpoint
from ledger.tlog.note import open_note
from ledger.tlog.proof import check_proof, parse_proof
from tests.ledger.api.conftest import Served, wire


def gift(served: Served, amount_fen: int = 5_000) -> Submission:
    world = served.world
    data = world.gift(served.refs["foundation"], amount_fen)
    return world.sign("donation.received", world.new("donation"), data, "foundation")


def test_a_recorded_event_is_answered_with_a_receipt_that_verifies(served: Served) -> None:
    answer = served.post(gift(served))
    assert answer.status_code == 201
    receipt, head = answer.json(), served.head()
    proof = parse_proof(receipt["proof"].encode())
    verifiers = [verifier_from_vkey(head["vkey"])]
    checkpoint = check_proof(proof, entry=b64decode(receipt["entry"]), origin=head["origin"], verifiers=verifiers)
    assert proof.index == receipt["index"] == head["size"] - 1
    assert proof.extra == b64decode(receipt["entry"])
    assert checkpoint.tree_size == head["size"]


def test_an_event_sent_a_thousand_times_from_eight_threads_is_one_entry(served: Served) -> None:
    submission, before = wire(gift(served)), served.head()["size"]

    def send(_: int) -> httpx.Response:
        return served.client.post("/api/events", json=submission)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(send, range(1_000)))
    assert {answer.content for answer in answers} == {answers[0].content}
    assert sorted(answer.status_code for answer in answers) == [200] * 999 + [201]
    assert served.head()["size"] == before + 1


def test_a_replay_after_later_events_gets_the_first_receipt(served: Served) -> None:
    submission = gift(served)
    first = served.post(submission)
    served.post(gift(served))
    again = served.post(submission)
    read = served.client.get(f"/api/events/{submission.envelope.event_id}")
    assert (first.status_code, again.status_code, read.status_code) == (201, 200, 200)
    assert first.content == again.content == read.content


def test_a_batch_is_recorded_whole_and_in_order(served: Served) -> None:
    batch = {"events": [wire(gift(served, 1_000 + place)) for place in range(5)]}
    before = served.head()["size"]
    answer = served.client.post("/api/batches", json=batch)
    assert answer.status_code == 201
    assert [receipt["index"] for receipt in answer.json()["receipts"]] == list(range(before, before + 5))
    again = served.client.post("/api/batches", json=batch)
    assert again.status_code == 200
    assert again.content == answer.content


def test_a_batch_with_one_refused_event_records_nothing(unchanged: Served) -> None:
    batch = {"events": [wire(gift(unchanged)), wire(gift(unchanged, 50_000_001)), wire(gift(unchanged))]}
    document = unchanged.refused(unchanged.client.post("/api/batches", json=batch), "over-limit")
    assert document["field"].startswith("/events/1/")


def test_a_batch_of_none_or_of_more_than_a_hundred_is_refused(unchanged: Served) -> None:
    event = wire(gift(unchanged))
    wrong: tuple[Any, ...] = ([], [event] * 101, None, {})
    for events in wrong:
        answer = unchanged.client.post("/api/batches", json={"events": events})
        assert unchanged.refused(answer, "invalid-field")["field"] == "/events"


def test_an_unknown_event_or_record_is_not_found(unchanged: Served) -> None:
    for path in (
        f"/api/events/{'0' * 64}",
        "/api/events/x",
        f"/api/events/{'A' * 64}",
        "/api/records/donation/x",
        f"/api/records/place/{unchanged.refs['donation'].partition('/')[2]}",
    ):
        assert unchanged.refused(unchanged.client.get(path), "not-found")["status"] == 404


def test_a_record_names_its_version_head_state_and_entries(served: Served) -> None:
    record = served.client.get(f"/api/records/{served.refs['works']}").json()
    assert record["version"] == len(record["entries"]) == 3
    assert record["state"] == "completed"
    assert record["state_label"] == {"zh": "待验收", "en": "finished, not yet accepted"}
    stored = served.world.ledger.record(served.refs["works"])
    assert stored is not None
    assert record["head"] == stored.head


def test_the_head_names_the_ledger_and_its_key(served: Served) -> None:
    head = served.head()
    note = open_note(head["checkpoint"].encode(), [verifier_from_vkey(head["vkey"])])
    checkpoint = parse_checkpoint(note.text)
    assert (checkpoint.origin, checkpoint.tree_size) == (head["origin"], head["size"])
    assert b64decode(head["root"]) == checkpoint.root_hash
    assert head["recorded_at"].endswith("Z")
