"""The entry: what the log holds, the leaf data, at most 65,535 bytes.

{"envelope":{"payload":"eyJ…","payloadType":"application/vnd.yangguang.event+json","signatures":[…]},
 "recorded_at":"2026-01-02T03:04:05.678Z"}
"""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

from msgspec import Struct

from ledger.canonical import parse_canonical
from ledger.domain.wire import MAX_ENTRY, WireEntry, format_wire_entry, wire_entry
from ledger.errors import MalformedError, TooLargeError
from ledger.signing.envelope import Envelope, parse_envelope

TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z")
BEIJING = timedelta(hours=8)


class Entry(Struct, frozen=True):
    """An envelope and the writer's clock when it was admitted, with the exact leaf bytes."""

    envelope: Envelope
    recorded_at: datetime
    raw: bytes


def format_entry(envelope: Envelope, recorded_at: datetime) -> bytes:
    """As ``entry_bytes``."""
    return entry_bytes(envelope, format_time(recorded_at))


def entry_bytes(envelope: Envelope, recorded_at: str) -> bytes:
    """The leaf bytes; ``recorded_at`` as ``format_time`` writes it, which a group of entries shares.

    Raises TooLargeError over 65,535 (tlog-tiles: the uint16 length of a bundle).
    """
    raw = format_wire_entry(envelope, recorded_at)
    if len(raw) > MAX_ENTRY:
        raise TooLargeError("账目", "entry", len(raw), MAX_ENTRY)
    return raw


def parse_entry(raw: bytes) -> Entry:
    """The entry in ``raw``. Raises TooLargeError, MalformedError. Signatures are NOT checked here."""
    wire = wire_entry(raw)
    return (wire and _read(wire, raw)) or _parse_strictly(raw)


def is_sound(wire: WireEntry) -> bool:
    """Whether ``_parse_strictly`` would take its texts and lengths too; the moment's numbers are still to be read."""
    return wire.envelope.is_sound() and TIME.fullmatch(wire.recorded_at) is not None


def _read(wire: WireEntry, raw: bytes) -> Entry | None:
    """None for whatever ``_parse_strictly`` would refuse: it is asked to say why."""
    if not is_sound(wire):
        return None
    try:
        return Entry(wire.envelope.envelope(), datetime.fromisoformat(wire.recorded_at), raw)
    except ValueError:
        return None


def _parse_strictly(raw: bytes) -> Entry:
    value: Any = parse_canonical(raw, max_bytes=MAX_ENTRY)
    if not isinstance(value, dict) or value.keys() != {"envelope", "recorded_at"}:
        raise MalformedError("账目应有envelope和recorded_at两栏。", "An entry has exactly envelope and recorded_at.")
    return Entry(parse_envelope(value["envelope"]), parse_time(value["recorded_at"]), raw)


def format_time(moment: datetime) -> str:
    """``2026-01-02T03:04:05.678Z``: always milliseconds, UTC."""
    utc = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    return f"{utc.isoformat(timespec='milliseconds').removesuffix('+00:00')}Z"


def parse_time(text: Any) -> datetime:
    """The aware moment of a ``format_time`` text. Raises MalformedError."""
    if not isinstance(text, str) or not TIME.fullmatch(text):
        raise MalformedError(
            "时间的写法不对。", "The time is not written like 2026-01-02T03:04:05.678Z.", "/recorded_at"
        )
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise MalformedError(f"没有{text}这个时刻。", f"There is no moment {text}.", "/recorded_at") from None


def day_of(moment: datetime) -> date:
    """The UTC+8 date of a moment: "day" everywhere in the ledger."""
    utc = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    return (utc + BEIJING).date()
