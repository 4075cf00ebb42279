"""A ledger that goes on, a site that publishes it and may be killed or lie, and a mirror of it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from ledger.audit.report import Report
from ledger.audit.source import open_source
from ledger.audit.verify import Options, verify
from ledger.publishing.publisher import Publisher
from ledger.settings import load_settings
from ledger.tlog.checkpoint import parse_checkpoint
from ledger.tlog.note import parse_note
from tests.attacks.site import Site, running_site
from tests.ledger.small_ledger import SmallLedger
from yangguang.following.follower import Follower, Pace
from yangguang.following.node import found_mirror
from yangguang.following.pins import Pins


def files_of(log: Path) -> dict[str, bytes]:
    return {path.relative_to(log).as_posix(): path.read_bytes() for path in log.rglob("*") if path.is_file()}


@dataclass
class Mirrored:
    """``small`` records and publishes on ``site``; ``directory`` is the mirror."""

    small: SmallLedger
    site: Site
    directory: Path
    pins: Pins = field(default_factory=Pins)
    followers: list[Follower] = field(default_factory=list)

    def grow(self, count: int) -> int:
        """The size after as many more entries, published."""
        self.small.fill(count)
        return self.publish()

    def publish(self) -> int:
        settings = self.small.ledger.settings
        size = Publisher(self.small.ledger.store, settings.log, vkey=settings.vkey).publish()
        self.site.content = files_of(settings.log)
        return size

    def found(self) -> None:
        found_mirror(self.directory, self.site.url, self.pins)

    def follower(self) -> Follower:
        """As a start of the mirror makes it."""
        self.followers.append(Follower(load_settings(self.directory), self.pins, Pace(), lambda: True))
        return self.followers[-1]

    def size(self) -> int:
        note = (self.directory / "log" / "checkpoint").read_bytes()
        return parse_checkpoint(parse_note(note).text).tree_size

    def report(self) -> Report:
        """``verify`` of the mirror's directory, every rule replayed."""
        source = open_source(str(self.directory))
        try:
            return verify(source, Options(rules=True))
        finally:
            source.close()


@pytest.fixture
def site() -> Iterator[Site]:
    yield from running_site()


@pytest.fixture
def mirrored(tmp_path: Path, site: Site) -> Iterator[Mirrored]:
    small = SmallLedger(tmp_path / "origin")
    made = Mirrored(small, site, tmp_path / "mirror")
    made.publish()
    yield made
    for follower in made.followers:
        follower.close()
    small.ledger.close()
