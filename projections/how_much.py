"""How much: whether it adds up, by plan, by donor, over time, and from source to use. All in fen."""

import json
import sqlite3
from collections.abc import Iterator
from datetime import date, timedelta

from ledger.errors import NotFoundError
from projections.counted import Entries, by_subject, figure, starting, subject_count
from projections.figures import NOTHING, difference, grouped
from projections.names import Names
from projections.rows import Balance, Donor, Figure, Flow, Gift, InKind, Named, PlanMoney, Quarter

MOVES = ("received", "allocated", "paid", "returned")
FORMS = ("cash", "goods", "service")
LARGEST = "SELECT subject FROM sums WHERE figure = 'donor.cash' ORDER BY value DESC, subject DESC LIMIT ?"
DONORS = "SELECT subject FROM sums WHERE figure = 'donor.order' ORDER BY value DESC, subject DESC LIMIT ? OFFSET ?"
OTHERS = "*"
"""All donors without a flow of their own."""
UNNAMED = ("person", "anonymous")
OF_OTHERS = (
    "(SELECT DISTINCT idx FROM counted WHERE figure = 'flow' AND subject LIKE ?"
    " AND substr(subject, 1, instr(subject, '~') - 1) NOT IN (SELECT value FROM json_each(?)))"
)
LISTED = {
    "unconfirmed": "form = 'cash' AND confirmed_idx IS NULL AND received_idx IS NOT NULL",
    "pledged": "received_idx IS NULL",
    "restricted": "(restricted_plan IS NOT NULL OR restricted_project IS NOT NULL)",
}
"""Cash not yet matched with the bank statement; promised and not yet received; for one plan or project alone."""
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
    return subject_count(db, "donor.order")


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


def flows(db: sqlite3.Connection, *, most: int | None = None) -> tuple[Flow, ...]:
    """Donor → plan → use; together they are exactly what was received.

    With ``most``, donors beyond the largest are one: OTHERS, named by how many they are.
    """
    names, own = Names(db), _own_donors(db, most)
    if own is None:
        found = by_subject(db, "flow")
    else:
        found = {of: each for key in own for of, each in starting(db, "flow", f"{key}~").items()}
        found |= _of_the_others(db, own, found)
        count = subject_count(db, "donor.cash") - len(own)
        names.know(Named(OTHERS, f"其他{count:,}家", f"{count:,} others"))
    rows = [_flow(of, figure, names) for of, figure in found.items() if figure.value]
    return tuple(sorted(rows, key=lambda row: (-row.fen.value, row.key)))


def _own_donors(db: sqlite3.Connection, most: int | None) -> list[str] | None:
    """The donors with flows of their own; None where all have."""
    if most is None or subject_count(db, "donor.cash") <= most:
        return None
    kept = [each for each in UNNAMED if figure(db, "donor.cash", each).entries]
    largest = [row[0] for row in db.execute(LARGEST, (most,)) if row[0] not in kept]
    return [*kept, *largest[: most - 1 - len(kept)]]


def _of_the_others(db: sqlite3.Connection, own: list[str], found: dict[str, Figure]) -> dict[str, Figure]:
    """By plan and use what is left of all flows; its entries are looked up when somebody asks for them."""
    rest: dict[str, Figure] = {}
    for use, total in by_subject(db, "flow.used").items():
        value = total.value - sum(figure.value for of, figure in found.items() if of.endswith(use))
        rest[f"{OTHERS}{use}"] = Figure(value, Entries(db, OF_OTHERS, (f"%{use}", json.dumps(own)), len(total.entries)))
    return rest


def flow(db: sqlite3.Connection, of: str) -> Figure | None:
    """What ``donor~plan~use`` flowed, where that is one kept figure: of a donor, or of all of them."""
    giver, plan, use = [*of.split("~"), "", ""][:3]
    if not use or OTHERS in (giver, plan, use):
        return None
    return figure(db, "flow", of) if giver else figure(db, "flow.used", of)


def _flow(of: str, found: Figure, names: Names) -> Flow:
    giver, plan, use = of.split("~")
    named = names(giver) if "/" in giver or giver == OTHERS else None
    unspent = use in ("unallocated", "returned")
    return Flow("organisation" if named else giver, named, None if unspent else plan or None, use, found)


def gifts(db: sqlite3.Connection) -> tuple[Gift, ...]:
    """Every donation, those only pledged included, in the order of the log."""
    return _gifts(db, "ORDER BY idx", ())


def listed_gifts(db: sqlite3.Connection, name: str, *, size: int = -1) -> tuple[Gift, ...]:
    """The donations that are ``unconfirmed``, only ``pledged`` or ``restricted``, at most ``size``."""
    return _gifts(db, f"WHERE {LISTED[name]} ORDER BY idx LIMIT ?", (size,))


def listed_count(db: sqlite3.Connection, name: str) -> int:
    """How many ``listed_gifts`` finds."""
    return figure(db, f"gifts.{name}").value


def gifts_by(db: sqlite3.Connection, donor: str, *, size: int = -1) -> tuple[Gift, ...]:
    """The donations of one organisation, at most ``size``."""
    return _gifts(db, "WHERE donor = ? ORDER BY idx LIMIT ?", (donor, size))


def gifts_for(db: sqlite3.Connection, project: str, *, size: int = -1) -> tuple[Gift, ...]:
    """The donations of which something was allocated to a project, at most ``size``."""
    where = (
        "WHERE donation IN (SELECT donation FROM moves WHERE project = ? AND what = 'allocated') ORDER BY idx LIMIT ?"
    )
    return _gifts(db, where, (project, size))


def gift(db: sqlite3.Connection, donation: str) -> Gift:
    """One donation. Raises NotFoundError."""
    found = _gifts(db, "WHERE donation = ?", (donation,))
    if not found:
        raise NotFoundError(f"账本里没有{donation[:60]}。", f"The ledger has no {donation[:60]}.")
    return found[0]


def _gifts(db: sqlite3.Connection, rest: str, values: tuple[object, ...]) -> tuple[Gift, ...]:
    names = Names(db)
    moved = "SELECT idx, fen, what FROM moves WHERE donation = ?"
    found = []
    for row in db.execute(f"SELECT * FROM gifts {rest}", values).fetchall():  # noqa: S608  (constant clauses)
        moves = grouped(db.execute(moved, (row["donation"],)), lambda each: each[2])
        found.append(_gift(row, [moves.get(what, NOTHING) for what in MOVES], names))
    return tuple(found)


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
