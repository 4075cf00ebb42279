"""Proofs laid beside a published log, as an export has them: each is derived from the entries, byte for byte.

log/proof/12.tlog-proof     entry 12 in its extra line, against the published checkpoint (C2SP tlog-proof)
"""

import re
from functools import lru_cache

from ledger.audit.evidence import Evidence
from ledger.tlog.merkle import prove_inclusion
from ledger.tlog.proof import TlogProof, format_proof
from ledger.tlog.tile import TILE_WIDTH, Tile, parse_bundle

PROOF = re.compile(r"proof/(0|[1-9][0-9]{0,17})\.tlog-proof", re.ASCII)


class ProofFiles:
    """Proofs of the entries that the published checkpoint covers."""

    def __init__(self, evidence: Evidence) -> None:
        self._evidence = evidence
        self._bundle = lru_cache(maxsize=2)(self._read_bundle)

    def is_proof(self, path: str) -> bool:
        """Whether a path under the log prefix is that of a proof."""
        return PROOF.fullmatch(path) is not None

    def derive(self, path: str) -> bytes | None:
        """What the file must hold, or None where no entry leads to it. Raises as the source does, ProofError."""
        match, note, size = PROOF.fullmatch(path), self._evidence.published_note, self._evidence.published_size
        if match is None or note is None or int(match[1]) >= size:
            return None
        index = int(match[1])
        entry = self._bundle(index // TILE_WIDTH)[index % TILE_WIDTH]
        hashes = tuple(prove_inclusion(index, size, self._evidence.tree))
        return format_proof(TlogProof(index, hashes, note, entry))

    def _read_bundle(self, number: int) -> list[bytes]:
        width = min(TILE_WIDTH, self._evidence.published_size - number * TILE_WIDTH)
        return parse_bundle(self._evidence.source.published.read_tile(Tile(Tile.ENTRIES, number, width)), width=width)
