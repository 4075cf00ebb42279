"""A small ledger of its own for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ledger.small_ledger import SmallLedger


@pytest.fixture
def small(tmp_path: Path) -> Iterator[SmallLedger]:
    ledger = SmallLedger(tmp_path)
    yield ledger
    ledger.ledger.close()
