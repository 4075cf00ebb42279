"""Stream: reports on projects as they went and once they were over: mostly in time, some late, one missing."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from itertools import count

import chinese_calendar

from ledger.domain.donation import DonationAllocated, DonationReallocated
from ledger.domain.payment import PaymentMade, PaymentReversed
from ledger.domain.project import ProjectProgressed, ProjectSettled
from projections.duties.terms import months_after
from yangguang.demo.scenario import treasury
from yangguang.demo.scenario.keys import LAST_DAY
from yangguang.demo.scenario.project_list import MILESTONES, PROJECTS, Project
from yangguang.demo.scenario.projects import OFFICE_AND_TOWN
from yangguang.demo.steps import Ref, Step, day, organisation, project, working_day

GOING_ON = {
    "home-2023": "入户施工和材料采购按计划进行",
    "award": "评选和发放按公布的标准进行",
    "school-s1": "教室施工按计划进行",
    "school-s2": "实验室和门窗施工按计划进行",
    "school-s3": "机房布线和设备安装按计划进行",
    "team": "志愿者探访和陪伴按计划进行",
    "counsel": "到校辅导和线上咨询按计划进行",
    "pairs": "结对双方按约定联系",
    "art": "美育课按课表开课",
    "training": "培训的报名、师资和场地按计划准备",
    "chef": "实操课按课表开课",
    "domestic": "家政课按课表开课",
    "intern": "联系用人单位，安排面试培训",
    "law": "劳动权益课按课表开课",
}
"""What projects of over six months report every three months, where no milestone fell into them."""
LATE = {("counsel", 5): 6, ("law", 3): 12, ("chef", 2): 3, ("intern", 4): 17}
"""Project and the number of its three months, to the days by which their report came too late."""
SKIPPED = {("art", 3), ("art", 4), ("school-s1", 1), ("school-s3", 1)}
"""No report in these three months: other entries stand for most of them, the last is missing to the end."""
SETTLED_LATE = {"school-s4": 9, "law": 14}
NEVER_SETTLED = "award"
HELD_BACK = "school-s1"
"""Its last payment, a year after completion, was the part held back until the works had proved good."""


def steps() -> Iterator[Step]:
    """Three-monthly reports, then the closing reports."""
    for item in PROJECTS:
        if item.code in GOING_ON:
            yield from _reports(item)
    for item in PROJECTS:
        if item.completed and item.code != NEVER_SETTLED:
            yield _settled(item)


def _reports(item: Project) -> Iterator[Step]:
    started, ended = day(item.started), day(item.completed) if item.completed else LAST_DAY
    for number in count(1):
        begins, due_on = (months_after(started, 3 * times) for times in (number - 1, number))
        if due_on > ended:
            return
        told = any(begins < day(on) <= due_on for on, _ in MILESTONES.get(item.code, ()))
        if (item.code, number) not in SKIPPED and not told:
            yield _report(item, number, begins, due_on)


def _report(item: Project, number: int, begins: date, due_on: date) -> Step:
    late = LATE.get((item.code, number))
    on = working_day(due_on, after=late) if late else _working_day_before(due_on, 2 + (number + len(item.code)) % 5)
    span = f"{begins.year}年{begins.month}月至{on.year}年{on.month}月"
    data = {
        "milestone": f"{span}：{GOING_ON[item.code]}",
        "reported_to": [organisation(code) for code in OFFICE_AND_TOWN],
    }
    return Step(ProjectProgressed, project(item.code), on, data, f"{item.executor}:deliver")


def _settled(item: Project) -> Step:
    due_on = months_after(day(item.completed), 3)
    late = SETTLED_LATE.get(item.code)
    on = working_day(due_on, after=late) if late else _working_day_before(due_on, len(item.title) % 9 * 4)
    use = "similar" if _left(item.code, on) else "none"
    data = {"surplus_use": "held" if item.code == HELD_BACK else use}
    return Step(ProjectSettled, project(item.code), on, data, f"{item.executor}:deliver")


def _left(code: str, on: date) -> int:
    """What was allocated to a project and not yet paid on a day, in fen."""
    return sum(fen for to, recorded_on, fen in _movements() if to == project(code) and recorded_on <= on)


@cache
def _movements() -> tuple[tuple[Ref, date, int], ...]:
    """Project, day of recording and fen of every allocation, move, payment (less) and reversal."""
    found: list[tuple[Ref, date, int]] = []
    payments: dict[Ref, tuple[Ref, int]] = {}
    for step in treasury.steps():
        data, on = step.data, step.recorded_on
        if step.refused:
            continue
        if step.event is DonationReallocated:
            found += [(data["to_project"], on, data["amount_fen"]), (data["from_project"], on, -data["amount_fen"])]
        elif step.event is PaymentReversed:
            found.append((payments[step.record][0], on, payments[step.record][1]))
        elif step.event is PaymentMade:
            payments[step.record] = data["project"], data["amount_fen"]
            found.append((data["project"], on, -data["amount_fen"]))
        elif step.event is DonationAllocated:
            found.append((data["project"], on, data["amount_fen"]))
    return tuple(found)


def _working_day_before(due_on: date, days: int) -> date:
    found = due_on - timedelta(days)
    while not chinese_calendar.is_workday(found):
        found -= timedelta(1)
    return found
