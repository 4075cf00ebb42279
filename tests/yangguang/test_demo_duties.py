"""What the demonstration shows of duties: mostly met in time, some late, five overdue at the end and seven due soon."""

import sqlite3
from collections import Counter
from collections.abc import Iterator
from datetime import date

import pytest

from ledger.domain.organisation import OrganisationReported
from ledger.domain.project import ProjectSettled
from ledger.publishing.publisher import Publisher
from projections.disclosure_score import score_of
from projections.duties.calendar import now
from projections.duties.reading import Asked, duties
from projections.rows import Duty
from projections.runner import Runner
from projections.source import LogFolderSource
from projections.views import Views
from tests.yangguang.demonstration import Demonstration


@pytest.fixture(scope="module")
def db(demonstration: Demonstration, tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    folder, ledger = tmp_path_factory.mktemp("views"), demonstration.ledger
    Publisher(ledger.store, folder / "log", vkey=ledger.settings.vkey).publish()
    runner, views = Runner(folder / "views.db", LogFolderSource(folder / "log")), Views(folder / "views.db")
    runner.run_once()
    with views.reading() as found:
        yield found
    views.close()
    runner.close()


def in_state(db: sqlite3.Connection, state: str) -> tuple[Duty, ...]:
    return duties(db, state, Asked(now(db)))


def kinds(found: tuple[Duty, ...]) -> Counter[str]:
    return Counter(duty.rule.code for duty in found)


def test_five_things_are_overdue_at_the_end(db: sqlite3.Connection) -> None:
    assert now(db) == date(2025, 3, 31)
    overdue = in_state(db, "overdue")
    assert kinds(overdue) == {"receipt": 2, "project_progress": 1, "project_close": 1, "problem": 1}
    by_project = {duty.rule.code: (duty.about.zh, str(duty.due_on), duty.days) for duty in overdue}
    assert by_project["project_close"] == ("优秀学生奖学金", "2025-03-16", 15)
    assert by_project["project_progress"] == ("乡村美育课", "2025-03-11", 20)


def test_reports_of_2024_and_the_surplus_are_due_soon(db: sqlite3.Connection) -> None:
    soon = in_state(db, "soon")
    assert kinds(soon) == {
        "annual_report": 2, "receipt": 1, "project_progress": 1, "surplus": 1, "question": 1, "problem": 1,
    }  # fmt: skip
    days = {(duty.rule.code, str(duty.due_on), duty.days) for duty in soon}
    assert {("annual_report", "2025-05-31", 61), ("surplus", "2025-06-28", 89)} <= days


def test_two_of_eleven_disclosures_of_money_and_two_of_three_reviews_were_late(db: sqlite3.Connection) -> None:
    met, late = kinds(in_state(db, "met")), kinds(in_state(db, "late"))
    assert (met["programme_money"], late["programme_money"]) == (11, 2)
    assert (met["annual_review"], late["annual_review"]) == (3, 2)
    reviews = [(duty.title.zh, duty.days) for duty in in_state(db, "late") if duty.rule.code == "annual_review"]
    assert sorted(reviews) == [("2022年度总结", 12), ("2023年度总结", 17)]


def test_all_five_questions_were_answered_on_the_last_day_for_it(db: sqlite3.Connection) -> None:
    whole = [duty for duty in in_state(db, "met") if duty.rule.code == "programme_whole"]
    assert len(whole) == 5
    assert {(duty.due_on, duty.met_on, duty.state) for duty in whole} == {
        (date(2025, 3, 31), date(2025, 3, 31), "on_time")
    }


def test_most_is_met_in_time_and_each_kind_of_lateness_occurs(db: sqlite3.Connection) -> None:
    met, late = in_state(db, "met"), in_state(db, "late")
    assert len(met) > 200
    assert 10 < len(late) < len(met) // 8
    assert set(kinds(late)) >= {
        "receipt", "project_progress", "project_close", "annual_report", "annual_review", "programme_money",
    }  # fmt: skip


def test_the_amended_law_decides_from_the_day_it_came_into_force(db: sqlite3.Connection) -> None:
    changed = date(2024, 9, 5)
    for duty in in_state(db, "met"):
        if "慈善法" in duty.rule.source.zh:
            assert ("2023年修正" in duty.rule.source.zh) == (duty.on >= changed), duty


def test_no_body_that_the_plan_names_answers_for_anything(demonstration: Demonstration, db: sqlite3.Connection) -> None:
    real = {demonstration.named("organisation", code).reference for code in ("a1", "a2", "a3", "a5", "a6")}
    held = {row[0] for row in db.execute("SELECT organisation FROM duty_holders")}
    assert held
    assert not held & real


def test_completed_projects_published_a_closing_report_but_for_one(demonstration: Demonstration) -> None:
    records = [record for record in demonstration.records("project").values() if record.state == "completed"]
    uses = Counter(event.surplus_use for record in records for event in record.all(ProjectSettled))
    assert len(records) - sum(uses.values()) == 1
    assert set(uses) == {"none", "similar", "held"}
    assert not demonstration.named("project", "award").all(ProjectSettled)


def test_charities_reported_each_year_and_one_report_was_five_days_late(demonstration: Demonstration) -> None:
    foundation = demonstration.named("organisation", "n3").all(OrganisationReported)
    assert [(event.year, event.audited) for event in foundation] == [(2022, True), (2023, True)]
    days = [past.occurred_on for past in demonstration.named("organisation", "n8").history
            if isinstance(past.event, OrganisationReported)]  # fmt: skip
    assert days == [date(2023, 5, 31), date(2024, 6, 5)]


def test_projects_have_scores_of_several_grades_and_some_have_none(
    demonstration: Demonstration, db: sqlite3.Connection
) -> None:
    grades = Counter(score_of(db, reference).grade for reference in demonstration.records("project"))
    assert set(grades) == {"A+", "A", "B", "C", None}
