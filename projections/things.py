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
from ledger.domain.values import GROUPS
from projections import batches, deliveries, effect, how_much, teams, what, where
from projections.audit_trail import chain_rows, newest, signed
from projections.counted import figure, numbered
from projections.enrolments import keyid_of
from projections.names import Names
from projections.records import Chain, existing_chain
from projections.rows import (
    Amount,
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


def organisation_page(db: sqlite3.Connection, reference: str, *, most: int = 50) -> OrganisationPage:
    """One organisation, with at most so much of what it gave and does. Raises NotFoundError."""
    return OrganisationPage(
        organisation=organisation_of(db, reference),
        keys=_keys_of(db, reference),
        gifts=how_much.gifts_by(db, reference, size=most),
        gift_count=figure(db, "organisation.gave", reference).value,
        projects=what.register(db, {"organisation": reference}, size=most),
        project_count=figure(db, "projects.organisation", reference).value,
        paid_to=figure(db, "organisation.paid_to", reference),
        delivered=numbered(db, "organisation.delivered", reference),
        accepted=numbered(db, "organisation.accepted", reference),
        signed=signed(db, reference),
        deliveries=deliveries.deliveries(db, organisation=reference, size=most),
        teams=teams.teams(db, organisation=reference, size=most),
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
        signed=signed(db, chain.record.reference),
    )


def place_page(db: sqlite3.Connection, reference_or_code: str, *, most: int = 20) -> PlacePage:
    """One place by its reference or code, with what happened there or below, at most so much of each.

    Raises NotFoundError.
    """
    place = where.place(db, reference_or_code)
    reference, names = place.place.reference, Names(db)
    works = (
        "SELECT renovation FROM counted JOIN works USING (idx) WHERE figure = ? AND subject = ? ORDER BY idx LIMIT ?"
    )
    found = {
        name: db.execute(works, (f"place.{name}", reference, most)).fetchall()
        for name in ("works_within", "works_waiting")
    }
    return PlacePage(
        place=place,
        below=where.below(db, reference, size=most),
        below_count=where.below_count(db, reference),
        projects=what.projects_at(db, reference, size=most),
        project_count=numbered(db, "place.projects_within", reference).value,
        renovations=tuple(renovation_of(db, row[0]) for row in found["works_within"]),
        renovation_count=numbered(db, "place.works_within", reference).value,
        waiting=tuple(names(row[0]) for row in found["works_waiting"]),
        batches=batches.at(db, reference, size=most),
        batch_count=numbered(db, "place.batches_within", reference).value,
        people={group: figure(db, "people.place", f"{reference}~{group}") for group in GROUPS},
        visits=figure(db, "place.visits", reference),
        activities=newest(db, place.activities_within.entries, most),
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
