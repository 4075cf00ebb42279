"""Proofs laid beside a published log, as an export has them: each is derived from the entries, byte for byte.

log/proof/12.tlog-proof     entry 12 in its extra line, against a checkpoint of this log (C2SP tlog-proof)

The checkpoint is the published one or an earlier one, and stands in the proof: it must be signed by the log key in
force at its size, as the published one must, and be what the entries lead to.
"""

import re
from functools import lru_cache

from ledger.audit.evidence import Evidence
from ledger.errors import LedgerError
from ledger.tlog.merkle import prove_inclusion
from ledger.tlog.proof import TlogProof, format_proof
from ledger.tlog.tile import TILE_WIDTH, Tile, parse_bundle

PROOF = re.compile(r"proof/(0|[1-9][0-9]{0,17})\.tlog-proof", re.ASCII)


class ProofFiles:
    """Proofs of the entries that the published checkpoint, or an earlier one in the proof itself, covers."""

    def __init__(self, evidence: Evidence) -> None:
        self._evidence = evidence
        self._bundle = lru_cache(maxsize=2)(self._read_bundle)
        self._size = lru_cache(maxsize=64)(self._signed_size)

    def is_proof(self, path: str) -> bool:
        """Whether a path under the log prefix is that of a proof."""
        return PROOF.fullmatch(path) is not None

    def derive(self, path: str, data: bytes) -> bytes | None:
        """What the file that holds ``data`` must hold, or None where no entry leads to it.

        Raises as the source does, ProofError.
        """
        match, published = PROOF.fullmatch(path), self._evidence.published_note
        if match is None or published is None or int(match[1]) >= self._evidence.published_size:
            return None
        index, note, size = int(match[1]), published, self._evidence.published_size
        earlier = data.partition(b"\n\n")[2]
        if earlier != published and index < self._size(earlier):
            note, size = earlier, self._size(earlier)
        entry = self._bundle(index // TILE_WIDTH)[index % TILE_WIDTH]
        hashes = tuple(prove_inclusion(index, size, self._evidence.tree))
        return format_proof(TlogProof(index, hashes, note, entry))

    def _signed_size(self, note: bytes) -> int:
        """Of a checkpoint that holds, no larger than the published one; 0 of any other."""
        evidence = self._evidence
        if evidence.identity is None:
            return 0
        strict, cosigners = evidence.source.published.strict, evidence.cosigners
        try:
            checkpoint = evidence.identity.open_note(note, strict=strict, cosigners=cosigners)
            size = checkpoint.tree_size
            is_ours = size <= evidence.published_size and evidence.tree.root(size) == checkpoint.root_hash
        except LedgerError:
            return 0
        return size if is_ours else 0

    def _read_bundle(self, number: int) -> list[bytes]:
        width = min(TILE_WIDTH, self._evidence.published_size - number * TILE_WIDTH)
        return parse_bundle(self._evidence.source.published.read_tile(Tile(Tile.ENTRIES, number, width)), width=width)
