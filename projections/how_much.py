"""How much: whether it adds up, by plan, by donor, over time, and from source to use. All in fen."""

import sqlite3
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from ledger.errors import NotFoundError
from projections.counted import by_subject, figure
from projections.figures import NOTHING, difference, grouped
from projections.names import Names
from projections.rows import Balance, Donor, Figure, Flow, Gift, InKind, PlanMoney, Quarter

MOVES = ("received", "allocated", "paid", "returned")
FORMS = ("cash", "goods", "service")
DONORS = """
SELECT gifts.subject FROM sums AS gifts
LEFT JOIN sums AS cash ON cash.figure = 'donor.cash' AND cash.subject = gifts.subject
WHERE gifts.figure = 'donor.gifts' ORDER BY IFNULL(cash.value, 0) DESC,
    (SELECT MIN(idx) FROM counted WHERE figure = 'donor.gifts' AND subject = gifts.subject) LIMIT ? OFFSET ?
"""
TERMS = ("received", "paid", "unpaid", "unallocated", "returned", "confirmed", "unconfirmed", "pledged")


def balance(db: sqlite3.Connection) -> Balance:
    """The balance line. ``unallocated`` is added up gift by gift, so that ``agrees`` compares two ways of counting."""
    found = {term: figure(db, f"balance.{term}") for term in TERMS}
    parts = sum(found[term].value for term in ("paid", "unpaid", "unallocated", "returned"))
    return Balance(**found, agrees=found["received"].value == parts and found["unpaid"].value >= 0)


def in_kind(db: sqlite3.Connection) -> InKind:
    """Goods and service received."""
    return InKind(*(figure(db, f"in_kind.{name}") for name in ("goods", "service", "hours")))


def by_plan(db: sqlite3.Connection) -> tuple[PlanMoney, ...]:
    """Cash by the primary plan of the project it was allocated to, most first."""
    allocated, paid, unpaid = (by_subject(db, f"plan.{term}") for term in ("allocated", "paid", "unpaid"))
    rows = [PlanMoney(plan, found, paid.get(plan, NOTHING), unpaid[plan]) for plan, found in allocated.items()]
    return tuple(sorted(rows, key=lambda row: (-row.allocated.value, row.plan)))


def by_donor(db: sqlite3.Connection, *, most: int = -1, start: int = 0) -> tuple[Donor, ...]:
    """What each donor gave, most cash first; persons and the anonymous as one row each.

    ``start`` leaves out so many, ``most`` gives at most so many.
    """
    return tuple(donor(db, row[0]) for row in db.execute(DONORS, (most, start)).fetchall())


def donor_count(db: sqlite3.Connection) -> int:
    """How many rows ``by_donor`` has."""
    return int(db.execute("SELECT COUNT(*) FROM sums WHERE figure = 'donor.gifts'").fetchone()[0])


def donor(db: sqlite3.Connection, key: str) -> Donor:
    """One row of ``by_donor`` by its ``key``. Raises NotFoundError."""
    gifts = figure(db, "donor.gifts", key)
    if not gifts.entries:
        raise NotFoundError(f"账本里没有捐赠方{key[:60]}。", f"The ledger has no donor {key[:60]}.")
    named = Names(db)(key) if "/" in key else None
    return Donor("organisation" if named else key, named, gifts, *(figure(db, f"donor.{each}", key) for each in FORMS))


def by_quarter(db: sqlite3.Connection) -> tuple[Quarter, ...]:
    """Every quarter from the first movement to the last, by the day it happened."""
    kinds = ("received", "paid", "returned")
    figures = {(what, _parsed(of)): each for what in kinds for of, each in by_subject(db, f"quarter.{what}").items()}
    spans = [quarter for _, quarter in figures]
    rows: list[Quarter] = []
    so_far = dict.fromkeys(kinds, 0)
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


def _parsed(quarter: str) -> tuple[int, int]:
    year, _, number = quarter.partition("~")
    return int(year), int(number)


def _quarters(first: tuple[int, int], last: tuple[int, int]) -> Iterator[tuple[int, int]]:
    while first <= last:
        yield first
        year, quarter = first
        first = (year + quarter // 4, quarter % 4 + 1)


def flows(db: sqlite3.Connection) -> tuple[Flow, ...]:
    """Donor → plan → use; together they are exactly what was received."""
    names = Names(db)
    rows = [_flow(of, found, names) for of, found in by_subject(db, "flow").items() if found.value]
    return tuple(sorted(rows, key=lambda row: (-row.fen.value, row.fen.entries[0], row.use)))


def _flow(of: str, found: Figure, names: Names) -> Flow:
    giver, plan, use = of.split("~")
    named = names(giver) if "/" in giver else None
    unspent = use in ("unallocated", "returned")
    return Flow("organisation" if named else giver, named, None if unspent else plan or None, use, found)


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
