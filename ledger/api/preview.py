"""What an author reads before signing: the payload, who may sign it, and its sentence in both languages."""

import hashlib
from collections.abc import Callable
from typing import Any

from ledger.canonical import parse_canonical
from ledger.domain.drafting import Draft
from ledger.domain.event import CAPABILITIES, Event
from ledger.domain.naming import name_of
from ledger.domain.record import Past, Record
from ledger.domain.sentences import Speaker, say
from ledger.domain.values import Label
from ledger.signing.envelope import MAX_PAYLOAD
from ledger.tlog.base64 import encode_base64

SIGNER = Label("签署机构", "the signing organisation")
Read = Callable[[str], Record | None]


def preview(drafted: Draft, event: Event, record: Record, *, read: Read) -> dict[str, Any]:
    """The answer to a draft, as JSON."""
    payload = parse_canonical(drafted.payload, max_bytes=MAX_PAYLOAD)
    event_id = hashlib.sha256(drafted.payload).hexdigest()
    after = record.after(Past(event, event_id, payload["occurred_on"], ()), tree_size=payload["tree"]["size"])
    return {
        "payload": encode_base64(drafted.payload),
        "payload_json": payload,
        "event_id": event_id,
        "disclosures": list(drafted.disclosures),
        "record": record.reference,
        "signed_by": signed_by(event.signing_places(record)),
        "sentence": {lang: say(event, after, _speaker(lang, after, read)) for lang in ("zh", "en")},
    }


def signed_by(places: tuple[frozenset[str], ...]) -> list[list[dict[str, str]]]:
    """One list per signature: the capabilities any one of which its key must hold."""
    return [[_capability(name) for name in CAPABILITIES if name in place] for place in places]


def _capability(name: str) -> dict[str, str]:
    return {"capability": name, "zh": CAPABILITIES[name].zh, "en": CAPABILITIES[name].en}


def _speaker(lang: str, after: Record, read: Read) -> Speaker:
    def named(reference: str) -> str:
        record = after if reference == after.reference else read(reference)
        return name_of(record, lang) if record else reference

    return Speaker(lang, named, SIGNER.zh if lang == "zh" else SIGNER.en)
