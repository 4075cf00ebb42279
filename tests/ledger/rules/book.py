"""Rules without signatures: events judged by ``rules.admission`` on a plain State, fast enough to try many."""

import hashlib
import itertools
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any

from ledger.domain.award import GrantRow
from ledger.domain.catalogue import event_class
from ledger.domain.correction import subject_of
from ledger.domain.payload import format_payload, parse_payload
from ledger.domain.policy import Policy
from ledger.domain.record import Record
from ledger.domain.values import Part
from ledger.errors import LedgerError
from ledger.rules import admission
from ledger.rules.candidate import Candidate
from ledger.rules.state import State
from ledger.sealing.disclosure import Disclosure, digest, make_row, new_salt, padded_count
from ledger.signing.keyring import EnrolledKey, Limits

ORIGIN = "ledger.example/rules"
ROOT = bytes(32)
DAY = date(2026, 3, 2)
CAPABILITIES = ("register", "plan", "deliver", "fund", "confirm", "accept")
POLICY = Policy.model_validate(
    {
        "admins": [{"public_key": "A" * 43 + "=", "capabilities": ["govern"], "possession": ""}],
        "quorum": 1,
        "people": {"child": 10, "youth16plus": 10, "family": 10, "teacher": 5, "adult": 5},
        "notice_days": 5,
        "limits": {"per_event_fen": 10_000_000, "per_day_fen": 10**12, "days": 400},
        "rules_version": "1",
        "calendar": {"through": "2027-12-31", "exceptions": []},
    }
)


def enrolled(name: str, organisation: str | None, *capabilities: str) -> EnrolledKey:
    key_id = hashlib.sha256(name.encode()).hexdigest()
    limits = Limits(None, None)
    return EnrolledKey(key_id, ROOT, organisation, None, frozenset(capabilities), limits, 0, None)


def disclosed(number: int, row: type[Part]) -> Disclosure:
    """A sealed row about nobody, of the shape that the event asks for: names follow an obvious pattern."""
    asked = (name for name, info in row.model_fields.items() if info.is_required())
    value = {**dict.fromkeys(asked, f"测试用名-{number}"), "vault_key": f"{number:032x}"}
    text = make_row(value, salt=new_salt(lambda size: number.to_bytes(size, "big")))
    return Disclosure(text, "row", None, value, "")


