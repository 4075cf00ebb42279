"""Rule 9, regional ledgers: a head is signed by its own ledger's key and continues the head that was entered before.

So a regional ledger can be rewritten only below no head that is entered here: the next one is refused, and whoever
holds the two signed checkpoints holds the proof. What was entered is never taken back: a head has no correction.
"""

from ledger.domain.head import HeadEntered
from ledger.domain.record import VOIDED
from ledger.domain.region import RegionKeysChanged, RegionRegistered
from ledger.errors import DuplicateError, InvalidFieldError, LedgerError, RuleError
from ledger.rules.candidate import Candidate
from ledger.rules.noted import note, numbered
from ledger.rules.state import EnteredHead, State
from ledger.signing.notes import verifier_from_vkey
from ledger.tlog.base64 import decode_base64, encode_base64
from ledger.tlog.checkpoint import Checkpoint, open_checkpoint
from ledger.tlog.merkle import check_consistency

KINDS = frozenset({"region", "head"})
ORIGIN = "region-origin"
CHECKPOINT, PROOF = "/payload/data/checkpoint", "/payload/data/proof"


def check(state: State, candidate: Candidate) -> None:
    """Raises RuleError, DuplicateError or InvalidFieldError."""
    match candidate.event:
        case RegionRegistered() as event:
            _check_origin(state, event.origin)
            _check_vkeys(event.origin, event.vkeys)
        case RegionKeysChanged() as event:
            _check_vkeys(candidate.record(state).first(RegionRegistered).origin, event.vkeys)
        case HeadEntered() as event:
            _check_head(state, event)


def apply(state: State, candidate: Candidate) -> None:
    """Remembers whose origin it is, and the newest head of each."""
    match candidate.event:
        case RegionRegistered(origin=origin):
            note(state, candidate, ORIGIN, origin)
        case HeadEntered() as event:
            state.heads[_origin(state, event)] = EnteredHead(candidate.index, event.tree_size, event.root)


def _check_origin(state: State, origin: str) -> None:
    field = "/payload/data/origin"
    if origin == state.origin:
        raise RuleError(
            "规则9（地区账本）：账本不能登记自己。",
            "Rule 9 (regional ledgers): a ledger is no region of itself.",
            field,
        )
    known = state.noted.get((ORIGIN, origin))
    record = None if known is None else state.record(known.record)
    if known is not None and record is not None and record.state != VOIDED:
        at = numbered(known.index)
        raise DuplicateError(
            f"规则9（地区账本）：账本“{origin}”已由{at.zh}登记。请记在那一项里。",
            f"Rule 9 (regional ledgers): {origin!r} was registered by {at.en}. Go on with that record.",
            field,
        )


def _check_vkeys(origin: str, vkeys: list[str]) -> None:
    for place, vkey in enumerate(vkeys):
        field = f"/payload/data/vkeys/{place}"
        try:
            name = verifier_from_vkey(vkey).name
        except LedgerError as error:
            raise InvalidFieldError(error.zh, error.en, field) from None
        if name != origin:
            raise InvalidFieldError(
                f"这把公钥是“{name}”的，不是“{origin}”的。", f"This is a key of {name!r}, not of {origin!r}.", field
            )


def _check_head(state: State, event: HeadEntered) -> None:
    origin = _origin(state, event)
    seen = _opened(state, event, origin)
    if (seen.tree_size, encode_base64(seen.root_hash)) != (event.tree_size, event.root):
        raise RuleError(
            f"规则9（地区账本）：签章里写的是{seen.tree_size:,}条、总指纹{encode_base64(seen.root_hash)}，与填的不同。",
            f"Rule 9 (regional ledgers): the checkpoint says {seen.tree_size} entries and another root than given.",
            "/payload/data/root",
        )
    last = state.heads.get(origin)
    if last is not None:
        _check_continues(last, seen, event)
    elif event.proof is not None:
        raise RuleError(
            "规则9（地区账本）：这本账以前没有记入过总指纹，不需要接续证明。",
            "Rule 9 (regional ledgers): no head of this ledger was entered before; leave the proof out.",
            PROOF,
        )


def _origin(state: State, event: HeadEntered) -> str:
    region = state.record(event.region)
    if region is None:
        raise RuntimeError("a rule before this one asks that the region exists")
    return region.first(RegionRegistered).origin


def _opened(state: State, event: HeadEntered, origin: str) -> Checkpoint:
    """The checkpoint that one of the region's keys in force signed. Raises RuleError."""
    region = state.record(event.region)
    changed = None if region is None else region.last(RegionKeysChanged)
    vkeys = changed.vkeys if changed is not None else [] if region is None else region.first(RegionRegistered).vkeys
    try:
        verifiers = [verifier_from_vkey(vkey) for vkey in vkeys]
        return open_checkpoint(decode_base64(event.checkpoint), origin=origin, verifiers=verifiers)
    except LedgerError as error:
        raise RuleError(
            f"规则9（地区账本）：这份签章不是账本“{origin}”登记的公钥签的：{error.zh}",
            f"Rule 9 (regional ledgers): no key registered for {origin!r} signed this checkpoint: {error.en}",
            CHECKPOINT,
        ) from None


def _check_continues(last: EnteredHead, seen: Checkpoint, event: HeadEntered) -> None:
    at, before = numbered(last.index), f"{last.tree_size:,}"
    if seen.tree_size == last.tree_size and event.root == last.root:
        raise DuplicateError(
            f"规则9（地区账本）：这个总指纹已由{at.zh}记入，没有新的账目。",
            f"Rule 9 (regional ledgers): this head was entered by {at.en}; there is nothing new.",
            CHECKPOINT,
        )
    if seen.tree_size < last.tree_size:
        raise RuleError(
            f"规则9（地区账本）：{at.zh}记入时它有{before}条，这份签章只有{seen.tree_size:,}条。请查明少掉的账目。",
            f"Rule 9 (regional ledgers): it had {last.tree_size} entries in {at.en}, and this checkpoint has"
            f" {seen.tree_size}. Find out where the rest went.",
            CHECKPOINT,
        )
    try:
        _check_proof(last, seen, event)
    except LedgerError as error:
        raise RuleError(
            f"规则9（地区账本）：这份签章的{seen.tree_size:,}条不是接着{at.zh}记入的{before}条往后记的，或者接续证明不对："
            f"{error.zh}两份签章都由它的密钥签署，请都保存好，交给监督机构。",
            f"Rule 9 (regional ledgers): the {seen.tree_size} entries of this checkpoint do not continue the"
            f" {last.tree_size} of {at.en}, or the proof is wrong: {error.en} Its own key signed both: keep both, and"
            " give them to a supervisor.",
            PROOF,
        ) from None


def _check_proof(last: EnteredHead, seen: Checkpoint, event: HeadEntered) -> None:
    check_consistency(
        last.tree_size,
        seen.tree_size,
        old_root=decode_base64(last.root),
        new_root=seen.root_hash,
        proof=[decode_base64(line) for line in event.proof or ()],
    )
