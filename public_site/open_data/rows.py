"""Rows of the open tables that the projections put together, one at a time: (entry index, record, values)."""

import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any

from projections import batches, effect, needs, things, voice, what, where
from projections.deliveries import deliveries
from projections.disclosure_score import score_of
from projections.works import award_of, renovation_of

REGISTERED = "FROM entries WHERE type = 'organisation.registered' AND standing <> 'voided'"


def organisations_rows(db: sqlite3.Connection) -> Iterator[Sequence[Any]]:
    """Organisations as they are registered now."""
    for index, reference in db.execute(f"SELECT idx, record {REGISTERED} ORDER BY idx").fetchall():
        it = things.organisation_of(db, reference)
        undertook, screened = it.undertook or ("", None, None), it.screened or ("", "", None, None)
        codes = (it.kind, it.roles, it.state, undertook[0], undertook[1], screened[1], screened[2])
        yield index, reference, it.organisation.zh, it.aliases, it.credit_code, *codes


def projects_rows(db: sqlite3.Connection) -> Iterator[Sequence[Any]]:
    """Projects, what was allocated to them and paid."""
    for it in what.projects(db):
        where_, who = [place.reference for place in it.places], [each.reference for each in it.organisations]
        money = (it.budget_fen, it.allocated_fen.value, it.paid_fen.value)
        days = (it.opened_on, it.starts_on, it.ends_on)
        named = (it.project.zh, it.programme, it.plan, it.also, it.mode, it.state)
        yield it.index, it.project.reference, *named, where_, who, *days, *money


def awards_rows(db: sqlite3.Connection) -> Iterator[Sequence[Any]]:
    """Scholarship rounds."""
    for reference in _records(db, "award"):
        it = award_of(db, reference)
        batch = (it.batch.group, it.batch.count) if it.batch else (None, None)
        schools = [school.reference for school in it.schools]
        money = (it.amount_each_fen, it.total_fen, it.paid.value)
        yield (
            *(it.index, reference, it.project.reference, it.state, it.term, schools),
            *(it.notice_from, it.notice_to, *batch, *money),
        )


def renovations_rows(db: sqlite3.Connection) -> Iterator[Sequence[Any]]:
    """Batches of works."""
    for reference in _records(db, "renovation"):
        it = renovation_of(db, reference)
        batch = (it.batch.group, it.batch.count) if it.batch else (None, None)
        who = (it.organisation.reference, it.accepted_by and it.accepted_by.reference)
        places = [place.reference for place in it.places]
        yield (
            *(it.index, reference, it.project.reference, it.category, it.state, who[0], places, it.units),
            *(it.units_done, who[1], it.accepted_index, *batch, it.budget_fen, it.cost_fen, it.paid.value),
        )


def _records(db: sqlite3.Connection, kind: str) -> list[str]:
    """Records of a kind that were not voided whole, in the order of the log."""
    sql = "SELECT record FROM entries WHERE kind = ? AND version = 1 AND standing <> 'voided' ORDER BY idx"
    return [row[0] for row in db.execute(sql, (kind,)).fetchall()]


def deliveries_rows(db: sqlite3.Connection) -> Iterator[Sequence[Any]]:
    """Companionships, trainings and services."""
    for it in deliveries(db):
        sums = [it.figures[name].value if name in it.figures else None for name in ("done", "hours", "value")]
        who = (it.project.reference, it.organisation.reference)
        yield it.index, it.delivery.reference, it.kind, *who, it.state, it.people.value, *sums


def needs_rows(db: sqlite3.Connection) -> Iterator[Sequence[Any]]:
    """Needs."""
    for it in needs.needs(db):
        project, met_by = (each and each.reference for each in (it.project, it.met_by))
        moved = (it.verified_index, it.priority_index, it.matched_index, it.met_index, it.withdrawn_index)
        of = (it.need.zh, it.place.reference, it.category, it.count, it.unit, it.group)
        yield it.index, it.need.reference, *of, it.stage, it.reported_on, it.waited_days, project, met_by, *moved


def indicators_rows(db: sqlite3.Connection) -> Iterator[Sequence[Any]]:
    """Indicators."""
    for it in effect.indicators(db):
        of = (it.indicator.zh, it.about.reference, it.plan, it.unit, it.method, it.outcome)
        measures = [(each.value, each.on) if each else (None, None) for each in (it.baseline, it.target, it.actual)]
        by = it.measured_by and it.measured_by.reference
        yield it.index, it.indicator.reference, *of, *(cell for pair in measures for cell in pair), by, it.why_missed


def places_rows(db: sqlite3.Connection) -> Iterator[Sequence[Any]]:
    """Places."""
    for it in where.places(db):
        of = (it.place.zh, it.code, it.level, it.parent and it.parent.reference, it.aliases, it.priority)
        here = (it.activities.value, it.works.value, it.paid_fen.value)
        yield it.index, it.place.reference, *of, *here, it.activities_within.value, it.paid_within_fen.value


def batches_rows(db: sqlite3.Connection) -> Iterator[Sequence[Any]]:
    """Batches of people."""
    for it in batches.every(db):
        of = (it.record.reference, it.project and it.project.reference, it.plan or None)
        yield it.index, "", *of, it.group, it.count, it.place.reference, it.starts_on, it.ends_on, it.counts


def voices_rows(db: sqlite3.Connection) -> Iterator[Sequence[Any]]:
    """Problems and questions."""
    for it in sorted(voice.voices(db), key=lambda each: each.index):
        about = it.about.reference if it.about else None
        of = (it.kind, it.category, about, it.page, it.raised_on, it.state, it.answered_index)
        yield it.index, it.voice.reference, *of, it.days, len(it.reopened)


def scores_rows(db: sqlite3.Connection) -> Iterator[Sequence[Any]]:
    """Scores of organisations and projects."""
    sql = f"SELECT idx, record {REGISTERED} UNION ALL SELECT idx, project FROM projects ORDER BY 1"  # noqa: S608
    for index, reference in db.execute(sql).fetchall():
        it = score_of(db, reference)
        parts = (got for _, got, _ in it.parts)
        yield index, reference, reference, it.points, it.grade, it.applicable, *parts
