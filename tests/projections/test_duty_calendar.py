"""The calendar's tables over whole logs: the same as reckoned anew from the records, at every size, amended or not."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from ledger.domain.correction import Corrected, Voided
from ledger.domain.entry import parse_entry
from ledger.domain.payload import parse_payload
from ledger.domain.values import Label
from projections.duties.calendar import now
from projections.duties.holders import qualified
from projections.duties.marks import CORRECTED, LEDGER, Mark, noted
from projections.duties.reading import Asked, by_organisation, counts, duties, duty_count, overdue_count
from projections.duties.reckoning import Circumstances, reckon
from projections.facts import Fact
from projections.records import Chain, chain_of
from projections.rows import Duty
from projections.runner import Runner
from projections.views import Views
from tests.projections.book import Book

Told = dict[tuple[str, str, str], tuple[str, str, str | None]]


@contextmanager
def folded(path: Path, book: Book, *, batch: int = 500) -> Iterator[sqlite3.Connection]:
    runner, views = Runner(path, book), Views(path)
    runner.run_once(batch)
    with views.reading() as db:
        yield db
    views.close()
    runner.close()


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory, amended: Book) -> Iterator[sqlite3.Connection]:
    with folded(tmp_path_factory.mktemp("views") / "views.db", amended) as found:
        yield found


def of_table(db: sqlite3.Connection) -> Told:
    rows = db.execute("SELECT code, subject, key, rule, due_on, met_on FROM duties")
    return {(row[0], row[1], row[2]): (row[3], row[4], row[5]) for row in rows}


def of_records(db: sqlite3.Connection, book: Book) -> Told:
    """All marks anew from the records as they stand, all duties anew from all marks."""
    marks: dict[str, list[Mark]] = {}
    for reference in {payload["record"] for payload in book.payloads}:
        for mark in marks_of(db, book, chain_of(db, reference)):
            marks.setdefault(mark.subject, []).append(mark)
    shared, found = marks.pop(LEDGER, []), {}
    for subject, own in marks.items():
        several = sorted([*own, *(shared if subject.startswith("programme/") else [])], key=lambda mark: mark.index)
        for duty in reckon(several, Circumstances(now(db), None, qualified(db, subject))).duties:
            told = duty.rule.name, duty.due_on.isoformat(), duty.met_on.isoformat() if duty.met_on else None
            found[duty.rule.code, subject, duty.key] = told
    return found


def marks_of(db: sqlite3.Connection, book: Book, chain: Chain) -> Iterator[Mark]:
    for place, (index, past) in enumerate(zip(chain.indices, chain.record.history, strict=True), start=1):
        entry = parse_entry(book.entries[index])
        until = chain.until(place)
        payload = parse_payload(entry.envelope.payload)
        fact = Fact(index, payload, past.event, until, entry.recorded_at, (), None, Label("", ""))
        by = db.execute("SELECT organisation FROM entries WHERE idx = ?", (index,)).fetchone()[0]
        made = Mark("", chain.record.reference, index, past.occurred_on, fact.recorded_on, by=by)
        if isinstance(past.event, Corrected | Voided):
            yield replace(made, what=CORRECTED)
        elif not past.standing:
            for item in noted(fact):
                on = item.on or past.occurred_on
                yield replace(
                    made, what=item.what, subject=item.subject, on=on, since=item.since, until=item.until,
                    detail=item.detail,
                )  # fmt: skip


def test_the_tables_hold_what_is_reckoned_anew_from_the_records_at_every_size(tmp_path: Path, amended: Book) -> None:
    for size in range(1, amended.size() + 1, 3):
        with folded(tmp_path / "views.db", amended.prefix(size)) as db:
            assert of_table(db) == of_records(db, amended.prefix(size)), size


def test_the_tables_hold_more_than_one_kind_of_duty_in_every_state(db: sqlite3.Connection) -> None:
    assert {row[0] for row in db.execute("SELECT DISTINCT code FROM duties")} >= {
        "programme_money", "annual_review", "project_close", "receipt", "reallocation", "correction",
    }  # fmt: skip
    later = now(db) + timedelta(300)
    assert all(duty_count(db, state, Asked(later)) for state in ("overdue", "on_time", "late"))


def one(db: sqlite3.Connection, code: str, about: str, on: date) -> Duty:
    states = ("overdue", "soon", "later", "met")
    (found,) = (
        duty for state in states for duty in duties(db, state, Asked(on, about=about)) if duty.rule.code == code
    )
    return found


def test_a_receipt_names_who_owes_it_what_started_it_and_what_met_it(db: sqlite3.Connection, amended: Book) -> None:
    received, receipted = amended.at("donation.received", "big"), amended.at("donation.receipted", "big")
    duty = one(db, "receipt", amended.ref("donation", "big"), now(db))
    assert [organisation.reference for organisation in duty.organisations] == [amended.ref("organisation", "fund")]
    assert (duty.entries, duty.met_index) == ((received, receipted), receipted)
    assert (duty.state, duty.rule.source.zh) == ("on_time", "《慈善法》（2016年）第38条")


def test_a_voided_receipt_meets_nothing_and_service_needs_none(db: sqlite3.Connection, amended: Book) -> None:
    assert duty_count(db, "met", Asked(now(db), about=amended.ref("donation", "hours"))) == 1, "its correction note"
    desks = one(db, "receipt", amended.ref("donation", "desks"), now(db))
    assert (desks.state, desks.met_on) == ("overdue", None)


def test_a_duty_on_a_corrected_entry_lists_the_correction_too(db: sqlite3.Connection, amended: Book) -> None:
    duty = one(db, "receipt", amended.ref("donation", "secret"), now(db))
    assert amended.at("donation.corrected", "secret") in duty.entries


def test_every_correction_and_void_is_a_note_published_at_once(db: sqlite3.Connection, amended: Book) -> None:
    made = {i for i, p in enumerate(amended.payloads) if p["type"].endswith((".corrected", ".voided"))}
    notes = [duty for duty in duties(db, "met", Asked(now(db))) if duty.rule.code == "correction"]
    assert {duty.met_index for duty in notes} == made
    assert {duty.state for duty in notes} == {"on_time"}


def test_being_overdue_is_a_matter_of_the_day_alone(db: sqlite3.Connection, amended: Book) -> None:
    desks = one(db, "receipt", amended.ref("donation", "desks"), now(db))
    assert one(db, "receipt", amended.ref("donation", "desks"), desks.due_on).state == "soon"
    next_day = one(db, "receipt", amended.ref("donation", "desks"), desks.due_on + timedelta(1))
    assert (next_day.state, next_day.days) == ("overdue", 1)
    assert overdue_count(db) == len(duties(db, "overdue", Asked(now(db)))) == counts(db).overdue.value


def test_figures_of_organisations_add_up_to_the_duties_that_they_answer_for(db: sqlite3.Connection) -> None:
    rows = by_organisation(db)
    assert rows
    assert [row.counts.overdue.value for row in rows] == sorted(
        (row.counts.overdue.value for row in rows), reverse=True
    )
    for row in rows:
        asked = Asked(now(db), organisation=row.organisation.reference)
        assert row.counts == counts(db, row.organisation.reference)
        for state in ("overdue", "soon", "on_time", "late"):
            found = duties(db, state, asked)
            figure = getattr(row.counts, state)
            assert figure.value == len(found)
            assert set(figure.entries) == {index for duty in found for index in duty.entries}
            assert all(row.organisation in duty.organisations for duty in found)


def test_pages_of_met_duties_follow_each_other_without_gap_or_repetition(db: sqlite3.Connection) -> None:
    everything = duties(db, "met", Asked(now(db)))
    pages = [duties(db, "met", Asked(now(db)), start=start, size=7) for start in range(0, len(everything), 7)]
    assert tuple(duty for page in pages for duty in page) == everything
    assert duty_count(db, "met", Asked(now(db))) == len(everything) > 7


def test_time_alone_begins_new_duties_though_no_entry_concerns_them(tmp_path: Path, amended: Book) -> None:
    """A programme's year ends, and its next three months begin, on entries about other things."""
    grown = amended.prefix(amended.size())
    grown.heads = dict(amended.heads)
    grown.day = date(2024, 1, 2)
    opened = amended.ref("programme", "programme")
    with folded(tmp_path / "before.db", amended) as db:
        before = {row[0] for row in db.execute("SELECT key FROM duties WHERE subject = ?", (opened,))}
    grown.add("place.registered", "late", {"code": "code-late", "name": "又一村", "level": "village"})
    with folded(tmp_path / "views.db", grown, batch=7) as db:
        after = {row[0] for row in db.execute("SELECT key FROM duties WHERE subject = ?", (opened,))}
        assert of_table(db) == of_records(db, grown)
        reports = db.execute("SELECT key FROM duties WHERE code = 'annual_report'").fetchall()
    assert {"2023", "2024-01-01"} <= after - before
    assert [row[0] for row in reports] == ["2023"]


