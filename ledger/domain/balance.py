"""What is left of a donation: received = allocated + returned + unallocated, in fen."""

from ledger.domain.donation import DonationAllocated, DonationReallocated, DonationReceived, DonationReturned
from ledger.domain.record import Record


def value_of(record: Record) -> int:
    """What a donation is worth in fen: its cash, or the value of its goods or service; 0 if only pledged."""
    received = record.last(DonationReceived)
    return 0 if received is None else received.amount_fen or received.value_fen or 0


def allocated_to(record: Record, project: str) -> int:
    """What a donation has allocated to a project, reallocations counted, in fen."""
    allocated = sum(event.amount_fen for event in record.all(DonationAllocated) if event.project == project)
    for event in record.all(DonationReallocated):
        allocated += event.amount_fen * ((event.to_project == project) - (event.from_project == project))
    return allocated


def projects_of(record: Record) -> set[str]:
    """Every project a donation was allocated or moved to."""
    moved = {event.to_project for event in record.all(DonationReallocated)}
    return moved | {event.project for event in record.all(DonationAllocated)}


def unallocated_of(record: Record) -> int:
    """Received less allocated less returned, in fen."""
    allocated = sum(event.amount_fen for event in record.all(DonationAllocated))
    returned = sum(event.amount_fen for event in record.all(DonationReturned))
    return value_of(record) - allocated - returned


def cash_kept_of(record: Record) -> int:
    """Cash received less what was returned of it, in fen; 0 for goods and service."""
    received = record.last(DonationReceived)
    if received is None or received.amount_fen is None:
        return 0
    return received.amount_fen - sum(event.amount_fen for event in record.all(DonationReturned))
