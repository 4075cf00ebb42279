"""The quick reading of entries and payloads: well-formed bytes as typed values, or None where that is not certain.

Nearly all bytes an audit or a writer meets are well-formed, so these are read by a typed decoder and compared with
what an encoder with sorted names writes back: equal bytes are their own RFC 8785 form, no name in them occurs twice and
every base64 text is canonical. Whatever differs, or holds a character or number that needs a second look, is read again
the strict way (``ledger.canonical``), which alone refuses and says why. A property test holds the two together: what is
read here, the strict way reads alike.
"""

from operator import attrgetter
from typing import Any, TypeVar

import msgspec

from ledger.canonical import SORTED, is_ordinary, is_plain
from ledger.signing.envelope import PAYLOAD_TYPE, Envelope, EnvelopeSignature, is_well_formed

MAX_ENTRY = 65_535
W = TypeVar("W", bound=msgspec.Struct)


class WireSignature(msgspec.Struct, forbid_unknown_fields=True):
    """One signature of an envelope."""

    keyid: str
    sig: bytes


class WireEnvelope(msgspec.Struct, forbid_unknown_fields=True):
    """An envelope; ``payload`` is already decoded from base64."""

    payload: bytes
    payloadType: str  # noqa: N815 - DSSE's name
    signatures: list[WireSignature]

    def is_sound(self) -> bool:
        """Whether ``parse_envelope`` would take it too."""
        return self.payloadType == PAYLOAD_TYPE and is_well_formed(self)

    def envelope(self) -> Envelope:
        """The envelope of a sound one."""
        return Envelope(self.payload, tuple([EnvelopeSignature(item.keyid, item.sig) for item in self.signatures]))

    def read(self) -> Envelope | None:
        """The envelope; None for whatever ``parse_envelope`` would refuse: it is asked to say why."""
        return self.envelope() if self.is_sound() else None


class WireEntry(msgspec.Struct, forbid_unknown_fields=True):
    """An entry."""

    envelope: WireEnvelope
    recorded_at: str


class WireTree(msgspec.Struct, forbid_unknown_fields=True):
    """A tree head; ``root`` is already decoded from base64."""

    root: bytes
    size: int


class WirePayload(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """A payload, its two lists None where they are absent."""

    data: dict[str, Any]
    log: str
    occurred_on: str
    previous: str | None
    record: str
    schema: int
    tree: WireTree
    type: str
    version: int
    sealed: list[str] | None = None
    withdrawable: list[str] | None = None


ENTRIES = msgspec.json.Decoder(WireEntry)
PAYLOADS = msgspec.json.Decoder(WirePayload)


def wire_entry(raw: bytes) -> WireEntry | None:
    """The entry, if ``raw`` is the canonical form of one; its texts are for the caller to judge."""
    return _exactly(ENTRIES, raw) if len(raw) <= MAX_ENTRY else None


def format_wire_entry(envelope: Envelope, recorded_at: str) -> bytes:
    """The canonical form of an entry, its signatures sorted by keyid."""
    ordered = sorted(envelope.signatures, key=attrgetter("keyid"))
    signatures = [WireSignature(item.keyid, item.sig) for item in ordered]
    return SORTED.encode(WireEntry(WireEnvelope(envelope.payload, PAYLOAD_TYPE, signatures), recorded_at))


def wire_payload(raw: bytes) -> WirePayload | None:
    """The payload, if ``raw`` is the canonical form of one and holds nothing that needs a second look."""
    payload = _exactly(PAYLOADS, raw) if is_plain(raw) else None
    return payload if payload is not None and is_ordinary(payload.data) else None


def _exactly(decoder: msgspec.json.Decoder[W], raw: bytes) -> W | None:
    try:
        value = decoder.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    return value if SORTED.encode(value) == raw else None
