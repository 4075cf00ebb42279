"""Conduct, cases, media, honours and reports, counted by hand from ``recognition_log``, as written and as corrected."""

import sqlite3
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from projections import audit_trail, conduct, effect, how_much, recognition, reports, search, whom
from projections.names import Names
from projections.rows import AuditFilter
from projections.runner import Runner
from projections.views import Views
from tests.projections.amended_log import amended_log
from tests.projections.book import Book
from tests.projections.recognition_log import add_recognition
from tests.projections.small_log import small_log

ALL = 1_000


@pytest.fixture(scope="module")
def written() -> Book:
    """The small log with conduct, cases, media and honours, nothing corrected."""
    book = small_log()
    add_recognition(book)
    return book


@pytest.fixture(scope="module")
def corrected() -> Book:
    """The same among all other events, with corrections and voids."""
    return amended_log()


def read(book: Book, folder: Path) -> Iterator[sqlite3.Connection]:
    runner, views = Runner(folder / "views.db", book), Views(folder / "views.db")
    runner.run_once()
    with views.reading() as connection:
        yield connection
    views.close()
    runner.close()


@pytest.fixture(scope="module")
def then(tmp_path_factory: pytest.TempPathFactory, written: Book) -> Iterator[sqlite3.Connection]:
    yield from read(written, tmp_path_factory.mktemp("then"))


@pytest.fixture(scope="module")
def now(tmp_path_factory: pytest.TempPathFactory, corrected: Book) -> Iterator[sqlite3.Connection]:
    yield from read(corrected, tmp_path_factory.mktemp("now"))


def test_reports_are_counted_by_state_and_category(then: sqlite3.Connection, written: Book) -> None:
    totals = conduct.totals(then)
    assert (totals.reports.value, totals.founded.value, totals.unfounded.value) == (4, 2, 1)
    assert list(totals.reported.entries) == [written.at("misconduct.reported", "open")]
    assert list(totals.unfounded.entries) == [written.at("misconduct.concluded", "nothing")]
    assert totals.forwarded.value == 0
    assert conduct.category_count(then, "fee").value == 2
    assert conduct.category_count(then, "profit").value == 0


def test_a_finding_names_its_subject_and_suspends_it(then: sqlite3.Connection, written: Book) -> None:
    donor = written.ref("organisation", "donor")
    outside, own = conduct.findings(then)
    assert (outside.outside, outside.organisation) == ("示例未登记联合会", None)
    assert own.organisation is not None
    assert (own.organisation.reference, own.document, own.lifted_index) == (donor, "示例函1号", None)
    assert own.authority is not None
    assert own.authority.zh == "示例authority"
    assert conduct.findings(then, organisation=donor) == (own,)
    assert conduct.findings(then, organisation=written.ref("organisation", "fund")) == ()
    found = conduct.standing(then, donor)
    assert found is not None
    assert found.suspended_index == own.index
    assert list(conduct.totals(then).suspended.entries) == [own.index]


def test_nothing_public_names_the_subject_of_a_report_before_it_is_founded(written: Book) -> None:
    donor = written.ref("organisation", "donor")
    reported = written.ref("misconduct", "donor")
    naming = [
        payload["type"]
        for payload in written.payloads
        if payload["record"] == reported and donor in str(payload["data"])
    ]
    assert naming == ["misconduct.concluded"]


def test_reinstatement_after_a_finding_ends_the_suspension_and_a_later_correction_does_not_bring_it_back(
    tmp_path: Path,
) -> None:
    book = small_log()
    add_recognition(book)
    lifted = book.add("organisation.reinstated", "donor", {})
    concluded = book.at("misconduct.concluded", "donor")
    book.amend("misconduct.corrected", "donor", concluded, document=("示例函1号", "示例函3号"))
    for db in read(book, tmp_path):
        found = conduct.standing(db, book.ref("organisation", "donor"))
        assert found is not None
        assert found.suspended_index is None
        finding = conduct.findings(db, organisation=book.ref("organisation", "donor"))[0]
        assert (finding.lifted_index, finding.document) == (lifted, "示例函3号")


