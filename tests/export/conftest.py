"""A small town's ledger exported once, with texts and a photograph that are public now."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from ledger.application import Ledger
from ledger.settings import load_settings
from tests.ledger.backup.town import Town
from yangguang.cli.console import ProgressCall
from yangguang.export.exporting import Exported, Wanted
from yangguang.export.exporting import export as export_ledger


@contextmanager
def quiet(_title: str) -> Iterator[ProgressCall]:
    """Shows no progress."""
    yield lambda _done, _total: None


@dataclass
class Copies:
    """A ledger and the folder it is exported into."""

    town: Town
    out: Path

    def export(self, **wanted: object) -> Exported:
        """Exports; the ledger is closed meanwhile, for one process at a time may have it open."""
        directory = self.town.ledger.settings.directory
        self.town.ledger.close()
        try:
            return export_ledger(load_settings(directory), self.out, Wanted(**wanted), quiet)  # type: ignore[arg-type]
        finally:
            self.town.ledger = Ledger.open(directory, clock=self.town.clock, random=self.town.random)


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Copies]:
    """A town and its export, neither to be changed."""
    folder = tmp_path_factory.mktemp("exported")
    copies = Copies(Town(folder), folder / "copies" / "copy")
    copies.export()
    yield copies
    copies.town.ledger.close()


@pytest.fixture(scope="session")
def exported(whole: Copies) -> Path:
    """The folder of that export."""
    return whole.out


@pytest.fixture
def copies(tmp_path: Path) -> Iterator[Copies]:
    """A town of one's own."""
    found = Copies(Town(tmp_path), tmp_path / "out")
    yield found
    found.town.ledger.close()
