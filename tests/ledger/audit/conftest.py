"""Ledgers to audit: one with keys, organisations and corrections, one of eight entries, and false logs."""

import base64
import json
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ledger.audit import opened
from ledger.audit.gist import Gist, Known
from ledger.audit.gist import gist_of as real
from ledger.audit.report import Report
from ledger.audit.source import Source, open_source
from ledger.audit.verify import Options, verify
from ledger.errors import NotFoundError
from ledger.publishing.publisher import Publisher
from ledger.signing.keys import PrivateKey
from ledger.signing.notes import Ed25519NoteSigner
from ledger.tlog.checkpoint import Checkpoint, format_checkpoint
from ledger.tlog.merkle import MemoryTree, leaf_hash
from ledger.tlog.note import format_vkey, sign_note
from ledger.tlog.tile import TILE_WIDTH, Tile, format_bundle, tile_bytes, tiles_of_size
from tests.ledger.small_ledger import SmallLedger
from tests.ledger.world import World, private_key

TRIGGERS = "SELECT name FROM sqlite_master WHERE type='trigger'"


@dataclass
class Files:
    """Published files in memory: a ``Published`` that a test may change byte by byte."""

    content: dict[str, bytes]
    strict: bool = True
    prefix: str = ""

    @property
    def files(self) -> list[str]:
        return sorted(self.content)

    def read(self, path: str) -> bytes:
        if path not in self.content:
            raise NotFoundError("没有。", f"There is no {path}.")
        return self.content[path]

    def read_tile(self, tile: Tile) -> bytes:
        return self.read(tile.path)

    def close(self) -> None: ...

    @property
    def source(self) -> Source:
        return Source("memory", self)

    def write(self, folder: Path) -> Path:
        for path, data in self.content.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(data)
        return folder


def published(entries: Sequence[bytes], *, origin: str, log_key: PrivateKey) -> Files:
    """What a log of these entries publishes, whoever wrote them: also what an attacker with the log key would."""
    tree, signer = MemoryTree(), Ed25519NoteSigner(origin, log_key)
    for entry in entries:
        tree.append(leaf_hash(entry))
    content = {
        "checkpoint": sign_note(format_checkpoint(Checkpoint(origin, tree.size, tree.root())), [signer]),
        "vkey": f"{format_vkey(signer.verifier_key)}\n".encode(),
    }
    for tile in tiles_of_size(len(entries)):
        first = tile.index * TILE_WIDTH
        bundle = tile.level == Tile.ENTRIES
        content[tile.path] = format_bundle(entries[first : first + tile.width]) if bundle else tile_bytes(tile, tree)
    return Files(content)


def audit(path: Path | str, **options: Any) -> Report:
    """``verify`` of a path or URL."""
    source = open_source(str(path))
    try:
        return verify(source, Options(**options))
    finally:
        source.close()


def tamper(directory: Path, *statements: tuple[str, Sequence[Any]]) -> None:
    """Changes a store as a database administrator can: past the triggers."""
    connection = sqlite3.connect(directory / "ledger.sqlite3", isolation_level=None)
    for (name,) in connection.execute(TRIGGERS).fetchall():
        connection.execute(f"DROP TRIGGER {name}")
    for statement, parameters in statements:
        connection.execute(statement, parameters)
    connection.close()


def stored(directory: Path) -> list[bytes]:
    """The entries in the store, in order."""
    connection = sqlite3.connect(directory / "ledger.sqlite3")
    statement = "SELECT state FROM leaves JOIN stored_events USING (originator_id, originator_version)"
    rows = connection.execute(f"{statement} ORDER BY entry_index").fetchall()
    connection.close()
    return [bytes(row[0]) for row in rows]


def payload_of(entry: bytes) -> bytes:
    return base64.b64decode(json.loads(entry)["envelope"]["payload"])


def with_payload(entry: bytes, old: bytes, new: bytes) -> bytes:
    """An entry whose signed content was changed after signing."""
    payload = payload_of(entry)
    assert old in payload
    return entry.replace(base64.b64encode(payload), base64.b64encode(payload.replace(old, new)))


def codes(report: Report) -> list[str]:
    return [finding.code for finding in report.findings]


def first_index(report: Report) -> int | None:
    """The index that the report names first."""
    return report.findings[0].index


def grow(world: World) -> None:
    """About sixty entries: organisations, keys enrolled, replaced, revoked; places, some corrected; a donation."""
    for name, capability in (("联合会", "fund"), ("协会", "deliver"), ("会计师事务所", "confirm")):
        world.organisation(name, capability)
        world.pass_days(1)
    fund = world.organisation("基金会", "fund", "publish")
    world.donation(fund, 100_000, fund="基金会", confirm="会计师事务所")
    for number in range(30):
        place = world.place(f"示例村{number}", level="village")
        if number % 10 == 0:
            correct_place(world, place, f"示例村{number}", f"样本村{number}")
    gone = world.register("退出的协会")
    key = world.enrol("departed", gone, "deliver")
    world.undertake(gone, "departed")
    world.record("key.revoked", key, {"reason": "left"}, "admin-1")


def correct_place(world: World, place: str, old: str, new: str) -> None:
    opened = world.ledger.record(place)
    assert opened is not None
    changes = {"name": {"from": old, "to": new}}
    world.record("place.corrected", place, {"event": opened.head, "changes": changes, "reason": "naming"}, "admin-1")


def publish(world: World) -> None:
    settings = world.ledger.settings
    Publisher(world.ledger.store, settings.log, vkey=settings.vkey).publish()


@pytest.fixture(scope="session")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed ledger directory, published. Not to be changed: see ``ledger_directory``."""
    folder = tmp_path_factory.mktemp("grown")
    world = World(folder)
    grow(world)
    publish(world)
    world.ledger.close()
    return folder / "ledger"


@pytest.fixture
def ledger_directory(grown: Path, tmp_path: Path) -> Path:
    """A copy that a test may change."""
    return Path(shutil.copytree(grown, tmp_path / "copy"))


@pytest.fixture(scope="session")
def entries(grown: Path) -> list[bytes]:
    return stored(grown)


@pytest.fixture
def log_key() -> PrivateKey:
    return private_key("log")


@pytest.fixture(scope="session")
def eight(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger directory of eight entries, published and closed."""
    small = SmallLedger(tmp_path_factory.mktemp("eight"))
    for _ in range(7):
        small.fill(1)
    settings = small.ledger.settings
    Publisher(small.ledger.store, settings.log, vkey=settings.vkey).publish()
    small.ledger.close()
    return small.directory


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A ledger still open, with its writer."""
    world = World(tmp_path)
    yield world
    world.ledger.close()


@pytest.fixture
def remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Opening an entry is a pure function of its bytes and keys, so thousands of audits of one ledger share it."""
    found: dict[tuple[bytes, tuple[bytes, ...]], Gist | bool] = {}

    def gist_of(raw: bytes, known: Known) -> Gist | bool:
        key = (raw, tuple(known.public_keys))
        if key not in found:
            found[key] = real(raw, known)
        return found[key]

    monkeypatch.setattr(opened, "gist_of", gist_of)


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """Where a run may keep its state."""
    return tmp_path / "kept.state"
