"""Records as the rules ask for them: the newest in memory, the others folded again from what their events said.

value of a record: for each of its events 4 bytes of length and the MessagePack of a Said, oldest first
"""

from collections import OrderedDict
from datetime import date
from typing import Any
from uuid import UUID

import msgspec

from ledger.audit.gist import CLASSES, PLACES
from ledger.audit.rows import Spilling
from ledger.domain.payload import Payload
from ledger.domain.record import Past, Record
from ledger.rules.state import Table

RECORDS_KEPT = 16_384
LENGTH_BYTES = 4


class Said(msgspec.Struct, frozen=True, array_like=True):
    """What one admitted event says of its record; ``event`` is the place of its class in CLASSES."""

    event: int
    data: dict[str, Any]
    event_id: str
    occurred_on: date
    signers: tuple[str, ...]
    tree_size: int
    sealed: tuple[str, ...]
    withdrawable: tuple[str, ...]


ENCODER = msgspec.msgpack.Encoder()
DECODER = msgspec.msgpack.Decoder(Said)


class FoldedRecords(Table[str, Record]):
    """A table of records by UUID. Each is set as it stands, and ``enter`` is told what its newest event said.

    A record that was set without that, since its newest entry was refused, stays in memory.
    """

    def __init__(self, values: Spilling) -> None:
        super().__init__()
        self._values = values
        self._kept: OrderedDict[str, Record] = OrderedDict()
        self._refused: dict[str, Record] = {}

    def get(self, key: str, /) -> Record | None:
        """The record, if the ledger has one."""
        found = self._kept.get(key) or self._refused.get(key)
        if found is None:
            value = self._values.get(uuid_bytes(key))
            found = None if value is None else folded(key, value)
            if found is not None:
                self._keep(key, found)
        return found

    def has(self, key: bytes) -> bool:
        """Whether there is a record of a UUID's 16 bytes."""
        return self._values.get(key) is not None or (bool(self._refused) and str(UUID(bytes=key)) in self._refused)

    def __setitem__(self, key: str, value: Record, /) -> None:
        if key in self._refused:
            self._refused[key] = value
        else:
            self._keep(key, value)

    def enter(self, payload: Payload, signers: tuple[str, ...]) -> None:
        """What the event says that was just admitted to its record."""
        said = Said(
            PLACES[payload.type, payload.schema],
            payload.data,
            payload.event_id,
            payload.occurred_on,
            signers,
            payload.tree_size,
            payload.sealed,
            payload.withdrawable,
        )
        key, packed = uuid_bytes(payload.uuid), ENCODER.encode(said)
        self._values[key] = (self._values.get(key) or b"") + len(packed).to_bytes(LENGTH_BYTES, "big") + packed

    def enter_refused(self, key: str, value: Record) -> None:
        """The record after an entry that was refused, which nothing leads to but the entry's place."""
        self._kept.pop(key, None)
        self._refused[key] = value

    def _keep(self, key: str, record: Record) -> None:
        self._kept[key] = record
        self._kept.move_to_end(key)
        if len(self._kept) > RECORDS_KEPT:
            self._kept.popitem(last=False)


def folded(uuid: str, value: bytes) -> Record:
    """The record that these events make, as admission made it."""
    record, at = None, 0
    while at < len(value):
        start = at + LENGTH_BYTES
        at = start + int.from_bytes(value[at:start], "big")
        said = DECODER.decode(value[start:at])
        cls = CLASSES[said.event]
        past = Past(
            event=cls.parse(said.data),
            event_id=said.event_id,
            occurred_on=said.occurred_on,
            signers=said.signers,
            sealed=said.sealed,
            withdrawable=said.withdrawable,
        )
        record = (record or Record(cls.kind(), uuid)).after(past, tree_size=said.tree_size)
    if record is None:
        raise RuntimeError(f"nothing is written down of record {uuid}")
    return record


def uuid_bytes(uuid: str) -> bytes:
    """The 16 bytes of a UUID's text."""
    return bytes.fromhex(uuid.replace("-", ""))
