"""Conduct: who undertook the rules and was screened, how many reports there are, and what was found.

Whom a report is about is not in the log before it is founded, so it cannot be here either.
"""

import sqlite3
from datetime import date

from ledger.domain.event import Event
from ledger.domain.ledger import LedgerOpened, LedgerPolicyChanged
from ledger.domain.misconduct import MisconductConcluded, MisconductForwarded, MisconductReported
from ledger.domain.organisation import (
    OrganisationReinstated,
    OrganisationRulesAdopted,
    OrganisationScreened,
    OrganisationSuspended,
    OrganisationUndertook,
)
from ledger.domain.programme import ProgrammeRuleAdopted
from projections.counted import figure, numbered, put_row
from projections.facts import Fact
from projections.names import Names
from projections.records import existing_chain
from projections.rows import Figure
from projections.rows.recognition import Adopted, ConductRules, ConductTotals, Finding, Standing

SCHEMA = """
CREATE TABLE conduct_rules (idx INTEGER PRIMARY KEY, version TEXT NOT NULL);
CREATE TABLE standings (
    organisation TEXT PRIMARY KEY, idx INTEGER NOT NULL, version TEXT, undertook_on TEXT, undertook_idx INTEGER,
    against TEXT, result TEXT, screened_on TEXT, screened_idx INTEGER, suspended_idx INTEGER,
    reinstated_idx INTEGER NOT NULL
);
CREATE TABLE misconduct (
    misconduct TEXT PRIMARY KEY, idx INTEGER NOT NULL, category TEXT NOT NULL, state TEXT NOT NULL,
    last_idx INTEGER NOT NULL, founded_idx INTEGER, organisation TEXT
);
CREATE INDEX misconduct_by_organisation ON misconduct (organisation);
CREATE INDEX misconduct_founded ON misconduct (founded_idx) WHERE founded_idx IS NOT NULL;
CREATE INDEX standings_in_order ON standings (idx);
CREATE INDEX enrolments_by_organisation ON enrolments (organisation);
"""
STANDINGS = """
SELECT standings.*,
    IFNULL((SELECT MAX(founded_idx) FROM misconduct WHERE misconduct.organisation = standings.organisation
        AND founded_idx > reinstated_idx), suspended_idx) AS suspended_by,
    EXISTS (SELECT 1 FROM enrolments WHERE enrolments.organisation = standings.organisation) AS signs
FROM standings
"""
CREDITED = (
    (
        "UPDATE misconduct SET last_idx = ?1 WHERE last_idx = ?2"
        " AND misconduct = (SELECT record FROM entries WHERE idx = ?2)"
    ),
    (
        "UPDATE standings SET screened_idx = ?1 WHERE screened_idx = ?2"
        " AND organisation = (SELECT record FROM entries WHERE idx = ?2)"
    ),
)
STATES = ("reports", "reported", "forwarded", "founded", "unfounded")
ADOPTED = (
    "SELECT idx, record FROM counted JOIN entries USING (idx) WHERE figure = 'conduct.adopted' AND subject = ''"
    " ORDER BY counted.idx LIMIT ?"
)


def fold(db: sqlite3.Connection, fact: Fact) -> None:
    """Brings the version in force, an organisation's standing or a report's state up to date."""
    match fact.event:
        case LedgerOpened(policy=policy) | LedgerPolicyChanged(policy=policy):
            found = rules(db)
            if found is None or found.version != policy.rules_version:
                db.execute("INSERT INTO conduct_rules VALUES (?, ?)", (fact.index, policy.rules_version))
    if fact.payload.kind == "organisation":
        _fold_standing(db, fact)
    elif fact.payload.kind == "misconduct":
        _fold_misconduct(db, fact)


def forget(db: sqlite3.Connection, record: str) -> None:
    """Takes out what a record's entries had put in, to be folded again as they stand now."""
    db.execute("DELETE FROM standings WHERE organisation = ?", (record,))
    db.execute("DELETE FROM misconduct WHERE misconduct = ?", (record,))


def credit(db: sqlite3.Connection, corrected: int, correction: int) -> None:
    """What was corrected is counted from its correction."""
    db.execute(CREDITED[0], (correction, corrected))
    db.execute(CREDITED[1], (correction, corrected))


def _fold_standing(db: sqlite3.Connection, fact: Fact) -> None:
    chain = fact.chain
    undertook, screened = chain.last(OrganisationUndertook), chain.last(OrganisationScreened)
    row = (
        fact.reference, chain.indices[0],
        *((undertook[2].rules_version, undertook[1].isoformat(), undertook[0]) if undertook else (None,) * 3),
        *((screened[2].against, screened[2].result, screened[1].isoformat(), screened[0]) if screened else (None,) * 4),
        chain.index_of(OrganisationSuspended) if fact.record.state == "suspended" else None,
        chain.index_of(OrganisationReinstated) or 0,
    )  # fmt: skip
    put_row(db, "standings", row)


