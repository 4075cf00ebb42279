"""What the API asks of a ledger: met by ``Ledger`` and ``Committer`` in one process, by ``CoreClient`` from another."""

from collections.abc import Sequence
from typing import Any, Protocol

from ledger.committer import Waiting
from ledger.disclosing import PublicText
from ledger.domain.record import Record
from ledger.errors import LedgerError, ReadOnlyError
from ledger.head import Head
from ledger.opening import Submission
from ledger.receipts import Receipt
from ledger.settings import Settings
from ledger.signing.keyring import EnrolledKey


class OpenLedger(Protocol):
    """The reads, and the keeping of evidence files. Each raises as ``Ledger`` says."""

    @property
    def origin(self) -> str:
        """Whose log it is."""

    @property
    def settings(self) -> Settings:
        """The directory's paths and identity."""

    @property
    def read_only(self) -> ReadOnlyError | None:
        """Why nothing can be recorded, if so."""

    @property
    def unready(self) -> LedgerError | None:
        """Why the ledger should not be relied on yet, or any more."""

    def head(self) -> Head:
        """The newest signed tree head."""

    def entry(self, entry_index: int) -> bytes:
        """The exact bytes of an entry."""

    def receipt(self, event_id: str) -> Receipt:
        """The receipt of an admitted event."""

    def record(self, reference: str) -> Record | None:
        """A record as it stands, or None."""

    def record_indices(self, reference: str) -> list[int]:
        """The entry indices of a record's events."""

    def key_in_force(self, key_id: str) -> EnrolledKey:
        """The key of an id that may sign now."""

    def tasks(self, key_id: str) -> dict[str, Any]:
        """What waits for the holder of a key."""

    def keep_evidence(self, sha256: str, data: bytes) -> None:
        """Keeps an evidence file that an admitted event names."""

    def evidence(self, sha256: str) -> tuple[str, bytes]:
        """Media type and bytes of an evidence file."""

    def text(self, digest: str) -> PublicText:
        """A public text, until it is withdrawn."""

    def opened(self, event_id: str) -> bytes | None:
        """What an event opened, encrypted to its recipient, for 24 hours."""


class SubmissionQueue(Protocol):
    """Where submissions wait for their receipts or refusals. Each raises BusyError when it is full."""

    def submit(self, submission: Submission) -> Waiting:
        """A future of its Receipt, or of the LedgerError that refuses it, as a value."""

    def submit_together(self, submissions: Sequence[Submission]) -> Waiting:
        """A future of all Receipts; it raises the refusal of the first refused one."""
