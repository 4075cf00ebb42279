"""Consent, asked at admission by the writer alone: whose consent stands for what is known to the vault only."""

from collections.abc import Callable, Sequence
from typing import Any

from ledger.domain.consent import ConsentWithdrawn
from ledger.domain.event import Event
from ledger.domain.record import Record
from ledger.errors import ConsentError, InvalidFieldError
from ledger.sealing.disclosure import Disclosure, parse_disclosure
from ledger.sealing.vault import StoredDisclosure, Vault

WhenRecorded = Callable[[str], int]
"""The entry index of an event by its id."""


class Consents:
    """The consents in the vault, and those of the group being admitted, which are not there yet.

    ``pending`` are the latter, in order; it grows while the group is judged.
    """

    def __init__(self, vault: Vault, when_recorded: WhenRecorded, pending: Sequence[StoredDisclosure]) -> None:
        self._vault = vault
        self._when_recorded = when_recorded
        self._pending = pending

    def check(self, subject: Event, record: Record, rows: Sequence[Disclosure]) -> None:
        """Every person in ``rows`` has consented to what is recorded. Raises ConsentError, InvalidFieldError.

        ``record`` is that of the event, before it.
        """
        if isinstance(subject, ConsentWithdrawn):
            self._check_withdrawal(record, rows)
        elif subject.CONSENT is not None:
            lacking = sum(subject.CONSENT not in self.scopes(row.value["vault_key"]) for row in rows)
            if lacking:
                raise _lacking(lacking, subject)

    def scopes(self, vault_key: str) -> frozenset[str]:
        """What a person's consents cover now: the forms in the order of the log, each adding or taking away."""
        covered: set[str] = set()
        for row in self._rows(vault_key):
            if "given_by" in row:
                covered |= set(row["scopes"])
            else:
                covered -= set(row.get("scopes") or covered)
        return frozenset(covered)

    def _rows(self, vault_key: str) -> list[dict[str, Any]]:
        stored = [(self._when_recorded(event_id), text) for event_id, text in self._vault.consents(vault_key)]
        rows = [parse_disclosure(text, field="", assigned=False).value for _, text in sorted(stored)]
        return rows + [item.disclosure.value for item in self._waiting(vault_key)]

    def _check_withdrawal(self, record: Record, rows: Sequence[Disclosure]) -> None:
        # Only people of this very stack: a restore that lost the rows takes the whole stack to be withdrawn.
        stack = {past.event_id for past in record.history}
        for row in rows:
            key = row.value["vault_key"]
            events = {event_id for event_id, _ in self._vault.consents(key)}
            events |= {item.event_id for item in self._waiting(key)}
            if not (events & stack and self.scopes(key)):
                raise InvalidFieldError(
                    "名单里有人在这一叠同意书里没有可以撤回的。请核对密钥编号和同意书的记录。",
                    "Somebody in the list has no consent in force in this stack. Check the vault keys and the record.",
                    "/disclosures",
                )

    def _waiting(self, vault_key: str) -> list[StoredDisclosure]:
        rows = (item for item in self._pending if item.consent and item.disclosure.kind == "row")
        return [item for item in rows if item.disclosure.value["vault_key"] == vault_key]


def _lacking(count: int, subject: Event) -> ConsentError:
    return ConsentError(
        f"名单里有{count}人没有覆盖“{subject.LABEL.zh}”的同意书。请先登记同意书（consent.recorded），或把这些人从名单里去掉。",
        f"{count} in the list have given no consent that covers “{subject.LABEL.en}”. Record the consents first"
        " (consent.recorded) or leave them out.",
        "/disclosures",
    )
