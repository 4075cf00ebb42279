"""A log of numbered leaves, a policy of witnesses, and witnesses that answer as a test tells them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from ledger.publishing.cosigned import CosignedCheckpoints
from ledger.publishing.witnesses import Asker
from ledger.signing.cosignature import CosignatureSigner
from ledger.signing.keys import PrivateKey
from ledger.signing.notes import Ed25519NoteSigner
from ledger.tlog.checkpoint import Checkpoint, format_checkpoint
from ledger.tlog.merkle import MemoryTree, leaf_hash
from ledger.tlog.note import format_vkey, parse_note, sign_note
from ledger.tlog.policy import Policy, parse_policy

ORIGIN = "ledger.example/test"
NOW = 1_800_000_000
LOG = Ed25519NoteSigner(ORIGIN, PrivateKey.from_seed(b"l" * 32))
Handler = Callable[[httpx.Request], httpx.Response]


def cosigner(number: int, *, time: int = NOW) -> CosignatureSigner:
    return CosignatureSigner(f"w{number}.example", PrivateKey.from_seed(bytes([number]) * 32), clock=lambda: time)


def policy_of(count: int, *, quorum: str = "all") -> Policy:
    """Witnesses W1 … in one group."""
    witnesses = [
        f"witness W{number} {format_vkey(cosigner(number).verifier_key)} https://w{number}.example"
        for number in range(1, count + 1)
    ]
    names = " ".join(f"W{number}" for number in range(1, count + 1))
    return parse_policy("".join(f"{line}\n" for line in (*witnesses, f"group g {quorum} {names}", "quorum g")).encode())


def lines(text: bytes | str, *signers: CosignatureSigner) -> bytes:
    """The signature lines under a checkpoint's text, as a witness answers them."""
    text = text.decode() if isinstance(text, bytes) else text
    return sign_note(text, signers)[len(text.encode()) + 1 :]


def text_in(request: httpx.Request) -> str:
    """The text of the submitted checkpoint."""
    return parse_note(request.content.partition(b"\n\n")[2]).text


def old_in(request: httpx.Request) -> int:
    return int(request.content.partition(b"\n")[0].removeprefix(b"old "))


@dataclass
class Asked:
    """One witness, W1, being asked by a log of ``size`` entries; what it was asked is in ``requests``."""

    folder: Path
    handler: Handler
    size: int = 8
    policy: Policy = field(default_factory=lambda: policy_of(1))
    requests: list[httpx.Request] = field(default_factory=list)
    now: int = NOW

    def __post_init__(self) -> None:
        self.tree = MemoryTree()
        self.grow(self.size)
        self.kept = CosignedCheckpoints(self.folder, self.policy)
        witness = self.policy.witnesses[0]
        self.asker = Asker(witness, self.kept, self.tree, lambda: self.tree.size, lambda: self.now)

    def grow(self, size: int) -> None:
        for number in range(self.tree.size, size):
            self.tree.append(leaf_hash(f"entry {number}".encode()))
        self.size = size

    def note(self) -> bytes:
        return sign_note(format_checkpoint(Checkpoint(ORIGIN, self.size, self.tree.root(self.size))), [LOG])

    def ask(self) -> bool:
        def record(request: httpx.Request) -> httpx.Response:
            self.requests.append(request)
            answer = self.handler(request)
            # As it comes from a network: bytes that can be read once.
            return httpx.Response(answer.status_code, headers=answer.headers, stream=httpx.ByteStream(answer.content))

        with httpx.Client(transport=httpx.MockTransport(record)) as client:
            return self.asker.ask(client, self.note)

    @property
    def published(self) -> bytes:
        """What the publisher would write as the checkpoint."""
        return self.kept.with_cosignatures(self.note())
