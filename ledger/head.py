"""The newest signed tree head."""

from dataclasses import dataclass
from typing import Any

from ledger.tlog.base64 import encode_base64


@dataclass(frozen=True, slots=True)
class Head:
    """Tree size, 32-byte root, the signed checkpoint note and the key that signed it."""

    size: int
    root: bytes
    checkpoint: bytes
    vkey: str

    def to_json(self) -> dict[str, Any]:
        """The wire form; ``root`` as in a checkpoint."""
        checkpoint = self.checkpoint.decode()
        return {"size": self.size, "root": encode_base64(self.root), "checkpoint": checkpoint, "vkey": self.vkey}
