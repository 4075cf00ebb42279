"""A ledger that holds secrets: a scholarship with sealed rows, consents and a note; and who may see them."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from ledger.receipts import Receipt
from ledger.tlog.base64 import encode_base64
from tests.ledger.forms import forms
from tests.ledger.world import World

BOTH = ("supervisor", "care")
NOTE = "学校老师陪同家长领取，测试用名-0007的家里还有两个弟妹。"


class Household:
    """``rows`` are the sealed rows of the grant; ``granted`` is its receipt."""

    def __init__(self, directory: Path, names: Sequence[str], *, founded_on: date = date(2023, 4, 3)) -> None:
        self.world = world = World(directory, founded_on=founded_on)
        self.town = world.place()
        self.builder = world.organisation("builder", "deliver")
        world.organisation("supervisor", "supervise")
        world.care()
        data = world.project_data(world.programme(self.town, "dreams"), self.town, "dreams")
        self.project = world.project(data, self.builder, "builder")
        self.rows = [
            {"vault_key": world.random(16).hex(), "name": name, "school": "示例小学", "guardian": f"{name}的监护人"}
            for name in names
        ]
        self.forms = forms(self.rows, "award")
        for row, form in zip(self.rows, self.forms, strict=True):
            form.update(name=row["name"], guardian=row["guardian"])
        self.consent = world.open("consent.recorded", {"form": "paper"}, "care", rows=self.forms)
        self.award = world.award(self.project, self.town, "builder")
        world.publicise(self.award, "builder")
        self.granted = self.grant(self.award, self.rows, free=[("note", NOTE)])

    def grant(self, award: str, rows: Sequence[dict[str, Any]], **more: Any) -> Receipt:
        """Grants a publicised round to the people in rows."""
        data = {"people": self.world.people(self.town, len(rows)), "total_fen": 50_000 * len(rows)}
        return self.world.record("award.granted", award, data, "builder", rows=rows, **more)

    def another_round(self) -> str:
        """A further round, publicised and ready to be granted."""
        award = self.world.award(self.project, self.town, "builder")
        self.world.publicise(award, "builder")
        return award

    @property
    def payload(self) -> Any:
        """The grant's payload."""
        record = self.world.ledger.record(self.award)
        assert record is not None
        return record.history[-1]

    def opening(self, key: X25519PrivateKey, **changes: Any) -> dict[str, Any]:
        """The data that opens all of the grant's sealed values to a key."""
        recipient = encode_base64(key.public_key().public_bytes_raw())
        data = {"about": self.award, "event": self.payload.event_id, "digests": list(self.payload.sealed)}
        return {**data, "purpose": "audit", "recipient": recipient, **changes}

    def erase(self, *vault_keys: str) -> Receipt:
        """Erases what lies under some keys, padded."""
        padding = [self.world.random(16).hex() for _ in range(-len(vault_keys) % 16)]
        data = {"vault_keys": sorted([*vault_keys, *padding]), "ground": "consent"}
        return self.world.record("sealed.erased", self.world.new("sealed"), data, BOTH)

    def withdraw(self, digest: str, *, ground: str = "identifies") -> Receipt:
        """Withdraws a text of the grant."""
        data = {"about": self.award, "event": self.payload.event_id, "digest": digest, "ground": ground}
        return self.world.record("sealed.withdrawn", self.world.new("sealed"), data, "care")


def bytes_under(*directories: Path) -> bytes:
    """Every byte of every file, and every file's name."""
    paths = sorted(path for directory in directories for path in directory.rglob("*") if path.is_file())
    return b"\n".join(part for path in paths for part in (str(path).encode(), path.read_bytes()))
