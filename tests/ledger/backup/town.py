"""A ledger with ten children whose names lie in every kind of place, and what is said of them later."""

import hashlib
import zlib
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from ledger.application import Ledger
from ledger.backup.back_up import BackedUp, back_up
from ledger.backup.proof import Restored
from ledger.backup.refusal import BackupError
from ledger.backup.request import Request, Surroundings
from ledger.backup.restore import restore
from ledger.publishing.publisher import Publisher
from ledger.receipts import Receipt
from tests.ledger.audit.conftest import payload_of
from tests.ledger.backup.canaries import NAMES
from tests.ledger.sealing.pictures import packed_png
from tests.ledger.world import World, counted

CHILDREN, GUARDIANS = NAMES[:10], NAMES[10:16]
IN_NOTE, IN_REPLACED_NOTE, IN_CAPTION, IN_FILE = NAMES[16:]
PIXELS = IN_FILE.encode()
FILE = packed_png(len(PIXELS), 1, zlib.compress(b"\0" + PIXELS, 0))
"""A photograph of one row, its pixels not compressed, so that a name in them can be found."""
SHA256 = hashlib.sha256(FILE).hexdigest()


class Town(World):
    """``award`` was granted to the ten; ``survey`` tells of one in a note, a caption and a file."""

    def __init__(self, directory: Path, **founding: Any) -> None:
        super().__init__(directory, **founding)
        place = self.place()
        self.care()
        self.organisation("inspector", "supervise")
        self.organisation("office", "plan")
        builder = self.organisation("builder", "deliver")
        programme = self.programme(place, "dreams")
        self.project_of_town = self.project(self.project_data(programme, place, "dreams"), builder, "builder")
        self.award_of_town = self.award(self.project_of_town, place, "builder")
        self.publicise(self.award_of_town, "builder")
        rows = [{**row, "name": name} for row, name in zip(self.grant_rows(10), CHILDREN, strict=True)]
        self.vault_keys = [row["vault_key"] for row in rows]
        self.consents = self.open("consent.recorded", {"form": "paper"}, "care", rows=_forms(rows))
        data = {"people": self.people(place, 10), "total_fen": 500_000}
        note = [("note", f"{IN_REPLACED_NOTE}上台领奖。")]
        self.granted = self.event(
            self.record("award.granted", self.award_of_town, data, "builder", rows=rows, free=note)
        )
        self.survey = self.surveyed(builder, place)
        self.publish()

    def surveyed(self, organisation: str, place: str) -> str:
        """A survey that says too much, with its file sent."""
        data = {
            "project": self.project_of_town,
            "title": "操场",
            "organisation": organisation,
            "places": [place],
            "units": 1,
        }
        evidence = {"sha256": SHA256, "media_type": "image/png", "bytes": len(FILE), "caption": IN_CAPTION}
        free = [("note", f"{IN_NOTE}家的操场。"), ("evidence", evidence)]
        survey = self.open("renovation.surveyed", data, "builder", free=free)
        self.ledger.keep_evidence(SHA256, FILE)
        return survey

    def publish(self) -> None:
        """Publishes the log files."""
        publish(self.ledger)

    @staticmethod
    def event(receipt: Receipt) -> str:
        """The event id of an admitted event."""
        return hashlib.sha256(payload_of(receipt.entry)).hexdigest()

    def erase(self) -> Receipt:
        """Erases all ten, by the two who may."""
        keys = sorted([*self.vault_keys, *(self.random(16).hex() for _ in range(6))])
        data = {"vault_keys": keys, "ground": "request"}
        return self.record("sealed.erased", self.new("sealed"), data, ("inspector", "care"))

    def withdraw(self) -> None:
        """Withdraws the survey's note and file."""
        survey = self.ledger.record(self.survey)
        assert survey is not None
        for digest in survey.history[0].withdrawable:
            data = {"about": self.survey, "event": survey.head, "digest": digest, "ground": "identifies"}
            self.open("sealed.withdrawn", data, "care")

    def restate(self) -> None:
        """States the note of the award again, without the name."""
        data = {"event": self.granted, "changes": {}, "reason": "checked"}
        free = [("note", "学生上台领奖。")]
        self.record("award.corrected", self.award_of_town, data, "builder", free=free)

    def restate_rows(self) -> None:
        """States who was granted the award again, under the same keys and other names."""
        rows = [
            {"vault_key": key, "name": f"更正{number}", "school": "小学"} for number, key in enumerate(self.vault_keys)
        ]
        data = {"event": self.granted, "changes": {}, "reason": "checked"}
        self.record("award.corrected", self.award_of_town, data, "builder", rows=rows)

    def take_consent_back(self, child: int = 0) -> None:
        """One child's guardian withdraws consent; whose is sealed."""
        row = {"vault_key": self.vault_keys[child], "asked_by": "guardian"}
        self.record("consent.withdrawn", self.consents, {}, "care", rows=[row])

    def forget(self) -> None:
        """All that can be said to be gone, and published."""
        self.pass_days(1)
        self.erase()
        self.withdraw()
        self.restate()
        self.publish()

    def back_up(self, out: Path, keys: Path | None = None) -> BackedUp:
        """A backup made now."""
        return back_up(self.ledger.settings, out, keys=keys, now=self.now)

    def restore(self, place: Path, backup: Path, **request: Any) -> Restored:
        """A restore made now."""
        return restored_at(place, backup, self.now, **request)

    def refusal(self, place: Path, backup: Path, **request: Any) -> str:
        """The sentence with which a restore is refused; nothing is left of it."""
        with pytest.raises(BackupError) as refusal:
            self.restore(place, backup, **request)
        assert not place.exists()
        assert not place.with_name(f"{place.name}.unfinished").exists()
        assert refusal.value.zh.endswith(("。", "。）"))
        return refusal.value.en


def publish(ledger: Ledger) -> None:
    """Publishes a ledger's log files."""
    Publisher(ledger.store, ledger.settings.log, vkey=ledger.settings.vkey).publish()


def restored_at(place: Path, backup: Path, now: datetime, **request: Any) -> Restored:
    """A restore at a moment."""
    return restore(Request(backup, **request), place, Surroundings(now, counted(f"restore {place}")))


def _forms(rows: list[dict[str, str]]) -> list[dict[str, Any]]:
    guardians = [GUARDIANS[number % len(GUARDIANS)] for number in range(len(rows))]
    return [
        {
            "vault_key": row["vault_key"],
            "name": row["name"],
            "scopes": ["award"],
            "given_by": "guardian",
            "guardian": guardian,
            "assent": "given",
        }
        for row, guardian in zip(rows, guardians, strict=True)
    ]
