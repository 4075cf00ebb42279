"""The pages of single things: each is its record, folded again, and what the other views know about it."""

import sqlite3
from datetime import date

from ledger.domain.key import KeyEnrolled, KeyReplaced
from ledger.domain.organisation import (
    OrganisationAmended,
    OrganisationQualified,
    OrganisationRegistered,
    OrganisationScreened,
    OrganisationSuspended,
    OrganisationUndertook,
)
from projections import batches, deliveries, effect, how_much, needs, teams, what, where
from projections.audit_trail import chain_rows, every
from projections.enrolments import keyid_of
from projections.figures import number, total
from projections.names import Names
from projections.records import Chain, existing_chain
from projections.rows import (
    Amount,
    AuditFilter,
    Figure,
    IndicatorPage,
    Key,
    KeyPage,
    Organisation,
    OrganisationPage,
    Payment,
    PaymentPage,
    PlacePage,
    ProgrammePage,
)
from projections.works import renovation_of

DRAWN = "SELECT moves.idx, moves.on_day, donation, moves.fen, payment FROM moves JOIN payments USING (payment)"


def organisation_page(db: sqlite3.Connection, reference: str) -> OrganisationPage:
    """One organisation. Raises NotFoundError."""
    paid_to = "SELECT moves.idx, moves.fen FROM moves JOIN payments USING (payment) WHERE payee = ?"
    delivered = "SELECT accepted_idx FROM works WHERE organisation = ? AND accepted_idx IS NOT NULL"
    accepted = "SELECT accepted_idx FROM works WHERE accepted_by = ?"
    return OrganisationPage(
        organisation=organisation_of(db, reference),
        keys=_keys_of(db, reference),
        gifts=how_much.gifts_by(db, reference),
        projects=what.projects(db, organisation=reference),
        paid_to=total(db.execute(paid_to, (reference,))),
        delivered=number(row[0] for row in db.execute(delivered, (reference,))),
        accepted=number(row[0] for row in db.execute(accepted, (reference,))),
        signed=_signed(db, "organisation", reference),
        deliveries=deliveries.deliveries(db, organisation=reference),
        teams=teams.teams(db, organisation=reference),
        chain=chain_rows(db, reference),
    )


def organisation_of(db: sqlite3.Connection, reference: str) -> Organisation:
    """An organisation as it is registered now. Raises NotFoundError."""
    chain, names = existing_chain(db, reference), Names(db)
    index, _, registered = chain.first(OrganisationRegistered)
    undertook, screened = chain.last(OrganisationUndertook), chain.last(OrganisationScreened)
    suspended = chain.record.state == "suspended"
    amended = [event for _, _, event in chain.each(OrganisationAmended)]
    aliases = next((event.aliases for event in reversed(amended) if event.aliases), registered.aliases)
    roles = next((event.roles for event in reversed(amended) if event.roles), registered.roles)
    return Organisation(
        organisation=names(chain.record.reference),
        aliases=tuple(aliases or ()),
        credit_code=registered.credit_code,
        kind=registered.organisation_kind,
        roles=tuple(roles),
        state=chain.record.state,
        index=index,
        undertook=undertook and (undertook[2].rules_version, undertook[1], undertook[0]),
        screened=screened and (screened[2].against, screened[2].result, screened[1], screened[0]),
        qualifications=tuple(
            (event.qualification, event.start, event.end, at) for at, _, event in chain.each(OrganisationQualified)
        ),
        suspended_index=chain.index_of(OrganisationSuspended) if suspended else None,
    )


def _keys_of(db: sqlite3.Connection, organisation: str) -> tuple[Key, ...]:
    sql = "SELECT key FROM enrolments WHERE organisation = ? GROUP BY key ORDER BY MIN(enrolled_index)"
    return tuple(_key(db, existing_chain(db, row[0])) for row in db.execute(sql, (organisation,)).fetchall())


