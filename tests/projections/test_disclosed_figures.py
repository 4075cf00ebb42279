"""The figures of the five questions as they are signed, and the views of earlier sizes they are recomputed from."""

import fcntl
import json
import re
import shutil
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.canonical import canonical_bytes, parse_strict
from ledger.domain.disclosure import QUESTIONS
from ledger.errors import BusyError, NotFoundError
from projections.disclosed import past as past_module
from projections.disclosed.claims import claims
from projections.disclosed.figures import Change, changes, digest_of, each, figures
from projections.disclosed.past import Past, Upto
from projections.runner import Runner, as_of_folder
from projections.status import status
from projections.views import Views
from tests.projections.book import Book

EARLY, LATE = 80, 120


@pytest.fixture
def past(tmp_path: Path, amended: Book) -> Past:
    return Past(tmp_path / "as-of", amended)


def folded_from_entry_0(folder: Path, book: Book, size: int) -> dict[str, str]:
    runner = Runner(folder / "views.sqlite3", Upto(book, size))
    runner.run_once()
    runner.close()
    views = Views(folder / "views.sqlite3")
    with views.reading() as db:
        found = {question: digest_of(figures(db, question)) for question in QUESTIONS}
    views.close()
    return found


def digests_at(past: Past, size: int) -> dict[str, str]:
    return {question: digest_of(found) for question, found in past.figures(size)["1"].items()}


@pytest.fixture
def now(past: Past, amended: Book) -> Iterator[sqlite3.Connection]:
    with past.reading(amended.size()) as db:
        yield db


@pytest.mark.parametrize("question", QUESTIONS)
def test_figures_are_whole_numbers_and_short_texts_and_survive_strict_json(
    question: str, now: sqlite3.Connection
) -> None:
    found = figures(now, question)
    assert (found["question"], found["figures_schema"]) == (question, 1)
    assert parse_strict(canonical_bytes(found), max_bytes=10**6) == found
    values = each(found)
    assert values
    assert all(isinstance(value, int) or re.fullmatch(r"[a-z_]+|-?\d+(\.\d+)?", value) for value in values.values())


def test_people_are_counted_by_whole_batches_alone(past: Past, amended: Book) -> None:
    least = {"child": 10, "youth16plus": 10, "family": 10, "teacher": 5, "adult": 5}
    for size in range(1, amended.size() + 1, 20):
        with past.reading(size) as db:
            found = figures(db, "whom")["figures"]
        assert all(count >= least[key.partition("~")[0]] for key, count in found["people.cell"].items())


def test_an_unknown_question_or_schema_is_said_to_be_unknown(now: sqlite3.Connection) -> None:
    with pytest.raises(NotFoundError, match="schema 7; this program knows 1"):
        figures(now, "where", 7)
    with pytest.raises(NotFoundError, match="how_much"):
        figures(now, "why")


def test_views_of_an_earlier_size_are_those_of_its_entries_alone(past: Past, amended: Book, tmp_path: Path) -> None:
    """One is built from the other, and corrections and voids come after both."""
    for size in (EARLY, LATE, amended.size()):
        assert digests_at(past, size) == folded_from_entry_0(tmp_path / str(size), amended, size)
    assert digests_at(past, EARLY) != digests_at(past, LATE) != digests_at(past, amended.size())


def test_what_is_kept_may_be_deleted_at_any_time(past: Past) -> None:
    before = digests_at(past, EARLY)
    shutil.rmtree(past.folder)
    with past.reading(EARLY) as db:
        assert {question: digest_of(figures(db, question)) for question in QUESTIONS} == before
    (past.folder / f"{EARLY}.json").write_text("{", encoding="utf-8")
    again = Past(past.folder, past._source)
    assert again.known_figures(EARLY) is None
    assert digests_at(again, EARLY) == before


def test_a_crash_while_building_leaves_nothing_that_is_taken_for_views(past: Past) -> None:
    past.folder.mkdir()
    (past.folder / "building").write_bytes(b"half a file")
    (past.folder / "building-wal").write_bytes(b"and its log")
    assert digests_at(past, EARLY)
    assert not list(past.folder.glob("building*"))


def test_a_bounded_number_of_views_is_kept_the_last_used(past: Past, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(past_module, "KEPT", 3)
    for size in (10, 20, 30, 40, 10, 50):
        with past.reading(size):
            pass
    assert sorted(path.stem for path in past.folder.glob("*.sqlite3")) == ["10", "40", "50"]


def test_rebuilding_the_views_drops_those_of_earlier_sizes(tmp_path: Path, amended: Book) -> None:
    path = tmp_path / "views.sqlite3"
    runner = Runner(path, amended)
    Past(as_of_folder(path), amended).figures(EARLY)
    assert list(as_of_folder(path).iterdir())
    runner.rebuild()
    runner.close()
    assert not as_of_folder(path).exists()


def test_a_size_beyond_the_log_is_not_found_and_who_waits_too_long_is_told(
    past: Past, amended: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(NotFoundError), past.reading(amended.size() + 1):
        pass
    monkeypatch.setattr(past_module, "PATIENCE_SECONDS", 0.1)
    with (past.folder / "lock").open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(BusyError), past.reading(EARLY):
            pass


def test_a_size_that_takes_long_is_never_built_while_somebody_waits_but_when_it_is_prepared(
    past: Past, amended: Book
) -> None:
    asked = Past(past.folder, amended, most=EARLY)
    assert asked.figures(EARLY)
    for _ in range(2):
        with pytest.raises(BusyError) as waits, asked.reading(LATE):
            pass
        with pytest.raises(BusyError):
            asked.figures(LATE)
    assert waits.value.seconds
    assert [path.name for path in past.folder.glob(f"{LATE}.*")] == [f"{LATE}.wanted"]
    past.prepare()
    with asked.reading(LATE) as db:
        assert status(db).size == LATE
    assert asked.figures(LATE) == past.figures(LATE)
    assert not list(past.folder.glob("*.wanted"))


def test_building_is_given_up_when_the_server_stops(tmp_path: Path, amended: Book) -> None:
    stop = threading.Event()
    past = Past(tmp_path / "as-of", amended, stop)
    past.catch_up([EARLY])
    stop.set()
    with pytest.raises(BusyError):
        past.catch_up([EARLY, LATE])
    assert past.known_figures(EARLY)
    assert not list(past.folder.glob(f"{LATE}.*"))
    assert Past(past.folder, amended).figures(LATE)


def test_what_changed_is_named_with_both_values(past: Past, amended: Book) -> None:
    then, now = (past.figures(size)["1"]["how_much"] for size in (EARLY, amended.size()))
    found = {(change.name, change.of): change for change in changes(then, now)}
    paid = found["balance.paid", ""]
    assert (paid.then, paid.now) == (then["figures"]["balance.paid"], now["figures"]["balance.paid"])
    assert paid.then != paid.now
    assert changes(now, now) == ()
    grown = json.loads(json.dumps(then))
    grown["figures"]["donor.cash"]["person"] = grown["figures"]["donor.cash"].get("person", 0) + 7
    (only,) = changes(then, grown)
    assert only == Change("donor.cash", "person", then["figures"]["donor.cash"].get("person"), only.now)


def test_claims_are_every_published_digest_those_voided_marked(now: sqlite3.Connection) -> None:
    first, second = claims(now)
    assert (first.question, first.at_size, first.schema, first.digest) == ("how_much", 80, 1, "0" * 64)
    assert (first.stands, second.stands) == (True, False)
