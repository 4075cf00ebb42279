"""What attacks are made on: a regulator before a site, and the entries of honest ledgers."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.publishing.publisher import Publisher
from ledger.rules import admission
from tests.attacks.regulator import Regulator, regulator_before
from tests.attacks.site import Site, running_site
from tests.ledger.audit.conftest import grow, stored
from tests.ledger.rules.asked import check_and_ask_the_others
from tests.ledger.small_ledger import SmallLedger
from tests.ledger.world import World


@pytest.fixture(autouse=True)
def ask_every_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of true logs and of false ones, the rules that are not asked about an entry have nothing to say."""
    monkeypatch.setattr(admission, "check", check_and_ask_the_others)


@pytest.fixture
def site() -> Iterator[Site]:
    yield from running_site()


@pytest.fixture
def regulator(site: Site, tmp_path: Path) -> Regulator:
    return regulator_before(site, tmp_path)


@pytest.fixture(scope="session")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger directory of about sixty entries, closed."""
    folder = tmp_path_factory.mktemp("attacked")
    world = World(folder)
    grow(world)
    Publisher(world.ledger.store, world.ledger.settings.log, vkey=world.ledger.settings.vkey).publish()
    world.ledger.close()
    return folder / "ledger"


@pytest.fixture(scope="session")
def entries(grown: Path) -> list[bytes]:
    return stored(grown)


@pytest.fixture(scope="session")
def many(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    """The entries of a small ledger of 300: one full bundle and a partial one."""
    small = SmallLedger(tmp_path_factory.mktemp("many"))
    for _ in range(3):
        small.fill(99)
    small.fill(2)
    small.ledger.close()
    return stored(small.directory)
