"""What may be opened, erased and withdrawn: only what an entry really holds, once, and in padded lists.

Which vault keys exist, and which consents stand, only the vault knows: the writer asks that at admission
(``ledger.vault_acts``, ``ledger.consents``), and nobody can replay it from what is public.
"""

from ledger.domain.record import Past
from ledger.domain.sealed import SealedOpened, SealedWithdrawn
from ledger.errors import DuplicateError, InvalidFieldError, UnknownRecordError
from ledger.rules.candidate import Candidate
from ledger.rules.state import State

KINDS = frozenset({"sealed"})


def check(state: State, candidate: Candidate) -> None:
    """Raises InvalidFieldError, DuplicateError or UnknownRecordError."""
    match candidate.event:
        case SealedOpened() as event:
            _check_digests(_named(state, event.about, event.event).sealed, event.digests)
            _check_fresh(state, event)
        case SealedWithdrawn() as event:
            _check_withdrawable(state, event)


def apply(state: State, candidate: Candidate) -> None:
    """Remembers recipients, which are used once, and what was withdrawn, by which entry."""
    match candidate.event:
        case SealedOpened(recipient=recipient):
            state.recipients[recipient] = candidate.index
        case SealedWithdrawn(digest=digest):
            state.withdrawn[digest] = candidate.index


def _named(state: State, about: str, event_id: str) -> Past:
    record = state.record(about)
    if record is None:
        raise UnknownRecordError(about, "/payload/data/about")
    past = record.find(event_id)
    if past is None:
        raise InvalidFieldError(
            "这项记录里没有这条账目。请核对记录和账目的编号。",
            "The record has no such entry. Check both ids.",
            "/payload/data/event",
        )
    return past


def _check_digests(held: tuple[str, ...], wanted: list[str]) -> None:
    for place, digest in enumerate(wanted):
        if digest not in held:
            raise InvalidFieldError(
                f"指纹{digest[:8]}…不在这条账目的封存内容里。",
                f"The digest {digest[:8]}… is not among the sealed values of that entry.",
                f"/payload/data/digests/{place}",
            )


def _check_fresh(state: State, event: SealedOpened) -> None:
    used = state.recipients.get(event.recipient)
    if used is not None:
        raise DuplicateError(
            f"接收用的公钥在第{used:,}条用过，每次查看要用新的。请重新生成。",
            f"The recipient key was used in entry {used}; each opening takes a new one. Generate another.",
            "/payload/data/recipient",
        )


def _check_withdrawable(state: State, event: SealedWithdrawn) -> None:
    if event.digest not in _named(state, event.about, event.event).withdrawable:
        raise InvalidFieldError(
            f"指纹{event.digest[:8]}…不是这条账目里可以撤下的内容。",
            f"The digest {event.digest[:8]}… is no withdrawable text or file of that entry.",
            "/payload/data/digest",
        )
    already = state.withdrawn.get(event.digest)
    if already is not None:
        raise DuplicateError(
            f"这项内容已由第{already:,}条撤下。", f"Entry {already} has withdrawn this already.", "/payload/data/digest"
        )
