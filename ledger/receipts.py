"""Receipts: index, exact entry bytes and a C2SP tlog-proof against the checkpoint of the entry's own commit."""

from dataclasses import dataclass
from typing import Any

from ledger.tlog.base64 import encode_base64
from ledger.tlog.merkle import HashReader, prove_inclusion
from ledger.tlog.proof import TlogProof, format_proof


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
        self._tree_size = tree_size
        self._reader = reader
        self._known: dict[tuple[int, int], bytes] = {}

    def proof(self, entry_index: int, entry: bytes) -> bytes:
        """The tlog-proof text of an entry."""
        hashes = tuple(prove_inclusion(entry_index, self._tree_size, self._reader, self._known))
        return format_proof(TlogProof(index=entry_index, hashes=hashes, checkpoint=self._checkpoint, extra=entry))

    def receipt(self, entry_index: int, entry: bytes) -> Receipt:
        """The receipt of an entry."""
        return Receipt(entry_index, entry, self.proof(entry_index, entry))
