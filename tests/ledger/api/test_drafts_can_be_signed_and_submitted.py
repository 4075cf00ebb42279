"""Drafts: what they answer can be signed as it is; what cannot become an event is refused at once."""

import hashlib
import json
import os
from base64 import b64decode
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.ledger.api.conftest import Served, check_problem, wire
from tests.ledger.world import sign_bytes

NAUGHTY = Path(__file__).parents[4] / "shared" / "vectors" / "naughty-strings"


def wish(served: Served, **more: Any) -> dict[str, Any]:
    data = served.world.gift(served.refs["foundation"], 7_700)
    return {"type": "donation.received", "occurred_on": served.world.today.isoformat(), "data": data} | more


def ask(served: Served, value: Any) -> httpx.Response:
    return served.client.post("/api/drafts", content=json.dumps(value))


def test_a_draft_is_signed_and_recorded_as_it_is(served: Served) -> None:
    draft = ask(served, wish(served, free=[["note", "第一行\n第二行"]])).json()
    payload = b64decode(draft["payload"])
    assert json.loads(payload) == draft["payload_json"]
    assert hashlib.sha256(payload).hexdigest() == draft["event_id"]
    assert draft["payload_json"]["tree"] == {key: served.head()[key] for key in ("size", "root")}
    assert draft["signed_by"] == [[{"capability": "fund", "zh": "记录捐赠、分配和付款", "en": "fund"}]]
    assert "77.00" in draft["sentence"]["zh"]
    assert "CNY" in draft["sentence"]["en"]
    answer = served.post(sign_bytes(payload, "foundation", draft["disclosures"]))
    assert answer.status_code == 201
    record = served.client.get(f"/api/records/{draft['record']}").json()
    assert (record["version"], record["head"]) == (1, draft["event_id"])


def test_a_draft_of_an_existing_record_continues_its_chain(unchanged: Served) -> None:
    donation = unchanged.refs["donation"]
    draft = ask(
        unchanged, wish(unchanged, type="donation.receipted", record=donation, data={"number": "票0001"})
    ).json()
    stored = unchanged.client.get(f"/api/records/{donation}").json()
    assert draft["payload_json"]["previous"] == stored["head"]
    assert draft["payload_json"]["version"] == stored["version"] + 1


def test_a_draft_with_sealed_rows_is_padded(unchanged: Served) -> None:
    world = unchanged.world
    data = {"people": world.people(unchanged.refs["town"], 10), "total_fen": 500_000}
    value = wish(
        unchanged, type="award.granted", record=unchanged.refs["granting"], data=data, rows=world.grant_rows(10)
    )
    draft = ask(unchanged, value).json()
    assert len(draft["payload_json"]["sealed"]) == len(draft["disclosures"]) == 16


def test_a_draft_of_a_key_says_that_the_quorum_must_sign(unchanged: Served) -> None:
    data = unchanged.world.enrolment("next", unchanged.refs["foundation"], "confirm")
    draft = ask(unchanged, wish(unchanged, type="key.enrolled", data=data)).json()
    assert [place[0]["capability"] for place in draft["signed_by"]] == ["govern"]


def test_a_correction_with_a_new_note_is_drafted_and_recorded(served: Served) -> None:
    world = served.world
    gift = world.gift(served.refs["foundation"], 680)
    donation = world.open("donation.received", gift, "foundation", free=[("note", "旧")])
    head = served.client.get(f"/api/records/{donation}").json()["head"]
    data = {"event": head, "changes": {"amount_fen": {"from": 680, "to": 860}}, "reason": "typing"}
    value = wish(served, type="donation.corrected", record=donation, data=data, free=[["note", "新"]])
    draft = ask(served, value).json()
    assert [place[0]["capability"] for place in draft["signed_by"]] == ["fund", "confirm"]
    assert "6.80" in draft["sentence"]["zh"]
    payload = b64decode(draft["payload"])
    answer = served.post(sign_bytes(payload, ["foundation", "auditor"], draft["disclosures"]))
    assert answer.status_code == 201, answer.text


