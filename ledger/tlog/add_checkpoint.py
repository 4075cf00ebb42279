"""What a log sends a witness, and what it hears (C2SP tlog-witness, "add-checkpoint").

    old 20852014                                        the size that the witness cosigned last, as the log believes
    PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=        a consistency proof from there (RFC 6962 section 2.1.2)

After these, an empty line and the whole signed checkpoint. A witness at another size answers 409 and its own:

    20852014
"""

import hashlib
from dataclasses import dataclass

from ledger.errors import MalformedError, TooLargeError
from ledger.tlog.base64 import decode_base64, encode_base64
from ledger.tlog.checkpoint import MAX_TREE_SIZE, parse_decimal
from ledger.tlog.merkle import HASH_SIZE

MAX_PROOF_HASHES = 63
MAX_REQUEST_BYTES = 512 * 1024
"""A hundred signature lines of ML-DSA-44 are about 330 kB."""
SIZE_TYPE = "text/x.tlog.size"


@dataclass(frozen=True, slots=True)
class AddCheckpoint:
    """A request that parses; nothing in it is believed. ``note`` is the whole signed checkpoint."""

    old_size: int
    proof: tuple[bytes, ...]
    note: bytes

    def __post_init__(self) -> None:
        hashes = self.proof
        if len(hashes) > MAX_PROOF_HASHES or any(len(item) != HASH_SIZE for item in hashes):
            raise MalformedError(
                f"一致性证明至多有{MAX_PROOF_HASHES}个哈希，每个{HASH_SIZE}字节。",
                f"A consistency proof has at most {MAX_PROOF_HASHES} hashes of {HASH_SIZE} bytes each.",
            )
        if not 0 <= self.old_size <= MAX_TREE_SIZE:
            raise MalformedError("旧的大小超出范围。", "The old size is out of range.")


def parse_add_checkpoint(data: bytes) -> AddCheckpoint:
    """The parts of a request's body. Raises TooLargeError, MalformedError."""
    if len(data) > MAX_REQUEST_BYTES:
        raise TooLargeError("提交的签章", "submitted checkpoint", len(data), MAX_REQUEST_BYTES)
    header, empty_line, note = data.partition(b"\n\n")
    try:
        first, *lines = header.decode("ascii").split("\n")
    except UnicodeDecodeError:
        raise _bad_header() from None
    if not first.startswith("old ") or not empty_line or len(lines) > MAX_PROOF_HASHES:
        raise _bad_header()
    return AddCheckpoint(parse_decimal(first.removeprefix("old ")), tuple(map(decode_base64, lines)), note)


def format_add_checkpoint(request: AddCheckpoint) -> bytes:
    """The body that ``parse_add_checkpoint`` reads."""
    lines = [f"old {request.old_size}", *map(encode_base64, request.proof)]
    return "".join(f"{line}\n" for line in lines).encode() + b"\n" + request.note


def parse_size(data: bytes) -> int:
    """The size in a 409 answer: decimal and a line feed. Raises MalformedError."""
    text = data.decode("ascii", errors="replace")
    if not text.endswith("\n"):
        raise MalformedError("回答的大小没有以换行结尾。", "The size in the answer does not end in a line feed.")
    return parse_decimal(text[:-1])


def format_size(size: int) -> bytes:
    """The body that ``parse_size`` reads."""
    return f"{size}\n".encode()


def monitoring_path(origin: str) -> str:
    """Where a witness serves the newest checkpoint of a log that it cosigned, under its monitoring prefix."""
    return f"{hashlib.sha256(origin.encode()).hexdigest()}/checkpoint"


def _bad_header() -> MalformedError:
    return MalformedError(
        f"提交的开头应是“old 大小”和至多{MAX_PROOF_HASHES}行哈希，之后一个空行。",
        f"A submission starts with “old SIZE” and at most {MAX_PROOF_HASHES} lines of hashes, then an empty line.",
    )
