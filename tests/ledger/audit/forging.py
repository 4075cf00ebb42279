"""Forging: what somebody with the true log key, and perhaps an author's key, can make of true entries."""

import json
from typing import Any

from ledger.canonical import canonical_bytes
from ledger.domain.catalogue import event_class
from ledger.domain.drafting import Standpoint, draft
from ledger.domain.entry import format_entry, parse_entry
from ledger.domain.payload import Payload, parse_payload
from ledger.domain.record import Record
from ledger.signing.envelope import sign_envelope
from ledger.signing.keys import PrivateKey
from ledger.tlog.merkle import leaf_hash, root_of
from tests.ledger.audit.conftest import payload_of
from tests.ledger.world import ORIGIN, counted

RANDOM = counted("false logs")
PLACE = {"code": "F1", "name": "假村", "level": "village"}
NEW = "0188f3a4-0000-7000-8000-000000000001"


def payload(entry: bytes) -> Payload:
    return parse_payload(payload_of(entry))


def index_of(entries: list[bytes], type_: str, nth: int = 0) -> int:
    return [place for place, entry in enumerate(entries) if payload(entry).type == type_][nth]


def signed_again(entry: bytes, *keys: PrivateKey, **changes: object) -> bytes:
    """The entry with other content, signed by these keys, at the same moment."""
    value = {**json.loads(payload_of(entry)), **changes}
    return format_entry(sign_envelope(canonical_bytes(value), keys), parse_entry(entry).recorded_at)


def next_entry(entries: list[bytes], type_: str, uuid: str, data: dict[str, Any], key: PrivateKey) -> bytes:
    """A further entry as an insider with the log key would make it: in perfect order but for the signature's right."""
    kind = type_.partition(".")[0]
    record = Record(kind, uuid)
    for entry in entries:
        if (past := payload(entry)).record == record.reference:
            record = Record(kind, uuid, past.version, past.event_id)
    root = root_of([leaf_hash(entry) for entry in entries])
    made = draft(
        event_class(type_, 1),
        record,
        Standpoint(ORIGIN, len(entries), root),
        occurred_on=payload(entries[-1]).occurred_on,
        data=data,
        random=RANDOM,
    )
    return format_entry(sign_envelope(made.payload, [key]), parse_entry(entries[-1]).recorded_at)
