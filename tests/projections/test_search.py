"""Whatever stands in a sentence or a name is found by any part of it, however the views came about."""

import random
import sqlite3
from collections.abc import Iterator
from datetime import date
from itertools import combinations
from typing import Any

import pytest

from ledger.errors import LedgerError
from projections import audit_trail, filtering, search
from projections.grams import refuse_without_indexes
from projections.rows import AuditFilter
from projections.runner import Runner
from projections.views import Views
from tests.projections.book import Book

SAID = (
    "SELECT idx, zh || char(10) || en || char(10) || IFNULL(zh_now, '') || char(10) || IFNULL(en_now, '') FROM entries"
)
ODD = ("%", "_", "\\", '"', "'", "*", "NEAR", "a OR b", "(", "“", "：", "\0", "\u00e9", "\U0001f600", "x" * 300)
SHORT = 2
"""In English sentences fewer letters than three are not looked for."""


@pytest.fixture(scope="module", params=["built at once", "entry by entry"])
def now(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, amended: Book
) -> Iterator[sqlite3.Connection]:
    path = tmp_path_factory.mktemp("searched") / "views.db"
    runner, views = Runner(path, amended), Views(path)
    if request.param == "built at once":
        runner._build(amended.size(), amended.root(), 500, None)
    else:
        runner.run_once(1)
    with views.reading() as db:
        yield db
    views.close()
    runner.close()


def parts(texts: list[str], count: int) -> list[str]:
    """Parts of texts, of one letter or more."""
    chance, found = random.Random(7), []
    for _ in range(count):
        text = chance.choice(texts)
        start = chance.randrange(len(text))
        found.append(text[start : start + chance.randint(1, 9)])
    return [part for part in found if part.strip() and "\n" not in part]


def test_an_entry_is_found_by_any_part_of_its_sentences_as_signed_and_as_they_are_now(now: sqlite3.Connection) -> None:
    said = [(index, text.lower()) for index, text in now.execute(SAID)]
    for part in (*parts([text for _, text in said], 400), *ODD):
        wanted = part.lower()
        expected = tuple(index for index, text in said if wanted in text)
        found = audit_trail.indices(now, AuditFilter(text=part))
        if len(wanted.strip()) > SHORT or not wanted.isascii():
            assert found == expected, part
        assert set(found) <= set(expected)


def test_a_record_is_found_by_any_part_of_its_name(now: sqlite3.Connection) -> None:
    named = {row[0]: f"{row[1]}\n{row[2]}".lower() for row in now.execute("SELECT reference, zh, en FROM names")}
    for part in (*parts(list(named.values()), 200), *ODD):
        found = {hit.thing.reference for hit in search.things(now, part, limit=2_000)}
        assert {of for of, name in named.items() if part.lower() in name} <= found, part


def test_a_record_is_found_by_its_id_and_a_beginning_of_it(now: sqlite3.Connection, amended: Book) -> None:
    project = amended.ref("project", "lamps")
    for text in (project, project.partition("/")[2], project.partition("/")[2][:8].upper()):
        assert [hit.thing.reference for hit in search.things(now, text, limit=9)] == [project]


def conditions(book: Book) -> dict[str, Any]:
    day = book.payloads[20]["occurred_on"]
    return {
        "kind": "payment", "type": "renovation.completed", "organisation": book.ref("organisation", "lead"),
        "record": book.ref("project", "lamps"), "place": book.ref("place", "town"), "text": "示例",
        "start": date.fromisoformat(day), "end": date(2023, 9, 1),
    }  # fmt: skip


def test_two_conditions_let_through_what_both_do(now: sqlite3.Connection, amended: Book) -> None:
    asked = conditions(amended)
    alone = {name: set(audit_trail.indices(now, AuditFilter(**{name: value}))) for name, value in asked.items()}
    assert all(alone.values())
    for first, second in combinations(asked, 2):
        both = AuditFilter(**{first: asked[first], second: asked[second]})
        assert set(audit_trail.indices(now, both)) == alone[first] & alone[second], (first, second)
        page = audit_trail.page(now, both, size=1_000)
        assert {row.index for row in page.entries} == alone[first] & alone[second]
        assert page.sums.count == len(page.entries)
        assert page.left_at is None


def test_who_goes_on_from_where_a_page_left_off_sees_every_entry_once(
    now: sqlite3.Connection, amended: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filtering, "MOST", 7)
    monkeypatch.setattr(audit_trail, "MOST", 7)
    wanted: dict[str, Any] = {"text": "示例", "organisation": amended.ref("organisation", "lead")}
    seen, before, counted = [], None, 0
    while True:
        page = audit_trail.page(now, AuditFilter(**wanted, before=before), size=50)
        seen += [row.index for row in page.entries]
        counted += page.sums.count
        if page.left_at is None:
            break
        before = page.left_at
    assert seen == list(reversed(audit_trail.indices(now, AuditFilter(**wanted))))
    assert counted == len(seen) > 7


def test_sums_of_a_place_and_of_days_are_those_of_their_entries(now: sqlite3.Connection, amended: Book) -> None:
    asked = conditions(amended)
    for wanted in (AuditFilter(place=asked["place"]), AuditFilter(start=asked["start"], end=asked["end"])):
        entries = audit_trail.indices(now, wanted)
        sums = audit_trail.page(now, wanted).sums
        assert sums == audit_trail.page(now, AuditFilter(indices=entries)).sums
        assert sums.count == len(entries) > 20


class Without:
    """A connection to an SQLite that was built without FTS5."""

    def execute(self, _sql: str) -> None:
        raise sqlite3.OperationalError("no such module: fts5")


def test_a_machine_whose_sqlite_has_no_index_of_texts_is_told_so() -> None:
    without: Any = Without()
    with pytest.raises(LedgerError, match="FTS5"):
        refuse_without_indexes(without)
