"""One town and two backups of it, before and after its ten children were forgotten. Not to be changed: see ``copy``."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.ledger.backup.town import Town


@dataclass(frozen=True, slots=True)
class Two:
    """``older`` and its keys were made while the names were there, ``newer`` after all of them were said to be gone.

    ``receipts`` are those of every entry in the older backup; ``log`` is published, newest state.
    """

    town: Town
    older: Path
    older_keys: Path
    newer: Path
    newer_keys: Path
    size: int

    @property
    def directory(self) -> Path:
        return self.town.ledger.settings.directory

    @property
    def log(self) -> str:
        return str(self.town.ledger.settings.log)


@pytest.fixture(scope="session")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Two]:
    folder = tmp_path_factory.mktemp("town")
    town = Town(folder)
    older, newer = folder / "older", folder / "newer"
    older_keys, newer_keys = folder / "older-keys", folder / "newer-keys"
    town.back_up(older, older_keys)
    size = town.ledger.head().size
    town.forget()
    town.back_up(newer, newer_keys)
    yield Two(town, older, older_keys, newer, newer_keys, size)
    town.ledger.close()


@pytest.fixture
def copy(tmp_path: Path) -> Callable[[Path], Path]:
    """A copy of a folder that a test may change."""
    return lambda folder: Path(shutil.copytree(folder, tmp_path / f"copy of {folder.name}"))
