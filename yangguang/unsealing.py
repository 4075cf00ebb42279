"""The staff's side of sealed values: lists padded as formats ask, a key for one opening, what came back decrypted."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from ledger.canonical import parse_strict
from ledger.domain.entry import parse_entry
from ledger.domain.payload import Payload, parse_payload
from ledger.domain.sealed import DIGESTS_PADDED, KEYS_PADDED
from ledger.errors import InvalidFieldError
from ledger.sealing.disclosure import Disclosure, new_vault_key, parse_disclosure
from ledger.sealing.hpke import decrypt_with, opened_info
from ledger.tlog.base64 import decode_base64, encode_base64

MAX_OPENED = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Opening:
    """What to sign to open values of an entry, and the key, made for this once, that they come back to."""

    data: dict[str, Any]
    key: X25519PrivateKey

    def read(self, answer: str, *, origin: str, event_id: str) -> list[Disclosure]:
        """The values in an answer's ``opened``; decoys are left out. Raises MalformedError."""
        plain = decrypt_with(self.key, decode_base64(answer), info=opened_info(origin, event_id))
        texts = parse_strict(plain, max_bytes=MAX_OPENED)
        found = [parse_disclosure(text, field="/opened", assigned=False) for text in texts]
        return [item for item in found if item.kind != "decoy"]


def payload_of(entry: bytes) -> Payload:
    """The payload of an entry's bytes."""
    return parse_payload(parse_entry(entry).envelope.payload, assigned=False)


def opening_of(payload: Payload, *, purpose: str, digests: Sequence[str] = ()) -> Opening:
    """Opens ``digests`` of an entry, all by default. Raises InvalidFieldError where there is nothing sealed."""
    if not payload.sealed:
        raise InvalidFieldError("这条账目没有封存内容。", "This entry has no sealed values.", "event")
    if unknown := set(digests) - set(payload.sealed):
        raise InvalidFieldError(
            f"指纹{min(unknown)[:8]}…不在这条账目里。", f"The entry has no sealed digest {min(unknown)[:8]}….", "digest"
        )
    wanted = list(digests or payload.sealed)
    others = [digest for digest in payload.sealed if digest not in wanted]
    while len(wanted) % DIGESTS_PADDED:
        wanted.append(others.pop(int.from_bytes(os.urandom(4)) % len(others)))
    key = X25519PrivateKey.generate()
    data = {
        "about": payload.record,
        "event": payload.event_id,
        "digests": sorted(wanted),
        "purpose": purpose,
        "recipient": encode_base64(key.public_key().public_bytes_raw()),
    }
    return Opening(data, key)


def erasure_of(vault_keys: Sequence[str], *, ground: str) -> dict[str, Any]:
    """Erases what lies under these keys, hidden among random ids, so that nobody sees how many there are."""
    padding = -len(set(vault_keys)) % KEYS_PADDED
    keys = sorted({*vault_keys, *(new_vault_key(os.urandom) for _ in range(padding))})
    return {"vault_keys": keys, "ground": ground}