def test_undertakings_count_against_the_rules_in_force(tmp_path: Path, then: sqlite3.Connection, written: Book) -> None:
    totals = conduct.totals(then)
    assert list(totals.undertook.entries) == written.find("organisation.undertook")
    assert list(totals.screened.entries) == written.find("organisation.screened")
    waiting = {row.organisation.zh for row in conduct.standings(then) if row.index in totals.waiting.entries}
    assert waiting == {"示例lead", "示例donor", "示例auditor", "示例school"}, (
        "the authority has no key and owes nothing"
    )
    book = small_log()
    policy = book.payloads[0]["data"]["policy"]
    changed = book.add("ledger.policy_changed", "ledger", {"policy": {**policy, "rules_version": "2024-1"}})
    for db in read(book, tmp_path):
        rules = conduct.rules(db)
        assert rules is not None
        assert (rules.version, rules.index) == ("2024-1", changed)
        assert conduct.totals(db).undertook.value == 0


def test_cases_stand_under_what_became_of_them(then: sqlite3.Connection, written: Book) -> None:
    totals = recognition.case_totals(then)
    assert list(totals.published.entries) == [written.at("case.published", "lamps")]
    assert list(totals.withdrawn.entries) == [written.at("case.withdrawn", "gone")]
    gone, lamps = recognition.cases(then, limit=ALL)
    assert lamps.reviewed is not None
    assert lamps.reviewed[0] is not None
    assert lamps.reviewed[0].zh == "示例fund"
    assert gone.withdrawn is not None
    assert gone.withdrawn[0] == "consent"


def test_a_corrected_case_waits_for_review_again_and_a_voided_one_is_gone(
    now: sqlite3.Connection, corrected: Book
) -> None:
    totals = recognition.case_totals(now)
    assert (totals.published.value, totals.waiting.value, totals.withdrawn.value) == (0, 1, 1)
    assert list(totals.waiting.entries) == [corrected.at("case.corrected", "lamps")]
    lamps = recognition.case_of(now, corrected.ref("case", "lamps"))
    assert (lamps.case.zh, lamps.state, lamps.reviewed, lamps.published) == ("案例灯", "submitted", None, None)


def test_media_reports_come_by_the_day_they_appeared(
    then: sqlite3.Connection, now: sqlite3.Connection, written: Book
) -> None:
    assert [row.title for row in recognition.media(then, limit=ALL)] == ["报道late", "报道twice", "报道early"]
    assert [row.title for row in recognition.media(then, limit=1, offset=1)] == ["报道twice"]
    first = recognition.media(then, limit=1)[0]
    assert (first.link, first.about[0].zh) == ("https://daily.example/late", "照明")
    assert list(recognition.media_count(then).entries) == written.find("media.recorded")
    assert [row.title for row in recognition.media(now, limit=ALL)] == ["报道early", "报道late"]


def test_honours_name_an_organisation_by_its_consent_and_a_person_never(
    then: sqlite3.Connection, written: Book
) -> None:
    totals = recognition.honour_totals(then)
    assert (totals.awarded.value, totals.revoked.value, totals.declined.value, totals.waiting.value) == (2, 1, 1, 1)
    builder = recognition.honour_of(then, written.ref("honour", "builder"))
    assert builder.organisation is not None
    assert (builder.organisation.zh, builder.honour.zh) == ("示例builder", "助学先进单位（示例builder）")
    assert builder.awarded is not None
    assert builder.awarded[0] == "SL-2023-001"
    donor = recognition.honour_of(then, written.ref("honour", "donor"))
    assert donor.revoked is not None
    assert donor.revoked[0] == "finding"
    person = recognition.honour_of(then, written.ref("honour", "person"))
    assert (person.organisation, person.honour.zh) == (None, "优秀志愿者")
    refused = recognition.honour_of(then, written.ref("honour", "refused"))
    assert (refused.organisation, refused.awarded) == (None, None)
    assert refused.declined_index == written.find("honour.declined")[0]
    mine = recognition.honours_of(then, written.ref("organisation", "builder"))
    assert [item.honour.reference for item in mine] == [written.ref("honour", "builder")]


def test_an_honour_whose_consent_was_refused_names_nobody_anywhere(then: sqlite3.Connection, written: Book) -> None:
    refused = written.ref("honour", "refused")
    rows = audit_trail.every(then, AuditFilter(record=refused))
    organisations = [Names(then).zh(written.ref("organisation", name)) for name in ("builder", "donor", "school")]
    for row in rows:
        assert not any(name in row.sentence.zh for name in organisations)


