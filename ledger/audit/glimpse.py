"""A second look at entries that an audit has judged: what they are, without judging them again.

Only to tell and to count. An entry that can't be read is passed over: the audit named it.
"""

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ledger.audit.opened import OpenedEntry
from ledger.audit.source import Source
from ledger.domain.catalogue import EVENTS
from ledger.domain.entry import parse_time
from ledger.domain.event import Event
from ledger.errors import LedgerError, NotFoundError
from ledger.tlog.tile import TILE_WIDTH, Tile, parse_bundle


@dataclass(frozen=True, slots=True)
class Glimpse:
    """One entry: of which type, in which record, signed by which keys (hex ids), recorded when, with which data."""

    index: int
    event_class: type[Event]
    record: str
    keyids: tuple[str, ...]
    recorded_at: datetime
    data: dict[str, Any]

    @property
    def kind(self) -> str:
        """The kind of its record."""
        return self.record.partition("/")[0]


def glimpses(source: Source, start: int, stop: int) -> Iterator[Glimpse]:
    """The entries ``start`` to ``stop`` of a source, in order: of a ledger directory the stored ones.

    It ends where nothing is left, since ``stop`` may be a mere claim.
    """
    for first in range(start // TILE_WIDTH * TILE_WIDTH, stop, TILE_WIDTH):
        entries = _entries(source, first, min(TILE_WIDTH, stop - first))
        if entries is None:
            return
        for index, entry in enumerate(entries, first):
            found = glimpse(index, entry) if entry is not None and index >= start else None
            if found is not None:
                yield found


def glimpse(index: int, entry: bytes) -> Glimpse | None:
    """What an entry is; None where its bytes are no entry."""
    try:
        value = json.loads(entry)
        envelope = value["envelope"]
        payload = json.loads(base64.b64decode(envelope["payload"]))
        return Glimpse(
            index,
            EVENTS[payload["type"], payload["schema"]],
            str(payload["record"]),
            tuple(str(signature["keyid"]) for signature in envelope["signatures"]),
            parse_time(value["recorded_at"]),
            dict(payload["data"]),
        )
    except (LedgerError, ValueError, KeyError, TypeError, RecursionError):
        return None


def glimpse_of(index: int, entry: OpenedEntry) -> Glimpse | None:
    """What an opened entry is; None where there is no such type of event."""
    payload = entry.payload
    cls = EVENTS.get((payload.type, payload.schema))
    return None if cls is None else Glimpse(index, cls, payload.record, entry.keyids, entry.recorded_at, payload.data)


def _entries(source: Source, first: int, width: int) -> list[bytes | None] | None:
    """The entries of one bundle, None for one without bytes; None for the whole where there is nothing at all."""
    if source.stored is not None:
        rows = source.stored.entries(first, first + width)
        return (
            [row.entry if (row := rows.get(index)) else None for index in range(first, first + width)] if rows else None
        )
    try:
        return [*parse_bundle(source.published.read_tile(Tile(Tile.ENTRIES, first // TILE_WIDTH, width)), width=width)]
    except NotFoundError:
        return None
    except LedgerError:
        return []
