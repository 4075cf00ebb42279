"""Keeping figures takes as many steps for a batch however long the log is: counted in the database, not in seconds."""

from pathlib import Path

from projections.runner import Runner
from tests.projections.book import Book

COUNTED_BY = 100
ENTRIES = 60


def steps_of_the_next_batch(path: Path, log: Book, size: int) -> int:
    """Hundreds of the database's steps that it takes to follow some entries after the first ``size``."""
    runner, steps = Runner(path, log.prefix(size - ENTRIES)), [0]
    runner.run_once()
    runner.source = log.prefix(size)
    runner.run_once()  # what is done once, and by the first batch of a runner

    def step() -> None:
        steps[0] += 1

    keeping = runner._keeping
    assert keeping is not None
    for db in (keeping._db, keeping._before):
        db.set_progress_handler(step, COUNTED_BY)
    runner.source = log.prefix(size + ENTRIES)
    runner.run_once()
    runner.close()
    return steps[0]


def test_a_batch_takes_no_more_steps_in_a_log_ten_times_as_long(tmp_path: Path, bulk: Book) -> None:
    short, long = (steps_of_the_next_batch(tmp_path / f"{size}.db", bulk, size) for size in (480, 4_800))
    assert 100 < long < 1.15 * short