def _key(db: sqlite3.Connection, chain: Chain) -> Key:
    names, enrolled = Names(db), chain.record.first(KeyEnrolled)
    replaced = chain.last(KeyReplaced)
    return Key(
        key=names(chain.record.reference),
        organisation=names(enrolled.organisation),
        post=enrolled.post,
        keyid=keyid_of((replaced[2] if replaced else enrolled).public_key),
        capabilities=tuple(enrolled.capabilities),
        per_event_fen=enrolled.limits.per_event_fen,
        per_day_fen=enrolled.limits.per_day_fen,
        enrolled_index=replaced[0] if replaced else chain.indices[0],
        expires_on=enrolled.expires_on,
        state=chain.record.state,
        signed=_signed(db, "key", chain.record.reference),
    )


def _signed(db: sqlite3.Connection, column: str, reference: str) -> Figure:
    sql = f"SELECT DISTINCT idx FROM signers WHERE {column} = ?"  # noqa: S608  (two constant names)
    return number(row[0] for row in db.execute(sql, (reference,)))


def place_page(db: sqlite3.Connection, reference_or_code: str) -> PlacePage:
    """One place by its reference or code, with all that happened there or below. Raises NotFoundError."""
    place = where.place(db, reference_or_code)
    reference = place.place.reference
    works = "SELECT DISTINCT renovation FROM work_places JOIN place_within USING (place) WHERE ancestor = ?"
    return PlacePage(
        place=place,
        below=where.below(db, reference),
        needs=needs.needs_at(db, reference),
        projects=what.projects_at(db, reference),
        renovations=tuple(renovation_of(db, row[0]) for row in db.execute(works, (reference,)).fetchall()),
        batches=batches.at(db, reference),
        visits=deliveries.measured(db, "visits", place=reference),
        activities=every(db, AuditFilter(indices=place.activities_within.entries)),
        chain=chain_rows(db, reference),
    )


def payment_page(db: sqlite3.Connection, reference: str) -> PaymentPage:
    """One payment. Raises NotFoundError."""
    state = existing_chain(db, reference).record.state
    return PaymentPage(payments_for(db, "payment", reference)[0], state, chain_rows(db, reference))


def payments_for(db: sqlite3.Connection, column: str, reference: str) -> tuple[Payment, ...]:
    """Payments by ``payment``, ``project``, ``paid_for`` or ``payee``, in the order of the log, reversed ones too."""
    names = Names(db)
    draws: dict[str, list[Amount]] = {}
    sql = f"SELECT * FROM payments WHERE {column} = ? ORDER BY idx"  # noqa: S608  (four constant names)
    drawn = f"{DRAWN} WHERE moves.idx = payments.idx AND payments.{column} = ? ORDER BY moves.idx, position"
    for index, on, donation, fen, payment in db.execute(drawn, (reference,)):
        draws.setdefault(payment, []).append(Amount(index, date.fromisoformat(on), names(donation), fen))
    return tuple(_payment(row, tuple(draws[row["payment"]]), names) for row in db.execute(sql, (reference,)))


def _payment(row: sqlite3.Row, draws: tuple[Amount, ...], names: Names) -> Payment:
    return Payment(
        payment=names(row["payment"]),
        project=names(row["project"]),
        paid_for=names(row["paid_for"]),
        payee=names.maybe(row["payee"]),
        fen=row["fen"],
        on=date.fromisoformat(row["on_day"]),
        index=row["idx"],
        reversed_index=row["reversed_idx"],
        draws=draws,
    )


def key_page(db: sqlite3.Connection, reference: str) -> KeyPage:
    """One key. Raises NotFoundError."""
    return KeyPage(_key(db, existing_chain(db, reference)), chain_rows(db, reference))


def programme_page(db: sqlite3.Connection, reference: str) -> ProgrammePage:
    """One programme. Raises NotFoundError."""
    return ProgrammePage(what.programme(db, reference), chain_rows(db, reference))


def indicator_page(db: sqlite3.Connection, reference: str) -> IndicatorPage:
    """One indicator. Raises NotFoundError."""
    return IndicatorPage(effect.indicator(db, reference), chain_rows(db, reference))
