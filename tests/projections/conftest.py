"""The logs that the views are folded from, and the views of the small one. Not to be changed by a test."""

import sqlite3
from collections.abc import Iterator

import pytest

from projections.runner import Runner
from projections.views import Views
from tests.projections.amended_log import amended_log
from tests.projections.book import Book
from tests.projections.small_log import add_bulk, small_log


@pytest.fixture(scope="session")
def book() -> Book:
    """Every event type at least once, with sums that can be counted by hand."""
    return small_log()


@pytest.fixture(scope="session")
def amended() -> Book:
    """The same log with corrections, voids and the rarer events after it."""
    return amended_log()


@pytest.fixture(scope="session")
def bulk() -> Book:
    """The same log grown to 5,000 entries."""
    made = small_log()
    add_bulk(made, 5_000)
    return made


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory, book: Book) -> Iterator[sqlite3.Connection]:
    """A reader of the small log's views."""
    path = tmp_path_factory.mktemp("views") / "views.db"
    runner, views = Runner(path, book), Views(path)
    runner.run_once()
    with views.reading() as connection:
        yield connection
    views.close()
    runner.close()
