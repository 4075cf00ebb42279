"""A ledger in which one scholarship round was granted to ten children of nobody, and what each of them holds."""

from dataclasses import dataclass
from pathlib import Path

from ledger.errors import LedgerError
from ledger.opening import Submission
from ledger.publishing.publisher import Publisher
from tests.ledger.world import World

CHILDREN = 10


@dataclass(frozen=True)
class Granted:
    """``index`` is the granting entry; ``submission`` still holds the disclosures, which only their people keep."""

    world: World
    award: str
    index: int
    submission: Submission

    def publish(self) -> Path:
        """The published folder, up to date."""
        settings = self.world.ledger.settings
        Publisher(self.world.ledger.store, settings.log, vkey=settings.vkey).publish()
        return settings.log


def grant_in(folder: Path) -> Granted:
    """Keeps the ledger in ``folder``, left open."""
    world = World(folder)
    organisation = world.organisation("协会", "deliver")
    town = world.place()
    school = world.place("示例小学", level="school")
    project = world.project(
        world.project_data(world.programme(town, "tongmeng"), town, "tongmeng"), organisation, "协会"
    )
    world.pass_days(40)
    award = world.award(project, school, "协会")
    world.publicise(award, "协会")
    rows = world.grant_rows(CHILDREN)
    world.consent(rows, "award")
    data = {"people": world.people(school, CHILDREN), "total_fen": 50_000 * CHILDREN}
    submission = world.sign("award.granted", award, data, "协会", rows=rows)
    outcome = world.ledger.admit([submission])[0]
    if isinstance(outcome, LedgerError):
        raise outcome
    return Granted(world, award, outcome.index, submission)
