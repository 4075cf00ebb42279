"""The newest signed tree head."""

from dataclasses import dataclass
from typing import Any

from ledger.tlog.base64 import encode_base64


@dataclass(frozen=True, slots=True)
class Head:
    """Tree size, 32-byte root and the signed checkpoint note."""

    size: int
    root: bytes
    checkpoint: bytes

    def to_json(self) -> dict[str, Any]:
        """The wire form; ``root`` as in a checkpoint."""
        return {"size": self.size, "root": encode_base64(self.root), "checkpoint": self.checkpoint.decode()}
