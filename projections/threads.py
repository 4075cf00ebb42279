"""Threads: a project from need to effect, and a gift from receipt to what became of it. Missing stations are shown."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from ledger.domain.donation import DonationAllocated, DonationReallocated, DonationReceipted, DonationReceived
from ledger.domain.values import Label
from projections import deliveries, effect, how_much, needs, teams, what
from projections.audit_trail import chain_rows, every, indices
from projections.counted import figure
from projections.names import Names
from projections.records import Chain, existing_chain
from projections.rows import (
    Amount,
    AuditFilter,
    Award,
    AwardPage,
    Delivery,
    DonationPage,
    EntryRow,
    Indicator,
    Need,
    Project,
    ProjectPage,
    Renovation,
    RenovationPage,
    Station,
)
from projections.things import payments_for
from projections.works import award_of, items_text, renovation_of

NOT_BEGUN = frozenset({"listed", "claimed", "proposed", "approved"})
ENDED_EARLY = frozenset({"declined", "cancelled"})
INSPECTIONS = frozenset(
    {"renovation.accepted", "renovation.defect_found", "renovation.defect_fixed", "award.granted", "award.revoked"}
)
"""What stands under acceptance: inspections of works, and grants, which the beneficiaries themselves receive."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What belongs to one project; for a need, what of that has to do with it."""

    project: Project
    needs: tuple[Need, ...]
    works: tuple[Renovation, ...]
    awards: tuple[Award, ...]
    deliveries: tuple[Delivery, ...]
    indicators: tuple[Indicator, ...]


def project_page(db: sqlite3.Connection, reference: str) -> ProjectPage:
    """One project and its thread. Raises NotFoundError."""
    parts = parts_of(db, reference)
    project = parts.project
    return ProjectPage(
        project=project,
        needs=parts.needs,
        stations=stations_of(db, parts),
        gifts=how_much.gifts_for(db, reference),
        payments=payments_for(db, "project", reference),
        renovations=parts.works,
        awards=parts.awards,
        deliveries=parts.deliveries,
        teams=teams.teams(db, project=reference),
        indicators=parts.indicators,
        remainder_fen=figure(db, "project.remainder", reference),
        chain=chain_rows(db, reference),
    )


def parts_of(db: sqlite3.Connection, project: str) -> Parts:
    """All that belongs to a project. Raises NotFoundError."""
    works = tuple(renovation_of(db, found) for found in _records_for(db, "renovation", project))
    awards = tuple(award_of(db, found) for found in _records_for(db, "award", project))
    return Parts(
        project=what.project(db, project),
        needs=needs.needs_of(db, project),
        works=works,
        awards=awards,
        deliveries=deliveries.deliveries(db, project=project),
        indicators=effect.indicators(db, about=project),
    )


def _records_for(db: sqlite3.Connection, kind: str, project: str) -> list[str]:
    """Records of a kind that began for a project, in the order of the log."""
    sql = (
        "SELECT record FROM entries WHERE version = 1 AND kind = ?"
        " AND idx IN (SELECT idx FROM touches WHERE reference = ?) ORDER BY idx"
    )
    return [row[0] for row in db.execute(sql, (kind, project))]


def stations_of(db: sqlite3.Connection, parts: Parts) -> tuple[Station, ...]:
    """The seven stations, in order, each with its entries."""
    project = parts.project
    over = project.state == "completed"
    works, acceptance = _work_entries(db, parts)
    service = _service(db, parts)
    finished = [item.completed_index is not None for item in parts.works]
    finished += [item.total_fen is not None for item in parts.awards]
    # What is delivered to people goes on for as long as its project does, and is done when that is.
    finished += [over and item.begun for item in parts.deliveries if item.state != "cancelled"]
    done = [item.accepted_index is not None for item in parts.works]
    done += [item.state == "granted" for item in parts.awards]
    gifts = indices(db, AuditFilter(record=project.project.reference, kind="donation"))
    effects = [bead.index for item in parts.indicators for bead in chain_rows(db, item.indicator.reference)]
    settled = _settled(db, project.project.reference)
    moved = _rows(db, _moved_on(db, project.project.reference))
    begun = "partly" if project.state in NOT_BEGUN else "done"
    return (
        Station("need", _answered(parts), _rows(db, _need_entries(parts.needs))),
        Station("project", begun, chain_rows(db, project.project.reference)),
        Station("donation", _state([True] if gifts else [], due=over), _rows(db, gifts)),
        Station("works", _state(finished or [over] * bool(service), due=over), _rows(db, {*works, *service})),
        Station("acceptance", _state(done, due=bool(done) and any(finished)), _rows(db, acceptance)),
        Station("effect", _effect(parts.indicators, due=over), _rows(db, effects)),
        Station("remainder", _remainder(project, settled), (*moved, *settled)),
    )


def _need_entries(found: Iterable[Need]) -> list[int]:
    """What was reported, verified, put first, matched and met, need by need."""
    steps = ("index", "verified_index", "priority_index", "matched_index", "met_index", "withdrawn_index")
    return sorted(index for item in found for step in steps if (index := getattr(item, step)) is not None)


def _answered(parts: Parts) -> str:
    """Done where the project answers needs, partly where it is over and some are not met; it should name one."""
    left = [need for need in parts.needs if need.stage not in ("met", "withdrawn")]
    if parts.needs:
        return "partly" if left and parts.project.state == "completed" else "done"
    return "none" if parts.project.state in NOT_BEGUN | ENDED_EARLY else "missing"


def _effect(indicators: tuple[Indicator, ...], *, due: bool) -> str:
    """Done where all were met; partly where any was measured, met or not; else missing once it is due."""
    met = [item.outcome == "met" for item in indicators]
    if any(item.actual is not None for item in indicators):
        return "done" if all(met) else "partly"
    return "missing" if due else "none"


