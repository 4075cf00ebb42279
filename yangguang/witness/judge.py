"""What a witness decides about one submission, in pure code (C2SP tlog-witness, "add-checkpoint").

The order of the checks is the specification's: whose log it is, whether that log signed, whether the submitter knows
where this witness stands, and only then whether the new tree contains the old one.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ledger.errors import LedgerError, MalformedError, ProofError
from ledger.signing.cosignature import CosignatureVerifier
from ledger.signing.notes import Ed25519NoteVerifier
from ledger.tlog.add_checkpoint import AddCheckpoint
from ledger.tlog.checkpoint import Checkpoint, parse_checkpoint
from ledger.tlog.merkle import EMPTY_ROOT, check_consistency
from ledger.tlog.note import ED25519, Note, open_note, parse_note, parse_vkey

LogVerifier = Ed25519NoteVerifier | CosignatureVerifier

MALFORMED, NOT_SIGNED, UNKNOWN_LOG, ANOTHER_SIZE, NOT_CONSISTENT = 400, 403, 404, 409, 422


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a submission is not cosigned: an HTTP status and a sentence. ``size`` is this witness's, for a 409."""

    status: int
    zh: str
    en: str
    size: int | None = None


def log_verifier(vkey: str) -> LogVerifier:
    """The verifier of a log's vkey, Ed25519 or ML-DSA-44. Raises MalformedError, InvalidKeyError."""
    key = parse_vkey(vkey)
    return Ed25519NoteVerifier(key) if key.algorithm == ED25519 else CosignatureVerifier(key)


def claimed_checkpoint(request: AddCheckpoint) -> Checkpoint | Refusal:
    """What the submitted note says, before anybody's signature was looked at."""
    try:
        return parse_checkpoint(parse_note(request.note).text)
    except ProofError as error:  # size 0 with a root that is not the empty tree's
        return Refusal(NOT_CONSISTENT, error.zh, error.en)
    except LedgerError as error:
        return Refusal(MALFORMED, error.zh, error.en)


def judge(
    request: AddCheckpoint, claimed: Checkpoint, last: Checkpoint | None, *, verifiers: Sequence[LogVerifier]
) -> Note | Refusal:
    """The note to cosign, with the log's verified lines alone. ``last`` is what this witness cosigned before.

    ``verifiers`` are the log's. The caller keeps others from changing ``last`` until the answer is stored.
    """
    if not verifiers:
        return Refusal(
            UNKNOWN_LOG,
            f"这里不见证账本“{claimed.origin}”。",
            f"This witness does not watch the log {claimed.origin!r}.",
        )
    try:
        opened = open_note(request.note, verifiers)
    except LedgerError as error:
        return Refusal(NOT_SIGNED, error.zh, error.en)
    if request.old_size > claimed.tree_size:
        return Refusal(MALFORMED, "旧的大小比新的大。", "The old size is over that of the checkpoint.")
    size = last.tree_size if last else 0
    if request.old_size != size:
        return Refusal(ANOTHER_SIZE, f"这里见证到{size}条。", f"This witness is at size {size}.", size)
    return _inconsistency(request, claimed, last.root_hash if last else EMPTY_ROOT) or opened


def _inconsistency(request: AddCheckpoint, claimed: Checkpoint, old_root: bytes) -> Refusal | None:
    try:
        if request.old_size:
            check_consistency(
                request.old_size,
                claimed.tree_size,
                old_root=old_root,
                new_root=claimed.root_hash,
                proof=request.proof,
            )
        elif request.proof:
            raise MalformedError("从0开始不需要证明。", "From size 0 there is nothing to prove.")
    except LedgerError as error:
        return Refusal(NOT_CONSISTENT, error.zh, error.en)
    return None
