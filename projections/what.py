"""What is done: the register of projects, and the programme with its plans and obligations."""

import json
import sqlite3
from collections.abc import Iterable
from datetime import date

from ledger.domain.programme import ProgrammeLaunched, ProgrammeObligationSet, ProgrammeOpened
from ledger.domain.project import MODES, ProjectApproved, ProjectOpening, deliverers_of, opening_of
from ledger.domain.values import Label
from ledger.errors import NotFoundError
from projections.counted import put_row
from projections.facts import Fact
from projections.figures import NOTHING, grouped, number
from projections.names import Names
from projections.records import Chain, existing_chain
from projections.rows import Figure, Obligation, Phase, Plan, Programme, Project

SCHEMA = """
CREATE TABLE projects (
    project TEXT PRIMARY KEY, programme TEXT NOT NULL, mode TEXT NOT NULL, plan TEXT NOT NULL, also TEXT NOT NULL,
    state TEXT NOT NULL, budget_fen INTEGER NOT NULL, starts_on TEXT NOT NULL, ends_on TEXT NOT NULL,
    idx INTEGER NOT NULL, opened_on TEXT NOT NULL, last_idx INTEGER NOT NULL
);
CREATE INDEX projects_by_plan ON projects (plan);
CREATE TABLE project_places (project TEXT NOT NULL, position INTEGER NOT NULL, place TEXT NOT NULL,
    PRIMARY KEY (project, position)) WITHOUT ROWID;
CREATE INDEX project_places_by_place ON project_places (place);
CREATE TABLE project_organisations (project TEXT NOT NULL, position INTEGER NOT NULL, organisation TEXT NOT NULL,
    PRIMARY KEY (project, position)) WITHOUT ROWID;
CREATE INDEX project_organisations_by_organisation ON project_organisations (organisation);
CREATE TABLE programmes (programme TEXT PRIMARY KEY, idx INTEGER NOT NULL);
"""
MOVES = "SELECT idx, fen, what, project FROM moves WHERE form = 'cash' AND project IN (SELECT value FROM json_each(?))"


def fold(db: sqlite3.Connection, fact: Fact) -> None:
    """Brings a project's row up to date; notes the programme."""
    if isinstance(fact.event, ProgrammeOpened):
        db.execute("INSERT INTO programmes VALUES (?, ?)", (fact.reference, fact.index))
    elif fact.payload.kind == "project":
        _fold_project(db, fact)


def forget(db: sqlite3.Connection, record: str) -> None:
    """Takes out what a record's entries had put in, to be folded again as they stand now."""
    for table in ("projects", "project_places", "project_organisations"):
        db.execute(f"DELETE FROM {table} WHERE project = ?", (record,))  # noqa: S608  (three constant names)
    db.execute("DELETE FROM programmes WHERE programme = ?", (record,))


def _fold_project(db: sqlite3.Connection, fact: Fact) -> None:
    record, opening = fact.record, opening_of(fact.record)
    approved = record.last(ProjectApproved)
    index, opened_on, _ = fact.chain.first(ProjectOpening)
    put_row(
        db,
        "projects",
        (
            fact.reference, opening.programme, opening.TYPE.partition(".")[2], opening.plan,
            json.dumps(opening.also or []), record.state, (approved or opening).budget_fen,
            opening.starts_on.isoformat(), opening.ends_on.isoformat(), index, opened_on.isoformat(), fact.index,
        ),
    )  # fmt: skip
    if record.version == 1:
        _put_list(db, "project_places", fact.reference, opening.places)
    _put_list(db, "project_organisations", fact.reference, deliverers_of(record))


def _put_list(db: sqlite3.Connection, table: str, project: str, items: Iterable[str]) -> None:
    rows = [(project, position, item) for position, item in enumerate(items)]
    db.execute(f"DELETE FROM {table} WHERE project = ?", (project,))  # noqa: S608  (two constant names)
    db.executemany(f"INSERT INTO {table} VALUES (?, ?, ?)", rows)  # noqa: S608  (two constant names)


def projects(
    db: sqlite3.Connection,
    *,
    state: str | None = None,
    plan: str | None = None,
    mode: str | None = None,
    organisation: str | None = None,
) -> tuple[Project, ...]:
    """The register, in the order of the log. ``plan`` also finds projects that serve it besides their own."""
    conditions = {
        "state = ?": state,
        "? IN (SELECT plan UNION SELECT value FROM json_each(also))": plan,
        "mode = ?": mode,
        "project IN (SELECT project FROM project_organisations WHERE organisation = ?)": organisation,
    }
    return _select(db, {clause: value for clause, value in conditions.items() if value is not None})


def projects_at(db: sqlite3.Connection, place: str) -> tuple[Project, ...]:
    """Projects at a place or below it."""
    within = "project IN (SELECT project FROM project_places JOIN place_within USING (place) WHERE ancestor = ?)"
    return _select(db, {within: place})


