"""What is delivered to people: whole batches, sums by measure, the programme's obligations, and what corrections do."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.errors import NotFoundError
from projections import acts, batches, deliveries, obligations, teams, things, threads, what, where, whom
from projections.rows import Figure
from projections.runner import Runner
from projections.views import Views
from tests.projections.book import Book
from tests.projections.delivered import delivered_log


def read(book: Book, path: Path) -> Iterator[sqlite3.Connection]:
    runner, views = Runner(path, book), Views(path)
    runner.run_once(7)
    with views.reading() as connection:
        yield connection
    views.close()
    runner.close()


@pytest.fixture(scope="module")
def log() -> Book:
    return delivered_log()


@pytest.fixture(scope="module")
def db(log: Book, tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    yield from read(log, tmp_path_factory.mktemp("views") / "views.db")


@pytest.fixture(scope="module")
def now(amended: Book, tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    yield from read(amended, tmp_path_factory.mktemp("views") / "views.db")


def test_every_batch_of_any_kind_is_counted_by_group_plan_and_year(db: sqlite3.Connection, log: Book) -> None:
    found = {(row.group, row.plan, row.year): row.count.value for row in whom.people_counts(db)}
    assert found == {
        ("adult", "zhiban", 2023): 13,
        ("child", "tongmeng", 2023): 10,
        ("child", "zhiban", 2023): 25 + 12 + 14,
        ("family", "tongmeng", 2023): 15,
        ("youth16plus", "zhiban", 2023): 20 + 30 + 11 + 10,
    }
    children = next(row for row in whom.people_counts(db) if (row.group, row.plan) == ("child", "zhiban"))
    assert children.batches.value == 3
    assert list(children.count.entries) == [*log.find("companionship.paired"), *log.find("companionship.reported")]


def test_pairings_that_ended_are_no_batch_of_people_helped(db: sqlite3.Connection, log: Book) -> None:
    ended = log.find("companionship.ended")
    assert not [batch for batch in batches.every(db) if batch.index in ended]
    assert deliveries.measured(db, "ended") == Figure(10, tuple(ended))


def test_measures_are_sums_that_lead_to_their_entries(db: sqlite3.Connection, log: Book) -> None:
    by_hand = {
        "sessions": (9, log.find("companionship.reported")),
        "visits": (2, log.find("companionship.visited")),
        "pairs": (25, log.find("companionship.paired")),
        "held": (2, log.find("training.held")),
        "posts": (15, log.find("training.internship_offered")),
        "placed": (10, log.find("training.placed")),
        "served": (1, log.find("service.delivered")),
        "value": (2 * 60_000 + 400_000, log.find("training.held") + log.find("service.delivered")),
    }
    for measure, (value, entries) in by_hand.items():
        assert deliveries.measured(db, measure) == Figure(value, tuple(entries)), measure
    assert deliveries.measured(db, "hours").value == 3 * 9 + 2 * 6 + 3 + 40
    assert deliveries.measured(db, "hours", log.ref("training", "third")) == Figure(0, ())
    east = things.place_page(db, log.ref("place", "east"))
    assert east.visits.value == 2, "the school lies in it"


def test_delivery_shows_its_periods_with_what_where_and_how_many(db: sqlite3.Connection, log: Book) -> None:
    page = acts.delivery_page(db, log.ref("companionship", "pairs"))
    assert [act.type.partition(".")[2] for act in page.acts] == [
        "paired", "reported", "reported", "visited", "visited", "ended",
    ]  # fmt: skip
    report = page.acts[1]
    assert (report.what.zh, report.times, report.hours, report.volunteers) == ("现场，成长咨询、陪伴活动", 4, 12, 6)
    assert report.people == ("child", 12)
    assert report.valuation
    assert (report.valuation.zh, report.value_fen) == ("不折价", None)
    assert page.acts[3].place
    assert page.acts[3].place.zh == "示例school"
    assert page.team
    assert (page.team.zh, page.delivery.people.value) == ("志愿队", 25 + 12 + 14)
    training = acts.delivery_page(db, log.ref("training", "first"))
    assert [(label.zh, value.zh) for label, value in training.facts] == [
        ("集中培训", "是"), ("方式", "现场"), ("计划日期", "2023年6月10日"),
    ]  # fmt: skip
    assert training.acts[0].what.zh == "现场，礼仪，示例lead"
    assert [item.state for item in deliveries.deliveries(db, kind="training")] == [
        "held",
        "held",
        "cancelled",
        "offered",
    ]


def test_teams_show_the_members_they_have_now(db: sqlite3.Connection, log: Book) -> None:
    force, team = teams.teams(db)
    assert (force.state, force.members) == ("disbanded", 12)
    assert (team.members, team.members_index, team.state) == (20, log.find("team.changed")[0], "formed")
    page = teams.team_page(db, log.ref("team", "team"))
    assert [item.delivery.zh for item in page.deliveries] == ["结对陪伴"]
    with pytest.raises(NotFoundError):
        teams.team_page(db, log.ref("team", "never"))


def test_project_counts_its_services_as_delivered_and_they_need_no_acceptance(
    db: sqlite3.Connection, log: Book
) -> None:
    page = threads.project_page(db, log.ref("project", "care"))
    stations = {station.name: station for station in page.stations}
    assert (stations["works"].state, stations["acceptance"].state) == ("partly", "none"), "the project still runs"
    assert {row.type.partition(".")[0] for row in stations["works"].entries} == {"companionship", "training", "service"}
    assert len(page.deliveries) == 6
    assert [team.team.zh for team in page.teams] == ["志愿队"]


def test_services_of_a_completed_project_are_done_and_one_never_held_is_missed(tmp_path: Path) -> None:
    for forgotten, state in ((False, "done"), (True, "partly")):
        log = delivered_log()
        if forgotten:
            data = log.payloads[log.find("training.planned")[0]]["data"]
            log.add("training.planned", "forgotten", {**data, "title": "没有举办"}, by="builder")
        log.add("project.completed", "care", {}, by="builder")
        for db in read(log, tmp_path / f"{state}.db"):
            stations = threads.project_page(db, log.ref("project", "care")).stations
            assert next(station for station in stations if station.name == "works").state == state


def test_organisation_and_places_show_what_was_delivered(db: sqlite3.Connection, log: Book) -> None:
    builder = things.organisation_page(db, log.ref("organisation", "builder"))
    assert (len(builder.deliveries), len(builder.teams)) == (6, 1)
    school = things.place_page(db, log.ref("place", "school"))
    assert school.visits == Figure(2, tuple(log.find("companionship.visited")))
    town = where.place(db, "code-town").activities
    assert town.value == 1 + 9 + 2 + 1 + 1, "furniture, sessions, trainings, a coaching and a service"


def test_obligations_are_counted_from_the_records_by_year(db: sqlite3.Connection, log: Book) -> None:
    (programme,) = what.programmes(db)
    found = obligations.done(db, programme)
    held = log.find("training.held")
    years = {year: figures.all.value for (code, year), figures in found.items() if code == "training"}
    assert years == {2022: 0, 2023: 2, 2024: 0}
    assert found["training", 2023].all.entries == tuple(held)
    halves = [log.payloads[index]["occurred_on"] >= "2023-07-01" for index in held]
    assert found["training", 2023].late.value == sum(halves)


def test_obligations_of_other_kinds_are_counted_where_the_programme_sets_them(tmp_path: Path) -> None:
    log = delivered_log()
    for code, per in (
        ("furniture", "year"),
        ("volunteer_team", "whole"),
        ("priority_school", "whole"),
        ("other", "year"),
    ):
        asked = {"code": code, "title": code, "per": per, "floor": 1}
        log.add("programme.obligation_set", "programme", asked, by="lead")
    for db in read(log, tmp_path / "views.db"):
        (programme,) = what.programmes(db)
        found = obligations.done(db, programme)
        assert found["furniture", 2023].all.entries == tuple(log.find("renovation.accepted", units=15))
        assert found["volunteer_team", None].all.entries == tuple(log.find("team.formed", team_kind="volunteer"))
        assert found["priority_school", None].all == Figure(0, ()), "the school has no priority"
        assert ("other", 2023) not in found, "unknown is not zero"


def test_corrected_report_counts_with_its_new_values_and_leads_to_both_entries(
    now: sqlite3.Connection, amended: Book
) -> None:
    first, second = amended.find("companionship.reported")
    correction = amended.at("companionship.corrected", "pairs")
    assert deliveries.measured(now, "sessions") == Figure(4 + 7, (first, second, correction))
    page = acts.delivery_page(now, amended.ref("companionship", "pairs"))
    assert [(act.people, act.entries) for act in page.acts if act.index == second] == [
        (("child", 24), (second, correction)),
    ]  # fmt: skip
    batch = next(batch for batch in batches.every(now) if batch.index == second)
    assert (batch.count, batch.entries) == (24, (second, correction))
    assert correction in where.place(now, "code-town").activities.entries


def test_training_that_was_voided_counts_for_nothing(now: sqlite3.Connection, amended: Book) -> None:
    assert deliveries.measured(now, "held").value == 1
    (programme,) = what.programmes(now)
    found = obligations.done(now, programme)["training", 2023].all
    assert found == Figure(1, (amended.at("training.held", "first"), amended.at("training.corrected", "first")))
    youth = next(row for row in whom.people_by_group(now) if row.group == "youth16plus")
    assert youth.count.value == 20 + 11 + 10
    assert not [batch for batch in batches.every(now) if batch.group == "adult"], "the course was voided"
    assert [item.delivery.zh for item in deliveries.deliveries(now, kind="companionship")] == ["结对陪伴"]


def test_records_that_were_renamed_or_struck(now: sqlite3.Connection, amended: Book) -> None:
    assert [team.team.zh for team in teams.teams(now)] == ["志愿服务队"]
    assert [item.delivery.zh for item in deliveries.deliveries(now, kind="service")] == ["粤菜师傅课"]
    with pytest.raises(NotFoundError):
        acts.delivery_page(now, amended.ref("companionship", "twice"))


def test_views_are_the_same_whether_folded_once_or_entry_by_entry(tmp_path: Path, amended: Book) -> None:
    dumps = []
    for batch in (1, 10_000):
        runner = Runner(tmp_path / f"{batch}.db", amended)
        runner.run_once(batch)
        runner.close()
        connection = sqlite3.connect(tmp_path / f"{batch}.db")
        dumps.append([connection.execute(f"SELECT * FROM {name}").fetchall() for name in ("acts", "batches", "teams")])
        connection.close()
    assert dumps[0] == dumps[1]
