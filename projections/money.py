"""Money as it moves: every movement of every gift, and the payments. Cash, goods and service never mix.

Every movement is one line of ``moves``: ``what`` is pledged, received, allocated, paid or returned. A reversed payment
is paid with a minus, under the entry that reversed it; a reallocation is allocated with a minus and with a plus.
"""

import sqlite3
from collections.abc import Iterator

from ledger.domain.balance import unallocated_of
from ledger.domain.donation import (
    DonationAllocated,
    DonationConfirmed,
    DonationPledged,
    DonationReallocated,
    DonationReceived,
    DonationReturned,
)
from ledger.domain.payment import PaymentMade, PaymentReversed
from projections.counted import put_row
from projections.facts import Fact

SCHEMA = """
CREATE TABLE gifts (
    donation TEXT PRIMARY KEY, donor_kind TEXT NOT NULL, donor TEXT, recipient TEXT, form TEXT NOT NULL,
    state TEXT NOT NULL, fen INTEGER NOT NULL, hours INTEGER, unallocated_fen INTEGER NOT NULL, restricted_plan TEXT,
    restricted_project TEXT, received_on TEXT, idx INTEGER NOT NULL, received_idx INTEGER, confirmed_idx INTEGER,
    pledged_fen INTEGER, pledged_idx INTEGER
);
CREATE INDEX gifts_by_donor ON gifts (donor, idx);
CREATE INDEX gifts_unconfirmed ON gifts (idx) WHERE form = 'cash' AND confirmed_idx IS NULL
    AND received_idx IS NOT NULL;
CREATE INDEX gifts_pledged ON gifts (idx) WHERE received_idx IS NULL;
CREATE INDEX gifts_restricted ON gifts (idx) WHERE (restricted_plan IS NOT NULL OR restricted_project IS NOT NULL);
CREATE INDEX gifts_in_order ON gifts (idx);
CREATE TABLE moves (
    idx INTEGER NOT NULL, position INTEGER NOT NULL, on_day TEXT NOT NULL, what TEXT NOT NULL, form TEXT NOT NULL,
    donation TEXT NOT NULL, project TEXT, payment TEXT, used_for TEXT, fen INTEGER NOT NULL,
    PRIMARY KEY (idx, position)
) WITHOUT ROWID;
CREATE INDEX moves_by_donation ON moves (donation);
CREATE INDEX moves_by_payment ON moves (payment) WHERE payment IS NOT NULL;
CREATE INDEX moves_by_project ON moves (project);
CREATE TABLE payments (
    payment TEXT PRIMARY KEY, idx INTEGER NOT NULL, project TEXT NOT NULL, paid_for TEXT NOT NULL, payee TEXT,
    fen INTEGER NOT NULL, on_day TEXT NOT NULL, reversed_idx INTEGER
);
CREATE INDEX payments_by_project ON payments (project);
CREATE INDEX payments_by_object ON payments (paid_for);
CREATE INDEX payments_by_payee ON payments (payee);
CREATE TABLE terms (
    what TEXT NOT NULL, term TEXT NOT NULL, sign INTEGER NOT NULL, flow INTEGER NOT NULL, PRIMARY KEY (what, term)
) WITHOUT ROWID;
INSERT INTO terms VALUES
    ('received', 'received', 1, 0), ('received', 'unallocated', 0, 1), ('allocated', 'allocated', 1, 0),
    ('allocated', 'unpaid', 1, 1), ('allocated', 'unallocated', 0, -1), ('paid', 'paid', 1, 1),
    ('paid', 'unpaid', -1, -1), ('returned', 'returned', 1, 1), ('returned', 'unallocated', 0, -1),
    ('received', 'in_hand', 0, 0), ('allocated', 'in_hand', 1, 0), ('paid', 'in_hand', -1, 0),
    ('returned', 'in_hand', 0, 0);
"""


def fold(db: sqlite3.Connection, fact: Fact) -> None:
    """Adds the movements of a donation's or payment's event."""
    if fact.payload.kind == "donation":
        _put_gift(db, fact)
    elif isinstance(fact.event, PaymentMade):
        _put_payment(db, fact, fact.event)
    elif isinstance(fact.event, PaymentReversed):
        db.execute("UPDATE payments SET reversed_idx = ? WHERE payment = ?", (fact.index, fact.reference))
    moves = [(fact.index, position, fact.day, *move) for position, move in enumerate(_moves(db, fact))]
    db.executemany("INSERT INTO moves VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", moves)


