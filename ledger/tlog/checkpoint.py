"""Checkpoints: the size and root of a log, as a signed note (C2SP tlog-checkpoint, "Note text").

    example.com/behind-the-sofa                         the origin: which log
    20852163                                            tree size, decimal
    CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=        root hash, base64 of 32 bytes

Extension lines may follow. This ledger writes none, and reads them because other logs may.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ledger.errors import MalformedError, ProofError
from ledger.tlog.base64 import decode_base64, encode_base64
from ledger.tlog.merkle import EMPTY_ROOT, HASH_SIZE
from ledger.tlog.note import Verifier, open_note

MAX_TREE_SIZE = 2**63 - 1
DECIMAL = re.compile(r"0|[1-9][0-9]{0,18}")
LINE = re.compile(r"[^\x00-\x1f\ud800-\udfff]+")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log says it is at one size. ``root_hash`` is 32 bytes. From ``parse_checkpoint``, only a claim.

    Size 0 with another root than the empty tree's raises ProofError, not MalformedError: it parses, and lies.
    """

    origin: str
    tree_size: int
    root_hash: bytes
    extensions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not all(LINE.fullmatch(line) for line in (self.origin, *self.extensions)):
            raise MalformedError(
                "检查点的每一行都不能为空，也不能含控制字符。",
                "No line of a checkpoint is empty or has control characters.",
            )
        if not 0 <= self.tree_size <= MAX_TREE_SIZE or len(self.root_hash) != HASH_SIZE:
            raise MalformedError(
                f"检查点的树大小{self.tree_size}或根的长度{len(self.root_hash)}字节不对。",
                f"A checkpoint cannot have tree size {self.tree_size} and a root of {len(self.root_hash)} bytes.",
            )
        if self.tree_size == 0 and self.root_hash != EMPTY_ROOT:
            raise ProofError(
                "检查点写的是空账本，根却不是空树的根。",
                "The checkpoint is of an empty log, but its root is not that of the empty tree.",
            )


def parse_checkpoint(text: str) -> Checkpoint:
    """The checkpoint in a note's text (not the whole note). Raises MalformedError; ProofError as Checkpoint."""
    *lines, end = text.split("\n")
    if end or len(lines) < 3:
        raise MalformedError(
            "检查点至少应有三行：来源、树大小、根，每行以换行结尾。",
            "A checkpoint has at least three lines, origin, tree size and root, each ending in a line feed.",
        )
    origin, size, root, *extensions = lines
    return Checkpoint(origin, parse_decimal(size), decode_base64(root), tuple(extensions))


def format_checkpoint(checkpoint: Checkpoint) -> str:
    """The note text that ``parse_checkpoint`` reads: ends in LF, to be signed by ``sign_note``."""
    root = encode_base64(checkpoint.root_hash)
    lines = (checkpoint.origin, str(checkpoint.tree_size), root, *checkpoint.extensions)
    return "".join(f"{line}\n" for line in lines)


def open_checkpoint(note: bytes, *, origin: str, verifiers: Sequence[Verifier]) -> Checkpoint:
    """The verified checkpoint of the log ``origin``.

    ``verifiers`` are the log's own keys; one of them is enough, so a witness's key does not belong here.
    Raises ProofError for another origin or as ``open_note``; MalformedError, TooLargeError.
    """
    checkpoint = parse_checkpoint(open_note(note, verifiers).text)
    if checkpoint.origin != origin:
        raise ProofError(
            f"检查点属于账本“{checkpoint.origin}”，而不是“{origin}”。",
            f"The checkpoint is of the log {checkpoint.origin!r}, not {origin!r}.",
        )
    return checkpoint


def parse_decimal(text: str) -> int:
    """ASCII decimal from 0 to 2**63 - 1 without sign or leading zero. Raises MalformedError."""
    if DECIMAL.fullmatch(text) is None or int(text) > MAX_TREE_SIZE:
        raise MalformedError(
            f"“{text[:40]}”不是合格的十进制数（无正负号，无前导零）。",
            f"{text[:40]!r} is not a plain decimal number without sign or leading zero.",
        )
    return int(text)
