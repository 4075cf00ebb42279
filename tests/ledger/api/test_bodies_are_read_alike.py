"""A submission's body is read quickly or strictly to one outcome: the same submission, or the same refusal."""

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ledger.api import submitted
from ledger.errors import LedgerError
from ledger.signing.envelope import PAYLOAD_TYPE, sign_envelope
from ledger.signing.keys import PrivateKey
from ledger.tlog.base64 import encode_base64

ENVELOPE = sign_envelope(b'{"a":1}', [PrivateKey.from_seed(bytes([seed]) * 32) for seed in (1, 2)]).to_json()
ONE = json.dumps({"envelope": ENVELOPE, "disclosures": ["WyJzIl0", "x"]})
BATCH = json.dumps({"events": [{"envelope": ENVELOPE, "disclosures": []}, {"envelope": ENVELOPE}]})

texts = st.sampled_from(["", "payload", '"sig"', "\ud800", "disclosures", "中文", "a\\b", PAYLOAD_TYPE]) | st.text(
    max_size=9
)
base64s = st.binary(max_size=70).map(encode_base64) | st.sampled_from(
    ["QQ==", "QR==", "QQ", "Q Q=", encode_base64(bytes(64))]
)
signatures = st.fixed_dictionaries(
    {"keyid": st.sampled_from(["0" * 64, "1" * 64, "A" * 64, "0"]) | texts, "sig": base64s | st.integers()},
    optional={"more": st.none()},
)
envelopes = st.just(ENVELOPE) | st.fixed_dictionaries(
    {"payload": base64s, "payloadType": st.just(PAYLOAD_TYPE) | texts, "signatures": st.lists(signatures, max_size=3)}
)
submissions = st.fixed_dictionaries(
    {"envelope": envelopes}, optional={"disclosures": st.none() | st.lists(texts | st.integers(), max_size=3)}
)
bodies = st.one_of(
    submissions,
    st.fixed_dictionaries({"events": st.lists(submissions, max_size=4) | st.none()}),
).flatmap(lambda value: st.booleans().map(lambda ascii_only: json.dumps(value, ensure_ascii=ascii_only)))


def outcome(read: Any, body: bytes) -> object:
    try:
        return read(body)
    except LedgerError as refusal:
        return type(refusal), refusal.zh, refusal.en, refusal.field


def strictly(read: Any, body: bytes, monkeypatch: pytest.MonkeyPatch) -> object:
    with monkeypatch.context() as patched:
        patched.setattr(submitted, "_decoded", lambda *_: None)
        return outcome(read, body)


def edited(text: str, place: int, replacement: str) -> str:
    at = place % len(text)
    return text[:at] + replacement + text[at + 1 :]


edits = st.builds(edited, st.sampled_from([ONE, BATCH]), st.integers(0, 5000), st.text('"\\{}[]:, a=A0', max_size=2))
twice = st.sampled_from([ONE, BATCH]).flatmap(
    lambda text: st.sampled_from(["payload", "sig", "disclosures", "envelope", "keyid", "events"]).map(
        lambda name: text.replace(f'"{name}":', f'"{name}": null, "{name}":', 1)
    )
)


@given(text=bodies | edits | twice)
@example(text=ONE)
@example(text=BATCH)
@example(text=ONE.replace('"payload":', '"pay\\u006coad":'))
@example(text=ONE.replace("==", "=\\u003d"))
@example(text='{"events": [{"envelope": {}, "disclosures": [], "disclosures": []}, {"envelope": {}}]}')
def test_quick_and_strict_reading_have_one_outcome(text: str) -> None:
    body = text.encode(errors="surrogatepass")
    with pytest.MonkeyPatch.context() as monkeypatch:
        for read in (submitted.submission_in, submitted.submissions_in):
            assert outcome(read, body) == strictly(read, body, monkeypatch)


@pytest.mark.parametrize(("text", "decoder"), [(ONE, submitted.ONE), (BATCH, submitted.SEVERAL)])
def test_ordinary_bodies_are_read_quickly(text: str, decoder: Any) -> None:
    found = submitted._decoded(decoder, text.encode())
    assert submitted._all_read(text.encode(), getattr(found, "events", [found])) is not None


def test_a_name_that_occurs_twice_is_refused() -> None:
    body = ONE.replace('"payload":', '"payload": "QQ==", "payload":')
    with pytest.raises(LedgerError):
        submitted.submission_in(body.encode())
