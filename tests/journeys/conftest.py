"""The demonstration, built once and served by the real command."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.serving import free_port, served


@pytest.fixture(scope="session")
def demo_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo") / "ledger"


@pytest.fixture(scope="session")
def demo_url(demo_directory: Path) -> Iterator[str]:
    port = free_port()
    command = f"yangguang demo --dir {demo_directory} --port {port}"
    yield from served(command, cwd=demo_directory.parent, url=f"http://127.0.0.1:{port}")