@dataclass
class Book:
    """``do`` judges and applies one event; ``record`` shows how a record stands."""

    state: State = field(default_factory=lambda: State(ORIGIN, root_at=lambda _: ROOT))
    numbers: Any = field(default_factory=lambda: itertools.count(1))
    keys: dict[str, EnrolledKey] = field(default_factory=dict)
    day: date = DAY

    def __post_init__(self) -> None:
        self.state.policy = POLICY
        self.state.size = 1
        self.keys["admin"] = enrolled("admin", None, *CAPABILITIES)
        for name, capability in (("giver", "fund"), ("bank", "confirm"), ("worker", "deliver"), ("school", "accept")):
            organisation = self.do(
                "organisation.registered", name=name, organisation_kind="association", roles=["donor"]
            )
            self.keys[name] = enrolled(name, organisation, capability)
            self.do("organisation.undertook", organisation, by=name, rules_version="1")
            self.do("organisation.screened", organisation, against="名单", result="clear")

    def organisation(self, name: str) -> str:
        return self.keys[name].organisation or ""

    def new(self, kind: str) -> str:
        return f"{kind}/01890a5d-ac96-7740-8000-{next(self.numbers):012x}"

    def record(self, reference: str) -> Record:
        found = self.state.record(reference)
        assert found is not None
        return found

    def do(self, event_type: str, record: str | None = None, *, by: str = "admin", rows: int = 0, **data: Any) -> str:
        """Judges and applies one event signed by the keys named in ``by`` (joined with +); its record."""
        reference = record or self.new(event_type.partition(".")[0])
        candidate = self.candidate(event_type, reference, by=by, rows=rows, data=data)
        admission.check(self.state, candidate)
        admission.apply(self.state, candidate)
        return reference

    def candidate(self, event_type: str, reference: str, *, by: str, rows: int, data: dict[str, Any]) -> Candidate:
        """An event of the record as if signed; a trailing underscore in a field's name is dropped.

        ``on`` is the day it happened, ``fields`` how many fields are sealed beside the rows.
        """
        on, fields = data.pop("on", self.day), data.pop("fields", 0)
        wire = {name.rstrip("_"): value for name, value in data.items()}
        stands = self.state.record(reference) or Record(reference.partition("/")[0], reference.partition("/")[2])
        event = event_class(event_type, 1).parse(wire)
        row = subject_of(event, stands).ROW if rows else None
        listed = [disclosed(next(self.numbers), row or GrantRow) for _ in range(rows)]
        decoys = [digest(f"{next(self.numbers)}") for _ in range(padded_count(rows + fields) - rows)]
        payload = format_payload(
            log=ORIGIN,
            type=event_type,
            schema=1,
            record=reference,
            version=stands.version + 1,
            previous=stands.head,
            tree=(1, ROOT),
            occurred_on=on.isoformat(),
            data=wire,
            sealed=sorted([row.digest for row in listed] + decoys),
        )
        return Candidate(
            index=self.state.size,
            recorded_at=datetime.combine(self.day, time(4), UTC),
            payload=parse_payload(payload),
            event=event,
            signers=tuple(self.keys[name] for name in by.split("+")),
            rows=tuple(listed),
        )

    def refusal(self, event_type: str, record: str | None = None, **arguments: Any) -> LedgerError:
        """The refusal of an event that must be refused; the state must not change."""
        before = self.state.size
        try:
            self.do(event_type, record, **arguments)
        except LedgerError as refusal:
            assert self.state.size == before
            return refusal
        raise AssertionError(f"{event_type} was admitted")

    def project(self, **changes: Any) -> str:
        """An approved and started project of ``worker``; the programme and place are made on the way."""
        town = self.do("place.registered", code="1", name="示例镇", level="town")
        programme = self.do("programme.opened", **programme_data(town))
        data = {"plan": "alpha", "places": [town], "budget_fen": 10**6, "starts_on": "2026-01-01", **changes}
        project = self.do(
            "project.proposed",
            by="worker",
            programme=programme,
            title="示例项目",
            ends_on="2026-12-31",
            organisation=self.organisation("worker"),
            **data,
        )
        self.do("project.approved", project, budget_fen=10**6)
        self.do("project.started", project, by="worker")
        return project

    def gift(self, amount_fen: int, *, confirmed: bool = True, **changes: Any) -> str:
        """Cash received from ``giver`` itself, matched with the bank statement unless told otherwise."""
        donor = {"donor_kind": "organisation", "donor": self.organisation("giver")}
        data = {"recipient": self.organisation("giver"), **donor, "form": "cash", "amount_fen": amount_fen, **changes}
        donation = self.do("donation.received", by="giver", **data)
        if confirmed:
            self.do("donation.confirmed", donation, by="bank", statement_on="2026-03-01")
        return donation

    def works(self, project: str, **changes: Any) -> str:
        """Approved school works of ``worker``."""
        place = self.record(project).history[0].event.data()["places"]
        data = {"title": "示例工程", "category": "school", "places": place, "scope": ["照明"], "units": 1, **changes}
        organisation = self.organisation("worker")
        return self.do(
            "renovation.approved", by="worker", project=project, organisation=organisation, budget_fen=10**6, **data
        )

    def pay(self, paid_for: str, project: str, draws: dict[str, int], **changes: Any) -> str:
        """A payment to ``worker`` out of donations."""
        listed = [{"donation": donation, "amount_fen": fen} for donation, fen in draws.items()]
        payee = {"payee_kind": "organisation", "payee": self.organisation("worker")}
        data = {"project": project, "paid_for": paid_for, **payee, "amount_fen": sum(draws.values()), **changes}
        return self.do("payment.made", by="giver", donations=listed, **data)

    def correct(self, record: str, place: int, *, by: str, rows: int = 0, **changes: Any) -> str:
        """Corrects fields of the event at a place of the record's history; values are (from, to)."""
        past = self.record(record).history[place]
        wire = {name.rstrip("_"): {"from": old, "to": new} for name, (old, new) in changes.items()}
        kind = record.partition("/")[0]
        return self.do(
            f"{kind}.corrected", record, by=by, rows=rows, event=past.event_id, changes=wire, reason="typing"
        )


def programme_data(town: str) -> dict[str, Any]:
    plan = {"code": "alpha", "title": "甲计划", "title_en": "Plan A", "services": ["服务"]}
    other = {**plan, "code": "beta", "title": "乙计划"}
    return {
        "title": "示例方案",
        "full_title": "示例方案",
        "basis": ["示例依据"],
        "area": [town],
        "starts_on": "2026-01-01",
        "ends_on": "2026-12-31",
        "phases": [],
        "plans": [plan, other],
        "service_types": [],
        "outcomes": [],
        "participants": [],
    }
