"""What admitted entries do to the vault: erase, withdraw, replace what a correction states again, open.

These acts follow the commit. A crash between the two leaves values that an entry says are gone: ``Ledger.open`` carries
out every act of the log again before it serves, which changes nothing where it was done. So a vault restored from an
older backup loses again what was erased since.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ledger.canonical import canonical_bytes
from ledger.domain.correction import Corrected, target_of
from ledger.domain.event import Event
from ledger.domain.record import Past, Record
from ledger.domain.sealed import SealedErased, SealedOpened, SealedWithdrawn
from ledger.errors import InvalidFieldError, NotFoundError
from ledger.sealing.disclosure import Disclosure, parse_disclosure
from ledger.sealing.hpke import encrypt_to, opened_info
from ledger.sealing.vault import Vault
from ledger.tlog.base64 import decode_base64


@dataclass(frozen=True, slots=True)
class Act:
    """An admitted entry that changes what the vault holds, and its record's reference."""

    entry_index: int
    reference: str
    past: Past


def act_of(entry_index: int, reference: str, past: Past) -> Act | None:
    """The act of an entry, if it is one."""
    restates = isinstance(past.event, Corrected) and (past.sealed or past.withdrawable)
    is_act = restates or isinstance(past.event, SealedErased | SealedWithdrawn)
    return Act(entry_index, reference, past) if is_act else None


def check(vault: Vault, event: Event) -> None:
    """Refuses an erasure of nothing: mistyped ids would look like a promise kept. Raises InvalidFieldError."""
    if isinstance(event, SealedErased) and not any(map(vault.holds, event.vault_keys)):
        raise InvalidFieldError(
            "这些密钥编号下没有可以销毁的内容：编号不对，或者已经销毁。",
            "There is nothing to erase under these vault keys: the ids are wrong or it is done already.",
            "/payload/data/vault_keys",
        )


def carry_out(vault: Vault, act: Act, record: Record | None) -> None:
    """Does it, durably before it returns. ``record`` is that of the act, as it stands."""
    match act.past.event:
        case SealedErased(vault_keys=keys):
            vault.shred(keys)
        case SealedWithdrawn(event=event_id, digest=digest):
            vault.withdraw(event_id, [digest], entry_index=act.entry_index)
        case Corrected(event=event_id) if record is not None:
            _replace(vault, act, _stated_before(record, event_id, act.past.event_id))


def opened(vault: Vault, event: SealedOpened, *, origin: str, event_id: str) -> bytes:
    """What ``event`` opens and still exists, encrypted to its recipient: enc‖ciphertext of the RFC 8785 array."""
    texts = [disclosure.text for disclosure in _readable(vault, event.event, event.digests)]
    recipient = decode_base64(event.recipient)
    return encrypt_to(recipient, canonical_bytes(texts), info=opened_info(origin, event_id))


def _stated_before(record: Record, event_id: str, correction: str) -> Iterator[Past]:
    """The entry that a correction names, and the earlier corrections of it: what they disclosed is replaced."""
    target = target_of(record, event_id)
    yield target
    for earlier in target.corrections:
        if earlier == correction:
            return
        if (past := record.find(earlier)) is not None:
            yield past


def _replace(vault: Vault, act: Act, before: Iterable[Past]) -> None:
    own = list(_readable(vault, act.past.event_id, (*act.past.sealed, *act.past.withdrawable)))
    sealed = {_place(item) for item in own if item.digest in act.past.sealed}
    public = {_place(item) for item in own if item.digest in act.past.withdrawable}
    for past in before:
        withdrawn = _among(vault, past.event_id, past.withdrawable, public)
        vault.withdraw(past.event_id, withdrawn, entry_index=act.entry_index)
        replaced = _among(vault, past.event_id, past.sealed, sealed)
        vault.remove_sealed(past.event_id, replaced)


def _among(vault: Vault, event_id: str, digests: Iterable[str], places: set[str]) -> list[str]:
    return [item.digest for item in _readable(vault, event_id, digests) if _place(item) in places]


def _place(item: Disclosure) -> str:
    """Where a disclosure stands in its event: its field's name, or that it is a row or a decoy."""
    return item.name or f"<{item.kind}>"


def _readable(vault: Vault, event_id: str, digests: Iterable[str]) -> Iterator[Disclosure]:
    for digest in digests:
        try:
            yield parse_disclosure(vault.get(event_id, digest), field="", assigned=False)
        except NotFoundError:
            continue
