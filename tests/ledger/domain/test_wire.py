"""The quick reading of entries and payloads and the strict one: one meaning, one refusal, whatever the bytes."""

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
import rfc8785
from hypothesis import example, given
from hypothesis import strategies as st

from ledger.canonical import MAX_INTEGER
from ledger.domain import entry, payload
from ledger.domain.wire import wire_entry, wire_payload
from ledger.errors import LedgerError

RECORD = "place/01a214be-eeb4-7ed4-9a32-11540e2bf28f"
DIGEST = base64.urlsafe_b64encode(bytes(32)).decode().rstrip("=")
PAYLOAD: dict[str, Any] = {
    "data": {"code": "P7", "counts": [1, -0, {"a": None, "b": True}], "level": "village", "name": "示例村7"},
    "log": "ledger.example/sanpai",
    "occurred_on": "2026-01-05",
    "previous": None,
    "record": RECORD,
    "schema": 1,
    "sealed": [DIGEST],
    "tree": {"root": base64.b64encode(bytes(32)).decode(), "size": 1},
    "type": "place.registered",
    "version": 1,
}
RAW = rfc8785.dumps(PAYLOAD)
ENTRY = rfc8785.dumps(
    {
        "envelope": {
            "payload": base64.b64encode(RAW).decode(),
            "payloadType": "application/vnd.yangguang.event+json",
            "signatures": [{"keyid": "ab" * 32, "sig": base64.b64encode(bytes(64)).decode()}],
        },
        "recorded_at": "2026-01-02T03:04:05.678Z",
    }
)
NUMBERS = [1.0, -0.0, 1e300, MAX_INTEGER, MAX_INTEGER + 1, -MAX_INTEGER - 1, 2**64, True, None]
TEXTS = ["", "\\", '"', "\u202e", "é", "e\u0301", "\ud800", "\x7f", "\u0378", "\U00020bb7", "\ue000"]
HOLDERS = [[], {}, [[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]], {"é": 1, "z": 2, "\U00010000": 3}]
ODD = st.sampled_from([*NUMBERS, *TEXTS, *HOLDERS])
JSON = (
    ODD | st.integers() | st.text() | st.lists(ODD, max_size=3) | st.dictionaries(st.text(max_size=3), ODD, max_size=3)
)


def outcome(read: Callable[[bytes], Any], raw: bytes) -> tuple[Any, ...]:
    try:
        return ("read", read(raw))
    except LedgerError as refusal:
        return ("refused", type(refusal), refusal.zh, refusal.en, refusal.field)


def strictly(raw: bytes) -> payload.Payload:
    return payload._parse_strictly(raw, assigned=True)


def written(value: Any, **how: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), **how).encode(
        errors="surrogatepass"
    )


def test_an_ordinary_payload_and_entry_are_read_the_quick_way() -> None:
    assert wire_payload(RAW) is not None
    assert wire_entry(ENTRY) is not None
    assert payload._read(wire_payload(RAW), RAW) == strictly(RAW)  # type: ignore[arg-type]
    assert entry._read(wire_entry(ENTRY), ENTRY) == entry._parse_strictly(ENTRY)  # type: ignore[arg-type]


@given(st.sampled_from([*PAYLOAD, "withdrawable", "extra"]), JSON)
def test_any_value_in_any_field_has_one_outcome(field: str, value: Any) -> None:
    raw = written({**PAYLOAD, field: value})
    assert outcome(payload.parse_payload, raw) == outcome(strictly, raw)


@given(st.sampled_from([*PAYLOAD["data"], "more"]), JSON)
def test_any_value_inside_data_has_one_outcome(field: str, value: Any) -> None:
    raw = written({**PAYLOAD, "data": {**PAYLOAD["data"], field: value}})
    assert outcome(payload.parse_payload, raw) == outcome(strictly, raw)


@given(st.integers(0, len(RAW) - 1), st.binary(max_size=3), st.integers(0, 3))
@example(0, b"\xef\xbb\xbf", 0)
@example(1, b" ", 0)
def test_any_edit_of_a_payload_has_one_outcome(place: int, inserted: bytes, cut: int) -> None:
    raw = RAW[:place] + inserted + RAW[place + cut :]
    assert outcome(payload.parse_payload, raw) == outcome(strictly, raw)


@given(st.integers(0, len(ENTRY) - 1), st.binary(max_size=3), st.integers(0, 3))
def test_any_edit_of_an_entry_has_one_outcome(place: int, inserted: bytes, cut: int) -> None:
    raw = ENTRY[:place] + inserted + ENTRY[place + cut :]
    assert outcome(entry.parse_entry, raw) == outcome(entry._parse_strictly, raw)


@pytest.mark.parametrize(
    "raw",
    [
        RAW.replace(b'"schema":1', b'"schema":1,"schema":1'),
        RAW.replace(b'"P7"', b'"P\\u0037"'),
        RAW.replace(b'"P7"', b"1.0"),
        RAW.replace(b'"P7"', b"-0"),
        RAW.replace(b'"P7"', b"9007199254740992"),
        RAW.replace(b'"P7"', b"1" * 400),
        RAW.replace(b'"code":"P7","counts"', b'"counts":1,"counts"'),
        RAW.replace(b'"size":1', b'"size":true'),
        RAW.replace(b'"version":1', b'"version":"1"'),
        RAW.replace(b"2026-01-05", b"2026-02-30"),
        RAW.replace(b"2026-01-05", "２026-01-05".encode()),
        RAW.replace(b"AAAA=", b"AAAB="),
        RAW.replace(b'["', b'["A","'),
    ],
)  # fmt: skip
def test_each_trick_is_refused_as_the_strict_reading_refuses_it(raw: bytes) -> None:
    assert outcome(payload.parse_payload, raw) == outcome(strictly, raw)
    assert outcome(payload.parse_payload, raw)[0] == "refused"
