"""Problems and questions as the pages count them, by hand from ``voices``; one event a day in that log."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.domain.sentences import format_day
from ledger.errors import NotFoundError
from projections import voice
from projections.rows import Figure
from projections.runner import Runner
from projections.views import Views
from tests.projections.book import Book


@pytest.fixture(scope="module")
def now(tmp_path_factory: pytest.TempPathFactory, amended: Book) -> Iterator[sqlite3.Connection]:
    path: Path = tmp_path_factory.mktemp("views") / "views.db"
    runner, views = Runner(path, amended), Views(path)
    runner.run_once(7)
    with views.reading() as connection:
        yield connection
    views.close()
    runner.close()


def indices(book: Book, *names: tuple[str, str]) -> tuple[int, ...]:
    return tuple(sorted(book.at(event_type, name) for event_type, name in names))


def test_counts_name_exactly_their_entries(now: sqlite3.Connection, amended: Book) -> None:
    found = voice.totals(now)
    raised = [("problem.raised", name) for name in ("late", "dark", "open")]
    asked = [("question.received", name) for name in ("parent", "page", "wrong", "waiting")]
    waiting = [raised[0], raised[2], asked[3]]
    assert found.problems == Figure(3, indices(amended, *raised))
    assert found.questions == Figure(4, indices(amended, *asked))
    assert found.waiting == Figure(3, indices(amended, *waiting))
    assert found.reopened == Figure(1, indices(amended, ("problem.reopened", "late")))
    assert found.corrected == Figure(1, indices(amended, ("question.correction_made", "parent")))


def test_half_of_the_answers_came_within_the_median(now: sqlite3.Connection, amended: Book) -> None:
    found = voice.totals(now).median_days
    days = sorted(item.days for item in voice.voices(now) if item.days is not None)
    assert days == [1, 1, 2, 2]
    assert found.value == 1
    ends = [
        *(("problem.raised", name) for name in ("late", "dark")),
        *(("problem.answered", name) for name in ("late", "dark")),
        *(("question.received", name) for name in ("parent", "page")),
        ("question.answered", "parent"),
        ("question.correction_refused", "page"),
    ]
    assert found.entries == indices(amended, *ends)


def test_who_waits_longest_comes_first_and_a_reopened_problem_waits_anew(now: sqlite3.Connection) -> None:
    every = voice.voices(now)
    waiting = [item for item in every if item.waiting_since]
    assert list(every[: len(waiting)]) == waiting
    assert [item.waiting_since for item in waiting] == sorted(
        item.waiting_since for item in waiting if item.waiting_since
    )
    late = next(item for item in waiting if item.reopened)
    assert late.waiting_since is not None
    assert late.waiting_since > late.raised_on
    assert late.days == 2


def test_a_voided_problem_is_in_no_list_and_a_voided_answer_ends_the_wait(
    now: sqlite3.Connection, amended: Book
) -> None:
    shown = {item.voice.reference: item for item in voice.voices(now)}
    assert amended.ref("problem", "twice") not in shown
    wrong = shown[amended.ref("question", "wrong")]
    assert (wrong.state, wrong.waiting_since, wrong.days) == ("voided", None, None)


def test_a_category_is_shown_as_corrected(now: sqlite3.Connection, amended: Book) -> None:
    shown = {item.voice.reference: item for item in voice.voices(now)}
    assert shown[amended.ref("problem", "open")].category == "safety"
    page = shown[amended.ref("question", "page")]
    assert page.category == "privacy"
    assert page.voice.zh == f"{format_day(page.raised_on)}的公众提问（个人信息）"


def test_a_question_names_the_correction_it_led_to(now: sqlite3.Connection, amended: Book) -> None:
    found = voice.voice_page(now, amended.ref("question", "parent"))
    assert found.corrected is not None
    record, index = found.corrected
    assert record.reference == amended.ref("place", "east")
    assert index == amended.at("place.corrected", "east")
    assert [outcome.zh for _, outcome, _ in found.outcomes] == ["账目有错，将更正"]
    assert found.code == "7Q2M-0VXC-9ETR"


def test_a_problem_names_who_has_it_and_every_outcome_in_order(now: sqlite3.Connection, amended: Book) -> None:
    found = voice.voice_page(now, amended.ref("problem", "late"))
    assert [item.reference for item in found.passed_to] == [amended.ref("organisation", "builder")]
    assert [label.zh for label, _, _ in found.outcomes] == ["答复", "解决", "重新提出"]
    assert len(voice.voices_about(now, amended.ref("renovation", "lamps"))) == 2


def test_what_is_not_there_is_not_found(now: sqlite3.Connection, amended: Book) -> None:
    with pytest.raises(NotFoundError):
        voice.voice_page(now, amended.ref("problem", "never"))
