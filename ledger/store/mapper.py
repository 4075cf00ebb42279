"""Entries as eventsourcing's stored events: ``StoredEvent.state`` IS the leaf's bytes, unchanged.

``originator_id``, ``originator_version`` and ``topic`` are columns outside the signature, so they are compared
with the signed payload whenever an event is read.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from eventsourcing.domain import DomainEventProtocol
from eventsourcing.persistence import Mapper, MapperDeserialisationError, StoredEvent
from msgspec import Struct

from ledger.domain.catalogue import event_class
from ledger.domain.entry import parse_entry
from ledger.domain.payload import Payload, parse_payload
from ledger.domain.record import Past, Record
from ledger.store.engine import Leaf


class Admitted(Struct, frozen=True):
    """A domain event of the library: one entry of one record."""

    originator_id: UUID
    originator_version: int
    topic: str
    entry: bytes
    timestamp: datetime
    past: Past
    kind: str
    tree_size: int


class EntryMapper(Mapper[UUID]):
    """Between ``Admitted`` and ``StoredEvent``; no transcoder, compressor or cipher touches the bytes."""

    def to_stored_event(self, domain_event: DomainEventProtocol[UUID]) -> StoredEvent:
        """The stored event whose state is the entry."""
        if not isinstance(domain_event, Admitted):
            raise TypeError("only admitted entries are stored")
        return StoredEvent(
            domain_event.originator_id, domain_event.originator_version, domain_event.topic, domain_event.entry
        )

    def to_domain_event(self, stored_event: StoredEvent) -> DomainEventProtocol[UUID]:
        """The entry, if the columns beside it say what was signed. Raises MapperDeserialisationError."""
        admitted = admitted_from(stored_event.state)
        columns = (stored_event.originator_id, stored_event.originator_version, stored_event.topic)
        if columns != (admitted.originator_id, admitted.originator_version, admitted.topic):
            raise MapperDeserialisationError(f"columns {columns} disagree with the signed payload")
        return admitted


def admitted_from(raw: bytes) -> Admitted:
    """The domain event of an entry's bytes. Signatures are not checked here: admission did."""
    entry = parse_entry(raw)
    payload = parse_payload(entry.envelope.payload, assigned=False)
    event = event_class(payload.type, payload.schema).parse(payload.data)
    signers = tuple(signature.keyid for signature in entry.envelope.signatures)
    past = Past(
        event,
        payload.event_id,
        payload.occurred_on,
        signers,
        sealed=payload.sealed,
        withdrawable=payload.withdrawable,
    )
    return admitted_of(payload, past, entry=raw, recorded_at=entry.recorded_at)


def admitted_of(payload: Payload, past: Past, *, entry: bytes, recorded_at: datetime) -> Admitted:
    """The domain event of a payload that was just judged: what was verified is what is stored."""
    return Admitted(
        originator_id=UUID(payload.uuid),
        originator_version=payload.version,
        topic=past.event.topic(),
        entry=entry,
        timestamp=recorded_at,
        past=past,
        kind=payload.kind,
        tree_size=payload.tree_size,
    )


def leaf_of(entry_index: int, admitted: Admitted, *, proved_at: int) -> Leaf:
    """Where an admitted entry stands; ``proved_at`` is the size of the checkpoint that its receipt proves against."""
    uuid = admitted.originator_id.hex
    return Leaf(entry_index, admitted.past.event_id, uuid, admitted.originator_version, proved_at)


def project_record(record: Record | None, events: Iterable[Admitted]) -> Record | None:
    """The library's projector: folds a record's entries into its aggregate."""
    for event in events:
        current = record or Record(event.kind, str(event.originator_id))
        record = current.after(event.past, tree_size=event.tree_size)
    return record