def _moved_on(db: sqlite3.Connection, project: str) -> tuple[int, ...]:
    """How what a project had left was used: what was moved from it to another."""
    sql = (
        "SELECT idx FROM entries WHERE type = 'donation.reallocated' AND standing = ''"
        " AND json_extract(payload, '$.data.from_project') = ? ORDER BY idx"
    )
    return tuple(row[0] for row in db.execute(sql, (project,)))


def _service(db: sqlite3.Connection, parts: Parts) -> set[int]:
    """What was delivered to people. Without works and awards, also what was paid for the project and reported of it."""
    project = parts.project.project.reference
    delivered = {bead.index for item in parts.deliveries for bead in chain_rows(db, item.delivery.reference)}
    if parts.works or parts.awards:
        return delivered
    paid = "SELECT idx FROM payments WHERE paid_for = ? AND reversed_idx IS NULL"
    found = delivered.union(row[0] for row in db.execute(paid, (project,)))
    reported = (bead.index for bead in chain_rows(db, project) if bead.type == "project.progressed")
    return found.union(reported) if found else found


def _state(done: list[bool], *, due: bool) -> str:
    """Done where all of it is; partly where something has begun, missing where nothing has though it is due."""
    if done and all(done):
        return "done"
    if any(done) or (done and not due):
        return "partly"
    return "missing" if due else "none"


def _remainder(project: Project, settled: tuple[EntryRow, ...]) -> str:
    """None while the project runs; afterwards done only if everything allocated was paid, or the rest explained."""
    if project.state != "completed":
        return "none"
    return "done" if settled or project.allocated_fen.value == project.paid_fen.value else "missing"


def _settled(db: sqlite3.Connection, project: str) -> tuple[EntryRow, ...]:
    """The closing reports, which say what becomes of the remainder."""
    return tuple(bead for bead in chain_rows(db, project) if bead.type == "project.settled" and not bead.standing)


def _rows(db: sqlite3.Connection, entries: Iterable[int]) -> tuple[EntryRow, ...]:
    return every(db, AuditFilter(indices=tuple(entries)))


def _work_entries(db: sqlite3.Connection, parts: Parts) -> tuple[list[int], list[int]]:
    """Entries of awards and works with what was paid for them, and apart from these their inspections."""
    found = [item.renovation.reference for item in parts.works] + [item.award.reference for item in parts.awards]
    beads = [bead for reference in found for bead in chain_rows(db, reference)]
    works = {bead.index for bead in beads if bead.type not in INSPECTIONS}
    works.update(index for renovation in parts.works for index in renovation.paid.entries)
    works.update(index for award in parts.awards for index in award.paid.entries)
    return sorted(works), [bead.index for bead in beads if bead.type in INSPECTIONS]


def donation_page(db: sqlite3.Connection, reference: str) -> DonationPage:
    """One gift, its allocations, its payments and what they were for. Raises NotFoundError."""
    chain, names = existing_chain(db, reference), Names(db)
    received = chain.record.last(DonationReceived)
    return DonationPage(
        gift=how_much.gift(db, reference),
        items=items_text(received.items, names) if received and received.items else Label("", ""),
        allocations=_allocations(chain, names),
        payments=_payments(db, reference, names),
        outcomes=_outcomes(db, reference),
        receipts=tuple((event.number, index) for index, _, event in chain.each(DonationReceipted)),
        chain=chain_rows(db, reference),
    )


def _allocations(chain: Chain, names: Names) -> tuple[Amount, ...]:
    """A reallocation comes twice: what one project lost, what another got."""
    found = [
        Amount(index, on, names(event.project), event.amount_fen) for index, on, event in chain.each(DonationAllocated)
    ]
    for index, on, event in chain.each(DonationReallocated):
        found.append(Amount(index, on, names(event.from_project), -event.amount_fen))
        found.append(Amount(index, on, names(event.to_project), event.amount_fen))
    return tuple(sorted(found, key=lambda amount: amount.index))


def _payments(db: sqlite3.Connection, donation: str, names: Names) -> tuple[Amount, ...]:
    """What each payment drew from a gift; a reversed one comes twice, the second time with a minus."""
    sql = "SELECT idx, on_day, payment, fen FROM moves WHERE donation = ? AND what = 'paid' ORDER BY idx"
    rows = db.execute(sql, (donation,)).fetchall()
    return tuple(Amount(row[0], date.fromisoformat(row[1]), names(row[2]), row[3]) for row in rows)


def _outcomes(db: sqlite3.Connection, donation: str) -> tuple[Renovation | Award, ...]:
    sql = (
        "SELECT DISTINCT paid_for FROM payments JOIN moves USING (payment)"
        " WHERE donation = ? AND reversed_idx IS NULL ORDER BY payments.idx"
    )
    found: list[str] = [row[0] for row in db.execute(sql, (donation,))]
    return tuple(
        renovation_of(db, reference) if reference.startswith("renovation/") else award_of(db, reference)
        for reference in found
        if reference.startswith(("renovation/", "award/"))
    )


def award_page(db: sqlite3.Connection, reference: str) -> AwardPage:
    """One scholarship round. Raises NotFoundError."""
    return AwardPage(award_of(db, reference), payments_for(db, "paid_for", reference), chain_rows(db, reference))


def renovation_page(db: sqlite3.Connection, reference: str) -> RenovationPage:
    """One batch of works. Raises NotFoundError."""
    payments = payments_for(db, "paid_for", reference)
    return RenovationPage(renovation_of(db, reference), payments, chain_rows(db, reference))
