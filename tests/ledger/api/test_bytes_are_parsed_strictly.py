"""Bytes that are not strict JSON, and texts that hide something: refused through HTTP, never repaired, never 5xx."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from ledger.signing.envelope import MAX_PAYLOAD
from tests.ledger.api.conftest import Served, check_problem, wire
from tests.ledger.world import resign, sign_bytes

PATHS = ("/api/events", "/api/batches", "/api/drafts")
SUITE = Path(__file__).parents[4] / "shared" / "vectors" / "json-test-suite"
BODIES = {
    "nothing": b"",
    "cut short": b'{"envelope":',
    "trailing": b"{} {}",
    "duplicate keys": b'{"envelope":1,"envelope":2}',
    "escaped duplicate keys": b'{"envelope":1,"\\u0065nvelope":2}',
    "a float": b'{"envelope":1.0}',
    "an exponent": b'{"envelope":1e2}',
    "NaN": b'{"envelope":NaN}',
    "Infinity": b'{"envelope":-Infinity}',
    "an integer beyond 2^53": b'{"envelope":9007199254740992}',
    "an integer of a thousand digits": b'{"envelope":' + b"9" * 1000 + b"}",
    "a byte order mark": b'\xef\xbb\xbf{"envelope":1}',
    "not UTF-8": b'{"envelope":"\xff"}',
    "UTF-16": '{"envelope":1}'.encode("utf-16"),
    "an encoded surrogate": b'{"envelope":"\xed\xa0\x80"}',
    "seventeen levels": b"[" * 17 + b"]" * 17,
    "a hundred thousand levels": b"[" * 100_000,
}


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
def test_bytes_that_are_not_strict_json_are_refused(unchanged: Served, path: str, body: bytes) -> None:
    document = unchanged.refused(unchanged.client.post(path, content=body), "malformed")
    assert document["status"] == 400
    assert "field" not in document


def payload_text(served: Served) -> str:
    world = served.world
    data = {"code": "p", "name": "NAME", "level": "village"}
    return world.draft("place.registered", world.new("place"), data).payload.decode()


def post_payload(served: Served, payload: str) -> Any:
    return served.post(sign_bytes(payload.encode("utf-8", "surrogatepass"), "admin-1"))


@pytest.mark.parametrize(
    "change",
    [
        ('"version":1', '"version":1,"version":1'),
        ('"version":1', '"version":1.0'),
        ('"version":1', '"version":NaN'),
        ('"version":1', '"version":9007199254740992'),
        ('"version":1', '"version": 1'),
        ('"version":1', '"version":-0'),
        ("NAME", "\\u004eAME"),
        ("NAME", "\\ud800"),
        ("NAME", "\ud800"),
    ],
)
def test_a_signed_payload_that_is_not_canonical_is_refused(unchanged: Served, change: tuple[str, str]) -> None:
    unchanged.refused(post_payload(unchanged, payload_text(unchanged).replace(*change)), "malformed")


@pytest.mark.parametrize(
    "text",
    [
        "a\x00b",
        "a\x1bb",
        "a\nb",
        "a\u0085b",
        "a\u202eb",
        "a\u2066b",
        "a\u061cb",
        "a\u200bb",
        "a\ufeffb",
        "a\U000e0041b",
        "a\ue000b",
        "a\u0378b",
        "a\uffffb",
        "e\u0301",
        "\u212b",
    ],
    ids=ascii,
)
def test_text_that_hides_something_is_refused_with_its_field(unchanged: Served, text: str) -> None:
    payload = payload_text(unchanged).replace("NAME", json.dumps(text, ensure_ascii=False)[1:-1])
    document = unchanged.refused(post_payload(unchanged, payload), "malformed")
    assert document["field"] == "/payload/data/name"
    assert document["status"] == 422


def test_a_payload_over_32_kib_is_refused(unchanged: Served) -> None:
    body = wire(sign_bytes(payload_text(unchanged).encode(), "admin-1"))
    body["envelope"]["payload"] = "A" * (4 * (MAX_PAYLOAD // 3 + 1))
    document = unchanged.refused(unchanged.client.post("/api/events", json=body), "too-large")
    assert document["status"] == 413


@pytest.mark.parametrize(
    "change",
    [
        {"surplus": 1},
        {"data": []},
        {"data": {"code": "p", "name": "村", "level": "village", "aliases": None}},
        {"data": {"code": "p", "name": "村", "level": "moon"}},
        {"data": {"code": "p", "name": "村"}},
        {"data": {"code": "p", "name": 1, "level": "village"}},
        {"sealed": []},
        {"withdrawable": ["short"]},
        {"occurred_on": "2023-4-3"},
        {"tree": {"size": 1}},
        {"version": True},
        {"log": ""},
        {"type": "place"},
        {"previous": "AB" * 32},
    ],
    ids=str,
)
def test_a_payload_with_other_fields_than_its_own_is_refused(unchanged: Served, change: dict[str, Any]) -> None:
    world = unchanged.world
    drafted = world.draft("place.registered", world.new("place"), {"code": "p", "name": "村", "level": "village"})
    document = unchanged.refused(unchanged.post(resign(drafted, "admin-1", **change)), "invalid-field")
    assert document["field"].startswith(f"/payload/{next(iter(change))}")


@pytest.mark.skipif(not SUITE.is_dir() and os.environ.get("CI") != "true", reason=f"{SUITE} is absent")
def test_no_file_of_the_json_test_suite_makes_the_server_fail(unchanged: Served) -> None:
    files = sorted(SUITE.rglob("*.json"))
    assert len(files) >= 300
    for file in files:
        for path in PATHS:
            document = check_problem(unchanged.client.post(path, content=file.read_bytes()))
            assert file.name[:2] != "n_" or document["status"] in (400, 413), file.name
