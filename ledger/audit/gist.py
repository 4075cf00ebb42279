"""The gist of an entry that is good by itself: what the fold needs of it, in few bytes that travel between processes.

Signatures, canonical form, the event's own fields and the digests' form need no order, so any process may judge them.
There is a gist only where nothing is left to ask but the log itself; whatever is odd, and whatever needs the event
(corrections, keys, the ledger's own), has none and is opened the strict way (``ledger.audit.opened``), which refuses
and says why. A property test holds the two together.
"""

from binascii import unhexlify
from collections.abc import Mapping
from datetime import date, datetime
from hashlib import sha256

import msgspec

from ledger.domain.catalogue import EVENTS
from ledger.domain.entry import day_of
from ledger.domain.entry import is_sound as is_sound_entry
from ledger.domain.event import GOVERN, Event
from ledger.domain.payload import is_sound as is_sound_payload
from ledger.domain.wire import WireEntry, WirePayload, wire_entry, wire_payload
from ledger.errors import BadSignatureError
from ledger.sealing.base64url import decode_base64url
from ledger.signing.envelope import PAYLOAD_TYPE, pae
from ledger.signing.keys import verify

CLASSES = tuple(EVENTS.values())
"""Every event class; its place here stands for it in a gist. The same in every process of one version."""
PLACES = {key: place for place, key in enumerate(EVENTS)}
KEYRING_KINDS = ("key", "ledger")
"""Kinds whose events change the keyring."""
ID_BYTES = 32
PLAIN = tuple(
    cls.signing_places is Event.signing_places and cls.SIGNED_BY != (GOVERN,) and cls.kind() not in KEYRING_KINDS
    for cls in CLASSES
)
"""Whether the class alone says who must sign, and the event changes nothing but its record."""


class Gist(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One entry. ``event`` is a place in CLASSES; key ids and digests are joined, 32 raw bytes each.

    Known to hold: canonical bytes, every signature under the key of its id, ``data`` as its class asks, the log's
    origin, an ``occurred_on`` not after ``day`` (the UTC+8 ordinal of ``recorded_at``), no digest twice in it.
    """

    event: int
    recorded_at: datetime
    day: int
    uuid: bytes
    version: int
    previous: bytes
    tree_size: int
    root: bytes
    event_id: bytes
    keyids: bytes
    digests: bytes


class Known(msgspec.Struct, frozen=True):
    """What an entry is judged by itself against: the log's origin, and public keys by key id, each known to be its."""

    origin: str
    public_keys: dict[bytes, bytes]


def gist_of(raw: bytes, known: Known) -> Gist | bool:
    """The gist; else True where every signature holds, by keys that are known, and False where not even that."""
    entry = wire_entry(raw)
    if entry is None or not is_sound_entry(entry):
        return False
    payload = wire_payload(entry.envelope.payload)
    if payload is None or not is_sound_payload(payload) or not _are_signed(entry, known.public_keys):
        return False
    try:
        return _gist(entry, payload, known.origin)
    except Exception:  # noqa: BLE001 - opened the strict way, it is refused with a sentence
        return True


def _gist(entry: WireEntry, payload: WirePayload, origin: str) -> Gist | bool:
    recorded_at, occurred_on = datetime.fromisoformat(entry.recorded_at), date.fromisoformat(payload.occurred_on)
    event, day = PLACES.get((payload.type, payload.schema)), day_of(recorded_at)
    if event is None or not PLAIN[event] or payload.log != origin or occurred_on > day:
        return True
    CLASSES[event].parse(payload.data)
    digests = [*(payload.sealed or ()), *(payload.withdrawable or ())]
    if len(set(digests)) != len(digests):
        return True
    return Gist(
        event,
        recorded_at,
        day.toordinal(),
        unhexlify(payload.record[-36:].replace("-", "")),
        payload.version,
        unhexlify(payload.previous or ""),
        payload.tree.size,
        payload.tree.root,
        sha256(entry.envelope.payload).digest(),
        b"".join([unhexlify(signature.keyid) for signature in entry.envelope.signatures]),
        b"".join(map(decode_base64url, digests)),
    )


def _are_signed(entry: WireEntry, public_keys: Mapping[bytes, bytes]) -> bool:
    message = pae(PAYLOAD_TYPE, entry.envelope.payload)
    try:
        for signature in entry.envelope.signatures:
            verify(public_keys[unhexlify(signature.keyid)], signature.sig, message)
    except (KeyError, BadSignatureError):
        return False
    return True
