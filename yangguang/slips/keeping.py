"""Slips beside an event as it is recorded: what they need is on disk before the event leaves this device.

The salts exist nowhere else but in the vault. A crash after the ledger admitted the event leaves the kept file, from
which ``yangguang slip print`` makes the slips; a refusal removes it.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ledger.audit.entries import PublishedEntries
from ledger.audit.source import open_source
from ledger.domain.entry import BEIJING, parse_entry
from ledger.domain.ledger import LedgerOpened
from ledger.domain.payload import Payload, parse_payload
from ledger.errors import InvalidFieldError, ProofError, WrongLogError
from ledger.opening import Submission
from ledger.receipts import Receipt
from ledger.signing.key_files import publish_new_file
from yangguang.client import Client, RefusedByServerError
from yangguang.slips.kept import KeptSlips
from yangguang.slips.making import slips_of, write_slips
from yangguang.unsealing import payload_of


@dataclass(frozen=True, slots=True)
class SlipOrder:
    """Where the slips of an event go, the site at which they are checked, and whether what they need is kept."""

    directory: Path
    site: str
    keep: bool = False
    together: bool = False

    def draw(self, submission: Submission, client: Client) -> KeptSlips:
        """The slips of a submission. Raises InvalidFieldError without sealed rows, WrongLogError for another site."""
        with closing(open_source(self.site)) as source:
            opening = LedgerOpened.parse(PublishedEntries(source).payload(0).data)
        payload = parse_payload(submission.envelope.payload)
        if opening.origin != payload.log:
            raise WrongLogError(opening.origin, payload.log)
        before = _chain(client, payload.previous)
        read = partial(_record_of, client)
        kept = slips_of(submission, before=before, read=read, demonstration=opening.demonstration)
        if not kept.slips:
            raise InvalidFieldError(
                "这条账目没有封存的名单，不能打印凭条。", "This entry has no sealed rows to print slips of.", "slips"
            )
        return kept

    @contextmanager
    def kept(self, kept: KeptSlips) -> Iterator[None]:
        """The kept file, there from before the event is sent; gone again if the ledger refuses it."""
        path = self._kept_path(kept)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        publish_new_file(path, kept.to_bytes())
        try:
            yield
        except RefusedByServerError:
            path.unlink()
            raise

    def deliver(self, kept: KeptSlips, receipt: Receipt) -> list[Path]:
        """Writes the slips of an admitted event; of the kept file what was asked for remains."""
        recorded = parse_entry(receipt.entry).recorded_at + BEIJING
        admitted = kept.admitted(receipt.index, f"{recorded:%Y-%m-%d %H:%M}")
        paths = write_slips(admitted, self.directory, self.site, together=self.together)
        if self.keep:
            publish_new_file(self._kept_path(admitted), admitted.to_bytes())
            paths.append(self._kept_path(admitted))
        self._kept_path(kept).unlink()
        return paths

    def _kept_path(self, kept: KeptSlips) -> Path:
        number = kept.event_id[:12] if kept.index is None else f"{kept.index:09d}"
        return self.directory / f"{'demo-' if kept.demonstration else ''}kept-{number}.json"


def _record_of(client: Client, reference: str) -> list[Payload]:
    return _chain(client, client.record(reference).head)


def _chain(client: Client, event_id: str | None) -> list[Payload]:
    """The payloads that lead to an event of a record, oldest first, followed back by their hashes."""
    found: list[Payload] = []
    while event_id is not None:
        payload = payload_of(client.entry(event_id))
        if payload.event_id != event_id:
            raise ProofError("账本给出的账目不是所要的那一条。", "The ledger answered with another entry.")
        found.append(payload)
        event_id = payload.previous
    return found[::-1]
