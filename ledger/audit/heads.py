"""What judging the evidence needs of each record, in little memory: a million entries take about 100 MB.

A record's head (version, digest, tree size) and, for corrections, which event of it was of which type. Records
that change the keyring are kept whole.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from struct import Struct
from typing import overload

from ledger.audit.folded import FoldedRecords, uuid_bytes
from ledger.audit.gist import CLASSES, PLACES, Gist
from ledger.audit.rows import Spilling
from ledger.domain.event import Event
from ledger.domain.payload import Payload
from ledger.domain.record import Past, Record
from ledger.rules.state import Table
from ledger.sealing.base64url import decode_base64url
from ledger.signing.keyring import EnrolledKey

DIGEST_BYTES = 32
EVENT_BYTES = 2 + DIGEST_BYTES
NUMBERS = Struct(">BQQ")
HEAD_BYTES = NUMBERS.size
KINDS = sorted({cls.kind() for cls in CLASSES})
KIND_OF = tuple(KINDS.index(cls.kind()) for cls in CLASSES)
"""By the place of a class in CLASSES, the place of its kind in KINDS."""
NO_DAY = date(1, 1, 1)


class PackedHistory(Sequence[Past]):
    """A record's events by type and id alone, unpacked when somebody looks."""

    def __init__(self, packed: bytes) -> None:
        self._packed = packed

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
        event = CLASSES[int.from_bytes(item[:2], "big")].model_construct()
        return Past(event, item[2:].hex(), NO_DAY, ())


class RecordHeads(Table[str, Record]):
    """A table of records. What ``enter`` was told comes back with packed history; what was set comes back whole.

    Packed, a head is its kind's place in KINDS (1 byte), version and tree size (8 each); then, for each event, the
    place of its class in CLASSES (2) and its id (32), the newest last.
    """

    def __init__(self, heads: Spilling, whole: FoldedRecords) -> None:
        super().__init__()
        self._heads = heads
        self._whole = whole

    def get(self, key: str, /) -> Record | None:
        """The record as its last entry left it; without ``state`` unless it was set whole."""
        packed = self._heads.get(uuid_bytes(key))
        if packed is None:
            return self._whole.get(key)
        version, tree_size = int.from_bytes(packed[1:9], "big"), int.from_bytes(packed[9:HEAD_BYTES], "big")
        history = PackedHistory(packed[HEAD_BYTES:])
        return Record(KINDS[packed[0]], key, version, packed[-DIGEST_BYTES:].hex(), "", tree_size, history)  # type: ignore[arg-type]

    def __setitem__(self, key: str, value: Record, /) -> None:
        self._whole[key] = value

    def enter(self, payload: Payload, event_class: type[Event]) -> None:
        """The record's newest event."""
        event = PLACES[event_class.TYPE, event_class.SCHEMA]
        key, event_id = uuid_bytes(payload.uuid), bytes.fromhex(payload.event_id)
        before = (self._heads.get(key) or b"")[HEAD_BYTES:]
        self._enter(key, (payload.version, payload.tree_size), before, (event, event_id))

    def try_entering(self, gist: Gist) -> bool:
        """Enters the record's next event if it is that, signed after the one before; else does nothing."""
        packed = self._heads.get(gist.uuid)
        if packed is None:
            if gist.version != 1 or gist.previous or not gist.tree_size or self._whole.has(gist.uuid):
                return False
        elif not _continues(packed, gist):
            return False
        before = b"" if packed is None else packed[HEAD_BYTES:]
        self._enter(gist.uuid, (gist.version, gist.tree_size), before, (gist.event, gist.event_id))
        return True

    def _enter(self, key: bytes, numbers: tuple[int, int], before: bytes, newest: tuple[int, bytes]) -> None:
        event, event_id = newest
        self._heads[key] = b"".join(
            (NUMBERS.pack(KIND_OF[event], *numbers), before, event.to_bytes(2, "big"), event_id)
        )


def _continues(packed: bytes, gist: Gist) -> bool:
    kind, version, tree_size = NUMBERS.unpack_from(packed)
    return (
        kind == KIND_OF[gist.event]
        and gist.version == version + 1
        and gist.previous == packed[-DIGEST_BYTES:]
        and gist.tree_size >= max(tree_size, 1)
    )


class Digests(Table[str, bool]):
    """The digests seen so far, 32 bytes each instead of a text."""

    def __init__(self, seen: Spilling) -> None:
        super().__init__()
        self._seen = seen

    def get(self, key: str, /) -> bool | None:
        """True if it was seen."""
        return True if self._seen.get(decode_base64url(key)) is not None else None

    def __setitem__(self, key: str, value: bool, /) -> None:
        self._seen[decode_base64url(key)] = b""

    def are_new(self, joined: bytes) -> bool:
        """Whether none of these raw digests was seen before."""
        return not joined or not self._seen.has_any(_split(joined))

    def enter(self, joined: bytes) -> None:
        """Raw digests that are new."""
        for digest in _split(joined):
            self._seen[digest] = b""


def _split(joined: bytes) -> list[bytes]:
    return [joined[at : at + DIGEST_BYTES] for at in range(0, len(joined), DIGEST_BYTES)]


class Keyring(Table[str, EnrolledKey]):
    """Every key ever enrolled; ``changes`` counts how often anything about one changed.

    ``public_keys`` is what a process needs to check signatures ahead of the fold.
    """

    def __init__(self) -> None:
        super().__init__()
        self.public_keys: dict[str, bytes] = {}
        self.changes = 0

    def __setitem__(self, key: str, value: EnrolledKey, /) -> None:
        super().__setitem__(key, value)
        self.public_keys[key] = value.public_key
        self.changes += 1
