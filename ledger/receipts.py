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


def make_proof(entry_index: int, entry: bytes, *, checkpoint: bytes, tree_size: int, reader: HashReader) -> bytes:
    """The tlog-proof text of an entry against a signed checkpoint of ``tree_size``."""
    hashes = tuple(prove_inclusion(entry_index, tree_size, reader))
    return format_proof(TlogProof(index=entry_index, hashes=hashes, checkpoint=checkpoint, extra=entry))
