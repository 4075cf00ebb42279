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
from projections.facts import Fact
from projections.figures import number
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
"""
STANDINGS = """
SELECT standings.*,
    IFNULL((SELECT MAX(founded_idx) FROM misconduct WHERE misconduct.organisation = standings.organisation
        AND founded_idx > reinstated_idx), suspended_idx) AS suspended_by,
    EXISTS (SELECT 1 FROM enrolments WHERE enrolments.organisation = standings.organisation) AS signs
FROM standings
"""
ADOPTED = "SELECT idx, record FROM entries WHERE type IN (?, ?) AND standing = '' ORDER BY idx"


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
    db.execute("UPDATE misconduct SET last_idx = ? WHERE last_idx = ?", (correction, corrected))
    db.execute("UPDATE standings SET screened_idx = ? WHERE screened_idx = ?", (correction, corrected))


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
    db.execute(f"INSERT OR REPLACE INTO standings VALUES ({','.join('?' * len(row))})", row)  # noqa: S608


def _fold_misconduct(db: sqlite3.Connection, fact: Fact) -> None:
    concluded = fact.chain.last(MisconductConcluded)
    founded = concluded if concluded and concluded[2].finding == "founded" else None
    row = (
        fact.reference, fact.chain.indices[0], fact.record.first(MisconductReported).category, fact.record.state,
        fact.index, founded and founded[0], founded and founded[2].organisation,
    )  # fmt: skip
    db.execute("INSERT OR REPLACE INTO misconduct VALUES (?, ?, ?, ?, ?, ?, ?)", row)


def rules(db: sqlite3.Connection) -> ConductRules | None:
    """The conduct rules in force; None before the ledger is opened."""
    row = db.execute("SELECT version, idx FROM conduct_rules ORDER BY idx DESC LIMIT 1").fetchone()
    return None if row is None else ConductRules(row[0], row[1])


def standings(db: sqlite3.Connection) -> tuple[Standing, ...]:
    """Every registered organisation, in the order of registration."""
    names = Names(db)
    return tuple(_standing(row, names) for row in db.execute(f"{STANDINGS} ORDER BY idx"))


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
    in_force, rows = rules(db), standings(db)
    version = in_force.version if in_force else ""
    good = [row for row in rows if row.undertook and row.undertook[0] == version]
    reports = db.execute("SELECT idx, last_idx, state FROM misconduct").fetchall()
    by_state = {
        state: number(row["last_idx"] for row in reports if row["state"] == state)
        for state in ("reported", "forwarded", "founded", "unfounded")
    }
    return ConductTotals(
        undertook=number(row.undertook[2] for row in good if row.undertook),
        waiting=number(row.index for row in rows if row.signs and row not in good),
        screened=number(row.screened[3] for row in rows if row.screened and row.screened[1] == "clear"),
        listed=number(row.screened[3] for row in rows if row.screened and row.screened[1] != "clear"),
        suspended=number(row.suspended_index for row in rows if row.suspended_index is not None),
        reports=number(row["idx"] for row in reports),
        **by_state,
    )


def category_count(db: sqlite3.Connection, category: str) -> Figure:
    """Reports of one category, whatever became of them."""
    return number(row[0] for row in db.execute("SELECT idx FROM misconduct WHERE category = ?", (category,)))


def findings(db: sqlite3.Connection, *, organisation: str | None = None) -> tuple[Finding, ...]:
    """Founded conclusions, newest first; all, or those about one organisation."""
    sql = "SELECT misconduct FROM misconduct WHERE founded_idx IS NOT NULL AND IFNULL(?1, organisation) IS organisation"
    rows = db.execute(f"{sql} ORDER BY founded_idx DESC", (organisation,))
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


def adopted(db: sqlite3.Connection) -> tuple[Adopted, ...]:
    """Management rules of programmes and organisations, oldest first."""
    names = Names(db)
    found = []
    for index, record in db.execute(ADOPTED, (ProgrammeRuleAdopted.TYPE, OrganisationRulesAdopted.TYPE)).fetchall():
        chain = existing_chain(db, record)
        events: list[tuple[int, date, Event]] = chain.each(Event)
        on, event = next((day, event) for at, day, event in events if at == index)
        assert isinstance(event, ProgrammeRuleAdopted | OrganisationRulesAdopted)
        found.append(Adopted(event.title, names(record), on, index))
    return tuple(found)
