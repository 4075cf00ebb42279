"""Stream: organisations. The plan's bodies stand here by role alone; all acts are those of fictional 示例 ones."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from ledger.domain.organisation import (
    OrganisationAmended,
    OrganisationQualified,
    OrganisationRegistered,
    OrganisationReinstated,
    OrganisationReported,
    OrganisationRulesAdopted,
    OrganisationScreened,
    OrganisationSuspended,
    OrganisationUndertook,
)
from yangguang.demo.credit_codes import demo_code
from yangguang.demo.plan import BODIES
from yangguang.demo.scenario.members import MEMBERS, Member
from yangguang.demo.scenario.policy import RULES_VERSION
from yangguang.demo.steps import Step, day, organisation, working_day

REGISTRIES = {"association": "51", "chamber": "51", "service": "52", "foundation": "53", "auditor": "91"}
LIST = "演示用非法社会组织名单"
RESCREENED = ("n1", "n3", "n6", "n8", "n9", "n12", "n19", "audit")
AMENDED: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("n15", "2023-02-20", {"aliases": ["示例十五号供应链商会"]}),
    ("n9", "2023-09-18", {"roles": ["executor", "support"]}),
)
QUALIFIED = (
    ("n3", "charity", "2019-06-03", "", "2022-04-12"),
    ("n3", "fundraising", "2021-09-01", "", "2022-04-12"),
    ("n3", "tax", "2022-01-01", "2024-12-31", "2022-04-12"),
    ("n8", "charity", "2020-11-16", "", "2022-04-12"),
)
"""Who, what, from, until (empty: open), recorded on."""
RULES = (
    ("n3", "捐赠资金管理制度", "2022-04-25", "admin:register"),
    ("n6", "居家改造施工管理制度", "2022-06-22", "n6:deliver"),
    ("n7", "家具采购和配送制度", "2022-07-05", "n7:deliver"),
    ("n8", "奖学金评审和发放制度", "2022-08-24", "n8:deliver"),
    ("n12", "学校工程质量安全制度", "2022-07-20", "n12:deliver"),
)
REPORTED = (
    ("n3", 2022, True, "2023-04-27", "admin:register"),
    ("n8", 2022, False, "2023-05-31", "n8:deliver"),
    ("n3", 2023, True, "2024-05-30", "admin:register"),
    ("n8", 2023, False, "2024-06-05", "n8:deliver"),
)
"""Who, year, audited, on, signed by: one on the last day, one five days late, those of 2024 still to come."""


AUTHORITY: dict[str, Any] = {
    "name": "示例登记管理机关",
    "name_en": "Example Registration Authority",
    "organisation_kind": "authority",
    "roles": ["authority"],
}
"""Reports of misconduct are forwarded to it. It has no key and signs nothing."""


def steps() -> Iterator[Step]:
    """Registrations, undertakings, screenings, what changed later, and one suspension that was lifted."""
    for body in BODIES:
        data = _registered(body.name, body.name_en, body.kind, [body.role], aliases=list(body.aliases))
        yield Step(OrganisationRegistered, organisation(body.code), date(2022, 4, 1), data, "admin:register")
    for number, member in enumerate(MEMBERS, start=1):
        yield from _joining(number, member)
    yield Step(OrganisationRegistered, organisation("authority"), date(2022, 4, 6), AUTHORITY, "admin:register")
    for code in RESCREENED:
        yield _screened(code, date(2024, 1, 15))
    yield from _particulars()
    yield from _suspension()


def _particulars() -> Iterator[Step]:
    for code, on, data in AMENDED:
        yield Step(OrganisationAmended, organisation(code), day(on), data, "admin:register")
    for code, qualification, start, end, on in QUALIFIED:
        data = {"qualification": qualification, "from": start, **({"to": end} if end else {})}
        yield Step(OrganisationQualified, organisation(code), day(on), data, "admin:register")
    for code, title, on, by in RULES:
        yield Step(OrganisationRulesAdopted, organisation(code), day(on), {"title": title}, by, late=3)
    for code, year, audited, on, by in REPORTED:
        yield Step(OrganisationReported, organisation(code), day(on), {"year": year, "audited": audited}, by)


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
    record = organisation("n4")
    note = (("note", "登记证书到期，换发新证期间暂停参与。"),)
    yield Step(
        OrganisationSuspended, record, date(2023, 1, 9), {"ground": "lapsed"}, "admin:register", late=1, free=note
    )
    note = (("note", "已提交新的登记证书。"),)
    yield Step(OrganisationReinstated, record, date(2023, 2, 20), {}, "admin:register", late=1, free=note)
