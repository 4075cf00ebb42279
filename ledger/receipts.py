"""Receipts: index, exact entry bytes and a C2SP tlog-proof against the checkpoint of the entry's own commit."""

from dataclasses import dataclass
from typing import Any

from ledger.tlog.base64 import encode_base64
from ledger.tlog.merkle import AuditPaths, HashReader
from ledger.tlog.proof import format_hash, join_proof


@dataclass(frozen=True, slots=True)
class Receipt:
    """``proof`` is the whole tlog-proof text whose ``extra`` line carries the entry."""

    index: int
    entry: bytes
    proof: bytes

    def to_json(self) -> dict[str, Any]:
        """The wire form: ``entry`` in base64, ``proof`` as text."""
        return {"index": self.index, "entry": encode_base64(self.entry), "proof": self.proof.decode()}


class Prover:
    """Proves entries against one signed checkpoint of ``tree_size``; what their paths share is computed once."""

    def __init__(self, checkpoint: bytes, tree_size: int, reader: HashReader) -> None:
        self._checkpoint = checkpoint
        self._paths = AuditPaths(tree_size, reader, format_hash)

    def proof(self, entry_index: int, entry: bytes) -> bytes:
        """The tlog-proof text of an entry."""
        path = self._paths.of(entry_index)
        return join_proof(entry_index, path, checkpoint=self._checkpoint, extra=entry)

    def receipt(self, entry_index: int, entry: bytes) -> Receipt:
        """The receipt of an entry."""
        return Receipt(entry_index, entry, self.proof(entry_index, entry))
