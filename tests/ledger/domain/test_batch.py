"""Which batches of people stand and count: what published figures are summed from, and nothing else."""

import pytest

from ledger.domain.batch import batches_of, project_of
from ledger.domain.catalogue import EVENTS, MODULES
from ledger.domain.record import VOIDED
from tests.ledger.rules.book import Book

PERIOD = {"from": "2026-01-01", "to": "2026-02-28"}
ITEMS = [{"name": "书桌", "count": 12, "unit": "套"}]


@pytest.fixture
def book() -> Book:
    return Book()


def families(book: Book, project: str, count: int) -> dict[str, object]:
    place = book.record(project).history[0].event.data()["places"][0]
    return {"group": "family", "count": count, "place": place, "period": PERIOD}


def homes(book: Book, project: str, *counts: int) -> str:
    """Works in homes, finished once or more with a batch each time, not accepted."""
    works = book.works(project, category="home", units=12)
    book.do("renovation.started", works, by="worker")
    for count in counts:
        people = families(book, project, count)
        data = {"units": count, "items": ITEMS, "cost_fen": 900, "people": people}
        book.do("renovation.completed", works, by="worker", rows=count, **data)
    return works


def counted(book: Book, record: str) -> list[tuple[int, bool]]:
    return [(batch.people.count, batch.counts) for batch in batches_of(book.record(record))]


def test_works_count_their_families_only_once_accepted(book: Book) -> None:
    works = homes(book, book.project(), 12)
    assert counted(book, works) == [(12, False)]
    book.do("renovation.accepted", works, by="school", result="passed", units=12)
    assert counted(book, works) == [(12, True)]


def test_works_corrected_after_acceptance_do_not_count_until_accepted_again(book: Book) -> None:
    project = book.project()
    works = homes(book, project, 12)
    book.do("renovation.accepted", works, by="school", result="passed", units=12)
    people = (families(book, project, 12), families(book, project, 24))
    book.correct(works, 2, by="worker", rows=24, units=(12, 24), people=people)
    assert counted(book, works) == [(24, False)]
    book.do("renovation.accepted", works, by="school", result="passed", units=24)
    (batch,) = batches_of(book.record(works))
    assert (batch.people.count, batch.counts) == (24, True)
    assert batch.event_id == book.record(works).history[2].event_id, "the event that stated it, not the correction"


def test_a_second_completion_states_the_whole_batch_again(book: Book) -> None:
    assert counted(book, homes(book, book.project(), 12, 24)) == [(24, False)]


def test_a_batch_belongs_to_the_project_that_its_record_was_opened_for(book: Book) -> None:
    project = book.project()
    works = homes(book, project, 12)
    assert project_of(book.record(works)) == project
    assert [batch.project for batch in batches_of(book.record(works))] == [project]
    assert project_of(book.record(book.record(project).history[0].event.data()["programme"])) is None


def test_a_voided_batch_is_none(book: Book) -> None:
    works = homes(book, book.project(), 12)
    target = book.record(works).history[2].event_id
    book.do("renovation.voided", works, by="worker+bank", event=target, reason="mistake")
    assert book.record(works).state == VOIDED
    assert counted(book, works) == []


def test_records_about_money_and_organisations_have_no_batches(book: Book) -> None:
    for reference in (book.gift(100), book.organisation("worker"), book.project()):
        assert batches_of(book.record(reference)) == ()


def test_every_event_type_with_people_names_states_that_its_record_can_be_in() -> None:
    for cls in EVENTS.values():
        states = MODULES[cls.kind()].STATES
        assert set(cls.COUNTS_IN or ()) <= states.keys(), cls.TYPE
        if cls.COUNTS_IN is not None or cls.RESTATES:
            assert "people" in cls.model_fields, cls.TYPE
