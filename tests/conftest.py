"""What tests of several packages share: one PostgreSQL, the choice of the engine, and how two processes divide them.

pytest tests/ledger                          some tests on both engines, the rest on SQLite
pytest tests/ledger --engine postgresql      every ledger that a test founds, in PostgreSQL
"""

from collections.abc import Iterator
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

from tests.clusters import Cluster, package_server
from tests.engines import BOTH, POSTGRESQL, SQLITE, Choice

WHOLE = ("tests/public_site", "tests/export")
"""Folders whose tests share fixtures: one walks the demonstration's thousands of pages, the other exports a ledger."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """The engine of all ledgers that do not choose themselves."""
    parser.addoption("--engine", choices=BOTH, default=SQLITE, help="where ledgers that tests found keep their events")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """A running server. Not to be stopped: others use it too."""
    with package_server() as cluster:
        yield cluster


@pytest.fixture(scope="session", autouse=True)
def engine_of_all(request: pytest.FixtureRequest) -> None:
    """As ``--engine`` says."""
    if request.config.getoption("--engine") == POSTGRESQL:
        Choice.cluster = request.getfixturevalue("postgres")


@pytest.fixture(params=BOTH)
def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The test runs on either engine. Its ledgers must be founded after this."""
    name: str = request.param
    monkeypatch.setattr(Choice, "cluster", None if name == SQLITE else request.getfixturevalue("postgres"))
    return name


class ByFixtures(LoadScopeScheduling):  # type: ignore[misc]
    """One process runs all tests of a file, so that its fixtures are made once; and of some folders all files.

    The largest group begins first, which keeps the last process from working alone for long.
    """

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        folder = "/".join(file.split("/")[:2])
        return folder if folder in WHOLE else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFixtures:
    """Where several processes run the tests."""
    return ByFixtures(config, log)
