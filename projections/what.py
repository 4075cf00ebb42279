"""What is done: the register of projects, and the programme with its plans and obligations."""

import json
import sqlite3
from collections.abc import Iterable, Mapping
from datetime import date

from ledger.domain.programme import ProgrammeLaunched, ProgrammeObligationSet, ProgrammeOpened
from ledger.domain.project import MODES, ProjectApproved, ProjectOpening, deliverers_of, opening_of
from ledger.domain.values import Label
from ledger.errors import NotFoundError
from projections.counted import by_subject, figure, numbered, put_row
from projections.facts import Fact
from projections.names import Names
from projections.records import Chain, existing_chain
from projections.rows import Figure, Named, Obligation, Phase, Plan, Programme, Project

SCHEMA = """
CREATE TABLE projects (
    project TEXT PRIMARY KEY, programme TEXT NOT NULL, mode TEXT NOT NULL, plan TEXT NOT NULL, also TEXT NOT NULL,
    state TEXT NOT NULL, budget_fen INTEGER NOT NULL, starts_on TEXT NOT NULL, ends_on TEXT NOT NULL,
    idx INTEGER NOT NULL, opened_on TEXT NOT NULL, last_idx INTEGER NOT NULL
);
CREATE INDEX projects_in_order ON projects (idx);
CREATE INDEX projects_by_plan ON projects (plan, idx);
CREATE INDEX projects_by_state ON projects (state, ends_on);
CREATE INDEX projects_by_start ON projects (starts_on);
CREATE INDEX projects_by_end ON projects (ends_on);
CREATE TABLE project_places (project TEXT NOT NULL, position INTEGER NOT NULL, place TEXT NOT NULL,
    PRIMARY KEY (project, position)) WITHOUT ROWID;
CREATE INDEX project_places_by_place ON project_places (place);
CREATE TABLE project_organisations (project TEXT NOT NULL, position INTEGER NOT NULL, organisation TEXT NOT NULL,
    PRIMARY KEY (project, position)) WITHOUT ROWID;
CREATE INDEX project_organisations_by_organisation ON project_organisations (organisation);
CREATE TABLE programmes (programme TEXT PRIMARY KEY, idx INTEGER NOT NULL);
"""
OVERRUN = ("started", "approved")


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


FILTERS = {
    "state": "state = ?",
    "plan": "? IN (SELECT plan UNION SELECT value FROM json_each(also))",
    "mode": "mode = ?",
    "organisation": "project IN (SELECT project FROM project_organisations WHERE organisation = ?)",
    "year": "? BETWEEN substr(starts_on, 1, 4) AND substr(ends_on, 1, 4)",
}
MOST_COUNTED = 10_000


def projects(
    db: sqlite3.Connection,
    *,
    state: str | None = None,
    plan: str | None = None,
    mode: str | None = None,
    organisation: str | None = None,
) -> tuple[Project, ...]:
    """The register, in the order of the log. ``plan`` also finds projects that serve it besides their own."""
    given = {"state": state, "plan": plan, "mode": mode, "organisation": organisation}
    return register(db, {name: value for name, value in given.items() if value is not None})


def register(
    db: sqlite3.Connection, chosen: Mapping[str, str], *, start: int = 0, size: int = -1
) -> tuple[Project, ...]:
    """The same by ``state``, ``plan``, ``mode``, ``organisation`` and ``year``: ``size`` of them after ``start``."""
    return _select(db, {FILTERS[name]: value for name, value in chosen.items()}, start=start, size=size)


def register_count(db: sqlite3.Connection, chosen: Mapping[str, str]) -> int:
    """How many ``register`` finds; no more than MOST_COUNTED are counted while somebody waits."""
    if not chosen:
        return len(project_count(db).entries)
    where = " AND ".join(FILTERS[name] for name in chosen)
    sql = f"SELECT COUNT(*) FROM (SELECT 1 FROM projects WHERE {where} LIMIT {MOST_COUNTED})"  # noqa: S608
    return int(db.execute(sql, tuple(chosen.values())).fetchone()[0])


def projects_at(db: sqlite3.Connection, place: str, *, size: int = -1) -> tuple[Project, ...]:
    """Projects at a place or below it, at most ``size``."""
    within = (
        "idx IN (SELECT idx FROM counted WHERE figure = 'place.projects_within' AND subject = ? ORDER BY idx LIMIT {})"
    )
    return _select(db, {within.format(int(size)): place})


