"""Where, what, whom and effect."""

import sqlite3
from typing import Any

from projections import batches, effect, what, where, whom
from projections.rows import Figure
from tests.projections.book import Book


def test_a_revoked_award_and_works_not_accepted_help_nobody_yet(db: sqlite3.Connection, book: Book) -> None:
    children, families = whom.people_by_group(db)
    granted = [i for i in book.find("award.granted") if book.payloads[i]["record"] == book.ref("award", "spring")]
    assert (children.group, children.count) == ("child", Figure(10, tuple(granted)))
    assert children.batches == Figure(1, tuple(granted))
    beds = (*book.find("renovation.completed", units=15), *book.find("renovation.accepted", units=15))
    assert (families.group, families.count) == ("family", Figure(15, beds))
    assert [(batch.group, batch.count, batch.counts) for batch in batches.every(db)] == [
        ("family", 13, False),
        ("family", 15, True),
        ("child", 10, True),
        ("child", 11, False),
    ]


def test_people_are_counted_by_group_plan_and_year(db: sqlite3.Connection) -> None:
    assert [(row.group, row.plan, row.year, row.count.value) for row in whom.people_counts(db)] == [
        ("child", "tongmeng", 2023, 10),
        ("family", "tongmeng", 2023, 15),
    ]


def test_an_institution_is_named_with_its_accepted_works(db: sqlite3.Connection, book: Book) -> None:
    (school,) = whom.institutions(db)
    assert school.place.zh == "示例school"
    assert school.works.value == 1
    assert set(school.works.entries) == {
        *book.find("renovation.approved", title="灯"),
        *book.find("renovation.accepted", units=3),
    }


def test_activities_are_counted_where_they_happened(db: sqlite3.Connection, book: Book) -> None:
    found = {place.code: place.activities.value for place in where.places(db)}
    assert found == {"code-town": 1, "code-east": 2, "code-west": 2, "code-school": 4}
    totals = where.totals(db)
    assert (totals.villages.value, totals.schools.value, totals.activities.value) == (2, 1, 7)
    done = {*book.find("programme.launched"), *book.find("award.granted"), *book.find("renovation.completed")}
    assert set(totals.activities.entries) == done
    assert list(totals.unplaced.entries) == book.find("project.offered")


def test_the_register_is_filtered_by_state_plan_mode_and_organisation(db: sqlite3.Connection, book: Book) -> None:
    def titles(**wanted: Any) -> list[str]:
        return [row.project.zh for row in what.projects(db, **wanted)]

    assert titles() == ["照明", "居家", "服务"]
    assert titles(state="cancelled") == ["服务"]
    assert titles(plan="tongmeng") == ["照明", "居家"], "the first serves it besides its own plan"
    assert titles(mode="proposed") == ["居家"]
    assert titles(organisation=book.ref("organisation", "fund")) == ["照明"]
    lamps = what.project(db, book.ref("project", "lamps"))
    assert (lamps.plan, lamps.budget_fen, lamps.state) == ("shengji", 1_200_000, "completed")
    assert {state: figure.value for state, figure in what.counts_by_state(db).items()} == {
        "completed": 1,
        "proposed": 1,
        "cancelled": 1,
    }


def test_the_programme_shows_aliases_what_the_plan_leaves_open_and_its_obligations(db: sqlite3.Connection) -> None:
    (programme,) = what.programmes(db)
    plans = {plan.code: plan for plan in programme.plans}
    assert plans["zhiban"].aliases == ("职梦计划",)
    assert plans["shengji"].unspecified
    assert not plans["tongmeng"].unspecified
    assert [(item.code, item.per, item.floor) for item in programme.obligations] == [("training", "year", 2)]
    assert programme.launch is not None
    assert programme.launch[0].zh == "示例school"


def test_missed_indicators_come_first_with_the_reason(db: sqlite3.Connection, book: Book) -> None:
    found = effect.indicators(db)
    assert [row.outcome for row in found] == ["missed", "defined", "met"]
    assert found[0].why_missed == "人手不足"
    assert found[0].actual is not None
    assert (found[0].actual.value, found[0].plan) == ("9", "shengji")
    totals = effect.totals(db)
    assert (totals.all.value, totals.met.value, totals.missed.value, totals.unmeasured.value) == (3, 1, 1, 1)
    assert list(totals.missed.entries) == book.find("indicator.measured", value="9")
