"""What a vault from an older backup loses as it comes back: everything that the log says is gone.

Erasures and withdrawals name what they destroy, and are carried out again (``vault_acts``). Two acts say it inside
disclosures, which a backup older than they does not hold. They fail closed:

- a correction that states texts or people again: what the corrected entry had disclosed of that class goes, for the
  log does not say which part was stated again;
- a withdrawal of consent: all consents of the people in that stack of forms go, for it does not say whose; nothing
  new is admitted about them until their consents are recorded again.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from ledger import vault_acts
from ledger.domain.consent import ConsentWithdrawn
from ledger.domain.correction import Corrected, target_of
from ledger.domain.record import Past, Record
from ledger.errors import NotFoundError
from ledger.sealing.disclosure import digest, parse_disclosure
from ledger.sealing.sqlite_file import open_database
from ledger.sealing.vault import Vault
from ledger.settings import Settings
from ledger.store.log_store import LogStore, open_file
from ledger.store.mapper import Admitted, admitted_from
from ledger.vault_acts import act_of


@dataclass(frozen=True, slots=True)
class Lost:
    """What fails closed: records of consent to be recorded again, and corrected entries whose texts went."""

    consents: tuple[str, ...]
    corrected: tuple[str, ...]


def entries_without_values(settings: Settings, first: int) -> int:
    """How many entries from ``first`` on list values that the vault does not hold; asks for no secret."""
    with ExitStack() as stack:
        store = stack.enter_context(closing(open_file(settings.database)))
        vault = stack.enter_context(closing(open_database(settings.vault / "disclosures.sqlite3")))
        query = "SELECT digest FROM disclosure WHERE event_id = ?"
        return sum(
            not {*admitted.past.sealed, *admitted.past.withdrawable}
            <= {row[0] for row in vault.execute(query, (admitted.past.event_id,))}
            for admitted in map(admitted_from, store.entries(first, store.size()))
        )


def bring_up_to_date(settings: Settings, first: int, *, random: Callable[[int], bytes]) -> Lost:
    """Takes from the vault what the log says is gone. The entries from ``first`` on are younger than the vault.

    What belongs to no entry is discarded. Durable when it returns; repeating it changes nothing.
    """
    with ExitStack() as stack:
        store = stack.enter_context(closing(open_file(settings.database)))
        vault = stack.enter_context(closing(Vault.open(settings.vault, random=random)))
        vault.discard([event_id for event_id in vault.event_ids() if store.leaf(event_id) is None])
        returning = _Returning(store, vault)
        for index, raw in enumerate(store.entries(0, store.size())):
            admitted = admitted_from(raw)
            returning.carry_out(index, admitted)
            if index >= first:
                returning.fail_closed(index, admitted)
        return Lost(tuple(sorted(returning.consents)), tuple(sorted(returning.corrected)))


class _Returning:
    """One vault and the log it belongs to."""

    def __init__(self, store: LogStore, vault: Vault) -> None:
        self.consents: set[str] = set()
        self.corrected: set[str] = set()
        self._store = store
        self._vault = vault

    def carry_out(self, entry_index: int, admitted: Admitted) -> None:
        act = act_of(entry_index, _reference(admitted), admitted.past)
        if act is not None:
            vault_acts.carry_out(self._vault, act, self._record(admitted))

    def fail_closed(self, entry_index: int, admitted: Admitted) -> None:
        past = admitted.past
        held = set(self._vault.digests(past.event_id))
        if isinstance(past.event, Corrected):
            sealed, withdrawable = not held.issuperset(past.sealed), not held.issuperset(past.withdrawable)
            for before in _stated_before(self._record(admitted), past.event.event, past.event_id):
                if withdrawable:
                    self._vault.withdraw(before.event_id, before.withdrawable, entry_index=entry_index)
                if sealed:
                    self._vault.remove_sealed(before.event_id, before.sealed)
            self.corrected |= {past.event.event} if sealed or withdrawable else set()
        elif isinstance(past.event, ConsentWithdrawn) and not held.issuperset(past.sealed):
            for vault_key in self._people_in(self._record(admitted)):
                for event_id, digest in self._consents_of(vault_key):
                    self._vault.remove_sealed(event_id, [digest])
            self.consents.add(_reference(admitted))

    def _record(self, admitted: Admitted) -> Record:
        record = self._store.record(str(admitted.originator_id))
        if record is None:
            raise RuntimeError(f"{_reference(admitted)} has entries and is no record")
        return record

    def _people_in(self, record: Record) -> set[str]:
        pairs = [(past.event_id, digest) for past in record.history for digest in past.sealed]
        return {row["vault_key"] for row in self._rows(pairs)}

    def _consents_of(self, vault_key: str) -> list[tuple[str, str]]:
        return [(event_id, digest(text)) for event_id, text in self._vault.consents(vault_key)]

    def _rows(self, pairs: Iterable[tuple[str, str]]) -> Iterator[dict[str, Any]]:
        for event_id, wanted in pairs:
            with suppress(NotFoundError):
                disclosure = parse_disclosure(self._vault.get(event_id, wanted), field="", assigned=False)
                if disclosure.kind == "row":
                    yield disclosure.value


def _reference(admitted: Admitted) -> str:
    return f"{admitted.kind}/{admitted.originator_id}"


def _stated_before(record: Record, event_id: str, correction: str) -> Iterator[Past]:
    """The entry that a correction names, and the earlier corrections of it."""
    target = target_of(record, event_id)
    yield target
    for earlier in takewhile(lambda earlier: earlier != correction, target.corrections):
        past = record.find(earlier)
        if past is not None:
            yield past
