"""How much: whether it adds up, by plan, by donor, over time, and from source to use. All in fen."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta

from ledger.errors import NotFoundError
from projections.figures import NOTHING, added, difference, grouped, total
from projections.names import Names
from projections.rows import Balance, Donor, Figure, Flow, Gift, InKind, PlanMoney, Quarter

CASH = "SELECT idx, fen FROM moves WHERE form = 'cash' AND what = ?"
BY_PLAN = "SELECT moves.idx, fen, plan FROM moves JOIN projects USING (project) WHERE form = 'cash' AND what = ?"
BY_DONOR = (
    "SELECT moves.idx, moves.fen, donor_kind, donor, plan, used_for FROM moves JOIN gifts USING (donation)"
    " LEFT JOIN projects USING (project) WHERE moves.form = 'cash' AND what = ?"
)
MOVES = ("received", "allocated", "paid", "returned")
FORMS = ("cash", "goods", "service")
RECEIVED = (
    "SELECT moves.idx, moves.fen, donor_kind, donor, moves.form FROM moves JOIN gifts USING (donation)"
    " WHERE what = 'received'"
)
GIFTS = "SELECT received_idx, 1, donor_kind, donor FROM gifts WHERE received_idx IS NOT NULL"
PLEDGED = (
    "SELECT moves.idx, moves.fen FROM moves JOIN gifts USING (donation) WHERE what = 'pledged' AND received_idx IS NULL"
)
HOURS = (
    "SELECT moves.idx, CASE WHEN moves.idx = received_idx THEN hours ELSE 0 END FROM moves JOIN gifts USING (donation)"
    " WHERE what = 'received' AND hours IS NOT NULL"
)


def balance(db: sqlite3.Connection) -> Balance:
    """The balance line. ``unallocated`` is added up gift by gift, so that ``agrees`` compares two ways of counting."""
    received, allocated, paid, returned = (total(db.execute(CASH, (what,))) for what in MOVES)
    unpaid = difference(allocated, paid)
    left = db.execute("SELECT TOTAL(unallocated_fen) FROM gifts WHERE form = 'cash'").fetchone()[0]
    unallocated = Figure(int(left), difference(received, allocated, returned).entries)
    confirmed = _confirmed(db)
    parts = paid.value + unpaid.value + unallocated.value + returned.value
    return Balance(
        received=received,
        paid=paid,
        unpaid=unpaid,
        unallocated=unallocated,
        returned=returned,
        confirmed=confirmed,
        unconfirmed=total(db.execute(f"{RECEIVED} AND moves.form = 'cash' AND confirmed_idx IS NULL")),
        pledged=total(db.execute(PLEDGED)),
        agrees=received.value == parts and unpaid.value >= 0,
    )


def _confirmed(db: sqlite3.Connection) -> Figure:
    """Counted from the receipts and from the entries that confirmed them."""
    received = total(db.execute(f"{RECEIVED} AND moves.form = 'cash' AND confirmed_idx IS NOT NULL"))
    sql = "SELECT confirmed_idx, 0 FROM gifts WHERE form = 'cash' AND confirmed_idx IS NOT NULL"
    return added(received, total(db.execute(sql)))


def in_kind(db: sqlite3.Connection) -> InKind:
    """Goods and service received."""
    value = f"{RECEIVED} AND moves.form = ?"
    return InKind(
        goods_fen=total(db.execute(value, ("goods",))),
        service_fen=total(db.execute(value, ("service",))),
        service_hours=total(db.execute(HOURS)),
    )


def by_plan(db: sqlite3.Connection) -> tuple[PlanMoney, ...]:
    """Cash by the primary plan of the project it was allocated to, most first."""
    allocated, paid = (grouped(db.execute(BY_PLAN, (what,)), lambda row: str(row[2])) for what in ("allocated", "paid"))
    rows = [
        PlanMoney(plan, figure, paid.get(plan, NOTHING), difference(figure, paid.get(plan, NOTHING)))
        for plan, figure in allocated.items()
    ]
    return tuple(sorted(rows, key=lambda row: (-row.allocated.value, row.plan)))


def by_donor(db: sqlite3.Connection) -> tuple[Donor, ...]:
    """What each donor gave, most cash first; persons and the anonymous as one row each."""
    names = Names(db)
    rows = db.execute(RECEIVED).fetchall()
    gifts = grouped(db.execute(GIFTS), _donor)
    forms = grouped(rows, lambda row: (_donor(row), row[4]))
    found = [
        Donor(kind, names.maybe(donor), count, *(forms.get(((kind, donor), form), NOTHING) for form in FORMS))
        for (kind, donor), count in gifts.items()
    ]
    return tuple(sorted(found, key=lambda row: (-row.cash_fen.value, row.gifts.entries)))


def _donor(row: Sequence[object]) -> tuple[str, str | None]:
    return str(row[2]), None if row[3] is None else str(row[3])


def by_quarter(db: sqlite3.Connection) -> tuple[Quarter, ...]:
    """Every quarter from the first movement to the last, by the day it happened."""
    sql = "SELECT idx, fen, what, on_day FROM moves WHERE form = 'cash' AND what IN ('received', 'paid', 'returned')"
    figures = grouped(db.execute(sql), lambda row: (row[2], _quarter(date.fromisoformat(str(row[3])))))
    spans = [quarter for _, quarter in figures]
    rows: list[Quarter] = []
    so_far = {"received": 0, "paid": 0, "returned": 0}
    for year, quarter in _quarters(min(spans), max(spans)) if spans else ():
        these = {what: figures.get((what, (year, quarter)), NOTHING) for what in so_far}
        so_far = {what: so_far[what] + figure.value for what, figure in these.items()}
        rows.append(
            Quarter(
                year=year,
                quarter=quarter,
                ends_on=date(year + quarter // 4, quarter % 4 * 3 + 1, 1) - timedelta(days=1),
                **these,
                received_so_far=so_far["received"],
                paid_so_far=so_far["paid"],
                in_hand_fen=so_far["received"] - so_far["paid"] - so_far["returned"],
            )
        )
    return tuple(rows)


def _quarter(day: date) -> tuple[int, int]:
    return day.year, (day.month + 2) // 3


def _quarters(first: tuple[int, int], last: tuple[int, int]) -> Iterator[tuple[int, int]]:
    while first <= last:
        yield first
        year, quarter = first
        first = (year + quarter // 4, quarter % 4 + 1)


def flows(db: sqlite3.Connection) -> tuple[Flow, ...]:
    """Donor → plan → use; together they are exactly what was received."""
    moves = {what: db.execute(BY_DONOR, (what,)).fetchall() for what in MOVES}
    paid = grouped(moves["paid"], lambda row: (*_donor(row), row[4], str(row[5])))
    allocated = grouped(moves["allocated"], lambda row: (*_donor(row), row[4]))
    paid_by_plan = grouped(moves["paid"], lambda row: (*_donor(row), row[4]))
    received, given, returned = (grouped(moves[what], _donor) for what in ("received", "allocated", "returned"))
    found = dict(paid)
    for key, figure in allocated.items():
        found[*key, "unpaid"] = difference(figure, paid_by_plan.get(key, NOTHING))
    for donor, figure in received.items():
        found[*donor, None, "returned"] = back = returned.get(donor, NOTHING)
        found[*donor, None, "unallocated"] = difference(figure, given.get(donor, NOTHING), back)
    names = Names(db)
    rows = [
        Flow(kind, names.maybe(donor), None if plan is None else str(plan), use, figure)
        for (kind, donor, plan, use), figure in found.items()
        if figure.value
    ]
    return tuple(sorted(rows, key=lambda row: (-row.fen.value, row.fen.entries, row.use)))


def gifts(db: sqlite3.Connection) -> tuple[Gift, ...]:
    """Every donation, those only pledged included, in the order of the log."""
    return _gifts(db, "", ())


def unconfirmed(gifts: Iterable[Gift]) -> list[Gift]:
    """Cash that was received and is not yet matched with the bank statement."""
    return [gift for gift in gifts if gift.form == "cash" and gift.received.value and gift.confirmed_index is None]


def only_pledged(gifts: Iterable[Gift]) -> list[Gift]:
    """What was promised and not yet received."""
    return [gift for gift in gifts if not gift.received.entries]


def restricted(gifts: Iterable[Gift]) -> list[Gift]:
    """What may be used for one plan or project alone."""
    return [gift for gift in gifts if gift.restricted_plan or gift.restricted_project]


def gifts_by(db: sqlite3.Connection, donor: str) -> tuple[Gift, ...]:
    """The donations of one organisation."""
    return _gifts(db, "WHERE donor = ?", (donor,))


def gifts_for(db: sqlite3.Connection, project: str) -> tuple[Gift, ...]:
    """The donations of which something was allocated to a project."""
    where = "WHERE donation IN (SELECT donation FROM moves WHERE project = ? AND what = 'allocated')"
    return _gifts(db, where, (project,))


def gift(db: sqlite3.Connection, donation: str) -> Gift:
    """One donation. Raises NotFoundError."""
    found = _gifts(db, "WHERE donation = ?", (donation,))
    if not found:
        raise NotFoundError(f"账本里没有{donation[:60]}。", f"The ledger has no {donation[:60]}.")
    return found[0]


def _gifts(db: sqlite3.Connection, where: str, values: tuple[str, ...]) -> tuple[Gift, ...]:
    names = Names(db)
    rows = db.execute(f"SELECT * FROM gifts {where} ORDER BY idx", values).fetchall()  # noqa: S608  (constant clauses)
    these = f"SELECT donation FROM gifts {where}"  # noqa: S608  (constant clauses)
    sql = f"SELECT idx, fen, what, donation FROM moves WHERE donation IN ({these})"  # noqa: S608  (constant clauses)
    moves = grouped(db.execute(sql, values), lambda row: (row[2], row[3]))
    return tuple(_gift(row, [moves.get((what, row["donation"]), NOTHING) for what in MOVES], names) for row in rows)


def _gift(row: sqlite3.Row, moves: list[Figure], names: Names) -> Gift:
    received, allocated, paid, returned = moves
    return Gift(
        donation=names(row["donation"]),
        kind=row["donor_kind"],
        donor=names.maybe(row["donor"]),
        recipient=names.maybe(row["recipient"]),
        form=row["form"],
        state=row["state"],
        received=received,
        allocated=allocated,
        paid=paid,
        returned=returned,
        unallocated=Figure(row["unallocated_fen"], difference(received, allocated, returned).entries),
        hours=row["hours"],
        restricted_plan=row["restricted_plan"],
        restricted_project=names.maybe(row["restricted_project"]),
        received_on=row["received_on"] and date.fromisoformat(row["received_on"]),
        confirmed_index=row["confirmed_idx"],
    )
