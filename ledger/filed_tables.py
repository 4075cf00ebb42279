"""Tables of the rules' state that stand on a file: what was set since it was written is in memory, the rest is asked.

Keys and values are MessagePack in the file, and types say what they are; a digest is its 32 bytes.
"""

from base64 import urlsafe_b64decode
from collections.abc import Iterator
from typing import Any, Generic, Protocol, TypeVar

import msgspec

from ledger.rules.state import Table

READ_KEPT = 4096
"""Values of each table that are remembered once they were read."""
# A set in the order of its items: the same value is the same bytes in every process.
ENCODER = msgspec.msgpack.Encoder(order="deterministic")
K = TypeVar("K")
V = TypeVar("V")


class Filed(Protocol):
    """Where rows are written down, by the number of their table."""

    def ask(self, space: int, key: bytes) -> bytes | None: ...
    def every(self, space: int) -> Iterator[tuple[bytes, bytes]]: ...
    def damaged(self, error: Exception) -> Exception: ...


class FiledTable(Table[K, V], Generic[K, V]):
    """One table. ``get`` may be asked while what was new is being written down."""

    def __init__(self, file: Filed, space: int, types: tuple[Any, Any]) -> None:
        super().__init__()
        self.new: dict[K, V] = {}
        self.leaving: dict[K, V] = {}
        self._read: dict[K, V | None] = {}
        self._file = file
        self._space = space
        self._keys = msgspec.msgpack.Decoder(types[0])
        self._values = msgspec.msgpack.Decoder(types[1])

    def get(self, key: K, /) -> V | None:
        """The newest value, or None. Raises FoldFileError."""
        for kept in (self.new, self.leaving, self._read):
            if key in kept:
                return kept[key]
        found = self._file.ask(self._space, self.packed(key))
        try:
            value = None if found is None else self._values.decode(found)
        except msgspec.DecodeError as error:
            raise self._file.damaged(error) from None
        if len(self._read) >= READ_KEPT:
            self._read.clear()
        self._read[key] = value
        return value

    def __setitem__(self, key: K, value: V, /) -> None:
        self.new[key] = value

    def items(self) -> Iterator[tuple[K, V]]:
        """Every key and its value; nothing may be set meanwhile."""
        newest = {**self.leaving, **self.new}
        for key, value in self._file.every(self._space):
            if (found := self._keys.decode(key)) not in newest:
                yield found, self._values.decode(value)
        yield from newest.items()

    def packed(self, key: K) -> bytes:
        """The key as it stands in the file."""
        return ENCODER.encode(key)

    def leaving_rows(self) -> Iterator[tuple[bytes, bytes]]:
        """What is leaving, as it is to stand in the file."""
        return ((self.packed(key), ENCODER.encode(value)) for key, value in self.leaving.items())

    def leave(self) -> None:
        """Begins to let go of what is new."""
        # What an earlier call failed to write is still there.
        self.leaving, self.new = {**self.leaving, **self.new}, {}

    def forget_leaving(self) -> None:
        """What was leaving has been written down."""
        self.leaving, self._read = {}, {}

    def forget(self) -> None:
        """Nothing was ever set."""
        self.new, self.leaving, self._read = {}, {}, {}


class FiledDigests(FiledTable[str, bool]):
    """Digests that entries used, which are more than entries: their 32 bytes instead of their text."""

    def packed(self, key: str) -> bytes:
        """The digest."""
        return urlsafe_b64decode(f"{key}=")
