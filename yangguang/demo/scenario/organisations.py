"""Stream: organisations. The plan's bodies stand here by role alone; all acts are those of fictional 示例 ones."""

from collections.abc import Iterator
from dataclasses import dataclass
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
from yangguang.demo.scenario.policy import RULES_VERSION
from yangguang.demo.steps import Step, organisation, working_day

REGISTRIES = {"association": "51", "chamber": "51", "service": "52", "foundation": "53", "auditor": "91"}
LIST = "演示用非法社会组织名单"


@dataclass(frozen=True, slots=True)
class Member:
    """A fictional organisation. ``capability`` and ``post`` are those of its staff key."""

    code: str
    name: str
    name_en: str
    kind: str
    roles: tuple[str, ...]
    capability: str
    post: str
    joined: date


FIRST = date(2022, 4, 6)
SECOND = date(2022, 9, 5)
THIRD = date(2023, 3, 6)
FUND = "n3"
PLANNER = "n1"
AUDITOR = "audit"
INSPECTOR = "inspect"
EVALUATOR = "n22"

MEMBERS = (
    Member("n1", "示例一号协会", "Example No. 1 Association", "association", ("support", "donor"), "plan", "统筹", FIRST),
    Member("n2", "示例二号商会", "Example No. 2 Chamber", "chamber", ("donor",), "deliver", "经办", FIRST),
    Member("n3", "示例三号基金会", "Example No. 3 Foundation", "foundation", ("executor",), "fund", "出纳", FIRST),
    Member("n4", "示例四号商会", "Example No. 4 Chamber", "chamber", ("donor",), "deliver", "经办", FIRST),
    Member("n5", "示例五号社工中心", "Example No. 5 Social Work Centre", "service", ("executor",), "deliver", "项目", FIRST),
    Member(
        "n6",
        "示例六号装饰协会",
        "Example No. 6 Interior Works Association",
        "association",
        ("executor", "donor"),
        "deliver",
        "项目",
        FIRST,
    ),
    Member(
        "n7", "示例七号家具商会", "Example No. 7 Furniture Chamber", "chamber", ("executor", "donor"), "deliver", "项目", FIRST
    ),
    Member(
        "n8",
        "示例八号教育促进会",
        "Example No. 8 Education Association",
        "association",
        ("executor",),
        "deliver",
        "奖学金",
        FIRST,
    ),
    Member(
        "n9", "示例九号培训协会", "Example No. 9 Training Association", "association", ("executor",), "deliver", "培训", FIRST
    ),
    Member(
        "n10",
        "示例十号餐饮协会",
        "Example No. 10 Catering Association",
        "association",
        ("executor", "donor"),
        "deliver",
        "培训",
        FIRST,
    ),
    Member(
        "n11",
        "示例十一号电子商会",
        "Example No. 11 Electronics Chamber",
        "chamber",
        ("executor", "donor"),
        "deliver",
        "项目",
        SECOND,
    ),
    Member(
        "n12",
        "示例十二号建筑协会",
        "Example No. 12 Building Association",
        "association",
        ("executor", "donor"),
        "deliver",
        "工程",
        FIRST,
    ),
    Member(
        "n13",
        "示例十三号志愿服务协会",
        "Example No. 13 Volunteers' Association",
        "association",
        ("executor",),
        "deliver",
        "志愿者",
        FIRST,
    ),
    Member(
        "n14",
        "示例十四号家政协会",
        "Example No. 14 Domestic Work Association",
        "association",
        ("executor",),
        "deliver",
        "培训",
        SECOND,
    ),
    Member("n15", "示例十五号物流商会", "Example No. 15 Logistics Chamber", "chamber", ("donor",), "deliver", "经办", FIRST),
    Member(
        "n16", "示例十六号法律服务中心", "Example No. 16 Law Centre", "service", ("executor",), "deliver", "项目", SECOND
    ),
    Member(
        "n17",
        "示例十七号阅读协会",
        "Example No. 17 Reading Association",
        "association",
        ("executor", "donor"),
        "deliver",
        "项目",
        SECOND,
    ),
    Member("n18", "示例十八号医药商会", "Example No. 18 Medicine Chamber", "chamber", ("donor",), "deliver", "经办", FIRST),
    Member(
        "n19",
        "示例十九号心理服务中心",
        "Example No. 19 Counselling Centre",
        "service",
        ("executor",),
        "deliver",
        "项目",
        FIRST,
    ),
    Member(
        "n20", "示例二十号体育协会", "Example No. 20 Sports Association", "association", ("donor",), "deliver", "项目", THIRD
    ),
    Member(
        "n21",
        "示例二十一号人才协会",
        "Example No. 21 Careers Association",
        "association",
        ("executor", "donor"),
        "deliver",
        "项目",
        SECOND,
    ),
    Member("n22", "示例二十二号评估中心", "Example No. 22 Evaluators", "service", ("support",), "plan", "评估", FIRST),
    Member(
        "n23", "示例二十三号艺术协会", "Example No. 23 Arts Association", "association", ("executor",), "deliver", "项目", THIRD
    ),
    Member("n24", "示例二十四号商会", "Example No. 24 Chamber", "chamber", ("donor",), "deliver", "经办", THIRD),
    Member("audit", "示例会计师事务所", "Example Accounting Firm", "auditor", ("auditor",), "confirm", "核对流水", FIRST),
    Member("inspect", "示例验收工作组", "Example Inspection Team", "team", ("team",), "accept", "验收", FIRST),
    Member("s1", "示例小学甲", "Example Primary School A", "school", ("school",), "accept", "验收", FIRST),
    Member("s2", "示例中学乙", "Example Middle School B", "school", ("school",), "accept", "验收", FIRST),
    Member("s3", "示例小学乙", "Example Primary School B", "school", ("school",), "accept", "验收", THIRD),
    Member("s4", "示例小学丙", "Example Primary School C", "school", ("school",), "accept", "验收", THIRD),
    Member("s5", "示例中学甲", "Example Middle School A", "school", ("school",), "accept", "验收", THIRD),
)
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
