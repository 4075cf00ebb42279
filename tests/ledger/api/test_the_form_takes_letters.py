"""POST /ask: strictly read, throttled, sealed at once; what was typed comes back on refusal, and stands nowhere."""

import asyncio
import json
import logging
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from ledger.api.app import create_api
from ledger.api.throttle import EACH, MOST_ADDRESSES, SPAN, Throttle, network_of
from ledger.domain.letter import MAX_WORDS, parse_letter
from ledger.errors import InvalidKeyError
from ledger.sealing.inbox import MOST, Inbox
from ledger.settings import load_settings, save_inbox
from tests.ledger.api.conftest import CORES
from tests.ledger.api.letterbox import JsonPages, Letterbox, letterbox
from tests.ledger.naughty import ABSENT, naughty_strings
from tests.ledger.world import ORIGIN, World

FORM = {"content-type": "application/x-www-form-urlencoded"}
CANARY = "canary-4f1b7c2e9a"


@pytest.fixture(scope="module", params=CORES)
def box(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Letterbox]:
    # Behind a proxy that names the client, so that each test can be a client of its own.
    with letterbox(tmp_path_factory.mktemp("form"), request.param, proxy_header="x-real-ip") as made:
        yield made


def post(box: Letterbox, content: bytes | str, **headers: str) -> httpx.Response:
    return box.client.post("/ask", content=content, headers={**FORM, **headers})


def kept(directory: Path) -> int:
    with sqlite3.connect(directory / "inbox" / "letters.sqlite3") as database:
        return int(database.execute("SELECT COUNT(*) FROM letter").fetchone()[0])


def test_a_letter_is_kept_under_the_number_that_its_sender_gets(box: Letterbox) -> None:
    answer = box.write("一句话", about="/where")
    assert answer.status_code == 200
    with sqlite3.connect(box.directory / "inbox" / "letters.sqlite3") as database:
        sql = "SELECT ciphertext FROM letter WHERE number = ?"
        (ciphertext,) = database.execute(sql, (answer.json()["number"],)).fetchone()
    assert parse_letter(box.key.open(ciphertext, origin=ORIGIN)).words == "一句话"


@pytest.mark.parametrize(
    "content",
    [
        b"words=a&words=b",
        b"words=a&name=b",
        b"words",
        b"words=%",
        b"words=%g1",
        b"words=%ff",
        b"words=%ed%a0%80",
        "words=字".encode(),
        b"\xff\xfe",
        b"{}",
        b"=a",
    ],
)
def test_what_no_browser_sends_is_refused_with_the_form(box: Letterbox, content: bytes) -> None:
    before = kept(box.directory)
    answer = post(box, content)
    assert answer.status_code == 422
    assert answer.json()["trouble"]
    assert kept(box.directory) == before


@pytest.mark.parametrize("kind", ["", "text/plain", "multipart/form-data; boundary=x", "application/json"])
def test_another_content_type_is_refused(box: Letterbox, kind: str) -> None:
    assert box.client.post("/ask", content=b"words=a", headers={"content-type": kind}).status_code == 415


def test_a_body_that_is_too_long_is_refused_and_the_connection_ends(box: Letterbox) -> None:
    answer = post(box, b"words=" + b"a" * 70_000)
    assert answer.status_code == 413
    assert answer.headers["connection"] == "close"


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ({"words": ""}, "words"),
        ({"words": "字" * (MAX_WORDS + 1)}, "words"),
        ({"words": "a\x1b[2Jb"}, "words"),
        ({"words": "a", "contact": "b\nc"}, "contact"),
        ({"words": "a", "contact": "c" * 201}, "contact"),
        ({"words": "a", "about": "https://elsewhere.example/"}, "about"),
    ],
)
def test_what_is_wrong_is_said_by_field_and_all_that_was_typed_comes_back(
    box: Letterbox, typed: dict[str, str], fault: str
) -> None:
    before = kept(box.directory)
    answer = box.client.post("/ask", data=typed)
    assert answer.status_code == 422
    assert answer.json()["faults"].keys() == {fault}
    assert answer.json()["typed"] == {"contact": "", "about": "", **typed}
    assert kept(box.directory) == before


def test_the_longest_letter_that_is_allowed_is_taken(box: Letterbox) -> None:
    assert box.client.post("/ask", data={"words": "𠀀" * MAX_WORDS, "contact": "字" * 200}).status_code == 200


def test_one_address_writes_five_letters_in_ten_minutes_and_is_told_when_to_come_back(box: Letterbox) -> None:
    mine, other = {"x-real-ip": "203.0.113.7"}, {"x-real-ip": "203.0.113.8"}
    for _ in range(EACH):
        assert post(box, b"words=a", **mine).status_code == 200
    answer = post(box, b"words=once+more&contact=me", **mine)
    assert answer.status_code == 429
    assert 0 < int(answer.headers["retry-after"]) <= SPAN.total_seconds() + 1
    assert answer.json()["again"] is True
    assert answer.json()["typed"] == {"words": "once more", "contact": "me", "about": ""}
    assert post(box, b"words=a", **other).status_code == 200
    # What a client itself puts before the proxy's own value changes nothing.
    forged = {"x-real-ip": "198.51.100.1, 203.0.113.7"}
    assert post(box, b"words=a", **forged).status_code == 429


def test_a_letter_that_is_refused_does_not_count(box: Letterbox) -> None:
    mine = {"x-real-ip": "203.0.113.99"}
    for _ in range(EACH + 1):
        assert post(box, b"words=", **mine).status_code == 422
    assert post(box, b"words=a", **mine).status_code == 200