def test_a_corrected_certificate_shows_its_number_in_force(now: sqlite3.Connection, corrected: Book) -> None:
    builder = recognition.honour_of(now, corrected.ref("honour", "builder"))
    assert builder.awarded is not None
    assert builder.awarded[0] == "SL-2023-011"
    totals = recognition.honour_totals(now)
    assert corrected.at("honour.corrected", "builder") in totals.awarded.entries
    assert totals.waiting.value == 0


def test_search_finds_cases_media_and_honours(then: sqlite3.Connection, written: Book) -> None:
    def found(text: str) -> set[str]:
        return {hit.thing.reference for hit in search.things(then, text, limit=ALL)}

    assert written.ref("case", "lamps") in found("案例lamps")
    assert written.ref("media", "early") in found("报道early")
    assert {written.ref("media", name) for name in ("late", "early", "twice")} <= found("示例日报")
    assert found("SL-2023-002") == {written.ref("honour", "donor")}
    assert written.ref("honour", "builder") in found("示例builder")
    assert written.ref("honour", "refused") in found("助学先进")


def test_reports_state_the_size_they_were_signed_at(now: sqlite3.Connection, corrected: Book) -> None:
    (review,) = reports.reviews(now)
    signed = corrected.find("programme.reviewed")[0]
    assert (review.row.index, review.tree_size, review.due_on) == (signed, signed, date(2024, 5, 31))
    (published,) = reports.disclosures(now)
    assert (published.at_size, published.due_on) == (80, date(2023, 6, 30))
    assert [report.row.type for report in reports.finals(now)] == ["programme.evaluated", "programme.closed"]
    totals = reports.totals(now)
    assert (totals.reviews.value, totals.finals.value, totals.disclosures.value, totals.late.value) == (1, 2, 1, 0)


def test_a_review_recorded_late_is_late_whatever_day_it_claims(tmp_path: Path) -> None:
    book = small_log()
    book.day = date(2023, 5, 30)
    rests_on = [book.ref("disclosure", "none yet")]
    late = book.add("programme.reviewed", "programme", {"year": 2022, "rests_on": rests_on}, by="lead", late=13)
    book.add("programme.reviewed", "programme", {"year": 2023}, by="lead")
    for db in read(book, tmp_path):
        first, second = reports.reviews(db)
        assert (first.row.occurred_on, first.days_late) == (date(2023, 5, 30), 12)
        assert [item.reference for item in first.rests_on] == rests_on
        assert (second.days_late, second.rests_on) == (0, ())
        assert list(reports.totals(db).late.entries) == [late]


def test_reviews_that_were_due_and_are_not_there_are_named(now: sqlite3.Connection) -> None:
    assert reports.missing(now, date(2023, 5, 31)) == ()
    assert [(item.year, item.due_on) for item in reports.missing(now, date(2023, 6, 1))] == [(2022, date(2023, 5, 31))]
    assert [item.year for item in reports.missing(now, date(2026, 1, 1))] == [2022, 2024], "it was evaluated"


@pytest.mark.parametrize(
    ("day", "after"),
    [
        ("2024-12-31", "2025-03-31"), ("2024-11-30", "2025-02-28"), ("2023-11-30", "2024-02-29"),
        ("2024-09-15", "2024-12-15"), ("2024-01-31", "2024-04-30"), ("2024-12-01", "2025-03-01"),
    ],
)  # fmt: skip
def test_three_months_after_a_day_is_the_same_day_or_the_months_last(day: str, after: str) -> None:
    assert reports.months_after(date.fromisoformat(day), 3) == date.fromisoformat(after)


def test_costs_people_and_effects_by_plan_add_up_to_the_totals_though_projects_name_other_plans(
    now: sqlite3.Connection, corrected: Book
) -> None:
    assert any("also" in payload["data"] for payload in corrected.payloads), "a related plan is named somewhere"
    balance, plans = how_much.balance(now), how_much.by_plan(now)
    assert sum(row.paid.value for row in plans) == balance.paid.value
    assert sum(row.allocated.value for row in plans) == balance.paid.value + balance.unpaid.value
    groups = {row.group: row.count.value for row in whom.people_by_group(now)}
    by_plan: dict[str, int] = {}
    for row in whom.people_counts(now):
        by_plan[row.group] = by_plan.get(row.group, 0) + row.count.value
    assert by_plan == groups
    counted = [item.indicator.reference for item in effect.indicators(now)]
    assert len(counted) == len(set(counted)) == effect.totals(now).all.value
