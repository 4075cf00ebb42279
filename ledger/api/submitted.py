"""What is submitted: the bytes of a request's body as submissions.

Well-formed bodies are read by a typed decoder, a third of the strict parser's cost. Such a decoder forgives what the
strict parser refuses: a name that occurs twice, base64 with surplus bits. So each name must stand in the bytes as often
as it was read, and each base64 text as an encoder writes it; whatever does not is read again the strict way, which
alone refuses and says why. A property test holds the two to one outcome.
"""

from typing import Any

import msgspec

from ledger.canonical import parse_strict
from ledger.domain.wire import WireEnvelope
from ledger.errors import InvalidFieldError, LedgerError, MalformedError
from ledger.opening import MAX_DISCLOSURES, Submission, parse_submission
from ledger.tlog.base64 import encode_base64

MAX_BODY = 1024 * 1024
MAX_EVENTS = 100


class WireSubmission(msgspec.Struct, forbid_unknown_fields=True):
    """One submission as it stands in a body; payload and signatures are decoded from base64 already."""

    envelope: WireEnvelope
    disclosures: list[str] | None = None


class WireBatch(msgspec.Struct, forbid_unknown_fields=True):
    """A batch as it stands in a body."""

    events: list[WireSubmission]


ONCE = (b'"envelope"', b'"payload"', b'"payloadType"', b'"signatures"')
PER_SIGNATURE = (b'"keyid"', b'"sig"')
DISCLOSURES = b'"disclosures"'
ONE = msgspec.json.Decoder(WireSubmission)
SEVERAL = msgspec.json.Decoder(WireBatch)


def submission_in(body: bytes) -> Submission:
    """``{"envelope": {…}, "disclosures": ["…"]}``. Raises MalformedError, InvalidFieldError and their kin."""
    found = _decoded(ONE, body)
    read = found and _all_read(body, [found])
    return read[0] if read else parse_submission(parse_body(body))


def submissions_in(body: bytes) -> list[Submission]:
    """``{"events": [1 to 100 of them]}``. A refusal names the event's place: ``/events/3/envelope``."""
    found = _decoded(SEVERAL, body)
    if found and 1 <= len(found.events) <= MAX_EVENTS and body.count(b'"events"') == 1:
        read = _all_read(body, found.events)
        if read:
            return read
    return _parse_batch(parse_body(body))


def parse_body(body: bytes) -> Any:
    """The strictly parsed body. Raises MalformedError, TooLargeError."""
    try:
        return parse_strict(body, max_bytes=MAX_BODY)
    except MalformedError as error:
        # Before the parse is done there is no pointer to a field, only a name somewhere in the text.
        error.field = None
        raise


def _decoded(decoder: msgspec.json.Decoder[Any], body: bytes) -> Any:
    try:
        return decoder.decode(body) if len(body) <= MAX_BODY else None
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def _all_read(body: bytes, found: list[WireSubmission]) -> list[Submission] | None:
    """All of them, or None where the strict way must look."""
    signatures = sum(len(item.envelope.signatures) for item in found)
    disclosing = sum(item.disclosures is not None for item in found)
    names = {name: len(found) for name in ONCE} | dict.fromkeys(PER_SIGNATURE, signatures) | {DISCLOSURES: disclosing}
    if any(body.count(name) != count for name, count in names.items()):
        return None
    read: list[Submission] = []
    place = 0
    for item in found:
        envelope, disclosures = item.envelope.read(), tuple(item.disclosures or ())
        if envelope is None or len(disclosures) > MAX_DISCLOSURES:
            return None
        texts = [envelope.payload, *(signature.sig for signature in envelope.signatures)]
        places = [body.find(encode_base64(text).encode(), place) for text in texts]
        if min(places) < 0:
            return None
        place = max(places)
        read.append(Submission(envelope, disclosures))
    return read


def _parse_batch(value: Any) -> list[Submission]:
    events = value.get("events") if isinstance(value, dict) and value.keys() == {"events"} else None
    if not isinstance(events, list) or not 1 <= len(events) <= MAX_EVENTS:
        raise InvalidFieldError(
            f"应是{{“events”: [1至{MAX_EVENTS}件]}}。", f'Send {{"events": [1 to {MAX_EVENTS} of them]}}.', "/events"
        )
    return [_parse_one(item, place) for place, item in enumerate(events)]


def _parse_one(value: Any, place: int) -> Submission:
    try:
        return parse_submission(value)
    except LedgerError as refusal:
        refusal.field = f"/events/{place}{refusal.field or ''}"
        raise
