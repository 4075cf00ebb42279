"""A household of twelve children for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ledger.privacy.household import Household

NAMES = [f"测试用名-{number:04d}" for number in range(1, 13)]


@pytest.fixture
def household(tmp_path: Path) -> Iterator[Household]:
    made = Household(tmp_path, NAMES)
    yield made
    made.world.ledger.close()
