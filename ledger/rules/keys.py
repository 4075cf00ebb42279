"""The keyring as a fold: what entries do to keys. A public key that was ever admitted is never admitted again."""

from dataclasses import replace
from datetime import timedelta

from ledger.domain.event import Event
from ledger.domain.key import KeyEnrolled, KeyReplaced, KeyRestored, KeyRevoked, KeySuspended
from ledger.domain.ledger import LedgerLogKeyRotated, LedgerOpened, LedgerPolicyChanged
from ledger.domain.policy import Admin, Policy
from ledger.errors import DuplicateError, InvalidFieldError, MalformedError
from ledger.rules.candidate import Candidate
from ledger.rules.state import State
from ledger.signing.keyring import EnrolledKey, Limits
from ledger.signing.keys import check_possession, check_public_key, key_id
from ledger.tlog.base64 import decode_base64
from ledger.tlog.note import ED25519, VerifierKey, parse_vkey

KINDS = frozenset({"key", "ledger"})
NO_LIMITS = Limits(None, None)
LOG_VKEY = "/payload/data/log_vkey"


def check(state: State, candidate: Candidate) -> None:
    """Raises InvalidKeyError, BadSignatureError, DuplicateError or InvalidFieldError for keys that may not enter."""
    event, payload = candidate.event, candidate.payload
    match event:
        case LedgerOpened():
            if candidate.index:
                raise DuplicateError("账本只能启用一次。", "A ledger is opened once, in entry 0.", "/payload/type")
            _check_opening(event, state.origin)
            _check_admins(state, event.policy, payload.record)
        case LedgerPolicyChanged():
            _check_admins(state, event.policy, payload.record)
        case LedgerLogKeyRotated():
            _check_log_key(state, event, payload.record)
        case KeyEnrolled():
            _check_limits(state, candidate, event)
            _check_new(state, event.public_key, event.possession, event.organisation)
        case KeyReplaced():
            organisation = candidate.record(state).first(KeyEnrolled).organisation
            _check_new(state, event.public_key, event.possession, organisation)


def apply(state: State, candidate: Candidate) -> None:
    """Enrols, replaces, suspends, restores or ends keys; a new policy replaces the admins, a rotation the log key."""
    if (vkey := log_vkey_of(candidate.event)) is not None:
        state.log_keys = (*state.log_keys, (candidate.index, vkey))
    match candidate.event:
        case LedgerOpened(policy=policy) | LedgerPolicyChanged(policy=policy):
            _set_policy(state, policy, candidate.index)
        case KeyEnrolled() as event:
            state.keys[_id(event.public_key)] = _enrolled(event, candidate)
        case KeyReplaced(public_key=public_key):
            old = holder_key(state, candidate)
            state.keys[old.key_id] = replace(old, ended_at=candidate.index, ended_why="replaced")
            raw = decode_base64(public_key)
            state.keys[key_id(raw)] = replace(old, key_id=key_id(raw), public_key=raw, enrolled_at=candidate.index)
        case KeySuspended():
            _change(state, candidate, suspended=True)
        case KeyRestored():
            _change(state, candidate, suspended=False)
        case KeyRevoked():
            _change(state, candidate, ended_at=candidate.index, ended_why="revoked")


def log_vkey_of(event: Event) -> str | None:
    """The Ed25519 vkey that signs the log's checkpoints from this event on, if the event names one."""
    if isinstance(event, LedgerLogKeyRotated):
        return event.log_vkey
    if isinstance(event, LedgerOpened):
        return next((vkey for vkey in event.log_vkeys if parse_vkey(vkey).algorithm == ED25519), None)
    return None


def admins_of(policy: Policy, index: int) -> list[EnrolledKey]:
    """The admin keys a policy names, in force after ``index``."""
    return [_admin(admin, index) for admin in policy.admins]


def holder_key(state: State, candidate: Candidate) -> EnrolledKey:
    """The key in force of the candidate's key record."""
    record = candidate.record(state)
    newest = record.last(KeyReplaced) or record.first(KeyEnrolled)
    found = state.keys.get(_id(newest.public_key))
    if found is None:
        raise RuntimeError(f"{record.reference} names a key that was never enrolled")
    return found


def _id(public_key: str) -> str:
    return key_id(decode_base64(public_key))


def _admin(admin: Admin, index: int) -> EnrolledKey:
    raw = decode_base64(admin.public_key)
    return EnrolledKey(key_id(raw), raw, None, None, frozenset(admin.capabilities), NO_LIMITS, index, None)


