"""A page from memory says what a page made now would say, whatever was recorded since it was made."""

import sqlite3
from pathlib import Path

import pytest
from starlette.routing import compile_path

from public_site.drawn import drawn, hole
from public_site.inputs import DAY, ENTRY, WHOLE, Inputs, Now, Readers, noting
from public_site.pages.routes import PAGES
from tests.projections.amended_log import amended_log
from tests.projections.delivered import add_another_course
from tests.public_site.growing import NEVER_KEPT, Growing, sample

STEPS = (60, 150, 151, 246, 247, 278, 279)


def test_every_page_from_memory_is_the_page_made_now_as_the_ledger_grows(tmp_path: Path) -> None:
    book = add_another_course(amended_log())
    growing, paths = Growing(tmp_path, book), sample(book)
    for size in STEPS:
        growing.grow(size)
        assert growing.differing(paths) == [], size
    assert growing.again[True] > len(paths) / 2
    assert growing.again[False] > len(paths)


def test_sample_has_a_page_of_every_route_that_is_ever_kept() -> None:
    paths = [path.partition("?")[0] for path in sample(add_another_course(amended_log()), as_of=9)]
    for route, _ in PAGES:
        if route not in NEVER_KEPT:
            assert any(compile_path(route)[0].fullmatch(path) for path in paths), route


@pytest.fixture
def db() -> sqlite3.Connection:
    found = sqlite3.connect(":memory:")
    found.executescript("CREATE TABLE t (a, b); INSERT INTO t VALUES (1, 'x'), (2, 'y'), (3, 'x')")
    return found


def asked(db: sqlite3.Connection) -> Inputs:
    """What a page asked that reads two rows of three, one by name, and leaves the rest."""
    inputs = Inputs()
    noted = noting(db, inputs)
    assert noted.execute("SELECT a FROM t WHERE b = ? ORDER BY a", ("x",)).fetchone() == (1,)
    assert noted.execute("SELECT b FROM t WHERE a = :a", {"a": 2}).fetchall() == [("y",)]
    return inputs


def test_page_holds_while_what_it_read_is_as_it_was(db: sqlite3.Connection) -> None:
    inputs = asked(db)
    db.execute("INSERT INTO t VALUES (4, 'z')")
    assert Now(db, {}, {}).holds(inputs)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE t SET b = 'z' WHERE a = 2", "DELETE FROM t WHERE a = 1", "INSERT INTO t VALUES (5, 'x')",
        "UPDATE t SET a = '1' WHERE a = 1", "UPDATE t SET a = NULL WHERE a = 1",
    ],
)  # fmt: skip
def test_page_does_not_hold_when_one_answer_is_another(db: sqlite3.Connection, change: str) -> None:
    inputs = asked(db)
    db.execute(change)
    assert not Now(db, {}, {}).holds(inputs)


def test_page_that_looked_at_the_ledger_as_a_whole_never_holds(db: sqlite3.Connection) -> None:
    inputs = asked(db)
    inputs.note((WHOLE, ()), None)
    assert not Now(db, {}, {}).holds(inputs)


def test_page_of_a_day_or_of_published_bytes_holds_while_they_are_the_same(db: sqlite3.Connection) -> None:
    inputs = asked(db)
    inputs.note((DAY, ()), "2026-01-05")
    inputs.note((ENTRY, (7,)), b"entry")
    readers: Readers = {DAY: lambda: "2026-01-05", ENTRY: lambda index: {7: b"entry"}[index]}
    assert Now(db, readers, {}).holds(inputs)
    assert not Now(db, {**readers, DAY: lambda: "2026-01-06"}, {}).holds(inputs)
    assert not Now(db, {**readers, ENTRY: lambda _: b"entrz"}, {}).holds(inputs)


def test_text_on_a_page_cannot_name_a_hole() -> None:
    page = drawn(f"<p>{hole('root')}</p><p>&lt;!--live:root--&gt;</p>")
    assert page.filled({"root": "00ff"}.__getitem__) == "<p>00ff</p><p>&lt;!--live:root--&gt;</p>"
