"""DSSE 1.0.2 envelopes: a payload and the signatures over its pre-authentication encoding.

    {"payload":"eyJkYXRhIjp7…","payloadType":"application/vnd.yangguang.event+json",
     "signatures":[{"keyid":"d4735e3a…","sig":"5VZDAMNgrHKQ…=="}]}
    signed: DSSEv1 36 application/vnd.yangguang.event+json 812 {"data":{…   (protocol.md, "Signature Definition")

DSSE lets a reader accept two base64 alphabets and any keyid; evidence may have one spelling only, so here
base64 is canonical and the keyid must be the hash of the key that verifies.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, Protocol

from msgspec import Struct

from ledger.errors import BadSignatureError, InvalidFieldError, TooLargeError, UnknownKeyError
from ledger.signing.keys import SIGNATURE_BYTES, PrivateKey, key_id, verify
from ledger.tlog.base64 import decode_base64, encode_base64

PAYLOAD_TYPE = "application/vnd.yangguang.event+json"
MAX_PAYLOAD = 32 * 1024
MAX_SIGNATURES = 16
KEYID = re.compile(r"[0-9a-f]{64}", re.ASCII)


def pae(payload_type: str, payload: bytes) -> bytes:
    """The bytes that are signed: the pre-authentication encoding of DSSE 1.0.2. Lengths count bytes."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


class EnvelopeSignature(Struct, frozen=True):
    """One signature of 64 bytes; ``keyid`` picks the key and decides nothing."""

    keyid: str
    sig: bytes


class Envelope(Struct, frozen=True):
    """A well-formed envelope. Its signatures are unverified until ``open_envelope`` returns."""

    payload: bytes
    signatures: tuple[EnvelopeSignature, ...]

    @property
    def event_id(self) -> str:
        """The hex SHA-256 of the payload bytes: the event's name and idempotency key."""
        return hashlib.sha256(self.payload).hexdigest()

    def to_json(self) -> dict[str, Any]:
        """The wire form, signatures sorted by keyid; ``parse_envelope`` reads it back."""
        ordered = sorted(self.signatures, key=lambda signature: signature.keyid)
        return {
            "payload": encode_base64(self.payload),
            "payloadType": PAYLOAD_TYPE,
            "signatures": [{"keyid": item.keyid, "sig": encode_base64(item.sig)} for item in ordered],
        }


def parse_envelope(value: Any, *, field: str = "/envelope") -> Envelope:
    """The envelope in an already strictly parsed JSON value.

    Raises InvalidFieldError (shape), MalformedError (base64) or TooLargeError, each naming the field under ``field``.
    """
    _check_members(value, {"payload", "payloadType", "signatures"}, field)
    if value["payloadType"] != PAYLOAD_TYPE:
        raise InvalidFieldError(
            f"payloadType应是“{PAYLOAD_TYPE}”。", f"The payloadType must be {PAYLOAD_TYPE!r}.", f"{field}/payloadType"
        )
    payload = _parse_payload(value["payload"], f"{field}/payload")
    items = value["signatures"]
    if not isinstance(items, list):
        raise InvalidFieldError("signatures应是列表。", "The signatures must be a list.", f"{field}/signatures")
    _check_signature_count(len(items), f"{field}/signatures")
    signatures = tuple(_parse_signature(item, f"{field}/signatures/{place}") for place, item in enumerate(items))
    _check_order(signatures, f"{field}/signatures")
    return Envelope(payload, signatures)


class SignatureLike(Protocol):
    """A signature in any form."""

    @property
    def keyid(self) -> str: ...
    @property
    def sig(self) -> bytes: ...


class EnvelopeLike(Protocol):
    """An envelope in any form, whose payload and signatures are bytes already."""

    @property
    def payload(self) -> bytes: ...
    @property
    def signatures(self) -> Sequence[SignatureLike]: ...


def is_well_formed(envelope: EnvelopeLike) -> bool:
    """Whether ``parse_envelope`` would take it."""
    last = ""
    for item in envelope.signatures:
        if not (last < item.keyid and len(item.sig) == SIGNATURE_BYTES and KEYID.fullmatch(item.keyid)):
            return False
        last = item.keyid
    return len(envelope.payload) <= MAX_PAYLOAD and 1 <= len(envelope.signatures) <= MAX_SIGNATURES


