"""What the vault gives out: public texts and files until they are withdrawn, sealed values to whom two signed for."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self

from ledger import vault_acts
from ledger.domain.entry import parse_entry
from ledger.domain.payload import parse_payload
from ledger.domain.sealed import SealedOpened
from ledger.errors import NotFoundError, WithdrawnError
from ledger.sealing.disclosure import parse_disclosure
from ledger.sealing.vault import Vault
from ledger.store.log_reader import LogReader

OPEN_FOR = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class PublicText:
    """A withdrawable disclosure: the entry that lists its digest, the field's name and value, the exact text.

    ``file_kept``: whether the file that an evidence disclosure names has come.
    """

    digest: str
    event_id: str
    entry_index: int
    name: str
    value: Any
    text: str
    file_kept: bool = False

    def to_json(self) -> dict[str, Any]:
        """As ``/api/disclosures`` answers: whoever hashes ``disclosure`` finds the digest in the entry."""
        return {
            "digest": self.digest,
            "event_id": self.event_id,
            "index": self.entry_index,
            "name": self.name,
            "value": self.value,
            "disclosure": self.text,
            "file_kept": self.file_kept,
        }

    @classmethod
    def from_json(cls, found: dict[str, Any]) -> Self:
        """The value that ``to_json`` wrote."""
        names = ("digest", "event_id", "index", "name", "value", "disclosure", "file_kept")
        return cls(*(found[name] for name in names))


class Disclosing:
    """Reads over one vault and the log it belongs to."""

    def __init__(self, vault: Vault, store: LogReader, origin: str) -> None:
        self._vault = vault
        self._store = store
        self._origin = origin

    def text(self, digest: str) -> PublicText:
        """A public text. Raises NotFoundError, alike for sealed and unknown ones; WithdrawnError."""
        withdrawn_at = self._vault.gone_public(digest)
        if withdrawn_at is not None:
            raise WithdrawnError(withdrawn_at)
        event_id, text = self._vault.public(digest)
        disclosure = parse_disclosure(text, field="", assigned=False)
        leaf = self._store.leaf(event_id)
        if leaf is None:
            # Its event is being admitted at this moment, or was not and will be discarded: it is not public.
            raise NotFoundError("没有这段公开的文字。请核对地址。", "There is no such public text. Check the address.")
        name, kept = disclosure.name or "", self._vault.has_file(digest)
        return PublicText(digest, event_id, leaf.entry_index, name, disclosure.value, text, kept)

    def evidence(self, sha256: str) -> tuple[str, bytes]:
        """Media type and bytes of a file that some disclosure still names. Raises NotFoundError, WithdrawnError."""
        named = self._vault.evidence(sha256)
        withdrawn = [self._vault.gone_public(item.digest) for item in named]
        standing = [item for item, at in zip(named, withdrawn, strict=True) if at is None]
        if not standing:
            raise WithdrawnError(max(at for at in withdrawn if at is not None))
        # Of several that name it, one may name a type that it is not, and so never have got it.
        shown = next((item for item in standing if self._vault.has_file(item.digest)), standing[0])
        return shown.media_type, self._vault.read_evidence(shown)

    def opened(self, event_id: str, *, now: Callable[[], datetime]) -> bytes | None:
        """What an admitted ``sealed.opened`` opens, encrypted to its recipient, within 24 h of it; None otherwise."""
        leaf = self._store.leaf(event_id)
        if leaf is None:
            return None
        entry = parse_entry(next(self._store.entries(leaf.entry_index, leaf.entry_index + 1)))
        payload = parse_payload(entry.envelope.payload, assigned=False)
        if payload.type != SealedOpened.TYPE or now() - entry.recorded_at > OPEN_FOR:
            return None
        return vault_acts.opened(self._vault, SealedOpened.parse(payload.data), origin=self._origin, event_id=event_id)
