from collections.abc import Iterator

import pytest

from tests.yangguang.demonstration import Demonstration
from yangguang.demo.scenario.story import story
from yangguang.demo.scribe import Scribe


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demonstration]:
    directory = tmp_path_factory.mktemp("demo") / "ledger"
    scribe = Scribe(directory)
    for step in story():
        scribe.write(step)
    entries = list(scribe.ledger.store.entries(0, scribe.ledger.head().size))
    yield Demonstration(directory, scribe.ledger, scribe.records, entries)
    scribe.ledger.close()
