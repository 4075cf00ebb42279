"""Rule 2, chain: version, previous and tree head fit the log; no digest twice; time never goes back."""

from ledger.domain.record import Record
from ledger.errors import (
    ClockBehindError,
    DuplicateError,
    InvalidFieldError,
    StaleVersionError,
    WrongLogError,
    WrongPreviousError,
    WrongTreeError,
)
from ledger.rules.candidate import Candidate
from ledger.rules.state import State


def check(state: State, candidate: Candidate) -> None:
    """Raises the first way in which the event does not fit the log and its record."""
    payload = candidate.payload
    if payload.log != state.origin:
        raise WrongLogError(payload.log, state.origin)
    if state.recorded_at is not None and candidate.recorded_at < state.recorded_at:
        raise ClockBehindError(candidate.recorded_at.isoformat(), state.recorded_at.isoformat())
    record = candidate.record(state)
    _check_record(record, candidate)
    _check_tree(state, record, candidate)
    if payload.occurred_on > candidate.day:
        raise InvalidFieldError(
            f"{payload.occurred_on}还没有到。请填今天（{candidate.day}）或更早的日期。",
            f"{payload.occurred_on} has not come yet. Give today ({candidate.day}) or an earlier date.",
            "/payload/occurred_on",
        )
    _check_digests(state, candidate)


def apply(state: State, candidate: Candidate) -> None:
    """Enters the digests, the time and the new version of the record."""
    after = candidate.after(state)
    state.records[after.id] = after
    for digest in candidate.payload.digests:
        state.digests[digest] = True
    state.recorded_at = candidate.recorded_at


def _check_record(record: Record, candidate: Candidate) -> None:
    payload = candidate.payload
    if record.kind != payload.kind:
        raise DuplicateError(
            f"编号{record.id}已经属于{record.reference}，不能再用于别的种类。",
            f"The id {record.id} already belongs to {record.reference}.",
            "/payload/record",
        )
    if payload.version != record.version + 1:
        raise StaleVersionError(record.reference, payload.version, record.version + 1)
    if payload.previous != record.head:
        raise WrongPreviousError(record.reference, payload.previous, record.head)


def _check_tree(state: State, record: Record, candidate: Candidate) -> None:
    size, index = candidate.payload.tree_size, candidate.index
    least = max(record.tree_size, 1) if index else 0
    if not least <= size <= index:
        raise WrongTreeError(
            f"签署时账本应有{least}至{index}条，这里写的是{size}条。请取最新内容后重新签署。",
            f"The tree size must be {least} to {index}; it is {size}. Fetch the latest and sign again.",
            "/payload/tree/size",
        )
    if state.root_at(size) != candidate.payload.tree_root:
        raise WrongTreeError(
            f"第{size}条时的账本总指纹与本账本不同。请先核对账本，再取最新内容重新签署。",
            f"The root at size {size} is not this ledger's. Verify the ledger, then fetch the latest and sign again.",
            "/payload/tree/root",
        )


def _check_digests(state: State, candidate: Candidate) -> None:
    digests = candidate.payload.digests
    repeated = next((item for item in digests if state.digests.get(item)), None)
    if repeated is None and len(set(digests)) == len(digests):
        return
    raise DuplicateError(
        f"指纹{(repeated or digests[0])[:8]}…已经用过。每项封存或可撤下的内容都要用新的随机数重新生成。",
        f"The digest {(repeated or digests[0])[:8]}… was used before. Make each disclosure with a new salt.",
        "/payload/sealed",
    )
