import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.sealing.vault import Vault


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return tmp_path / "vault"


@pytest.fixture
def vault(directory: Path) -> Iterator[Vault]:
    vault = Vault.create(directory, random=os.urandom)
    yield vault
    vault.close()