def project(db: sqlite3.Connection, reference: str) -> Project:
    """One project. Raises NotFoundError."""
    existing_chain(db, reference)
    found = _select(db, {"project = ?": reference})
    if not found:
        raise NotFoundError(f"项目{reference[:60]}已经作废。", f"The project {reference[:60]} was voided.")
    return found[0]


def counts_by_state(db: sqlite3.Connection) -> dict[str, Figure]:
    """Projects by state, each with the index of its first entry."""
    return by_subject(db, "projects.state")


def project_count(db: sqlite3.Connection) -> Figure:
    """All projects."""
    return numbered(db, "projects.all")


def overrun(db: sqlite3.Connection, as_of: date, *, size: int) -> tuple[int, tuple[Named, ...]]:
    """How many are past their planned end and not completed, and the names of the first ``size`` of them."""
    day, names = as_of.isoformat(), Names(db)
    counted = "SELECT TOTAL(entries) FROM sums WHERE figure = 'projects.end' AND subject >= ? AND subject < ?"
    sql = "SELECT project, ends_on FROM projects WHERE state = ? AND ends_on < ? ORDER BY ends_on LIMIT ?"
    count = sum(int(db.execute(counted, (f"{state}~", f"{state}~{day}")).fetchone()[0]) for state in OVERRUN)
    found = [tuple(row) for state in OVERRUN for row in db.execute(sql, (state, day, size))]
    return count, tuple(names(row[0]) for row in sorted(found, key=lambda row: row[1])[:size])


def carried_out_by(db: sqlite3.Connection, *, size: int) -> tuple[Named, ...]:
    """Organisations that carry out projects, at most ``size``."""
    names = Names(db)
    sql = "SELECT subject FROM sums WHERE figure = 'projects.organisation' ORDER BY subject LIMIT ?"
    return tuple(names(row[0]) for row in db.execute(sql, (size,)).fetchall())


def years(db: sqlite3.Connection) -> range:
    """From the first year in which a project starts to the last in which one ends."""
    first, last = db.execute(
        "SELECT (SELECT MIN(starts_on) FROM projects), (SELECT MAX(ends_on) FROM projects)"
    ).fetchone()
    return range(int(first[:4]), int(last[:4]) + 1) if first else range(0)


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
    return tuple(
        Plan(
            code=plan.code,
            title=Label(plan.title, plan.title_en),
            aliases=tuple(plan.aliases or ()),
            services=tuple(plan.services),
            unspecified=bool(plan.unspecified),
            projects=numbered(db, "projects.plan", f"{reference}~{plan.code}"),
        )
        for plan in opened.plans
    )


def _obligations(chain: Chain) -> tuple[Obligation, ...]:
    return tuple(
        Obligation(event.code, event.title, event.plan, event.per, event.floor, event.most, index)
        for index, _, event in chain.each(ProgrammeObligationSet)
    )


def _select(
    db: sqlite3.Connection, conditions: dict[str, str], *, start: int = 0, size: int = -1
) -> tuple[Project, ...]:
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    sql = f"SELECT * FROM projects {where} ORDER BY idx LIMIT ? OFFSET ?"  # noqa: S608  (constant clauses)
    found = db.execute(sql, (*conditions.values(), size, start)).fetchall()
    names = Names(db)
    return tuple(
        Project(
            project=names(row["project"]),
            programme=row["programme"],
            mode=row["mode"],
            plan=row["plan"],
            also=tuple(json.loads(row["also"])),
            state=row["state"],
            places=_list(db, "place", row["project"], names),
            organisations=_list(db, "organisation", row["project"], names),
            budget_fen=row["budget_fen"],
            starts_on=date.fromisoformat(row["starts_on"]),
            ends_on=date.fromisoformat(row["ends_on"]),
            index=row["idx"],
            opened_on=date.fromisoformat(row["opened_on"]),
            last_index=row["last_idx"],
            allocated_fen=figure(db, "project.allocated", row["project"]),
            paid_fen=figure(db, "project.paid", row["project"]),
        )
        for row in found
    )


def _list(db: sqlite3.Connection, column: str, project: str, names: Names) -> tuple[Named, ...]:
    sql = f"SELECT {column} FROM project_{column}s WHERE project = ? ORDER BY position"  # noqa: S608  (two names)
    return tuple(names(row[0]) for row in db.execute(sql, (project,)).fetchall())
