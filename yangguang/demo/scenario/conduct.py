"""Stream: reports of misconduct. Two about illegal organisations, one of them founded; one about a member, founded.

What was reported is sealed. A founded conclusion about a member suspends it until it is reinstated.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ledger.domain.misconduct import MisconductConcluded, MisconductForwarded, MisconductReported
from ledger.domain.organisation import OrganisationReinstated
from yangguang.demo.steps import Ref, Step, day, organisation, seeded

BY = "n22:supervise"
AUTHORITY = organisation("authority")


@dataclass(frozen=True, slots=True)
class Report:
    """One report. ``finding`` holds what the conclusion says of its subject, nothing where it was unfounded."""

    code: str
    category: str
    subject: str
    account: str
    reported: str
    forwarded: str
    concluded: str
    finding: dict[str, Any]
    document: str
    reporter: str = ""
    late: int = 0


REPORTS = (
    Report(
        "m1", "illegal_organisation", "示例山区助学联合总会", "未经登记，以乡村振兴名义在镇上设点收取“助学押金”。",
        "2023-03-22", "2023-03-24", "2023-06-15",
        {"concerns": "outside", "outside": "示例山区助学联合总会（未经登记）"}, "示例函〔2023〕12号",
        reporter="测试用名-8001",
    ),
    Report(
        "m2", "illegal_organisation", "示例公益书屋", "怀疑没有登记就收捐书。后查明是已登记机构的分支活动。",
        "2024-05-08", "2024-05-10", "2024-07-19", {}, "示例函〔2024〕20号", late=1,
    ),
    Report(
        "m3", "illegal_fundraising", "示例二十号体育协会", "为课间活动场地在网上向公众募捐，没有公开募捐资格。",
        "2023-10-11", "2023-10-13", "2023-11-06",
        {"concerns": "organisation", "organisation": organisation("n20")}, "示例函〔2023〕31号",
    ),
)  # fmt: skip
REINSTATED = ("n20", "2024-01-22", "已停止募捐，募得的款项全部退回原捐赠人，主管部门复查通过。")


def steps() -> Iterator[Step]:
    """Each report to its conclusion, then the reinstatement."""
    for item in REPORTS:
        yield from _report(item)
    code, on, note = REINSTATED
    record, free = organisation(code), (("note", note),)
    yield Step(OrganisationReinstated, record, day(on), {}, "admin:register", late=1, free=free)


def _report(item: Report) -> Iterator[Step]:
    record = Ref("misconduct", item.code)
    account = {"vault_key": _key(item.code), "subject": item.subject, "account": item.account}
    sealed: list[tuple[str, dict[str, Any]]] = [("report", account)]
    if item.reporter:
        sealed.append(("reporter", {"vault_key": _key(f"{item.code}/reporter"), "name": item.reporter}))
    data = {"category": item.category}
    yield Step(MisconductReported, record, day(item.reported), data, BY, late=item.late, fields=tuple(sealed))
    yield Step(MisconductForwarded, record, day(item.forwarded), {"authority": AUTHORITY}, BY)
    finding = "founded" if item.finding else "unfounded"
    concluded = {"finding": finding, **item.finding, "document": item.document}
    yield Step(MisconductConcluded, record, day(item.concluded), concluded, BY)


def _key(name: str) -> str:
    return seeded(f"vault/misconduct/{name}")(16).hex()
