"""Rule 1, authority: who may sign what. Each signature fills one place; a surplus one is refused."""

from collections.abc import Iterator
from itertools import permutations

from ledger.domain.correction import Corrected, Voided
from ledger.domain.event import ANY_KEY, CAPABILITIES, GOVERN
from ledger.errors import MissingCapabilityError, OverLimitError
from ledger.rules.candidate import Candidate
from ledger.rules.state import State
from ledger.signing.keyring import EnrolledKey


def check(state: State, candidate: Candidate) -> None:
    """Raises KeyNotInForceError, MissingCapabilityError or OverLimitError."""
    check_signers(state, candidate)
    _check_limits(state, candidate)


def check_signers(state: State, candidate: Candidate) -> None:
    """Every key in force at this index, each filling one place. Raises KeyNotInForceError, MissingCapabilityError."""
    for key in candidate.signers:
        key.check_in_force(candidate.index, candidate.day)
    places = candidate.event.signing_places(candidate.record(state))
    if places == (GOVERN,):
        _check_quorum(state, candidate)
    else:
        _check_places(places, candidate.signers)


def apply(state: State, candidate: Candidate) -> None:
    """Counts the event's money to each signer's day."""
    amount = money_of(state, candidate)
    for key in _limited(state, candidate) if amount else ():
        spent = state.spent.get((key.key_id, candidate.day)) or 0
        state.spent[key.key_id, candidate.day] = spent + amount


def money_of(state: State, candidate: Candidate) -> int:
    """The event's money in fen, by the one field its class names; a correction's new amount; 0 without."""
    event, subject = candidate.event, candidate.subject(state)
    if subject.MONEY is None or isinstance(event, Voided):
        return 0
    if isinstance(event, Corrected) and subject.MONEY not in event.changes:
        return 0
    return getattr(subject, subject.MONEY) or 0


def _limited(state: State, candidate: Candidate) -> list[EnrolledKey]:
    # The key that only confirms a corrected amount moves no money of its own.
    wanted = frozenset[str]().union(*candidate.subject(state).signing_places(candidate.record(state)))
    return [key for key in candidate.signers if key.capabilities & wanted]


def _check_quorum(state: State, candidate: Candidate) -> None:
    # Entry 0 is judged by the policy that it brings; its keys were enrolled from it before this is asked.
    policy = state.policy or candidate.event.policy  # type: ignore[attr-defined]
    if all("govern" in key.capabilities for key in candidate.signers) and len(candidate.signers) >= policy.quorum:
        return
    raise MissingCapabilityError(
        f"这件事要至少{policy.quorum}位管理员共同签署，这里有{len(candidate.signers)}个签名。",
        f"This needs the signatures of at least {policy.quorum} admins and only theirs;"
        f" it has {len(candidate.signers)}.",
        "/envelope/signatures",
    )


def fillings(places: tuple[frozenset[str], ...], signers: tuple[EnrolledKey, ...]) -> Iterator[tuple[EnrolledKey, ...]]:
    """Every order of the signers in which each fills the place at its position; none where they do not fit."""
    if len(signers) != len(places):
        return
    if len(signers) == 1:
        yield from [signers] if places[0] & signers[0].capabilities else []
        return
    for order in permutations(signers):
        if all(place & key.capabilities for place, key in zip(places, order, strict=True)):
            yield order


def _check_places(places: tuple[frozenset[str], ...], signers: tuple[EnrolledKey, ...]) -> None:
    if len(places) == len(signers) == 1 and places[0] & signers[0].capabilities:
        return  # as ``fillings`` would say, at a third of its cost
    if any(True for _ in fillings(places, signers)):
        return
    zh, en = "，和".join(_place_zh(place) for place in places), " and ".join(_place_en(place) for place in places)
    raise MissingCapabilityError(
        f"这件事要由有“{zh}”权限的密钥签署，共{len(places)}个签名；这里的{len(signers)}个签名不符。",
        f"This needs {len(places)} signature(s), by a key that may {en}; the {len(signers)} here do not fit.",
        "/envelope/signatures",
    )


def _place_zh(place: frozenset[str]) -> str:
    return "任何一项" if place == ANY_KEY else " 或 ".join(CAPABILITIES[item].zh for item in sorted(place))


def _place_en(place: frozenset[str]) -> str:
    return "record anything at all" if place == ANY_KEY else " or ".join(sorted(place))


def _check_limits(state: State, candidate: Candidate) -> None:
    amount = money_of(state, candidate)
    if not amount:
        return
    ceiling = state.policy_in_force.limits
    for key in _limited(state, candidate):
        per_event = key.limits.per_event_fen or ceiling.per_event_fen
        per_day = key.limits.per_day_fen or ceiling.per_day_fen
        spent = state.spent.get((key.key_id, candidate.day)) or 0
        if amount > per_event:
            raise _over("单笔", "per event", amount, per_event)
        if spent + amount > per_day:
            raise _over("当日累计", "per day", spent + amount, per_day)


def _over(zh: str, en: str, amount: int, limit: int) -> OverLimitError:
    return OverLimitError(
        f"这把密钥{zh}限额是{limit / 100:,.2f}元，这里是{amount / 100:,.2f}元。请由限额更高的密钥签署。",
        f"The key's limit {en} is CNY {limit / 100:,.2f}; this makes {amount / 100:,.2f}.",
        "/envelope/signatures",
    )
