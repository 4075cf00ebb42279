"""Three sites: the demonstration, every event type with corrections and voids, and a ledger with entry 0 alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.publishing.publisher import Publisher
from tests.projections.amended_log import amended_log
from tests.projections.delivered import add_another_course
from tests.public_site.served import Served, found_ledger, publish_book, serve
from yangguang.demo.scribe import build


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The whole demonstration, admitted and published by a real ledger."""
    folder = tmp_path_factory.mktemp("demo")
    ledger = build(folder / "ledger")
    Publisher(ledger.store, folder / "log", vkey=ledger.settings.vkey).publish()
    yield serve(folder, folder / "log", lambda digest: ledger.text(digest).to_json())
    ledger.close()


@pytest.fixture(scope="session")
def amended(tmp_path_factory: pytest.TempPathFactory) -> Served:
    """Every event type at least once, with corrections and voids."""
    folder = tmp_path_factory.mktemp("amended")
    publish_book(add_another_course(amended_log()), folder / "log")
    return serve(folder, folder / "log")


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Served:
    """A ledger that was just founded: entry 0 and nothing else."""
    folder = tmp_path_factory.mktemp("empty")
    found_ledger(folder / "ledger", folder / "log")
    return serve(folder, folder / "log")


@pytest.fixture
def spoilt(tmp_path: Path) -> Served:
    """A founded ledger whose files a test may change."""
    found_ledger(tmp_path / "ledger", tmp_path / "log")
    return serve(tmp_path, tmp_path / "log")


@pytest.fixture(params=["demo", "amended", "empty"])
def site(request: pytest.FixtureRequest) -> Served:
    """Each of the three sites in turn."""
    found: Served = request.getfixturevalue(request.param)
    return found
