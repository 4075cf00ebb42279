"""A small world for tests: a founded ledger, organisations with keys, a project with money. All deterministic."""

import hashlib
import json
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from ledger.application import Ledger
from ledger.canonical import canonical_bytes
from ledger.domain.catalogue import event_class
from ledger.domain.drafting import Content, Draft, Standpoint, draft
from ledger.domain.entry import day_of
from ledger.domain.record import Record
from ledger.errors import LedgerError
from ledger.founding import AdminKey, Founding, found, new_identifier
from ledger.opening import Submission
from ledger.receipts import Receipt
from ledger.signing.envelope import sign_envelope
from ledger.signing.keys import PrivateKey, sign_possession
from ledger.tlog.base64 import encode_base64
from tests.engines import new_database
from tests.ledger.forms import forms

ORIGIN = "ledger.example/test"
GOVERNED = {"register", "supervise", "care", "confirm"}
QUORUM = ("admin-1", "admin-2")
POLICY: dict[str, Any] = {
    "quorum": 2,
    "people": {"child": 10, "youth16plus": 10, "family": 10, "teacher": 5, "adult": 5},
    "notice_days": 5,
    "limits": {"per_event_fen": 50_000_000, "per_day_fen": 100_000_000, "days": 400},
    "rules_version": "2022-1",
    "calendar": {"through": "2035-12-31", "exceptions": ["2023-05-01"]},
}


def private_key(name: str) -> PrivateKey:
    """The key of a name; everyone can make it, so it is good for tests alone."""
    return PrivateKey.from_seed(hashlib.sha256(f"test key {name}".encode()).digest())


def counted(name: str) -> Callable[[int], bytes]:
    """Bytes that look random, are the same on every run and never repeat within one."""
    numbers = count()
    return lambda size: hashlib.shake_256(f"{name} {next(numbers)}".encode()).digest(size)


def sign_bytes(payload: bytes, keys: str | Sequence[str], disclosures: Sequence[str] = ()) -> Submission:
    """Any payload bytes, signed by keys given by name."""
    names = [keys] if isinstance(keys, str) else keys
    return Submission(sign_envelope(payload, [private_key(name) for name in names]), tuple(disclosures))


def resign(drafted: Draft, keys: str | Sequence[str], **fields: Any) -> Submission:
    """A draft whose wire fields were changed before signing."""
    payload = canonical_bytes({**json.loads(drafted.payload), **fields})
    return sign_bytes(payload, keys, drafted.disclosures)


