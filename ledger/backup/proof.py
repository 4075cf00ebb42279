"""The proof of what is and isn't there after a restore: against checkpoints and receipts that somebody kept."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from ledger.audit.evidence import Evidence
from ledger.audit.identity import Identity
from ledger.audit.pins import check_receipts, read_receipt, receipt_files
from ledger.audit.report import Finding, Findings
from ledger.audit.source import Source
from ledger.audit.stored import StoredLog
from ledger.audit.tree import CompactTree
from ledger.backup.signed import Kept, newest_beyond
from ledger.domain.entry import format_time, parse_entry
from ledger.errors import LedgerError
from ledger.store.log_reader import LogReader
from ledger.tlog.base64 import encode_base64
from ledger.tlog.checkpoint import Checkpoint, parse_checkpoint
from ledger.tlog.note import parse_note
from ledger.vault_return import Lost


@dataclass(frozen=True, slots=True)
class Secrets:
    """``log_key``: whether the key that signs now came back too. ``lost`` is what the vault gave up as it returned."""

    log_key: bool
    lost: Lost


@dataclass(frozen=True, slots=True)
class Restored:
    """What stands in the ledger: ``size`` entries, ``copied`` of them from the newer log; ``last`` is when the last
    was recorded.

    ``note`` is the newest signed checkpoint of them. ``beyond`` is a signed checkpoint of more entries, which are
    missing; ``findings`` name receipts that the ledger does not keep. ``without_values`` counts copied entries
    whose sealed values or texts are lost. ``secrets`` is None where no keys were laid back.
    """

    genesis: str
    size: int
    copied: int
    note: bytes
    last: datetime
    beyond: Checkpoint | None
    findings: tuple[Finding, ...]
    receipts: int
    without_values: int
    secrets: Secrets | None = None

    @property
    def whole(self) -> bool:
        """Whether all is there that anybody is known to have been promised."""
        return self.beyond is None and not self.findings

    @property
    def checkpoint(self) -> Checkpoint:
        """What the note says; it was verified."""
        return parse_checkpoint(parse_note(self.note).text)

    def to_json(self) -> dict[str, Any]:
        """The form of ``restore --json``."""
        missing = 0 if self.beyond is None else self.beyond.tree_size - self.size
        return {
            "verdict": "good" if self.whole else "finding",
            "origin": self.checkpoint.origin,
            "genesis": self.genesis,
            "old_size": self.size - self.copied,
            "size": self.size,
            "root": encode_base64(self.checkpoint.root_hash),
            "checkpoint": self.note.decode(),
            "last_recorded_at": format_time(self.last),
            "missing_entries": missing,
            "findings": [finding.to_json() for finding in self.findings],
            "receipts": self.receipts,
            "entries_without_values": self.without_values,
            "keys": self.secrets is not None,
            "log_key": self.secrets is not None and self.secrets.log_key,
            "consents_to_record_again": [] if self.secrets is None else list(self.secrets.lost.consents),
        }


@dataclass(frozen=True, slots=True)
class Measured:
    """A store held against what was kept: ``beyond`` the highest checkpoint past its end, with its note."""

    beyond: tuple[Checkpoint, bytes] | None
    findings: tuple[Finding, ...]
    receipts: int


def measure_against(
    store: LogReader, identity: Identity, source: Source, *, kept: list[Kept], receipts: Path | None
) -> Measured:
    """Compares a store with kept checkpoints and a folder of receipts, whose own checkpoints count too.

    Raises BackupError for a checkpoint of another history, NotFoundError for no such folder.
    """
    if receipts is None:
        return Measured(newest_beyond(store, identity, kept), (), 0)
    findings = Findings()
    tree = CompactTree.of(_leaf_hashes(source, store.size()))
    evidence = Evidence(source, findings, identity=identity, tree=tree)
    count = check_receipts(evidence, receipts)
    promised = _promised(receipts, identity, store.size())
    return Measured(newest_beyond(store, identity, [*kept, *promised]), tuple(findings.ordered()), count)


def last_recorded(store: LogReader) -> datetime:
    """When the newest entry was recorded."""
    size = store.size()
    return parse_entry(next(store.entries(size - 1, size))).recorded_at


def _leaf_hashes(source: Source, size: int) -> Iterator[bytes]:
    stored: StoredLog | None = source.stored
    return iter(()) if stored is None else stored.leaf_hashes(size)


def _promised(folder: Path, identity: Identity, size: int) -> Iterator[Kept]:
    """The checkpoints of receipts for entries that are not here; what is wrong with a receipt, the findings say."""
    for path in receipt_files(folder):
        with suppress(LedgerError):
            note = read_receipt(path).proof.checkpoint
            if identity.open_note(note, strict=False).tree_size > size:
                yield Kept(f"回执{path.name}", f"The receipt {path.name}", note)