def project(db: sqlite3.Connection, reference: str) -> Project:
    """One project. Raises NotFoundError."""
    existing_chain(db, reference)
    found = _select(db, {"project = ?": reference})
    if not found:
        raise NotFoundError(f"项目{reference[:60]}已经作废。", f"The project {reference[:60]} was voided.")
    return found[0]


def counts_by_state(db: sqlite3.Connection) -> dict[str, Figure]:
    """Projects by state, each with the index of its first entry."""
    rows = db.execute("SELECT idx, 1, state FROM projects")
    return grouped(rows, lambda row: str(row[2]))


def modes() -> dict[str, Label]:
    """The three modes of taking part and what they are called."""
    return dict(MODES)


def programmes(db: sqlite3.Connection) -> tuple[Programme, ...]:
    """Every programme, oldest first."""
    found = db.execute("SELECT programme FROM programmes ORDER BY idx").fetchall()
    return tuple(programme(db, row[0]) for row in found)


def programme(db: sqlite3.Connection, reference: str) -> Programme:
    """The programme as opened, with its obligations and launch. Raises NotFoundError."""
    chain, names = existing_chain(db, reference), Names(db)
    index, _, opened = chain.first(ProgrammeOpened)
    launch = chain.last(ProgrammeLaunched)
    return Programme(
        programme=names(reference),
        full_title=opened.full_title,
        aliases=tuple(opened.aliases or ()),
        basis=tuple(opened.basis),
        area=tuple(map(names, opened.area)),
        starts_on=opened.starts_on,
        ends_on=opened.ends_on,
        state=chain.record.state,
        phases=tuple(Phase(phase.code, phase.title, phase.starts_on, phase.ends_on) for phase in opened.phases),
        plans=_plans(db, reference, opened),
        service_types=tuple((item.code, Label(item.title, item.title_en)) for item in opened.service_types),
        outcomes=tuple(opened.outcomes),
        participants=tuple((names(item.organisation), item.role) for item in opened.participants),
        obligations=_obligations(chain),
        launch=None if launch is None else (names(launch[2].venue), launch[1], launch[0]),
        index=index,
    )


def plan_titles(db: sqlite3.Connection) -> dict[str, Label]:
    """What each plan is called, by its code, over all programmes."""
    return {plan.code: plan.title for item in programmes(db) for plan in item.plans}


def _plans(db: sqlite3.Connection, reference: str, opened: ProgrammeOpened) -> tuple[Plan, ...]:
    rows = db.execute("SELECT idx, plan FROM projects WHERE programme = ?", (reference,)).fetchall()
    return tuple(
        Plan(
            code=plan.code,
            title=Label(plan.title, plan.title_en),
            aliases=tuple(plan.aliases or ()),
            services=tuple(plan.services),
            unspecified=bool(plan.unspecified),
            projects=number(row["idx"] for row in rows if row["plan"] == plan.code),
        )
        for plan in opened.plans
    )


def _obligations(chain: Chain) -> tuple[Obligation, ...]:
    return tuple(
        Obligation(event.code, event.title, event.plan, event.per, event.floor, event.most, index)
        for index, _, event in chain.each(ProgrammeObligationSet)
    )


def _select(db: sqlite3.Connection, conditions: dict[str, str]) -> tuple[Project, ...]:
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    sql = f"SELECT * FROM projects {where} ORDER BY idx"  # noqa: S608  (constant clauses)
    found = db.execute(sql, tuple(conditions.values())).fetchall()
    these = json.dumps([row["project"] for row in found])
    moves = grouped(db.execute(MOVES, (these,)), lambda row: (row[2], row[3]))
    names = Names(db)
    places, organisations = _lists(db, "project_places"), _lists(db, "project_organisations")
    return tuple(
        Project(
            project=names(row["project"]),
            programme=row["programme"],
            mode=row["mode"],
            plan=row["plan"],
            also=tuple(json.loads(row["also"])),
            state=row["state"],
            places=tuple(map(names, places.get(row["project"], ()))),
            organisations=tuple(map(names, organisations.get(row["project"], ()))),
            budget_fen=row["budget_fen"],
            starts_on=date.fromisoformat(row["starts_on"]),
            ends_on=date.fromisoformat(row["ends_on"]),
            index=row["idx"],
            opened_on=date.fromisoformat(row["opened_on"]),
            last_index=row["last_idx"],
            allocated_fen=moves.get(("allocated", row["project"]), NOTHING),
            paid_fen=moves.get(("paid", row["project"]), NOTHING),
        )
        for row in found
    )


def _lists(db: sqlite3.Connection, table: str) -> dict[str, list[str]]:
    lists: dict[str, list[str]] = {}
    for reference, _, item in db.execute(f"SELECT * FROM {table} ORDER BY 1, 2"):  # noqa: S608  (two constant names)
        lists.setdefault(reference, []).append(item)
    return lists
