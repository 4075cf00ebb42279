"""A log that submits itself to witnesses, and one that lies."""

from dataclasses import dataclass, field

from ledger.signing.keys import PrivateKey
from ledger.signing.notes import Ed25519NoteSigner
from ledger.tlog.add_checkpoint import AddCheckpoint, format_add_checkpoint
from ledger.tlog.checkpoint import Checkpoint, format_checkpoint
from ledger.tlog.merkle import MemoryTree, leaf_hash, prove_consistency
from ledger.tlog.note import format_vkey, sign_note

ORIGIN = "ledger.example/sanpai"


@dataclass
class Log:
    """A tree of ``size`` entries, told apart from another's by ``mark``, signed by the log's one key."""

    size: int
    mark: str = "true"
    origin: str = ORIGIN
    seed: bytes = b"l" * 32
    tree: MemoryTree = field(default_factory=MemoryTree)

    def __post_init__(self) -> None:
        self.signer = Ed25519NoteSigner(self.origin, PrivateKey.from_seed(self.seed))
        for number in range(self.size):
            self.tree.append(leaf_hash(f"{self.mark} {number}".encode()))

    @property
    def vkey(self) -> str:
        return format_vkey(self.signer.verifier_key)

    def note(self, size: int) -> bytes:
        return sign_note(format_checkpoint(Checkpoint(self.origin, size, self.tree.root(size))), [self.signer])

    def request(self, old: int, size: int) -> bytes:
        proof = prove_consistency(old, size, self.tree) if 0 < old < size else []
        return format_add_checkpoint(AddCheckpoint(old, tuple(proof), self.note(size)))
