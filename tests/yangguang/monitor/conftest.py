"""A regulator before a site that publishes a ledger which goes on."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from ledger.publishing.publisher import Publisher
from tests.attacks.regulator import Regulator, regulator_before
from tests.attacks.site import Site, running_site
from tests.ledger.audit.conftest import grow, stored
from tests.ledger.small_ledger import SmallLedger
from tests.ledger.world import World


@dataclass
class Living:
    """A ledger still open, and its site."""

    world: World
    site: Site

    def publish(self) -> None:
        """Puts up what the ledger holds now."""
        settings = self.world.ledger.settings
        Publisher(self.world.ledger.store, settings.log, vkey=settings.vkey).publish()
        files = [path for path in settings.log.rglob("*") if path.is_file()]
        self.site.publish({path.relative_to(settings.log).as_posix(): path.read_bytes() for path in files})


@pytest.fixture
def site() -> Iterator[Site]:
    yield from running_site()


@pytest.fixture
def regulator(site: Site, tmp_path: Path) -> Regulator:
    return regulator_before(site, tmp_path)


@pytest.fixture
def living(site: Site, tmp_path: Path) -> Iterator[Living]:
    world = World(tmp_path / "living")
    world.now = world.now.replace(year=2023, month=4, day=7)
    yield Living(world, site)
    world.ledger.close()


@pytest.fixture(scope="session")
def entries(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    """About sixty."""
    folder = tmp_path_factory.mktemp("watched")
    world = World(folder)
    grow(world)
    world.ledger.close()
    return stored(folder / "ledger")


@pytest.fixture(scope="session")
def many(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    """Three hundred of a small ledger: one full bundle and a partial one."""
    small = SmallLedger(tmp_path_factory.mktemp("many"))
    for _ in range(3):
        small.fill(99)
    small.fill(2)
    small.ledger.close()
    return stored(small.directory)