def forget(db: sqlite3.Connection, record: str) -> None:
    """Takes out what a record's entries had put in, to be folded again as they stand now."""
    db.execute("DELETE FROM moves WHERE idx IN (SELECT idx FROM entries WHERE record = ?)", (record,))
    db.execute("DELETE FROM gifts WHERE donation = ?", (record,))
    db.execute("DELETE FROM payments WHERE payment = ?", (record,))


def credit(db: sqlite3.Connection, corrected: int, correction: int) -> None:
    """An amount that was corrected is counted from its correction too, which adds nothing to it."""
    sql = (
        "INSERT INTO moves SELECT ?, position, on_day, what, form, donation, project, payment, used_for, 0"
        " FROM moves WHERE idx = ?"
    )
    db.execute(sql, (correction, corrected))


def _moves(db: sqlite3.Connection, fact: Fact) -> Iterator[tuple[str | int | None, ...]]:
    """What, form, donation, project, payment, used_for, fen."""
    event, record = fact.event, fact.record
    match event:
        case DonationPledged():
            yield "pledged", "cash", record.reference, None, None, None, event.amount_fen
        case DonationReceived():
            fen = event.amount_fen or event.value_fen or 0
            yield "received", event.form, record.reference, None, None, None, fen
        case DonationAllocated():
            form = record.first(DonationReceived).form
            yield "allocated", form, record.reference, event.project, None, None, event.amount_fen
        case DonationReallocated():
            form = record.first(DonationReceived).form
            yield "allocated", form, record.reference, event.from_project, None, None, -event.amount_fen
            yield "allocated", form, record.reference, event.to_project, None, None, event.amount_fen
        case DonationReturned():
            form = record.first(DonationReceived).form
            yield "returned", form, record.reference, None, None, None, event.amount_fen
        case PaymentMade():
            yield from _draws(db, record.reference, event, 1)
        case PaymentReversed():
            yield from _draws(db, record.reference, record.first(PaymentMade), -1)


def _draws(
    db: sqlite3.Connection, payment: str, made: PaymentMade, sign: int
) -> Iterator[tuple[str | int | None, ...]]:
    use = _use_of(db, made.paid_for)
    for draw in made.donations:
        yield "paid", "cash", draw.donation, made.project, payment, use, sign * draw.amount_fen


def _use_of(db: sqlite3.Connection, paid_for: str) -> str:
    """award, project, or the category of the works."""
    kind = paid_for.partition("/")[0]
    if kind != "renovation":
        return kind
    return str(db.execute("SELECT category FROM works WHERE renovation = ?", (paid_for,)).fetchone()[0])


def _put_payment(db: sqlite3.Connection, fact: Fact, made: PaymentMade) -> None:
    row = (fact.reference, fact.index, made.project, made.paid_for, made.payee, made.amount_fen, fact.day)
    db.execute("INSERT INTO payments VALUES (?, ?, ?, ?, ?, ?, ?, NULL)", row)


def _put_gift(db: sqlite3.Connection, fact: Fact) -> None:
    record = fact.record
    received = fact.chain.last(DonationReceived)
    pledged = fact.chain.last(DonationPledged)
    row = (
        record.reference, *_donor(fact), record.state, *_received(fact), unallocated_of(record), *_restriction(fact),
        received and received[1].isoformat(), fact.chain.indices[0], received and received[0],
        fact.chain.index_of(DonationConfirmed), pledged and pledged[2].amount_fen, pledged and pledged[0],
    )  # fmt: skip
    put_row(db, "gifts", row)


def _donor(fact: Fact) -> tuple[str | None, ...]:
    """Kind, donor, recipient, form."""
    received = fact.record.last(DonationReceived)
    if received is None:
        return "organisation", fact.record.first(DonationPledged).donor, None, "cash"
    return received.donor_kind, received.donor, received.recipient, received.form


def _received(fact: Fact) -> tuple[int, int | None]:
    received = fact.record.last(DonationReceived)
    return (0, None) if received is None else (received.amount_fen or received.value_fen or 0, received.hours)


def _restriction(fact: Fact) -> tuple[str | None, str | None]:
    received = fact.record.last(DonationReceived)
    restriction = received and received.restriction
    return (restriction.plan, restriction.project) if restriction else (None, None)