class World:
    """``now`` is the ledger's clock and may be moved. Records are named by ``kind/uuid``, keys by a name."""

    def __init__(self, directory: Path, *, origin: str = ORIGIN, founded_on: date = date(2023, 4, 3)) -> None:
        self.now = datetime(founded_on.year, founded_on.month, founded_on.day, 1, tzinfo=UTC)
        self.random = counted(origin)
        self.cared = False
        admins = [("admin-1", ("govern", "register")), ("admin-2", ("govern", "plan")), ("admin-3", ("govern",))]
        founding = Founding(
            origin=origin,
            admins=[AdminKey(private_key(name), capabilities) for name, capabilities in admins],
            policy=POLICY,
            demonstration=True,
            occurred_on=founded_on,
            database=new_database(),
        )
        self.ledger: Ledger = found(
            directory / "ledger", founding, log_key=private_key("log"), clock=self.clock, random=counted("ledger")
        )

    def clock(self) -> datetime:
        """Now."""
        return self.now

    @property
    def today(self) -> date:
        """The UTC+8 day."""
        return day_of(self.now)

    def pass_days(self, days: int) -> None:
        """Moves the clock on."""
        self.now += timedelta(days=days)

    def new(self, kind: str) -> str:
        """The name of a record that does not exist yet."""
        return f"{kind}/{new_identifier(int(self.now.timestamp() * 1000), self.random)}"

    def draft(
        self,
        type_: str,
        record: str,
        data: dict[str, Any],
        *,
        occurred_on: date | None = None,
        fields: dict[str, Any] | None = None,
        rows: Sequence[Any] = (),
        free: Sequence[tuple[str, Any]] = (),
    ) -> Draft:
        """The next event of a record, made against the newest head."""
        head = self.ledger.head()
        kind, _, uuid = record.partition("/")
        return draft(
            event_class(type_, 1),
            self.ledger.record(record) or Record(kind, uuid),
            Standpoint(self.ledger.origin, head.size, head.root),
            occurred_on=occurred_on or self.today,
            data=data,
            content=Content(fields=fields or {}, rows=rows, free=free),
            random=self.random,
        )

    def sign(self, type_: str, record: str, data: dict[str, Any], keys: str | Sequence[str], **more: Any) -> Submission:
        """A draft, signed by keys given by name."""
        drafted = self.draft(type_, record, data, **more)
        return sign_bytes(drafted.payload, keys, drafted.disclosures)

    def record(self, type_: str, record: str, data: dict[str, Any], keys: str | Sequence[str], **more: Any) -> Receipt:
        """Signs and admits. Raises the refusal."""
        outcome = self.ledger.admit([self.sign(type_, record, data, keys, **more)])[0]
        if isinstance(outcome, LedgerError):
            raise outcome
        return outcome

    def open(self, type_: str, data: dict[str, Any], keys: str | Sequence[str], **more: Any) -> str:
        """Records the first event of a new record; the record's name."""
        record = self.new(type_.partition(".")[0])
        self.record(type_, record, data, keys, **more)
        return record

    def enrolment(self, name: str, organisation: str, *capabilities: str, days: int = 300, **limits: int) -> Any:
        """The data of ``key.enrolled`` for the key of a name."""
        line = encode_base64(private_key(name).public_key)
        proof = sign_possession(private_key(name), origin=self.ledger.origin, organisation=organisation, line=line)
        return {
            "organisation": organisation,
            "post": name,
            "public_key": line,
            "possession": encode_base64(proof),
            "capabilities": list(capabilities),
            "limits": limits,
            "expires_on": (self.today + timedelta(days)).isoformat(),
        }

    def enrol(self, name: str, organisation: str, *capabilities: str, days: int = 300, **limits: int) -> str:
        """Enrols the key of a name; its record."""
        data = self.enrolment(name, organisation, *capabilities, days=days, **limits)
        return self.open("key.enrolled", data, QUORUM if GOVERNED & set(capabilities) else "admin-1")

    def register(self, name: str, *, kind: str = "association", roles: Sequence[str] = ("executor",)) -> str:
        """Registers an organisation, no more."""
        data = {"name": name, "organisation_kind": kind, "roles": list(roles)}
        return self.open("organisation.registered", data, "admin-1")

    def undertake(self, organisation: str, key: str) -> None:
        """The organisation undertakes the rules in force."""
        self.record("organisation.undertook", organisation, {"rules_version": POLICY["rules_version"]}, key)

    def screen(self, organisation: str, result: str = "clear") -> None:
        """Screens an organisation."""
        self.record("organisation.screened", organisation, {"against": "失信名单", "result": result}, "admin-1")

    def organisation(self, name: str, *capabilities: str, kind: str = "association") -> str:
        """An organisation in good standing whose key, of the same name, holds the capabilities."""
        organisation = self.register(name, kind=kind)
        self.enrol(name, organisation, *capabilities)
        self.undertake(organisation, name)
        self.screen(organisation)
        return organisation

    def place(self, name: str = "三排镇", level: str = "town") -> str:
        """A place."""
        return self.open("place.registered", {"code": name, "name": name, "level": level}, "admin-1")

    def programme(self, place: str, *plans: str) -> str:
        """A programme with plans by code."""
        named = [{"code": code, "title": code, "title_en": code, "services": ["服务"]} for code in plans]
        data = {
            "title": "测试方案",
            "full_title": "测试方案全称",
            "basis": ["依据"],
            "area": [place],
            "starts_on": "2023-04-01",
            "ends_on": "2035-12-31",
            "phases": [{"code": "first", "title": "第一阶段", "starts_on": "2023-04-01", "ends_on": "2025-12-31"}],
            "plans": named,
            "service_types": [],
            "outcomes": ["成效"],
            "participants": [],
        }
        return self.open("programme.opened", data, "admin-2")

    def project_data(self, programme: str, place: str, plan: str) -> dict[str, Any]:
        """The fields with which a project begins."""
        return {
            "programme": programme,
            "title": "测试项目",
            "plan": plan,
            "places": [place],
            "budget_fen": 10_000_000,
            "starts_on": "2023-05-01",
            "ends_on": "2024-12-31",
        }

    def project(self, data: dict[str, Any], organisation: str, key: str) -> str:
        """A project listed, claimed by an organisation, approved and started."""
        project = self.open("project.listed", data, "admin-2")
        self.record("project.claimed", project, {"organisation": organisation}, key)
        self.record("project.approved", project, {"budget_fen": data["budget_fen"]}, "admin-2")
        self.record("project.started", project, {}, key)
        return project

    def gift(self, recipient: str, amount_fen: int) -> dict[str, Any]:
        """The data of an anonymous cash gift."""
        return {"recipient": recipient, "donor_kind": "anonymous", "form": "cash", "amount_fen": amount_fen}

    def donation(self, recipient: str, amount_fen: int, *, fund: str, confirm: str) -> str:
        """A cash donation received and confirmed."""
        donation = self.open("donation.received", self.gift(recipient, amount_fen), fund)
        self.record("donation.confirmed", donation, {"statement_on": self.today.isoformat()}, confirm)
        return donation

    def allocate(self, donation: str, project: str, amount_fen: int, *, fund: str) -> None:
        """Allocates part of a donation."""
        self.record("donation.allocated", donation, {"project": project, "amount_fen": amount_fen}, fund)

    def people(self, place: str, number: int, group: str = "child") -> dict[str, Any]:
        """A batch of people counted by yesterday."""
        end = self.today - timedelta(1)
        period = {"from": (end - timedelta(30)).isoformat(), "to": end.isoformat()}
        return {"group": group, "count": number, "place": place, "period": period}

    def grant_rows(self, number: int) -> list[dict[str, str]]:
        """Sealed rows of a grant, one per child, of nobody."""
        return [{"vault_key": self.random(16).hex(), "name": f"学生{n}", "school": "小学"} for n in range(number)]

    def award(self, project: str, school: str, key: str) -> str:
        """A scholarship round of CNY 500 each, opened but not publicised."""
        standard = {"project": project, "title": "奖学金", "criteria": ["成绩"], "amount_each_fen": 50_000}
        award = self.open("award.standard_published", standard, key)
        self.record("award.round_opened", award, {"term": "2023年春", "schools": [school]}, key)
        return award

    def publicise(self, award: str, key: str, *, days: int = 10) -> None:
        """A public notice from today, after which the clock stands on the day after its end."""
        notice = {
            "from": self.today.isoformat(),
            "to": (self.today + timedelta(days)).isoformat(),
            "channel": "school",
        }
        self.record("award.publicised", award, notice, key)
        self.pass_days(days + 1)

    def consent(self, rows: Sequence[dict[str, Any]], *scopes: str) -> str:
        """Consents of the people in sealed rows, recorded with the key ``care``; the record."""
        self.care()
        return self.open("consent.recorded", {"form": "paper"}, "care", rows=forms(rows, *scopes))

    def care(self) -> None:
        """An organisation in good standing with a key that cares for people's data; made once."""
        if not self.cared:
            self.cared = True
            self.organisation("care", "care", kind="service")

    def grant(self, award: str, place: str, number: int, key: str) -> None:
        """Grants a publicised round to a number of children, who consent first."""
        data = {"people": self.people(place, number), "total_fen": 50_000 * number}
        rows = self.grant_rows(number)
        self.consent(rows, "award")
        self.record("award.granted", award, data, key, rows=rows)

    def works(self, project: str, organisation: str, place: str, key: str) -> str:
        """School works approved, started and finished, not yet accepted."""
        data = {
            "project": project,
            "title": "操场",
            "category": "school",
            "organisation": organisation,
            "places": [place],
            "scope": ["跑道"],
            "units": 1,
            "budget_fen": 1_000_000,
        }
        works = self.open("renovation.approved", data, key)
        self.record("renovation.started", works, {}, key)
        items = [{"name": "跑道", "count": 1, "unit": "条"}]
        self.record("renovation.completed", works, {"units": 1, "items": items, "cost_fen": 900_000}, key)
        return works
