"""What tests of several packages share: one PostgreSQL, and the choice of the engine."""

from collections.abc import Iterator

import pytest

from tests.clusters import Cluster, package_server
from tests.engines import BOTH, SQLITE, Choice


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """A running server. Not to be stopped: others use it too."""
    with package_server() as cluster:
        yield cluster


@pytest.fixture(params=BOTH)
def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The test runs on either engine. Its ledgers must be founded after this."""
    name: str = request.param
    if name != SQLITE:
        monkeypatch.setattr(Choice, "cluster", request.getfixturevalue("postgres"))
    return name
