"""Stream: trainings (2 in 2022, 3 in 2023, 1 and then 2 late in 2024), coaching, internships, and who was placed."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ledger.domain.training import (
    TrainingCancelled,
    TrainingCoached,
    TrainingHeld,
    TrainingInternshipOffered,
    TrainingPlaced,
    TrainingPlanned,
)
from ledger.errors import RuleError
from yangguang.demo.scenario.people import attendance, batch
from yangguang.demo.steps import Ref, Step, day, organisation, place, project, yuan

HOURLY = "120"


@dataclass(frozen=True, slots=True)
class Training:
    """One training: cancelled without ``content``, a coaching with ``coaching``. ``people`` is group and count."""

    code: str
    project: str
    executor: str
    title: str
    title_en: str
    planned: str
    on: str
    mode: str
    hours: int
    people: tuple[str, int]
    content: str = ""
    coaching: str = ""
    where: str = "town"
    late: int = 0


YOUTH, ADULT = "youth16plus", "adult"
CENTRAL = (
    Training(
        "t1", "training", "n9", "集中职业培训（2022年第一场）", "Central training 2022, 1", "2022-08-29", "2022-09-24",
        "on_site", 8, (YOUTH, 26), "求职礼仪和简历", late=3,
    ),
    Training(
        "t2", "training", "n9", "集中职业培训（2022年第二场）", "Central training 2022, 2", "2022-11-21", "2022-12-10",
        "online", 6, (YOUTH, 31), "劳动合同和职业安全", late=2,
    ),
    Training(
        "t3", "training", "n9", "集中职业培训（2023年第一场）", "Central training 2023, 1", "2023-03-27", "2023-04-22",
        "on_site", 8, (YOUTH, 28), "电商客服入门",
    ),
    Training(
        "t4", "training", "n9", "集中职业培训（2023年第二场）", "Central training 2023, 2", "2023-06-19", "2023-07-15",
        "on_site", 12, (YOUTH, 34), "仓储和物流岗位", late=6,
    ),
    Training(
        "t5", "training", "n9", "集中职业培训（2023年第三场）", "Central training 2023, 3", "2023-10-23", "2023-11-18",
        "both", 8, (YOUTH, 25), "养老护理和家政",
    ),
    Training(
        "t6-first", "training", "n9", "集中职业培训（2024年春）", "Central training, spring 2024", "2024-02-26",
        "2024-03-23", "on_site", 8, (YOUTH, 0),
    ),
    Training(
        "t6", "training", "n9", "集中职业培训（2024年第一场）", "Central training 2024, 1", "2024-04-29", "2024-05-25",
        "on_site", 8, (YOUTH, 22), "面点和餐饮服务", late=4,
    ),
    Training(
        "t7", "training", "n9", "集中职业培训（2024年第二场）", "Central training 2024, 2", "2024-10-31", "2024-11-09",
        "on_site", 10, (YOUTH, 27), "电工安全和入门",
    ),
    Training(
        "t8", "training", "n9", "集中职业培训（2024年第三场）", "Central training 2024, 3", "2024-10-31", "2024-11-23",
        "online", 6, (YOUTH, 29), "求职平台和防骗", late=2,
    ),
)  # fmt: skip
OTHERS = (
    Training(
        "p1", "parents", "n5", "家长课堂（隔代教养）", "Parents: raising grandchildren", "2023-09-06", "2023-10-14",
        "on_site", 4, (ADULT, 18), "祖辈带孩子的常见困难", late=1,
    ),
    Training(
        "p2", "parents", "n5", "家长课堂（亲子沟通）", "Parents: talking with children", "2024-02-28", "2024-03-30",
        "on_site", 4, (ADULT, 21), "外出务工家庭怎样联系孩子",
    ),
    Training(
        "p3", "parents", "n5", "家长课堂（升学）", "Parents: after middle school", "2024-09-04", "2024-10-12", "both",
        4, (ADULT, 24), "初中毕业后的路径", late=5,
    ),
    Training(
        "k1", "career", "n21", "生涯规划课（示例中学乙）", "Career planning, Middle School B", "2023-03-15",
        "2023-04-19", "on_site", 10, (YOUTH, 24), "生涯规划", "career", "s2",
    ),
    Training(
        "k2", "career", "n21", "生涯规划课（示例中学甲）", "Career planning, Middle School A", "2023-09-20",
        "2023-10-25", "on_site", 10, (YOUTH, 27), "生涯规划", "career", "s5", late=2,
    ),
    Training(
        "k3", "career", "n21", "生涯规划课（第三期）", "Career planning, third time", "2024-03-20", "2024-04-24",
        "on_site", 10, (YOUTH, 22), "生涯规划", "career", "s2",
    ),
    Training(
        "l1", "logistics", "n15", "物流仓储见习课", "Warehouse work", "2023-09-06", "2023-11-24", "on_site", 40,
        (YOUTH, 14), "分拣、盘点和叉车安全", late=3,
    ),
)  # fmt: skip
CANCELLED_ON = "2024-03-18"
"""Only seven had signed up for the first date of 2024."""


@dataclass(frozen=True, slots=True)
class Offer:
    """Internships: posts, hosts, then coaching (day, hours, people) and who started (day, people)."""

    code: str
    title: str
    title_en: str
    on: str
    posts: int
    hosts: int
    coached: tuple[tuple[str, int, int], ...]
    placed: tuple[str, int]


OFFERS = (
    Offer(
        "o1", "实习岗位（2023年）", "Internships 2023", "2023-06-14", 12, 5, (("2023-06-28", 30, 14),),
        ("2023-08-31", 10),
    ),
    Offer(
        "o2", "实习岗位（2024年）", "Internships 2024", "2024-05-29", 15, 6,
        (("2024-06-05", 32, 16), ("2024-06-20", 34, 13)), ("2024-08-30", 11),
    ),
)  # fmt: skip
STARTED_WORK = ("l1", "2023-12-29", 10)


def steps() -> Iterator[Step]:
    """Trainings by table, internships, and more interns than posts, which is refused."""
    for item in (*CENTRAL, *OTHERS):
        yield _planned(item)
        if item.coaching:
            yield _coached(item)
        elif item.content:
            yield _held(item)
        else:
            note = (("note", "报名只有七人，改到五月。"),)
            yield Step(TrainingCancelled, _record(item), day(CANCELLED_ON), {"reason": "few"}, _by(item), free=note)
    for offer in OFFERS:
        yield from _offered(offer)
    code, on, count = STARTED_WORK
    yield _placed(Ref("training", code), "n15:deliver", "job", (on, count, "logistics"))
    extra = _placed(Ref("training", "o2"), "n21:deliver", "internship", ("2024-10-16", 10, "intern"))
    yield Step(extra.event, extra.record, extra.on, extra.data, extra.by, rows=extra.rows, refused=RuleError)


def _record(item: Training) -> Ref:
    return Ref("training", item.code)


def _by(item: Training) -> str:
    return f"{item.executor}:deliver"


def _planned(item: Training) -> Step:
    data: dict[str, Any] = {
        "project": project(item.project),
        "title": item.title,
        "title_en": item.title_en,
        "organisation": organisation(item.executor),
        "central": item in CENTRAL,
        "mode": item.mode,
        "planned_on": item.on,
        "place": place(item.where),
    }
    return Step(TrainingPlanned, _record(item), day(item.planned), data, _by(item))


def _hours(hours: int, *, valued: bool) -> dict[str, Any]:
    if not valued:
        return {"hours": hours, "valuation": "unvalued"}
    return {"hours": hours, "valuation": "market", "value_fen": hours * yuan(HOURLY)}


def _held(item: Training) -> Step:
    group, count = item.people
    data: dict[str, Any] = {
        **_hours(item.hours, valued=group == YOUTH),
        "content": item.content,
        "mode": item.mode,
        "people": batch(group, count, item.where, (item.on, item.on)),
    }
    if item in CENTRAL:
        data["authority"] = organisation("hr")
    rows = attendance(item.project, count, of=40, since=7 * len(item.planned) + int(item.code[1]) * 5)
    return Step(TrainingHeld, _record(item), day(item.on), data, _by(item), late=item.late, rows=rows)


def _coached(item: Training) -> Step:
    group, count = item.people
    data = {
        **_hours(item.hours, valued=False),
        "coaching": item.coaching,
        "people": batch(group, count, item.where, (item.on, item.on)),
    }
    rows = attendance(item.project, count, of=30, since=4 * int(item.code[1]))
    return Step(TrainingCoached, _record(item), day(item.on), data, _by(item), late=item.late, rows=rows)


def _offered(offer: Offer) -> Iterator[Step]:
    record, by = Ref("training", offer.code), "n21:deliver"
    data: dict[str, Any] = {
        "project": project("intern"),
        "title": offer.title,
        "title_en": offer.title_en,
        "organisation": organisation("n21"),
        "posts": offer.posts,
        "hosts": offer.hosts,
    }
    yield Step(TrainingInternshipOffered, record, day(offer.on), data, by, late=1)
    for on, hours, count in offer.coached:
        coached = {**_hours(hours, valued=False), "coaching": "interview"}
        coached["people"] = batch(YOUTH, count, "town", (on, on))
        rows = attendance("intern", count, of=20, since=hours)
        yield Step(TrainingCoached, record, day(on), coached, by, late=2, rows=rows)
    on, count = offer.placed
    yield _placed(record, by, "internship", (on, count, "intern"))


def _placed(record: Ref, by: str, into: str, placed: tuple[str, int, str]) -> Step:
    on, count, among = placed
    data = {"into": into, "people": batch(YOUTH, count, "town", (on, on))}
    rows = attendance(among, count, of=20 if among == "intern" else 40, since=3)
    return Step(TrainingPlaced, record, day(on), data, by, late=2, rows=rows)
