"""A log made by hand: no admission, only entries for the views to read."""

import hashlib
import uuid
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from ledger.domain.entry import format_entry
from ledger.domain.payload import format_payload
from ledger.signing.envelope import sign_envelope
from ledger.signing.keys import PrivateKey
from ledger.tlog.base64 import encode_base64
from ledger.tlog.checkpoint import Checkpoint, format_checkpoint
from ledger.tlog.merkle import MemoryTree, leaf_hash
from ledger.tlog.tile import Tile, format_bundle, tiles_of_size

ORIGIN = "ledger.example/test"
START = date(2023, 1, 2)


class Book:
    """A log in memory, and an entry source. ``ref("project", "lamps")`` is always the same reference."""

    def __init__(self) -> None:
        self.entries: list[bytes] = []
        self.payloads: list[dict[str, Any]] = []
        self.event_ids: list[str] = []
        self.tree = MemoryTree()
        self.heads: dict[str, tuple[int, str]] = {}
        self.day = START

    def size(self) -> int:
        return len(self.entries)

    def root(self) -> bytes:
        return self.tree.root()

    def read(self, start: int, stop: int) -> Sequence[bytes]:
        return self.entries[start:stop]

    def ref(self, kind: str, name: str) -> str:
        digest = bytearray(hashlib.sha256(f"{kind}/{name}".encode()).digest()[:16])
        digest[6], digest[8] = digest[6] & 0x0F | 0x70, digest[8] & 0x3F | 0x80
        return f"{kind}/{uuid.UUID(bytes=bytes(digest))}"

    def key(self, name: str) -> PrivateKey:
        return PrivateKey.from_seed(hashlib.sha256(name.encode()).digest())

    def public_key(self, name: str) -> str:
        return encode_base64(self.key(name).public_key)

    def add(self, event_type: str, name: str, data: dict[str, Any], *, by: str = "admin", late: int = 0) -> int:
        """Appends one entry by the keys of ``by``, recorded ``late`` days after it happened; returns its index."""
        record = self.ref(event_type.partition(".")[0], name)
        version, previous = self.heads.get(record, (0, None))
        fields: dict[str, Any] = {
            "log": ORIGIN, "type": event_type, "schema": 1, "record": record, "version": version + 1,
            "previous": previous, "occurred_on": self.day.isoformat(), "data": data,
        }  # fmt: skip
        payload = format_payload(**fields, tree=(self.size(), self.tree.root()))
        self.event_ids.append(hashlib.sha256(payload).hexdigest())
        self.heads[record] = (version + 1, self.event_ids[-1])
        moment = datetime(self.day.year, self.day.month, self.day.day, 4, tzinfo=UTC) + timedelta(days=late)
        entry = format_entry(sign_envelope(payload, [self.key(name) for name in by.split()]), moment)
        self.entries.append(entry)
        self.payloads.append(fields)
        self.tree.append(leaf_hash(entry))
        self.day += timedelta(days=1)
        return len(self.entries) - 1

    def amend(self, event_type: str, name: str, index: int, /, **changes: Any) -> int:
        """Corrects entry ``index`` field by field as (from, to), or voids it where no change is given."""
        data: dict[str, Any] = {"event": self.event_ids[index], "reason": "typing" if changes else "mistake"}
        if changes:
            data["changes"] = {field: {"from": old, "to": new} for field, (old, new) in changes.items()}
        return self.add(event_type, name, data, by="lead auditor")

    def at(self, event_type: str, name: str) -> int:
        """The index of a record's newest event of a type."""
        record = self.ref(event_type.partition(".")[0], name)
        return [i for i in self.find(event_type) if self.payloads[i]["record"] == record][-1]

    def prefix(self, size: int) -> "Book":
        """The same log when it had ``size`` entries."""
        earlier = Book()
        earlier.entries, earlier.payloads = self.entries[:size], self.payloads[:size]
        for entry in earlier.entries:
            earlier.tree.append(leaf_hash(entry))
        return earlier

    def publish(self, directory: Path) -> None:
        """Writes the entry bundles and a checkpoint, as a publisher does; nothing older is removed."""
        for tile in tiles_of_size(self.size()):
            if tile.level == Tile.ENTRIES:
                path = directory / tile.path
                path.parent.mkdir(parents=True, exist_ok=True)
                first = tile.index * 256
                path.write_bytes(format_bundle(self.entries[first : first + tile.width]))
        text = format_checkpoint(Checkpoint(ORIGIN, self.size(), self.root()))
        (directory / "checkpoint").write_text(f"{text}\n— {ORIGIN} AAAAAAAA\n", encoding="utf-8")

    def find(self, event_type: str, **data: Any) -> list[int]:
        """Indices of entries of a type whose data hold these values."""
        return [
            index
            for index, payload in enumerate(self.payloads)
            if payload["type"] == event_type and data.items() <= payload["data"].items()
        ]
