"""The watch of a ledger that is truly served, by the product's own public server."""

import shutil
from dataclasses import replace
from pathlib import Path

from ledger.publishing.publisher import Publisher
from tests.attacks.regulator import NOW
from tests.faults.serving import serving
from tests.ledger.audit.conftest import audit, correct_place
from tests.ledger.world import World
from yangguang.monitor.round import Watch, run_round
from yangguang.serving import running


def publish(world: World) -> None:
    settings = world.ledger.settings
    Publisher(world.ledger.store, settings.log, vkey=settings.vkey).publish()


def test_served_ledger_is_watched_while_it_grows_and_caught_when_it_is_set_back(tmp_path: Path) -> None:
    world, watch = World(tmp_path), Watch(now=lambda: NOW)
    place = world.place("示例村甲", level="village")
    publish(world)
    log = world.ledger.settings.log
    shutil.copytree(log, tmp_path / "backup")
    with running(log.parent, role="public") as app, serving(app) as url:
        first = run_round(url, tmp_path / "state", watch)
        assert (first.verdict, first.size) == ("good", 2)
        correct_place(world, place, "示例村甲", "示例村乙")
        publish(world)
        second = run_round(url, tmp_path / "state", replace(watch, genesis=first.genesis))
        assert [signal.code for signal in second.signals] == ["new-entries", "corrected"]
        assert audit(url, genesis=first.genesis, rules=True).verdict == "good"
        shutil.rmtree(log)
        shutil.copytree(tmp_path / "backup", log)
        assert [signal.code for signal in run_round(url, tmp_path / "state", watch).signals] == ["rolled-back"]
    world.ledger.close()
