"""What judging the evidence needs of each record, in little memory: a million entries take about 100 MB.

A record's head (version, digest, tree size) and, for corrections, which event of it was of which type. Records
that change the keyring are kept whole.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import TypeVar, overload

from ledger.domain.event import Event
from ledger.domain.payload import Payload
from ledger.domain.record import Past, Record
from ledger.rules.state import Table
from ledger.sealing.base64url import decode_base64url
from ledger.signing.keyring import EnrolledKey

T = TypeVar("T")
DIGEST_BYTES = 32
EVENT_BYTES = 2 + DIGEST_BYTES
HEAD_BYTES = 17
NO_DAY = date(1, 1, 1)


class PackedHistory(Sequence[Past]):
    """A record's events by type and id alone, unpacked when somebody looks."""

    def __init__(self, packed: bytes, classes: Sequence[type[Event]]) -> None:
        self._packed = packed
        self._classes = classes

    def __len__(self) -> int:
        return len(self._packed) // EVENT_BYTES

    def __iter__(self) -> Iterator[Past]:
        return (self[place] for place in range(len(self)))

    @overload
    def __getitem__(self, place: int) -> Past: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Past]: ...
    def __getitem__(self, place: int | slice) -> Past | Sequence[Past]:
        if isinstance(place, slice):
            return [self[at] for at in range(*place.indices(len(self)))]
        if not 0 <= place < len(self):
            raise IndexError(place)
        item = self._packed[place * EVENT_BYTES : (place + 1) * EVENT_BYTES]
        event = self._classes[int.from_bytes(item[:2], "big")].model_construct()
        return Past(event, item[2:].hex(), NO_DAY, ())


class RecordHeads(Table[str, Record]):
    """A table of records. What ``enter`` was told comes back with packed history; what was set comes back whole."""

    def __init__(self) -> None:
        super().__init__()
        self._heads: dict[bytes, bytes] = {}
        self._kinds: list[str] = []
        self._classes: list[type[Event]] = []

    def get(self, key: str, /) -> Record | None:
        """The record as its last entry left it; without ``state`` unless it was set whole."""
        packed = self._heads.get(_uuid_bytes(key))
        if packed is None:
            return super().get(key)
        version, tree_size = int.from_bytes(packed[1:9], "big"), int.from_bytes(packed[9:HEAD_BYTES], "big")
        history = PackedHistory(packed[HEAD_BYTES:], self._classes)
        head = packed[-DIGEST_BYTES:].hex()
        return Record(self._kinds[packed[0]], key, version, head, "", tree_size, history)  # type: ignore[arg-type]

    def enter(self, payload: Payload, event_class: type[Event]) -> None:
        """The record's newest event."""
        key = _uuid_bytes(payload.uuid)
        kind, cls = _place(self._kinds, payload.kind), _place(self._classes, event_class)
        numbers = bytes([kind]) + payload.version.to_bytes(8, "big") + payload.tree_size.to_bytes(8, "big")
        newest = cls.to_bytes(2, "big") + bytes.fromhex(payload.event_id)
        self._heads[key] = numbers + self._heads.get(key, bytes(HEAD_BYTES))[HEAD_BYTES:] + newest


class Digests(Table[str, bool]):
    """The digests seen so far, 32 bytes each instead of a text."""

    def __init__(self) -> None:
        super().__init__()
        self._seen: set[bytes] = set()

    def get(self, key: str, /) -> bool | None:
        """True if it was seen."""
        return True if decode_base64url(key) in self._seen else None

    def __setitem__(self, key: str, value: bool, /) -> None:
        self._seen.add(decode_base64url(key))


class Keyring(Table[str, EnrolledKey]):
    """Every key ever enrolled; ``public_keys`` is what a process needs to check signatures ahead of the fold."""

    def __init__(self) -> None:
        super().__init__()
        self.public_keys: dict[str, bytes] = {}

    def __setitem__(self, key: str, value: EnrolledKey, /) -> None:
        super().__setitem__(key, value)
        self.public_keys[key] = value.public_key


def _place(known: list[T], item: T) -> int:
    if item not in known:
        known.append(item)
    return known.index(item)


def _uuid_bytes(uuid: str) -> bytes:
    return bytes.fromhex(uuid.replace("-", ""))
