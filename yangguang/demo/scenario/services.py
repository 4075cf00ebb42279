"""Stream: skilled service in courses: hours with the basis on which they are valued, and whole batches of people."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ledger.domain.service import ServiceDelivered, ServiceOffered
from yangguang.demo.scenario.people import attendance, batch
from yangguang.demo.steps import Ref, Step, day, organisation, place, project, yuan

YOUTH, ADULT = "youth16plus", "adult"


@dataclass(frozen=True, slots=True)
class Service:
    """One service; ``courses`` are (from, to, hours, people). ``hourly`` in yuan, empty where it isn't valued."""

    code: str
    title: str
    title_en: str
    model: str
    executor: str
    group: str
    offered: str
    hourly: str
    valuation: str
    courses: tuple[tuple[str, str, int, int], ...]
    where: str = "town"


SERVICES = (
    Service(
        "chef", "粤菜师傅培训班", "Cantonese cooks' course", "chef", "n10", YOUTH, "2022-11-09", "110", "market",
        (("2023-03-06", "2023-05-19", 120, 12), ("2024-03-11", "2024-06-21", 132, 14)),
    ),
    Service(
        "domestic", "南粤家政入门班", "Domestic work, first steps", "domestic", "n14", ADULT, "2023-03-22", "90",
        "wage", (("2023-05-08", "2023-07-28", 96, 11),),
    ),
    Service(
        "law", "青年劳动权益课", "Young workers' rights", "other", "n16", YOUTH, "2023-06-14", "150", "market",
        (
            ("2023-09-16", "2023-09-17", 12, 33), ("2024-03-23", "2024-03-24", 12, 29),
            ("2024-10-19", "2024-10-20", 12, 26),
        ),
    ),
    Service(
        "technician", "广东技工电工入门班", "Electricians' course", "technician", "n11", YOUTH, "2023-08-09", "100",
        "market", (("2023-09-04", "2023-11-24", 80, 13), ("2024-05-13", "2024-08-23", 84, 11)),
    ),
    Service(
        "nutrition", "学校食堂营养餐指导", "Better meals in school canteens", "chef", "n10", ADULT, "2023-09-13", "",
        "unvalued",
        (("2023-10-16", "2023-10-27", 24, 8), ("2024-03-18", "2024-03-29", 24, 9), ("2024-09-09", "2024-09-20", 24, 7)),
    ),
    Service(
        "nursing", "南粤家政家庭护理班", "Home nursing", "domestic", "n14", ADULT, "2024-03-13", "90", "wage",
        (("2024-04-08", "2024-06-14", 72, 12), ("2024-08-19", "2024-10-18", 72, 10)),
    ),
)  # fmt: skip


def steps() -> Iterator[Step]:
    """Each service with its courses, recorded within days of their end."""
    for item in SERVICES:
        record, by = Ref("service", item.code), f"{item.executor}:deliver"
        yield Step(ServiceOffered, record, day(item.offered), _offer(item), by)
        for number, course in enumerate(item.courses):
            rows = attendance(f"service-{item.code}", course[3], of=40, since=9 * number)
            data, late = _course(item, course), (5 * number + len(item.code)) % 8
            yield Step(ServiceDelivered, record, day(course[1]), data, by, late=late, rows=rows)


def _offer(item: Service) -> dict[str, Any]:
    return {
        "project": project(item.code),
        "title": item.title,
        "title_en": item.title_en,
        "model": item.model,
        "organisation": organisation(item.executor),
        "mode": "on_site",
        "places": [place(item.where)],
    }


def _course(item: Service, course: tuple[str, str, int, int]) -> dict[str, Any]:
    start, end, hours, count = course
    value = {"value_fen": hours * yuan(item.hourly)} if item.hourly else {}
    people = batch(item.group, count, item.where, (start, end))
    return {"hours": hours, "valuation": item.valuation, **value, "people": people}
