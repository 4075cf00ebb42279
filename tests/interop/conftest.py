"""Both Go programs, built once into one cache: compiling the standard library is what takes the time."""

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def go_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("go")
