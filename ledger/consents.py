"""Consent, asked at admission by the writer alone: whose consent stands for what is known to the vault only."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from ledger.domain.consent import ConsentWithdrawn
from ledger.domain.event import Event
from ledger.errors import ConsentError, InvalidFieldError
from ledger.sealing.disclosure import Disclosure, parse_disclosure
from ledger.sealing.vault import StoredDisclosure, Vault

WhenRecorded = Callable[[str], int]
"""The entry index of an event by its id."""


class Consents:
    """The consents in the vault, and those of the group being admitted, which are not there yet."""

    def __init__(self, vault: Vault, when_recorded: WhenRecorded, pending: Iterable[StoredDisclosure]) -> None:
        self._vault = vault
        self._when_recorded = when_recorded
        self._pending = pending

    def check(self, subject: Event, rows: Sequence[Disclosure]) -> None:
        """Every person in ``rows`` has consented to what is recorded. Raises ConsentError, InvalidFieldError."""
        if isinstance(subject, ConsentWithdrawn):
            self._check_withdrawal(rows)
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
        pending = (item.disclosure for item in self._pending if item.consent and item.disclosure.kind == "row")
        return rows + [item.value for item in pending if item.value["vault_key"] == vault_key]

    def _check_withdrawal(self, rows: Sequence[Disclosure]) -> None:
        if not all(self.scopes(row.value["vault_key"]) for row in rows):
            raise InvalidFieldError(
                "名单里有人没有有效的同意书可以撤回。请核对密钥编号。",
                "Somebody in the list has no consent in force to withdraw. Check the vault keys.",
                "/disclosures",
            )


def _lacking(count: int, subject: Event) -> ConsentError:
    return ConsentError(
        f"名单里有{count}人没有覆盖“{subject.LABEL.zh}”的同意书。请先登记同意书（consent.recorded），或把这些人从名单里去掉。",
        f"{count} in the list have given no consent that covers “{subject.LABEL.en}”. Record the consents first"
        " (consent.recorded) or leave them out.",
        "/disclosures",
    )
