"""Personal data in public text is refused by HTTP as it is by the rules, whatever the author's software let through."""

import json

import pytest

from ledger.opening import Submission
from ledger.sealing.disclosure import digest, make_field
from tests.ledger.api.conftest import Served, wire
from tests.ledger.personal_numbers import card, identity
from tests.ledger.world import resign

NUMBERS = {
    "身份证号码": identity("44010219900307123"),
    "手机号码": "138-0013-8000",
    "银行卡号": card("622202021234567890"),
    "电子邮箱地址": "a@example.org",
}
PLACE = {"code": "P", "name": "示例村", "level": "village"}


def drafted_place(served: Served) -> tuple[str, Submission]:
    record = served.world.new("place")
    return record, resign(served.world.draft("place.registered", record, PLACE), "admin-1")


@pytest.mark.parametrize("kind", NUMBERS)
def test_a_number_in_data_is_refused_and_never_quoted(unchanged: Served, kind: str) -> None:
    drafted = unchanged.world.draft("place.registered", unchanged.world.new("place"), PLACE)
    submission = resign(drafted, "admin-1", data={**PLACE, "aliases": ["旧名", f"联系{NUMBERS[kind]}"]})
    document = unchanged.refused(unchanged.post(submission), "personal-data")
    assert document["status"] == 422
    assert document["field"] == "/payload/data/aliases/1"
    assert document["detail"] == f"“别名”一栏像是有{kind}，请删去后再签署。"
    assert NUMBERS[kind] not in json.dumps(document, ensure_ascii=False)


@pytest.mark.parametrize("kind", NUMBERS)
def test_a_number_in_a_withdrawable_text_is_refused(unchanged: Served, kind: str) -> None:
    world = unchanged.world
    data = world.gift(unchanged.refs["foundation"], 5_000)
    drafted = world.draft("donation.received", world.new("donation"), data, free=[("note", "谢谢")])
    text = make_field("note", f"谢谢\n{NUMBERS[kind]}", salt="A" * 43)
    envelope = resign(drafted, "foundation", withdrawable=[digest(text)]).envelope
    document = unchanged.refused(unchanged.post(Submission(envelope, (text,))), "personal-data")
    assert document["field"] == "/disclosures/note"
    assert document["detail"].startswith("“说明”一栏")


def test_the_caption_of_a_file_is_read_too(unchanged: Served) -> None:
    file = {"sha256": "0" * 64, "media_type": "image/jpeg", "bytes": 1, "caption": "左一 13800138000"}
    value = {
        "type": "donation.received",
        "occurred_on": unchanged.world.today.isoformat(),
        "data": unchanged.world.gift(unchanged.refs["foundation"], 1),
        "free": [["evidence", file]],
    }
    answer = unchanged.client.post("/api/drafts", json=value)
    assert unchanged.refused(answer, "personal-data")["field"] == "/free/evidence/0/caption"


def test_one_such_event_keeps_its_whole_batch_out(unchanged: Served) -> None:
    _, good = drafted_place(unchanged)
    drafted = unchanged.world.draft("place.registered", unchanged.world.new("place"), PLACE)
    bad = resign(drafted, "admin-1", data={**PLACE, "name": "13800138000"})
    answer = unchanged.client.post("/api/batches", json={"events": [wire(good), wire(bad)]})
    assert unchanged.refused(answer, "personal-data")["field"] == "/events/1/payload/data/name"


def test_what_is_sealed_may_hold_what_identifies_a_person(unchanged: Served) -> None:
    world = unchanged.world
    value = {
        "type": "award.granted",
        "record": unchanged.refs["granting"],
        "occurred_on": world.today.isoformat(),
        "data": {"people": world.people(unchanged.refs["town"], 10), "total_fen": 500_000},
        "rows": [{**row, "school": NUMBERS["身份证号码"]} for row in world.grant_rows(10)],
    }
    assert unchanged.client.post("/api/drafts", json=value).status_code == 200
