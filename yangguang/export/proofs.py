"""The published log and a proof for each entry, put into the folder of an export in an order that a cut can't spoil."""

from collections.abc import Iterator
from itertools import chain

from ledger.audit.tree import CompactTree
from ledger.tlog.merkle import leaf_hash, prove_inclusion
from ledger.tlog.proof import TlogProof, format_proof
from yangguang.export.folder import Folder
from yangguang.export.snapshot import Progress, TakenLog


def put_log(log: TakenLog, folder: Folder, progress: Progress) -> dict[str, str]:
    """Puts tiles and bundles first, then the checkpoint that covers them; digests by file."""
    digests = {}
    heads = ((name, log.file(name)) for name in ("vkey", "checkpoint"))
    for name, data in chain(log.tiles(), heads):
        digests[f"log/{name}"], _ = folder.put(f"log/{name}", data)
    for index, data in enumerate(_proofs(log)):
        name = f"log/proof/{index}.tlog-proof"
        digests[name], _ = folder.put(name, data)
        progress(index + 1, log.size)
    return digests


def _proofs(log: TakenLog) -> Iterator[bytes]:
    tree, note = CompactTree.of(map(leaf_hash, log.entries())), log.file("checkpoint")
    for index, entry in enumerate(log.entries()):
        hashes = tuple(prove_inclusion(index, log.size, tree))
        yield format_proof(TlogProof(index, hashes, note, entry))