def test_a_qualification_known_later_makes_the_law_address_the_project(tmp_path: Path, book: Book) -> None:
    grown = book.prefix(book.size())
    grown.heads, grown.day = dict(book.heads), book.day
    lamps = book.ref("project", "lamps")
    qualified_as = {"qualification": "fundraising", "from": "2022-01-01"}
    for organisation in ("builder", "fund"):
        grown.add("organisation.qualified", organisation, qualified_as)
    for made, addressed in ((book, set()), (grown, {"fundraising"})):
        with folded(tmp_path / f"{made.size()}.db", made) as db:
            found = {one(db, "project_close", lamps, now(db)).rule.addressee}
            assert found == (addressed or {""})
            assert of_table(db) == of_records(db, made)


def test_a_problem_is_answered_by_whom_it_was_passed_on_to(tmp_path: Path, book: Book) -> None:
    grown = book.prefix(book.size())
    grown.heads, grown.day = dict(book.heads), book.day
    lamps, school = book.ref("project", "lamps"), book.ref("organisation", "school")
    problem = grown.ref("problem", "late")
    raised = grown.add("problem.raised", "late", {"about": lamps, "category": "progress"}, by="builder")
    with folded(tmp_path / "raised.db", grown) as db:
        duty = one(db, "problem", problem, now(db))
        assert (duty.organisations, duty.entries, duty.state) == ((), (raised,), "soon")
    grown.add("problem.routed", "late", {"to": [school]}, by="builder")
    answered = grown.add("problem.answered", "late", {"outcome": "arranged"}, by="lead")
    again = grown.add("problem.reopened", "late", {"reason": "undone"}, by="builder")
    with folded(tmp_path / "again.db", grown) as db:
        found = [duty for state in ("met", "soon") for duty in duties(db, state, Asked(now(db), about=problem))]
        assert [[held.reference for held in duty.organisations] for duty in found] == [[school], [school]]
        assert [(duty.state, duty.met_index) for duty in found] == [("on_time", answered), ("soon", None)]
        assert found[1].entries == (again,)


@pytest.mark.parametrize("close", ["question.answered", "question.correction_refused"])
def test_a_question_is_answered_also_by_refusing_the_correction_it_asks_for(
    tmp_path: Path, book: Book, close: str
) -> None:
    grown = book.prefix(book.size())
    grown.heads, grown.day = dict(book.heads), book.day
    asked = {"category": "error", "channel": "site", "about": book.ref("project", "lamps")}
    data = {"outcome": "explained"} if close == "question.answered" else {"reason": "source"}
    grown.add("question.received", "why", asked, by="lead")
    answered = grown.add(close, "why", data, by="lead")
    with folded(tmp_path / "views.db", grown) as db:
        duty = one(db, "question", grown.ref("question", "why"), now(db))
        assert (duty.state, duty.met_index) == ("on_time", answered)
