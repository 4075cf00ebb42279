"""One file that proves one entry offline: index, inclusion proof, checkpoint (C2SP tlog-proof, "Format").

    c2sp.org/tlog-proof@v1
    extra <base64>                                      optional, opaque, not authenticated
    index 73894
    gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=        the leaf's sibling first, then upwards

After these, an empty line and the whole signed checkpoint, byte for byte.
"""

from binascii import b2a_base64
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from ledger.errors import MalformedError, TooLargeError
from ledger.tlog.base64 import decode_base64
from ledger.tlog.checkpoint import MAX_TREE_SIZE, Checkpoint, open_checkpoint, parse_checkpoint, parse_decimal
from ledger.tlog.merkle import HASH_SIZE, check_inclusion, leaf_hash
from ledger.tlog.note import Verifier, parse_note

FIRST_LINE = "c2sp.org/tlog-proof@v1"
MAX_HASHES = 63
MAX_PROOF_BYTES = 2 * 1024 * 1024  # a note of 1 MiB, and far more than an entry in the extra line


@dataclass(frozen=True, slots=True)
class TlogProof:
    """A proof that parses; only ``check_proof`` believes it. ``checkpoint`` is the whole signed note."""

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: bytes
    extra: bytes | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.index <= MAX_TREE_SIZE:
            raise MalformedError(
                f"证明里的序号{self.index}超出范围。", f"The index {self.index} of the proof is out of range."
            )
        if len(self.hashes) > MAX_HASHES or any(len(item) != HASH_SIZE for item in self.hashes):
            raise MalformedError(
                f"证明至多有{MAX_HASHES}个哈希，每个{HASH_SIZE}字节。",
                f"A proof has at most {MAX_HASHES} hashes of {HASH_SIZE} bytes each.",
            )
        _checkpoint_in(self.checkpoint)


@lru_cache(maxsize=16)
def _checkpoint_in(note: bytes) -> Checkpoint:
    """What a note claims; the receipts of one commit share one."""
    return parse_checkpoint(parse_note(note).text)


def parse_proof(data: bytes) -> TlogProof:
    """The parts of a ``.tlog-proof`` file, UNVERIFIED.

    Raises TooLargeError, MalformedError; ProofError as Checkpoint does.
    """
    _check_size(data)
    header, empty_line, checkpoint = data.partition(b"\n\n")
    try:
        first, *lines = header.decode("ascii").split("\n")
    except UnicodeDecodeError:
        raise _bad_header() from None
    if first != FIRST_LINE or not empty_line:
        raise _bad_header()
    extra = None
    if lines and lines[0].startswith("extra "):
        extra = decode_base64(lines.pop(0).removeprefix("extra "))
    if not lines or not lines[0].startswith("index "):
        raise _bad_header()
    index = parse_decimal(lines.pop(0).removeprefix("index "))
    return TlogProof(index, tuple(map(decode_base64, lines)), checkpoint, extra)


def format_proof(proof: TlogProof) -> bytes:
    """The file that ``parse_proof`` reads. Raises TooLargeError over 2 MiB."""
    path = b"".join(map(format_hash, proof.hashes))
    return join_proof(proof.index, path, checkpoint=proof.checkpoint, extra=proof.extra)


def format_hash(node: bytes) -> bytes:
    """A hash of a proof's path, as its line."""
    return b2a_base64(node)


def join_proof(index: int, path: bytes, *, checkpoint: bytes, extra: bytes | None) -> bytes:
    """The file, for a path whose hashes are lines already. Raises TooLargeError over 2 MiB."""
    extra_line = b"" if extra is None else b"extra %b" % b2a_base64(extra)
    data = b"%b\n%bindex %d\n%b\n%b" % (FIRST_LINE.encode(), extra_line, index, path, checkpoint)
    _check_size(data)
    return data


def check_proof(proof: TlogProof, *, entry: bytes, origin: str, verifiers: Sequence[Verifier]) -> Checkpoint:
    """``entry`` is number ``proof.index`` of the log ``origin``; the checkpoint that says so.

    ``verifiers`` are the log's own keys. The extra line is not looked at. Raises ProofError, MalformedError.
    """
    checkpoint = open_checkpoint(proof.checkpoint, origin=origin, verifiers=verifiers)
    check_inclusion(
        proof.index,
        checkpoint.tree_size,
        leaf=leaf_hash(entry),
        proof=proof.hashes,
        root=checkpoint.root_hash,
    )
    return checkpoint


def _check_size(data: bytes) -> None:
    if len(data) > MAX_PROOF_BYTES:
        raise TooLargeError("证明", "proof", len(data), MAX_PROOF_BYTES)


def _bad_header() -> MalformedError:
    return MalformedError(
        f"证明的开头应是“{FIRST_LINE}”、可有可无的extra行、index行和哈希，之后一个空行。",
        f"A proof starts with {FIRST_LINE!r}, an optional extra line, an index line and hashes, then an empty line.",
    )
