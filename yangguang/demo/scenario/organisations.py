"""Stream: organisations. The plan's bodies stand here by role alone; all acts are those of fictional 示例 ones."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from ledger.domain.organisation import (
    OrganisationRegistered,
    OrganisationReinstated,
    OrganisationScreened,
    OrganisationSuspended,
    OrganisationUndertook,
)
from yangguang.demo.credit_codes import demo_code
from yangguang.demo.plan import BODIES
from yangguang.demo.scenario.members import MEMBERS, Member
from yangguang.demo.scenario.policy import RULES_VERSION
from yangguang.demo.steps import Step, organisation, working_day

REGISTRIES = {"association": "51", "chamber": "51", "service": "52", "foundation": "53", "auditor": "91"}
LIST = "演示用非法社会组织名单"


RESCREENED = ("n1", "n3", "n6", "n8", "n9", "n12", "n19", "audit")


def steps() -> Iterator[Step]:
    """Registrations, undertakings, screenings, and one suspension that was lifted."""
    for body in BODIES:
        data = _registered(body.name, body.name_en, body.kind, [body.role], aliases=list(body.aliases))
        yield Step(OrganisationRegistered, organisation(body.code), date(2022, 4, 1), data, "admin:register")
    for number, member in enumerate(MEMBERS, start=1):
        yield from _joining(number, member)
    for code in RESCREENED:
        yield _screened(code, date(2024, 1, 15))
    yield from _suspension()


def _joining(number: int, member: Member) -> Iterator[Step]:
    registry = REGISTRIES.get(member.kind)
    code = demo_code(registry, number) if registry else None
    data = _registered(member.name, member.name_en, member.kind, list(member.roles), credit_code=code)
    undertaking = {"rules_version": RULES_VERSION}
    record = organisation(member.code)
    yield Step(OrganisationRegistered, record, member.joined, data, "admin:register")
    undertook_on = member.joined + timedelta(days=2)
    yield Step(OrganisationUndertook, record, undertook_on, undertaking, f"{member.code}:{member.capability}")
    yield _screened(member.code, working_day(undertook_on, after=4 + number % 3))


def _registered(name: str, name_en: str, kind: str, roles: list[str], **more: Any) -> dict[str, Any]:
    given = {key: value for key, value in more.items() if value}
    return {"name": name, "name_en": name_en, "organisation_kind": kind, "roles": roles, **given}


def _screened(code: str, on: date) -> Step:
    data = {"against": LIST, "result": "clear"}
    return Step(OrganisationScreened, organisation(code), on, data, "admin:register")


def _suspension() -> Iterator[Step]:
    record = organisation("n20")
    note = (("note", "登记证书到期，换发新证期间暂停参与。"),)
    yield Step(
        OrganisationSuspended, record, date(2023, 11, 6), {"ground": "lapsed"}, "admin:register", late=3, free=note
    )
    note = (("note", "已提交新的登记证书。"),)
    yield Step(OrganisationReinstated, record, date(2024, 1, 22), {}, "admin:register", late=1, free=note)
