"""A small ledger behind HTTP, into which spreadsheets are imported."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.yangguang.ledgers import Served, served_ledger


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    with served_ledger("thread", tmp_path) as served:
        yield served
