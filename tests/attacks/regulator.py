"""A regulator who has visited an honest site once, and keeps what she saw: a state folder and an old checkpoint."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ledger.audit.report import Report
from ledger.domain.entry import parse_entry
from ledger.signing.keys import PrivateKey
from tests.attacks.site import Site
from tests.ledger.audit.conftest import audit, codes, published
from tests.ledger.small_ledger import ORIGIN as SMALL_ORIGIN
from tests.ledger.world import ORIGIN, private_key
from yangguang.monitor.round import Watch, run_round
from yangguang.monitor.signals import RoundReport

SMALL_KEY = PrivateKey.from_seed(b"l" * 32)
SEEN = 40
NOW = datetime(2023, 4, 8, tzinfo=UTC)


def log_of(entries: Sequence[bytes]) -> dict[str, bytes]:
    """What a log of these entries publishes, signed by the true log key, whoever made them."""
    return published(entries, origin=ORIGIN, log_key=private_key("log")).content


def small_log_of(entries: Sequence[bytes]) -> dict[str, bytes]:
    """The same of the small ledger."""
    return published(entries, origin=SMALL_ORIGIN, log_key=SMALL_KEY).content


@dataclass
class Regulator:
    """``watch`` is how she watches; ``old`` the checkpoint she kept; ``state`` her folder."""

    site: Site
    folder: Path
    watch: Watch

    @property
    def state(self) -> Path:
        return self.folder / "state"

    @property
    def old(self) -> Path:
        return self.folder / "old.checkpoint"

    def visit(self, content: dict[str, bytes]) -> None:
        """The control: an honest site, found good by both tools; its checkpoint is kept."""
        self.site.publish(content)
        report = self.round()
        assert report.verdict == "good", report.signals
        self.old.write_bytes(content["checkpoint"])
        assert self.verify().verdict == "good"

    def round(self, **changes: Any) -> RoundReport:
        return run_round(self.site.url, self.state, replace(self.watch, **changes))

    def verify(self, **options: Any) -> Report:
        """``verify --since`` of the old checkpoint, every rule replayed."""
        return audit(self.site.url, **{"since": self.old, "rules": True, **options})

    def finds(self, code: str, finding: str) -> None:
        """Both tools catch it: the monitor's first alarm and one of the findings of ``verify`` have these codes."""
        report = self.round()
        assert (report.verdict, report.exit_code(strict=False)) == ("alarm", 1)
        assert report.signals[0].code == code, report.signals[0]
        assert finding in codes(self.verify())


def genesis_of(entries: Sequence[bytes]) -> str:
    """The digest that identifies the ledger."""
    return parse_entry(entries[0]).envelope.event_id


def regulator_before(site: Site, folder: Path) -> Regulator:
    """One whose clock stands on the day after the last entries."""
    return Regulator(site, folder, Watch(now=lambda: NOW, choose=lambda tiles, count: list(tiles[:count])))
