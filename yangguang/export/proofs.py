"""A proof for each entry, made once: an export into an earlier one keeps the proofs that are there and hold.

    log/proof/12.tlog-proof     entry 12, against the checkpoint of the export in which it first was (C2SP tlog-proof)

What a proof showed stays true however the ledger grows, so neither its file nor the page that tells of it changes. It
is made anew where it does not hold, and where its checkpoint lacks a quorum of witnesses that the newest one has.
"""

from collections.abc import Iterator
from functools import lru_cache

from ledger.audit.tree import CompactTree
from ledger.errors import LedgerError
from ledger.signing.cosignature import CosignatureVerifier
from ledger.signing.notes import verifier_from_vkey
from ledger.signing.quorum import witnessing_of
from ledger.tlog.checkpoint import parse_checkpoint
from ledger.tlog.merkle import leaf_hash, prove_inclusion, tree_root
from ledger.tlog.note import ED25519, Verifier, format_note, open_note, parse_note, parse_vkey
from ledger.tlog.policy import Policy
from ledger.tlog.proof import TlogProof, format_proof
from public_site.published_log import Head, Rotations
from yangguang.export.files import Put
from yangguang.export.folder import Folder
from yangguang.export.snapshot import Progress, TakenLog


def proof_name(index: int) -> str:
    """The file with the proof of an entry."""
    return f"log/proof/{index}.tlog-proof"


def note_of(data: bytes) -> bytes:
    """The checkpoint in a proof; nothing where there is none."""
    return data.partition(b"\n\n")[2]


def put_proofs(log: TakenLog, rotations: Rotations, folder: Folder, progress: Progress) -> Iterator[Put]:
    """Puts the proofs of all entries into the folder, or leaves them there."""
    proofs = _Proofs(log, rotations)
    for index, entry in enumerate(log.entries()):
        name = proof_name(index)
        old = folder.read(name)
        digest, _ = folder.replace(name, old, proofs.made(index, entry, old))
        yield name, digest
        progress(index + 1, log.size)


class Proven:
    """The checkpoints of the proofs that lie in a folder."""

    def __init__(self, log: TakenLog, folder: Folder) -> None:
        state = log.witnesses()
        self._alarm = state.badge[2] if state.alarms or state.problem else ""
        self._folder = folder

    def of(self, index: int) -> tuple[bytes, str]:
        """As ``Proofs`` of pages."""
        return note_of(self._folder.read(proof_name(index)) or b""), self._alarm


class _Proofs:
    """The proofs of one log. The tree takes 64 bytes for each entry."""

    def __init__(self, log: TakenLog, rotations: Rotations) -> None:
        self._log = log
        self._rotations = rotations
        self._tree = CompactTree.of(map(leaf_hash, log.entries()))
        self._newest = log.file("checkpoint")
        self._policy = log.witnesses().policy
        self._verifiers = [*_log_keys(log), *_witness_keys(self._policy)]
        self._is_witnessed = self._has_quorum(self._newest)
        self._size_of = lru_cache(maxsize=64)(self._believed_size)

    def made(self, index: int, entry: bytes, old: bytes | None) -> bytes:
        """The proof of an entry: the ``old`` one, if it holds."""
        note = self._newest if old is None else note_of(old)
        size = self._size_of(note)
        if index < size:
            found = self._proof(index, size, entry, note)
            if old is None or old == found:
                return found
        return self._proof(index, self._log.size, entry, self._newest)

    def _proof(self, index: int, size: int, entry: bytes, note: bytes) -> bytes:
        return format_proof(TlogProof(index, tuple(prove_inclusion(index, size, self._tree)), note, entry))

    def _believed_size(self, note: bytes) -> int:
        """The size of a checkpoint that proofs may be against; 0 for any other."""
        if note == self._newest:
            return self._log.size
        try:
            checkpoint = parse_checkpoint(parse_note(note).text)
            size = checkpoint.tree_size
            if size > self._log.size or tree_root(size, self._tree) != checkpoint.root_hash:
                return 0
            self._log.signed(Head(note, checkpoint), self._rotations)
            # Whoever verifies the folder refuses lines by keys that they do not know.
            is_known = format_note(open_note(note, self._verifiers)) == note
        except LedgerError:
            return 0
        return size if is_known and (self._has_quorum(note) or not self._is_witnessed) else 0

    def _has_quorum(self, note: bytes) -> bool:
        try:
            return self._policy is not None and self._policy.least > 0 and witnessing_of(note, self._policy).is_met
        except LedgerError:
            return False


def _log_keys(log: TakenLog) -> Iterator[Verifier]:
    for line in log.file("vkey").decode().splitlines():
        key = parse_vkey(line)
        yield verifier_from_vkey(line) if key.algorithm == ED25519 else CosignatureVerifier(key)


def _witness_keys(policy: Policy | None) -> Iterator[Verifier]:
    yield from (CosignatureVerifier(witness.key) for witness in policy.witnesses) if policy is not None else ()