def test_without_a_named_proxy_header_only_the_connection_counts(tmp_path: Path) -> None:
    with letterbox(tmp_path, "thread") as box:
        for number in range(EACH):
            assert post(box, b"words=a", **{"x-real-ip": f"203.0.113.{number}"}).status_code == 200
        assert post(box, b"words=a", **{"x-forwarded-for": "203.0.113.200"}).status_code == 429


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.1", "192.0.2.2", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("2001:db8::1", "2001:db8::ffff:1", True),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", False),
        ("[2001:db8::1]", "2001:db8::2", True),
        ("unknown", "", True),
    ],
)
def test_an_ipv6_client_is_its_whole_network(one: str, other: str, same: bool) -> None:
    assert (network_of(one) == network_of(other)) is same


def test_the_table_of_addresses_is_bounded_and_all_together_too() -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    throttle = Throttle(together=10)
    for number in range(MOST_ADDRESSES + 50):
        throttle.again_at(str(number), now)
    assert len(throttle._by_address) == MOST_ADDRESSES
    assert throttle.again_at("new", now) == now + SPAN
    assert throttle.again_at("new", now + SPAN) is None


def test_a_full_inbox_says_so_and_what_was_typed_comes_back(tmp_path: Path) -> None:
    with letterbox(tmp_path, "thread") as box:
        with sqlite3.connect(box.directory / "inbox" / "letters.sqlite3") as database:
            rows = [(f"{number}", int(box.world.now.timestamp()), "k", b"x") for number in range(MOST)]
            database.executemany("INSERT INTO letter VALUES (?, ?, ?, ?)", rows)
        answer = box.write("写了很久", contact="me")
        assert answer.status_code == 503
        assert "2,000" in answer.json()["trouble"]
        assert answer.json()["typed"] == {"words": "写了很久", "contact": "me", "about": ""}


def test_without_an_inbox_key_nothing_is_taken(tmp_path: Path) -> None:
    world = World(tmp_path)
    app = create_api(world.ledger, None, ask_pages=JsonPages())  # type: ignore[arg-type]
    transport = httpx.ASGITransport(app=app)

    async def ask() -> httpx.Response:
        async with httpx.AsyncClient(transport=transport, base_url="http://ledger.example") as client:
            return await client.post("/ask", data={"words": "a"})

    answer = asyncio.run(ask())
    assert answer.status_code == 503
    assert answer.json()["taken"] is False
    assert kept(world.ledger.settings.directory) == 0
    world.ledger.close()


def test_a_wrong_inbox_key_stops_the_start_with_a_sentence(tmp_path: Path) -> None:
    world = World(tmp_path)
    save_inbox(world.ledger.settings.directory, "AAAA")
    world.ledger.settings = load_settings(world.ledger.settings.directory)
    with pytest.raises(InvalidKeyError, match="new-inbox"):
        create_api(world.ledger, None, ask_pages=JsonPages())  # type: ignore[arg-type]
    world.ledger.close()


def test_words_stand_in_no_file_of_the_ledger_and_in_no_log(
    box: Letterbox, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    number = box.write(CANARY, contact=f"{CANARY}@example.org", about="/how-much").json()["number"]
    post(box, f"words={CANARY}&contact={CANARY}%0A".encode())
    post(box, f"words={CANARY}&{CANARY}=1".encode())
    post(box, f"words={CANARY}%".encode())
    box.signed("GET", "/api/inbox", "press")
    files = [path for path in box.directory.rglob("*") if path.is_file()]
    assert len(files) > 5
    assert [path for path in files if CANARY.encode() in path.read_bytes()] == []
    heard = caplog.text + "".join(capfd.readouterr())
    assert CANARY not in "\n".join(line for line in heard.splitlines() if "httpx" not in line)
    assert any(number.encode() in path.read_bytes() for path in files), "a number is no secret"


def test_a_letter_is_gone_after_30_days_as_the_clock_moves(tmp_path: Path) -> None:
    with letterbox(tmp_path, "thread") as box:
        number = box.write("旧信").json()["number"]
        box.world.now += timedelta(days=30, seconds=1)
        assert box.signed("GET", "/api/inbox", "press").json()["letters"] == []
        inbox = Inbox(box.directory / "inbox")
        assert inbox.forget_old(box.world.now) == 1
        inbox.close()
        assert number.encode() not in (box.directory / "inbox" / "letters.sqlite3").read_bytes()


@pytest.mark.skipif(not naughty_strings(), reason=ABSENT)
def test_every_naughty_string_is_taken_or_refused_and_comes_back_as_it_was(box: Letterbox) -> None:
    taken = 0
    for number, text in enumerate(naughty_strings()):
        address = {"x-real-ip": f"10.1.{number // 250}.{number % 250 + 1}"}
        encoded = httpx.QueryParams({"words": text, "contact": text[:200]})
        answer = post(box, str(encoded), **address)
        assert answer.status_code in (200, 422, 429), text
        found: dict[str, Any] = json.loads(answer.content)
        taken += answer.status_code == 200
        assert answer.status_code != 422 or found["faults"]
    assert taken >= 150


def test_the_form_sets_no_cookie_and_asks_for_none(box: Letterbox) -> None:
    for answer in (box.client.get("/ask"), box.write()):
        assert "set-cookie" not in answer.headers
