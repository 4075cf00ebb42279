"""Needs: the funnel against a count over the raw log, who waits, and the thread to what met each."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ledger.errors import NotFoundError
from projections import need_thread, needs, threads, where
from projections.names import Names
from projections.runner import Runner
from projections.views import Views
from tests.projections.amended_log import amended_log
from tests.projections.book import Book

Payload = dict[str, Any]


@contextmanager
def folded(path: Path, book: Book) -> Iterator[sqlite3.Connection]:
    runner, views = Runner(path, book), Views(path)
    runner.run_once()
    with views.reading() as db:
        yield db
    views.close()
    runner.close()


@pytest.fixture(scope="module")
def now(tmp_path_factory: pytest.TempPathFactory, amended: Book) -> Iterator[sqlite3.Connection]:
    with folded(tmp_path_factory.mktemp("views") / "views.db", amended) as db:
        yield db


def naive_funnel(book: Book) -> dict[str, int]:
    """How many needs were reported, verified, matched, met and withdrawn, from nothing but the signed texts."""
    needs_by_record: dict[str, list[str]] = {}
    project: dict[str, str] = {}
    dead: set[str] = set()
    for payload in book.payloads:
        kind, _, verb = payload["type"].partition(".")
        if payload["type"] in ("project.declined", "project.cancelled", "project.voided"):
            dead.add(payload["record"])
        if kind == "need":
            needs_by_record.setdefault(payload["record"], []).append(verb)
            project[payload["record"]] = payload["data"].get("project", project.get(payload["record"], ""))
    standing = {record: verbs for record, verbs in needs_by_record.items() if "voided" not in verbs}

    def matched(record: str) -> bool:
        verbs = [verb for verb in standing[record] if verb in ("matched", "match_declined")]
        return verbs[-1:] == ["matched"] and project[record] not in dead

    return {
        "reported": len(standing),
        "verified": sum("verified" in verbs for verbs in standing.values()),
        "matched": sum(matched(record) and "withdrawn" not in standing[record] for record in standing),
        "met": sum("met" in verbs for verbs in standing.values()),
        "withdrawn": sum("withdrawn" in verbs for verbs in standing.values()),
    }


def test_the_funnel_equals_a_count_over_the_raw_log_at_every_size(tmp_path: Path, amended: Book) -> None:
    first, last = amended.find("need.reported")[0], amended.at("need.voided", "twice")
    for size in range(first, last + 2):
        book = amended.prefix(size)
        with folded(tmp_path / "views.db", book) as db:
            found = needs.totals(db)
        assert {name: getattr(found, name).value for name in naive_funnel(book)} == naive_funnel(book), size
        assert found.reported.value == found.met.value + found.waiting.value + found.withdrawn.value
        assert found.waiting.value == found.untaken.value + found.in_hand.value


def test_every_figure_leads_to_the_very_entries_that_make_it(now: sqlite3.Connection, amended: Book) -> None:
    found = needs.totals(now)
    assert list(found.met.entries) == amended.find("need.met")
    assert list(found.withdrawn.entries) == amended.find("need.withdrawn")
    assert list(found.verified.entries) == amended.find("need.verified")
    assert list(found.first.entries) == amended.find("need.prioritised")
    reported = [index for index in amended.find("need.reported") if index != amended.at("need.reported", "twice")]
    assert list(found.reported.entries) == reported
    untaken = {amended.at("need.reported", name) for name in ("cooks", "tutors", "computers", "library")}
    assert set(found.untaken.entries) == untaken
    assert found.in_hand.value == 0


def test_needs_stand_at_their_stage(now: sqlite3.Connection) -> None:
    assert [(item.need.zh.partition("缺")[2], item.stage) for item in needs.needs(now)] == [
        ("lights", "met"),
        ("cooks", "stranded"),
        ("tutors", "verified"),
        ("computers", "reported"),
        ("library", "verified"),
        ("fence", "withdrawn"),
        ("beds", "met"),
        ("grants", "met"),
    ]


def test_what_nobody_has_met_comes_first_and_of_that_what_waits_longest(now: sqlite3.Connection, amended: Book) -> None:
    found = needs.waiting_longest(now, {})
    assert [item.stage for item in found] == [
        *("stranded", "verified", "reported", "verified"), *("met", "met", "met"), "withdrawn",
    ]  # fmt: skip
    waits = [item.waited_days for item in found[:4]]
    assert waits == sorted(waits, reverse=True)
    last = date.fromisoformat(amended.payloads[-1]["occurred_on"])
    reported = date.fromisoformat(amended.payloads[amended.at("need.reported", "cooks")]["occurred_on"])
    assert found[0].waited_days == (last - reported).days


def test_the_wait_of_a_need_ends_when_it_is_met(now: sqlite3.Connection, amended: Book) -> None:
    days = {}
    for name in ("lights", "beds", "grants"):
        start, end = (amended.payloads[amended.at(f"need.{verb}", name)]["occurred_on"] for verb in ("reported", "met"))
        days[name] = (date.fromisoformat(end) - date.fromisoformat(start)).days
    met = {item.need.zh.partition("缺")[2]: item.waited_days for item in needs.needs(now) if item.stage == "met"}
    assert met == days
    assert needs.median_days_to_meet(now) == sorted(days.values())[1]


def test_a_need_corrected_to_another_place_counts_there_with_its_correction(
    now: sqlite3.Connection, amended: Book
) -> None:
    correction = amended.at("need.corrected", "computers")
    counts = {Names(now).zh(row.key): row.totals for row in needs.by_place(now)}
    reported = {name: row.reported.value for name, row in counts.items()}
    assert reported == {"示例school": 2, "示例west": 3, "示例east": 1, "示例town": 2}
    assert correction in counts["示例west"].reported.entries
    assert correction not in counts["示例east"].reported.entries
    assert correction not in needs.totals(now).reported.entries, "the total did not change by it"
    (computers,) = (item for item in needs.needs(now) if item.need.zh.endswith("computers"))
    assert computers.count == 24


def test_needs_at_a_place_are_its_own_and_those_below(now: sqlite3.Connection) -> None:
    town, west = where.place(now, "code-town"), where.place(now, "code-west")
    assert len(needs.needs_at(now, town.place.reference)) == 8
    assert {item.need.zh.partition("缺")[2] for item in needs.needs_at(now, west.place.reference)} >= {
        "cooks", "fence", "computers",
    }  # fmt: skip


def test_a_need_goes_by_its_place_and_what_is_lacking(now: sqlite3.Connection, amended: Book) -> None:
    assert Names(now).zh(amended.ref("need", "lights")) == "示例school：缺lights"
    assert Names(now).zh(amended.ref("need", "computers")) == "示例west：缺computers", "corrected"


def test_the_thread_of_a_need_holds_only_what_met_it(now: sqlite3.Connection, amended: Book) -> None:
    page = need_thread.need_page(now, amended.ref("need", "beds"))
    stations = {station.name: station for station in page.stations}
    assert list(stations) == ["need", "project", "donation", "works", "acceptance", "effect"]
    assert {row.record.reference for row in stations["works"].entries if row.kind == "renovation"} == {
        amended.ref("renovation", "beds")
    }
    accepted = amended.find("renovation.accepted", units=16)[0]
    assert [row.index for row in stations["acceptance"].entries][-2:] == [accepted, amended.at("need.met", "beds")]
    assert [row.type for row in stations["need"].entries] == [
        "need.reported", "need.verified", "need.matched", "need.met",
    ]  # fmt: skip


def test_the_thread_of_a_need_met_by_a_training_shows_that_training_and_who_says_so(tmp_path: Path) -> None:
    log = amended_log()
    log.add("need.matched", "tutors", {"project": log.ref("project", "care")}, by="lead")
    log.add("need.met", "tutors", {"by": log.ref("training", "first")}, by="school")
    with folded(tmp_path / "views.db", log) as db:
        page = need_thread.need_page(db, log.ref("need", "tutors"))
    stations = {station.name: station for station in page.stations}
    assert {row.record.reference for row in stations["works"].entries} == {log.ref("training", "first")}
    assert (stations["works"].state, stations["acceptance"].state) == ("done", "done")
    assert [row.type for row in stations["acceptance"].entries] == ["need.met"]


@pytest.mark.parametrize(
    ("name", "own", "project"),
    [
        ("cooks", "done", "missing"),
        ("tutors", "done", "missing"),
        ("computers", "partly", "none"),
        ("fence", "partly", "none"),
    ],
)
def test_a_need_that_nobody_takes_up_shows_an_empty_thread(
    now: sqlite3.Connection, amended: Book, name: str, own: str, project: str
) -> None:
    states = {item.name: item.state for item in need_thread.need_page(now, amended.ref("need", name)).stations}
    assert (states["need"], states["project"]) == (own, project)
    assert {states[name] for name in need_thread.AFTER_PROJECT} == {"none"}


def test_a_project_shows_the_needs_it_answers(now: sqlite3.Connection, amended: Book) -> None:
    page = threads.project_page(now, amended.ref("project", "lamps"))
    assert [item.need.zh for item in page.needs] == ["示例school：缺lights"]
    assert (page.stations[0].name, page.stations[0].state) == ("need", "done")
    assert {row.index for row in page.stations[0].entries} == {
        amended.at(f"need.{verb}", "lights") for verb in ("reported", "verified", "prioritised", "matched", "met")
    }


def test_a_completed_project_with_a_need_still_open_is_only_partly_an_answer(tmp_path: Path) -> None:
    log = amended_log()
    log.add("need.matched", "tutors", {"project": log.ref("project", "lamps")}, by="lead")
    with folded(tmp_path / "views.db", log) as db:
        page = threads.project_page(db, log.ref("project", "lamps"))
    assert page.stations[0].state == "partly"


def test_a_project_begun_for_needs_names_them_before_it_takes_them_up(tmp_path: Path) -> None:
    log = amended_log()
    opening = {
        "programme": log.ref("programme", "programme"), "title": "陪伴", "plan": "zhiban", "places": [],
        "needs": [log.ref("need", "tutors")], "budget_fen": 1, "starts_on": "2023-01-01", "ends_on": "2023-12-31",
        "organisation": log.ref("organisation", "builder"),
    }  # fmt: skip
    opened = log.add("project.proposed", "tutoring", opening, by="builder")
    with folded(tmp_path / "named.db", log) as db:
        page = threads.project_page(db, log.ref("project", "tutoring"))
        assert [item.need.reference for item in page.needs] == [log.ref("need", "tutors")]
        assert [item.reference for item in needs.named_by(db, log.ref("need", "tutors"))] == [
            log.ref("project", "tutoring")
        ]
    needed = ([log.ref("need", "tutors")], [log.ref("need", "library")])
    log.amend("project.corrected", "tutoring", opened, needs=needed)
    with folded(tmp_path / "corrected.db", log) as db:
        assert needs.named_by(db, log.ref("need", "tutors")) == ()
        assert len(needs.named_by(db, log.ref("need", "library"))) == 1


def test_a_need_met_by_works_whose_acceptance_lapsed_waits_until_they_are_accepted_again(tmp_path: Path) -> None:
    log = amended_log()
    people = log.payloads[log.at("renovation.corrected", "beds")]["data"]["changes"]["people"]["to"]
    more = {**people, "count": 26}
    done = log.at("renovation.completed", "beds")
    log.amend("renovation.corrected", "beds", done, units=(16, 26), people=(people, more))
    with folded(tmp_path / "lapsed.db", log) as db:
        (beds,) = (item for item in needs.needs(db) if item.need.zh.endswith("beds"))
        assert beds.stage == "lapsed"
        assert beds.waited_days > needs.need(db, log.ref("need", "grants")).waited_days
        assert needs.totals(db).met.value == 2
    log.add("renovation.accepted", "beds", {"result": "passed", "units": 26}, by="school")
    with folded(tmp_path / "again.db", log) as db:
        assert needs.need(db, log.ref("need", "beds")).stage == "met"
    log.add("award.revoked", "spring", {"reason": "procedure"}, by="lead")
    with folded(tmp_path / "revoked.db", log) as db:
        assert needs.need(db, log.ref("need", "grants")).stage == "lapsed"


def test_a_need_that_does_not_exist_or_was_voided_is_not_found(now: sqlite3.Connection, amended: Book) -> None:
    for name in ("twice", "never reported"):
        with pytest.raises(NotFoundError):
            needs.need(now, amended.ref("need", name))


def test_what_a_project_had_left_is_shown_where_it_went(now: sqlite3.Connection, amended: Book) -> None:
    homes = threads.project_page(now, amended.ref("project", "homes"))
    assert [row.index for row in homes.stations[-1].entries] == amended.find("donation.reallocated")
