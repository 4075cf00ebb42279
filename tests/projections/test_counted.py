"""Kept figures equal those counted from scratch, whatever was recorded, corrected or voided."""

import sqlite3
from collections import Counter
from pathlib import Path

import pytest

from projections.duties.calendar import now
from projections.duties.reading import Asked, duties, duty_count
from projections.lines import LINES
from projections.runner import Runner
from projections.views import Views
from tests.projections.book import Book

Rows = list[tuple[object, ...]]


def kept(db: sqlite3.Connection) -> tuple[Rows, Rows]:
    """What was settled after each batch."""
    lines, sums = "SELECT * FROM counted ORDER BY 1, 2, 3", "SELECT * FROM sums ORDER BY 1, 2"
    return [tuple(row) for row in db.execute(lines)], [tuple(row) for row in db.execute(sums)]


def from_scratch(db: sqlite3.Connection) -> tuple[Rows, Rows]:
    """The same, selected from the rows themselves and added up here."""
    lines: dict[tuple[str, str, int], tuple[int, int]] = {}
    sums: dict[tuple[str, str], tuple[int, int]] = {}
    for declared in LINES:
        for figure, subject, idx, value in db.execute(declared.select):
            if declared.listed:
                added, count = lines.get((figure, subject, idx), (0, 0))
                lines[figure, subject, idx] = (added + value, count + 1)
            else:
                added, count = sums.get((figure, subject), (0, 0))
                sums[figure, subject] = (added + value, count + 1)
    for (figure, subject, _), (value, _) in lines.items():
        added, count = sums.get((figure, subject), (0, 0))
        sums[figure, subject] = (added + value, count + 1)
    return [(*key, *each) for key, each in sorted(lines.items())], [(*key, *each) for key, each in sorted(sums.items())]


def at_places(db: sqlite3.Connection) -> Rows:
    """Which entries triggers have put at which places."""
    return [tuple(row) for row in db.execute("SELECT place, idx, ways FROM entries_at ORDER BY 1, 2")]


def at_places_from_scratch(db: sqlite3.Connection) -> Rows:
    """The same from what entries touch, and what lies within what."""
    within = [tuple(row) for row in db.execute("SELECT place, ancestor FROM place_within")]
    touched: dict[str, list[int]] = {}
    for reference, idx in db.execute("SELECT reference, idx FROM touches"):
        touched.setdefault(reference, []).append(idx)
    ways = Counter((ancestor, idx) for place, ancestor in within for idx in touched.get(place, ()))
    return [(*each, count) for each, count in sorted(ways.items())]


@pytest.mark.parametrize("batch", [1, 9])
def test_after_every_batch_kept_figures_equal_those_counted_from_scratch(
    batch: int, tmp_path: Path, amended: Book
) -> None:
    runner, views = Runner(tmp_path / "views.db", amended), Views(tmp_path / "views.db")

    def check(folded: int, _: int) -> None:
        with views.reading() as db:
            assert kept(db) == from_scratch(db), folded
            assert at_places(db) == at_places_from_scratch(db), folded
            of_the_day = Asked(now(db))
            for state in ("overdue", "soon", "later", "on_time", "late"):
                assert duty_count(db, state, of_the_day) == len(duties(db, state, of_the_day)), (folded, state)

    runner.run_once(batch, progress=check)
    with views.reading() as db:
        assert {name for name, *_ in db.execute("SELECT figure FROM sums")} >= {"balance.received", "flow"}
    views.close()
    runner.close()
