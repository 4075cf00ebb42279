"""The teams: who formed them, how many members they have now, and what they do."""

import sqlite3
from datetime import date

from ledger.domain.team import TeamChanged, TeamFormed
from projections.audit_trail import chain_rows
from projections.counted import by_subject
from projections.deliveries import deliveries
from projections.facts import Fact
from projections.names import Names
from projections.records import existing_chain
from projections.rows import Team, TeamPage

SCHEMA = """
CREATE TABLE teams (
    team TEXT PRIMARY KEY, idx INTEGER NOT NULL, team_kind TEXT NOT NULL, programme TEXT NOT NULL, project TEXT,
    organisation TEXT NOT NULL, formed_on TEXT NOT NULL, members INTEGER NOT NULL, members_idx INTEGER NOT NULL,
    state TEXT NOT NULL
);
CREATE INDEX teams_in_order ON teams (idx);
CREATE INDEX teams_by_project ON teams (project);
CREATE INDEX teams_by_organisation ON teams (organisation);
"""


def fold(db: sqlite3.Connection, fact: Fact) -> None:
    """Notes a team, its changes and its end."""
    match fact.event:
        case TeamFormed() as event:
            row = (fact.reference, fact.index, event.team_kind, event.programme, event.project, event.organisation)
            more = (fact.day, event.members, fact.index, fact.record.state)
            db.execute("INSERT INTO teams VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", (*row, *more))
        case TeamChanged() as event:
            sql = "UPDATE teams SET members = ?, members_idx = ? WHERE team = ?"
            db.execute(sql, (event.members, fact.index, fact.reference))
        case _ if fact.payload.kind == "team":
            db.execute("UPDATE teams SET state = ? WHERE team = ?", (fact.record.state, fact.reference))


def forget(db: sqlite3.Connection, record: str) -> None:
    """Takes out what a record's entries had put in, to be folded again as they stand now."""
    db.execute("DELETE FROM teams WHERE team = ?", (record,))


def team_counts(db: sqlite3.Connection) -> dict[tuple[str, str], int]:
    """How many teams there are, by kind and state."""
    rows = by_subject(db, "teams").items()
    return {(of.partition("~")[0], of.partition("~")[2]): found.value for of, found in rows}


def teams(db: sqlite3.Connection, *, start: int = 0, size: int = -1, **within: str) -> tuple[Team, ...]:
    """Teams by ``team``, ``team_kind``, ``project`` or ``organisation``, in the order of the log.

    ``start`` leaves out so many, ``size`` gives at most so many.
    """
    names = Names(db)
    clauses = " AND ".join(f"{name} = ?" for name in within)
    sql = f"SELECT * FROM teams {clauses and 'WHERE'} {clauses} ORDER BY idx LIMIT ? OFFSET ?"  # noqa: S608  (constant names)
    return tuple(
        Team(
            team=names(row["team"]),
            team_kind=row["team_kind"],
            organisation=names(row["organisation"]),
            project=names.maybe(row["project"]),
            members=row["members"],
            members_index=row["members_idx"],
            state=row["state"],
            formed_on=date.fromisoformat(row["formed_on"]),
            index=row["idx"],
        )
        for row in db.execute(sql, (*within.values(), size, start)).fetchall()
    )


def team_page(db: sqlite3.Connection, reference: str) -> TeamPage:
    """One team. Raises NotFoundError."""
    _, _, formed = existing_chain(db, reference).first(TeamFormed)
    return TeamPage(
        team=teams(db, team=reference)[0],
        programme=Names(db)(formed.programme),
        deliveries=deliveries(db, team=reference),
        chain=chain_rows(db, reference),
    )
