import base64
import hashlib
from collections.abc import Callable
from typing import Any

import pytest

from ledger.canonical import canonical_bytes, parse_canonical
from ledger.errors import (
    BadSignatureError,
    InvalidFieldError,
    LedgerError,
    MalformedError,
    TooLargeError,
    UnknownKeyError,
)
from ledger.signing.envelope import (
    MAX_PAYLOAD,
    MAX_SIGNATURES,
    PAYLOAD_TYPE,
    Envelope,
    EnvelopeSignature,
    open_envelope,
    pae,
    parse_envelope,
    sign_envelope,
)
from ledger.signing.keys import PrivateKey

PAYLOAD = b'{"type":"donation.received"}'
KEYS = [PrivateKey.from_seed(bytes([number]) * 32) for number in range(MAX_SIGNATURES + 1)]
PUBLIC_KEYS = {key.key_id: key.public_key for key in KEYS}
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


def _wire(count: int = 2) -> dict[str, Any]:
    return sign_envelope(PAYLOAD, KEYS[:count]).to_json()


def test_the_signed_bytes_are_those_of_the_specifications_example() -> None:
    assert pae("http://example.com/HelloWorld", b"hello world") == (
        b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    )


def test_the_lengths_in_the_signed_bytes_count_bytes_and_not_characters() -> None:
    assert pae("阳光", "账本".encode()) == b"DSSEv1 6 " + "阳光".encode() + b" 6 " + "账本".encode()


def test_an_event_id_is_the_sha256_of_the_payload_bytes() -> None:
    assert sign_envelope(PAYLOAD, KEYS[:1]).event_id == hashlib.sha256(PAYLOAD).hexdigest()


def test_an_envelope_opens_with_the_keys_that_signed_it_in_order() -> None:
    envelope = sign_envelope(PAYLOAD, KEYS[:3])
    assert open_envelope(envelope, PUBLIC_KEYS) == tuple(sorted(key.key_id for key in KEYS[:3]))


@pytest.mark.parametrize("count", range(1, MAX_SIGNATURES + 1))
def test_the_wire_form_reads_back_to_the_same_envelope(count: int) -> None:
    envelope = sign_envelope(PAYLOAD, KEYS[:count])
    sent = canonical_bytes(envelope.to_json())
    assert parse_envelope(parse_canonical(sent, max_bytes=2 * MAX_PAYLOAD)) == envelope


def test_a_changed_payload_does_not_open() -> None:
    envelope = sign_envelope(PAYLOAD, KEYS[:2])
    with pytest.raises(BadSignatureError):
        open_envelope(Envelope(PAYLOAD + b" ", envelope.signatures), PUBLIC_KEYS)


def test_one_bad_signature_among_good_ones_refuses_the_envelope() -> None:
    good = sign_envelope(PAYLOAD, KEYS[:3]).signatures
    for place in range(3):
        signatures = list(good)
        signatures[place] = EnvelopeSignature(good[place].keyid, bytes(64))
        with pytest.raises(BadSignatureError) as refusal:
            open_envelope(Envelope(PAYLOAD, tuple(signatures)), PUBLIC_KEYS)
        assert good[place].keyid[:8] in refusal.value.en


def test_a_signature_over_the_bare_payload_is_refused() -> None:
    signature = EnvelopeSignature(KEYS[0].key_id, KEYS[0].sign(PAYLOAD))
    with pytest.raises(BadSignatureError):
        open_envelope(Envelope(PAYLOAD, (signature,)), PUBLIC_KEYS)


def test_a_signature_over_another_payload_type_is_refused() -> None:
    signature = EnvelopeSignature(KEYS[0].key_id, KEYS[0].sign(pae("application/json", PAYLOAD)))
    with pytest.raises(BadSignatureError):
        open_envelope(Envelope(PAYLOAD, (signature,)), PUBLIC_KEYS)


def test_a_signature_by_a_key_that_is_not_enrolled_is_refused() -> None:
    envelope = sign_envelope(PAYLOAD, KEYS[:2])
    with pytest.raises(UnknownKeyError):
        open_envelope(envelope, {KEYS[0].key_id: KEYS[0].public_key})


def test_a_key_listed_under_another_keys_id_does_not_count_as_that_key() -> None:
    envelope = Envelope(PAYLOAD, (EnvelopeSignature(KEYS[0].key_id, KEYS[1].sign(pae(PAYLOAD_TYPE, PAYLOAD))),))
    with pytest.raises(BadSignatureError):
        open_envelope(envelope, {KEYS[0].key_id: KEYS[1].public_key})


def test_an_envelope_without_signatures_never_opens() -> None:
    with pytest.raises(InvalidFieldError, match="here are 0"):
        open_envelope(Envelope(PAYLOAD, ()), PUBLIC_KEYS)


def test_the_same_signature_twice_never_counts_as_two() -> None:
    signature = sign_envelope(PAYLOAD, KEYS[:1]).signatures[0]
    with pytest.raises(InvalidFieldError, match="none twice"):
        open_envelope(Envelope(PAYLOAD, (signature, signature)), PUBLIC_KEYS)


def test_signing_twice_with_one_key_or_with_none_is_refused() -> None:
    for keys in ([KEYS[0], KEYS[0]], [], KEYS):
        with pytest.raises(InvalidFieldError):
            sign_envelope(PAYLOAD, keys)


