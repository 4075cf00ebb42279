"""What tests of several packages share: one PostgreSQL, and the choice of the engine.

pytest tests/ledger                          some tests on both engines, the rest on SQLite
pytest tests/ledger --engine postgresql      every ledger that a test founds, in PostgreSQL
"""

from collections.abc import Iterator

import pytest

from tests.clusters import Cluster, package_server
from tests.engines import BOTH, POSTGRESQL, SQLITE, Choice


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