def _enrolled(event: KeyEnrolled, candidate: Candidate) -> EnrolledKey:
    raw = decode_base64(event.public_key)
    return EnrolledKey(
        key_id=key_id(raw),
        public_key=raw,
        organisation=event.organisation,
        record=candidate.payload.record,
        capabilities=frozenset(event.capabilities),
        limits=Limits(event.limits.per_event_fen, event.limits.per_day_fen),
        enrolled_at=candidate.index,
        expires_on=event.expires_on,
    )


def _change(state: State, candidate: Candidate, **changes: object) -> None:
    key = holder_key(state, candidate)
    state.keys[key.key_id] = replace(key, **changes)  # type: ignore[arg-type]


def _set_policy(state: State, policy: Policy, index: int) -> None:
    for old in state.policy.admins if state.policy else ():
        key = state.keys.get(_id(old.public_key))
        if key is not None and old.public_key not in {admin.public_key for admin in policy.admins}:
            state.keys[key.key_id] = replace(key, ended_at=index, ended_why="policy")
    for admin in admins_of(policy, index):
        known = state.keys.get(admin.key_id)
        state.keys[admin.key_id] = admin if known is None else replace(known, capabilities=admin.capabilities)
    state.policy = policy


def _check_new(state: State, public_key: str, possession: str, holder: str) -> None:
    raw = decode_base64(public_key)
    proof = decode_base64(possession, field="/payload/data/possession")
    check_possession(raw, proof, origin=state.origin, organisation=holder, line=public_key)
    if state.keys.get(key_id(raw)) is not None:
        raise DuplicateError(
            "这把公钥在本账本用过，不能再次启用。请生成一把新密钥。",
            "This public key was admitted before in this ledger. Generate a new one.",
            "/payload/data/public_key",
        )


def _check_log_key(state: State, event: LedgerLogKeyRotated, holder: str) -> None:
    key = _parse_log_vkey(event.log_vkey)
    if key.name != state.origin or key.algorithm != ED25519:
        raise InvalidFieldError(
            "新账本公钥要以本账本的地址名为名，算法要是Ed25519。",
            "The new log key must be an Ed25519 key named by this log's origin.",
            LOG_VKEY,
        )
    check_public_key(key.public_key, field=LOG_VKEY)
    used = [parse_vkey(vkey).public_key for _, vkey in state.log_keys]
    if key.public_key in used or state.keys.get(key_id(key.public_key)) is not None:
        raise DuplicateError(
            "这把公钥在本账本用过，不能再作账本密钥。请生成一把新密钥。",
            "This public key was used before in this ledger. Generate a new log key.",
            LOG_VKEY,
        )
    proof = decode_base64(event.possession, field="/payload/data/possession")
    check_possession(key.public_key, proof, origin=state.origin, organisation=holder, line=event.log_vkey)


def _parse_log_vkey(text: str) -> VerifierKey:
    try:
        return parse_vkey(text)
    except MalformedError as error:
        raise InvalidFieldError(error.zh, error.en, LOG_VKEY) from None


def _check_admins(state: State, policy: Policy, holder: str) -> None:
    staying = {admin.public_key for admin in state.policy.admins} if state.policy else set()
    for admin in policy.admins:
        if admin.public_key not in staying:
            _check_new(state, admin.public_key, admin.possession, holder)


def _check_opening(event: LedgerOpened, origin: str) -> None:
    keys = [parse_vkey(vkey) for vkey in event.log_vkeys]
    if event.origin != origin or any(key.name != origin for key in keys):
        raise InvalidFieldError(
            "启用账本的地址名与账本不符。", "The origin and the log keys must name this log.", "/payload/data/origin"
        )
    if sum(key.algorithm == ED25519 for key in keys) != 1:
        raise InvalidFieldError(
            "账本公钥里要恰好有一把Ed25519密钥。", "Exactly one log key must be Ed25519.", "/payload/data/log_vkeys"
        )


def _check_limits(state: State, candidate: Candidate, event: KeyEnrolled) -> None:
    ceiling = state.policy_in_force.limits
    pairs = [(event.limits.per_event_fen, ceiling.per_event_fen), (event.limits.per_day_fen, ceiling.per_day_fen)]
    if any(wanted is not None and wanted > most for wanted, most in pairs):
        raise InvalidFieldError(
            "密钥限额超过账本规则的上限。", "The key's limits exceed the policy's.", "/payload/data/limits"
        )
    last = candidate.day + timedelta(ceiling.days)
    if not candidate.day <= event.expires_on <= last:
        raise InvalidFieldError(
            f"有效期应在{candidate.day}至{last}之间。",
            f"The key must expire between {candidate.day} and {last}.",
            "/payload/data/expires_on",
        )