def _fold_misconduct(db: sqlite3.Connection, fact: Fact) -> None:
    concluded = fact.chain.last(MisconductConcluded)
    founded = concluded if concluded and concluded[2].finding == "founded" else None
    row = (
        fact.reference, fact.chain.indices[0], fact.record.first(MisconductReported).category, fact.record.state,
        fact.index, founded and founded[0], founded and founded[2].organisation,
    )  # fmt: skip
    put_row(db, "misconduct", row)


def rules(db: sqlite3.Connection) -> ConductRules | None:
    """The conduct rules in force; None before the ledger is opened."""
    row = db.execute("SELECT version, idx FROM conduct_rules ORDER BY idx DESC LIMIT 1").fetchone()
    return None if row is None else ConductRules(row[0], row[1])


def standings(db: sqlite3.Connection, *, start: int = 0, size: int = -1) -> tuple[Standing, ...]:
    """Registered organisations, in the order of registration: ``size`` of them after ``start``."""
    names = Names(db)
    rows = db.execute(f"{STANDINGS} ORDER BY idx LIMIT ? OFFSET ?", (size, start))
    return tuple(_standing(row, names) for row in rows)


def standing_count(db: sqlite3.Connection) -> int:
    """How many organisations are registered."""
    return figure(db, "conduct.standings").value


def signing_count(db: sqlite3.Connection) -> int:
    """How many of them have or had a key."""
    return figure(db, "conduct.signing").value


def standing(db: sqlite3.Connection, organisation: str) -> Standing | None:
    """One organisation's; None where there is none any more."""
    row = db.execute(f"{STANDINGS} WHERE organisation = ?", (organisation,)).fetchone()
    return None if row is None else _standing(row, Names(db))


def _standing(row: sqlite3.Row, names: Names) -> Standing:
    undertook = screened = None
    if row["undertook_idx"] is not None:
        undertook = (row["version"], date.fromisoformat(row["undertook_on"]), row["undertook_idx"])
    if row["screened_idx"] is not None:
        screened = (row["against"], row["result"], date.fromisoformat(row["screened_on"]), row["screened_idx"])
    named, signs = names(row["organisation"]), bool(row["signs"])
    return Standing(named, row["idx"], undertook, screened, row["suspended_by"], signs)


def totals(db: sqlite3.Connection) -> ConductTotals:
    """Standings and reports, counted; each organisation by the entry that says so, each report by its last."""
    names = ("undertook", "waiting", "screened", "listed", "suspended", *STATES)
    return ConductTotals(**{name: numbered(db, f"conduct.{name}") for name in names})


def adopted_count(db: sqlite3.Connection) -> int:
    """How many rules ``adopted`` finds."""
    return figure(db, "conduct.adopted").value


def category_count(db: sqlite3.Connection, category: str) -> Figure:
    """Reports of one category, whatever became of them."""
    return numbered(db, "conduct.category", category)


def findings(db: sqlite3.Connection, *, organisation: str | None = None, size: int = -1) -> tuple[Finding, ...]:
    """Founded conclusions, newest first; all, or those about one organisation, or the newest ``size``."""
    about, values = ("", ()) if organisation is None else ("AND organisation = ?", (organisation,))
    sql = f"SELECT misconduct FROM misconduct WHERE founded_idx IS NOT NULL {about}"  # noqa: S608  (constant clauses)
    rows = db.execute(f"{sql} ORDER BY founded_idx DESC LIMIT ?", (*values, size))
    return tuple(_finding(db, row[0]) for row in rows.fetchall())


def _finding(db: sqlite3.Connection, reference: str) -> Finding:
    chain, names = existing_chain(db, reference), Names(db)
    index, on, event = chain.each(MisconductConcluded)[-1]
    forwarded = chain.last(MisconductForwarded)
    reinstated = "SELECT reinstated_idx FROM standings WHERE organisation = ? AND reinstated_idx > ?"
    lifted = db.execute(reinstated, (event.organisation, index)).fetchone()
    return Finding(
        misconduct=names(reference),
        category=chain.first(MisconductReported)[2].category,
        concerns=event.concerns or "",
        organisation=names.maybe(event.organisation),
        outside=event.outside,
        authority=names(forwarded[2].authority) if forwarded else None,
        document=event.document,
        on=on,
        index=index,
        lifted_index=lifted and lifted[0],
    )


def adopted(db: sqlite3.Connection, *, size: int = -1) -> tuple[Adopted, ...]:
    """Management rules of programmes and organisations, oldest first, at most ``size``."""
    names = Names(db)
    found = []
    for index, record in db.execute(ADOPTED, (size,)).fetchall():
        chain = existing_chain(db, record)
        events: list[tuple[int, date, Event]] = chain.each(Event)
        on, event = next((day, event) for at, day, event in events if at == index)
        assert isinstance(event, ProgrammeRuleAdopted | OrganisationRulesAdopted)
        found.append(Adopted(event.title, names(record), on, index))
    return tuple(found)