def test_a_correction_with_words_that_the_entry_does_not_have_is_refused(unchanged: Served) -> None:
    donation = unchanged.refs["donation"]
    allocation = unchanged.client.get(f"/api/records/{donation}").json()["head"]
    data = {"event": allocation, "changes": {"amount_fen": {"from": 600_000, "to": 1}}, "reason": "typing"}
    value = wish(unchanged, type="donation.corrected", record=donation, data=data, free=[["note", "新"]])
    assert unchanged.refused(ask(unchanged, value), "invalid-field")["field"] == "/free/note"


@pytest.mark.parametrize(
    ("change", "slug", "field"),
    [
        ({"type": "donation.vanished"}, "invalid-field", "/type"),
        ({"type": 1}, "invalid-field", "/type"),
        ({"type": "donation.confirmed"}, "wrong-state", "/type"),
        ({"record": "donation/1"}, "invalid-field", "/record"),
        ({"record": "place/018744a0-c680-7213-8caf-238f6e8c44d9"}, "invalid-field", "/record"),
        ({"occurred_on": "昨天"}, "invalid-field", "/occurred_on"),
        ({"occurred_on": "2023-13-01"}, "invalid-field", "/occurred_on"),
        ({"data": []}, "invalid-field", "/data"),
        ({"data": {}}, "invalid-field", "/payload/data/recipient"),
        ({"surplus": 1}, "invalid-field", "/surplus"),
        ({"free": [["note"]]}, "invalid-field", "/free/0"),
        ({"free": [["story", "故事"]]}, "invalid-field", "/free/story"),
        ({"free": [["note", "一"], ["note", "二"]]}, "invalid-field", "/free/note"),
        ({"free": [["note", 1]]}, "invalid-field", "/payload/data/note"),
        ({"free": [["note", "a\u202eb"]]}, "malformed", "/free/0/1"),
        ({"free": [["note", "请致电13800138000"]]}, "personal-data", "/free/note"),
        ({"free": [["donor_name", "a@example.org"]]}, "personal-data", "/free/donor_name"),
        ({"free": [["note", "a\ud800b"]]}, "malformed", "/free/0/1"),
        ({"fields": {"who": {}}}, "invalid-field", "/fields/who"),
        ({"rows": [{}]}, "invalid-field", "/rows"),
        ({"\ud800": 1}, "invalid-field", "/\ufffd"),
    ],
    ids=ascii,
)
def test_a_draft_that_cannot_become_an_event_is_refused(
    unchanged: Served, change: dict[str, Any], slug: str, field: str
) -> None:
    document = unchanged.refused(ask(unchanged, wish(unchanged, **change)), slug)
    assert document["field"] == field


def test_a_draft_that_names_an_unknown_record_is_refused(unchanged: Served) -> None:
    data = unchanged.world.gift(unchanged.world.new("organisation"), 1)
    assert unchanged.refused(ask(unchanged, wish(unchanged, data=data)), "unknown-record")["field"] == "/data/recipient"


def test_a_draft_whose_total_is_wrong_is_refused(unchanged: Served) -> None:
    data = {"people": unchanged.world.people(unchanged.refs["town"], 10), "total_fen": 1}
    value = wish(unchanged, type="award.granted", record=unchanged.refs["granting"], data=data)
    unchanged.refused(ask(unchanged, value), "rule-broken")


@pytest.mark.skipif(not NAUGHTY.is_dir() and os.environ.get("CI") != "true", reason=f"{NAUGHTY} is absent")
def test_every_naughty_string_is_kept_as_it_is_or_refused_with_a_problem(unchanged: Served) -> None:
    strings = json.loads(next(NAUGHTY.rglob("*.json")).read_text(encoding="utf-8"))
    assert len(strings) > 500
    for text in strings:
        data = {"code": "p", "name": text, "level": "village"}
        answer = ask(unchanged, wish(unchanged, type="place.registered", data=data))
        if answer.status_code == 200:
            assert answer.json()["payload_json"]["data"]["name"] == text
        else:
            check_problem(answer)


def test_a_draft_is_not_an_event(unchanged: Served) -> None:
    draft = ask(unchanged, wish(unchanged)).json()
    unchanged.refused(unchanged.client.get(f"/api/events/{draft['event_id']}"), "not-found")
    unsigned = wire(sign_bytes(b64decode(draft["payload"]), "foundation"))
    unsigned["envelope"]["signatures"] = []
    unchanged.refused(unchanged.client.post("/api/events", json=unsigned), "invalid-field")