def test_every_other_base64_spelling_of_a_signature_is_refused() -> None:
    wire = _wire(1)
    text = wire["signatures"][0]["sig"]
    last = ALPHABET.index(text[-3])
    spellings = [text[:-3] + ALPHABET[last - last % 16 + spare] + "==" for spare in range(16)]
    assert {base64.b64decode(spelling) for spelling in spellings} == {base64.b64decode(text)}
    spellings += [text.rstrip("="), text[:-1], text + "=", text + "\n", " " + text, text[:40] + "\n" + text[40:]]
    spellings += [text.replace("+", "-").replace("/", "_"), text + "====", "=" + text]
    others = [spelling for spelling in spellings if spelling != text]
    assert len(others) == 15 + 9
    for spelling in others:
        wire["signatures"][0]["sig"] = spelling
        with pytest.raises(MalformedError) as refusal:
            parse_envelope(wire)
        assert refusal.value.field == "/envelope/signatures/0/sig"


def test_a_payload_in_another_base64_spelling_is_refused() -> None:
    wire = _wire(1)
    wire["payload"] = wire["payload"].rstrip("=")
    with pytest.raises(MalformedError) as refusal:
        parse_envelope(wire)
    assert refusal.value.field == "/envelope/payload"


def test_a_payload_over_32_kib_is_refused_with_the_number_of_digests_that_fit() -> None:
    assert len(sign_envelope(bytes(MAX_PAYLOAD), KEYS[:1]).payload) == MAX_PAYLOAD
    for size in (MAX_PAYLOAD + 1, MAX_PAYLOAD + 2, MAX_PAYLOAD + 3):
        with pytest.raises(TooLargeError, match=rf"700 digests.*{size:,} bytes") as refusal:
            sign_envelope(bytes(size), KEYS[:1])
        assert refusal.value.field == "/envelope/payload"
        assert "700" in refusal.value.zh


def _set(path: str, value: Any) -> Callable[[dict[str, Any]], Any]:
    def change(wire: dict[str, Any]) -> Any:
        target: Any = wire
        *parents, last = (int(name) if name.isdigit() else name for name in path.split("/"))
        for name in parents:
            target = target[name]
        target[last] = value
        return wire

    return change


def _without(name: str) -> Callable[[dict[str, Any]], Any]:
    return lambda wire: {key: value for key, value in wire.items() if key != name}


def _with_signatures(change: Callable[[list[Any]], Any]) -> Callable[[dict[str, Any]], Any]:
    return lambda wire: wire | {"signatures": change(wire["signatures"])}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (lambda wire: [wire], "/envelope"),
        (lambda _: None, "/envelope"),
        (_without("payload"), "/envelope/payload"),
        (_without("payloadType"), "/envelope/payloadType"),
        (_without("signatures"), "/envelope/signatures"),
        (_set("alg", "none"), "/envelope/alg"),
        (_set("payloadType", "application/json"), "/envelope/payloadType"),
        (_set("payloadType", None), "/envelope/payloadType"),
        (_set("payload", 1), "/envelope/payload"),
        (_set("payload", None), "/envelope/payload"),
        (_set("signatures", {}), "/envelope/signatures"),
        (_set("signatures", []), "/envelope/signatures"),
        (_with_signatures(lambda items: items * 9), "/envelope/signatures"),
        (_with_signatures(lambda items: items[:1] * 2), "/envelope/signatures/1/keyid"),
        (_with_signatures(lambda items: items[::-1]), "/envelope/signatures/1/keyid"),
        (_with_signatures(lambda _: ["x"]), "/envelope/signatures/0"),
        (_set("signatures/1/cert", "x"), "/envelope/signatures/1/cert"),
        (_set("signatures/1", {"sig": "AA=="}), "/envelope/signatures/1/keyid"),
        (_set("signatures/1", {"keyid": "a" * 64}), "/envelope/signatures/1/sig"),
        (_set("signatures/0/keyid", KEYS[0].key_id.upper()), "/envelope/signatures/0/keyid"),
        (_set("signatures/0/keyid", KEYS[0].key_id[:63]), "/envelope/signatures/0/keyid"),
        (_set("signatures/0/keyid", KEYS[0].key_id + "\n"), "/envelope/signatures/0/keyid"),
        (_set("signatures/0/keyid", "٠" * 64), "/envelope/signatures/0/keyid"),
        (_set("signatures/0/keyid", ""), "/envelope/signatures/0/keyid"),
        (_set("signatures/0/keyid", None), "/envelope/signatures/0/keyid"),
        (_set("signatures/0/sig", 7), "/envelope/signatures/0/sig"),
        (_set("signatures/0/sig", ""), "/envelope/signatures/0/sig"),
        (_set("signatures/0/sig", base64.b64encode(bytes(63)).decode()), "/envelope/signatures/0/sig"),
        (_set("signatures/0/sig", base64.b64encode(bytes(65)).decode()), "/envelope/signatures/0/sig"),
    ],
)
def test_an_envelope_of_another_shape_is_refused_at_its_field(
    change: Callable[[dict[str, Any]], Any], field: str
) -> None:
    with pytest.raises(LedgerError) as refusal:
        parse_envelope(change(_wire()))
    assert refusal.value.field == field
    assert refusal.value.type == "invalid-field"


def test_the_field_of_a_refusal_stands_under_the_place_of_the_envelope() -> None:
    with pytest.raises(InvalidFieldError) as refusal:
        parse_envelope({}, field="/3/envelope")
    assert refusal.value.field == "/3/envelope/payload"