def sign_envelope(payload: bytes, keys: Sequence[PrivateKey]) -> Envelope:
    """The payload signed by each of ``keys`` (1 to 16, none twice); refuses whatever ``parse_envelope`` would."""
    message = pae(PAYLOAD_TYPE, payload)
    signatures = tuple(EnvelopeSignature(key.key_id, key.sign(message)) for key in keys)
    return parse_envelope(Envelope(payload, signatures).to_json())


def open_envelope(envelope: Envelope, public_keys: Mapping[str, bytes]) -> tuple[str, ...]:
    """The keyids, sorted and distinct, of keys that each signed the payload; it returns only if all of them did.

    ``public_keys`` maps key id to 32 raw bytes. Raises UnknownKeyError, BadSignatureError; InvalidFieldError for
    an envelope that ``parse_envelope`` would have refused.
    """
    _check_signature_count(len(envelope.signatures), "/envelope/signatures")
    _check_order(envelope.signatures, "/envelope/signatures")
    message = pae(PAYLOAD_TYPE, envelope.payload)
    for signature in envelope.signatures:
        _verify_signature(signature, message, public_keys)
    return tuple(signature.keyid for signature in envelope.signatures)


def _verify_signature(signature: EnvelopeSignature, message: bytes, public_keys: Mapping[str, bytes]) -> None:
    public_key = public_keys.get(signature.keyid)
    if public_key is None:
        raise UnknownKeyError(signature.keyid)
    # The keyid is not signed (DSSE, "Protocol"): a key listed under another key's id must not count as that key.
    if key_id(public_key) != signature.keyid:
        raise BadSignatureError(signature.keyid)
    verify(public_key, signature.sig, message)


def _parse_payload(text: Any, field: str) -> bytes:
    _check_text(text, field)
    size = len(text) // 4 * 3 - text[-2:].count("=")
    if size > MAX_PAYLOAD:
        raise TooLargeError(
            "签署的内容（上限约容700个封存摘要）", "signed content (there is room for about 700 digests)",
            size, MAX_PAYLOAD, field,
        )  # fmt: skip
    return decode_base64(text, field=field)


def _parse_signature(value: Any, field: str) -> EnvelopeSignature:
    _check_members(value, {"keyid", "sig"}, field)
    _check_text(value["keyid"], f"{field}/keyid")
    _check_text(value["sig"], f"{field}/sig")
    if not KEYID.fullmatch(value["keyid"]):
        raise InvalidFieldError(
            "keyid应是64位小写十六进制。", "A keyid is 64 lowercase hexadecimal digits.", f"{field}/keyid"
        )
    sig = decode_base64(value["sig"], field=f"{field}/sig")
    if len(sig) != SIGNATURE_BYTES:
        raise InvalidFieldError(
            f"签名应是{SIGNATURE_BYTES}字节，这里是{len(sig)}字节。",
            f"A signature is {SIGNATURE_BYTES} bytes; this one is {len(sig)}.",
            f"{field}/sig",
        )
    return EnvelopeSignature(value["keyid"], sig)


def _check_members(value: Any, expected: set[str], field: str) -> None:
    if not isinstance(value, dict):
        raise InvalidFieldError("这里应是一个JSON对象。", "A JSON object is expected here.", field)
    odd = sorted(expected.symmetric_difference(value))
    if odd:
        raise InvalidFieldError(
            f"字段应恰好是{'、'.join(sorted(expected))}；“{odd[0][:40]}”缺失或多余。",
            f"The fields must be exactly {', '.join(sorted(expected))}; {odd[0][:40]!r} is missing or not allowed.",
            f"{field}/{odd[0][:40]}",
        )


def _check_text(value: Any, field: str) -> None:
    if not isinstance(value, str):
        raise InvalidFieldError("这里应是文字。", "Text is expected here.", field)


def _check_signature_count(count: int, field: str) -> None:
    if not 1 <= count <= MAX_SIGNATURES:
        raise InvalidFieldError(
            f"签名应有1至{MAX_SIGNATURES}个，这里有{count}个。",
            f"There must be 1 to {MAX_SIGNATURES} signatures; here are {count}.",
            field,
        )


def _check_order(signatures: Sequence[EnvelopeSignature], field: str) -> None:
    for place, (before, after) in enumerate(pairwise(signatures), start=1):
        if before.keyid >= after.keyid:
            raise InvalidFieldError(
                f"签名应按keyid排序且不重复；{after.keyid[:8]}…排在{before.keyid[:8]}…之后。",
                f"Signatures are sorted by keyid, none twice; {after.keyid[:8]}… stands after {before.keyid[:8]}….",
                f"{field}/{place}/keyid",
            )
