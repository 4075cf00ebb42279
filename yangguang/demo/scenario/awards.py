"""Stream: five scholarship rounds, standard first, public notice before the grant; two attempts that are refused."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ledger.domain.award import AwardGranted, AwardPublicised, AwardRoundOpened, AwardStandardPublished
from ledger.errors import LedgerError, PublicityError, TooFewPeopleError
from yangguang.demo.scenario.places import SCHOOLS
from yangguang.demo.steps import Ref, Step, day, place, project, seeded, yuan

BY = "n8:deliver"
CRITERIA = ("在三排镇中小学就读", "家庭经济困难并由学校核实", "学年综合评定为优秀或进步显著")
CHANNEL = "school"
SCHOOL_NAMES = {code: name for code, name, _, _ in SCHOOLS}


@dataclass(frozen=True, slots=True)
class Round:
    """One round: ``each`` in yuan, ``notice`` the first and last day of the public notice, both included."""

    code: str
    title: str
    title_en: str
    term: str
    since: str
    schools: tuple[str, ...]
    each: str
    count: int
    standard_on: str
    opened_on: str
    notice: tuple[str, str]
    granted_on: str
    late: int = 0


ROUNDS = (
    Round(
        "a1", "奖学金第一轮", "Scholarships, round 1", "2022年秋季学期", "2022-09-01", ("s1", "s2"), "1,000", 24,
        "2022-09-08", "2022-09-26", ("2022-11-07", "2022-11-15"), "2022-11-21", late=1,
    ),
    Round(
        "a2", "奖学金第二轮", "Scholarships, round 2", "2023年春季学期", "2023-02-13", ("s1", "s2", "s5"), "1,000", 31,
        "2023-03-09", "2023-03-27", ("2023-05-04", "2023-05-12"), "2023-05-22",
    ),
    Round(
        "a3", "奖学金第三轮", "Scholarships, round 3", "2023年秋季学期", "2023-09-01", ("s1", "s2", "s3", "s5"),
        "1,200", 36,
        "2023-09-07", "2023-09-25", ("2023-11-06", "2023-11-14"), "2023-11-20", late=2,
    ),
    Round(
        "a4", "奖学金第四轮（中学）", "Scholarships, round 4 (middle schools)", "2024年春季学期", "2024-02-26",
        ("s2", "s5"),
        "1,500", 12, "2024-03-07", "2024-03-25", ("2024-05-06", "2024-05-13"), "2024-05-20",
    ),
    Round(
        "a5", "奖学金第五轮", "Scholarships, round 5", "2024年秋季学期", "2024-09-02", ("s1", "s2", "s3", "s4", "s5"),
        "1,200", 40, "2024-09-05", "2024-09-23", ("2024-10-08", "2024-10-16"), "2024-10-24", late=3,
    ),
)  # fmt: skip
SMALL_SCHOOL = ("s4", 4, "2024-10-18")
"""Four pupils of one small school: refused, and granted within the whole of round 5 a week later."""


def steps() -> Iterator[Step]:
    """The rounds, then the attempts: too early, and too few."""
    for item in ROUNDS:
        yield from _round(item)
    third, fifth = ROUNDS[2], ROUNDS[4]
    yield _granted(third, Attempt(third.count, "town", third.notice[1], PublicityError))
    school, count, on = SMALL_SCHOOL
    yield _granted(fifth, Attempt(count, school, on, TooFewPeopleError))


def _round(item: Round) -> Iterator[Step]:
    record = Ref("award", item.code)
    standard = {
        "project": project("award"),
        "title": item.title,
        "title_en": item.title_en,
        "criteria": list(CRITERIA),
        "amount_each_fen": yuan(item.each),
    }
    yield Step(AwardStandardPublished, record, day(item.standard_on), standard, BY)
    opened = {"term": item.term, "schools": [place(code) for code in item.schools]}
    yield Step(AwardRoundOpened, record, day(item.opened_on), opened, BY)
    start, end = item.notice
    notice = {"from": start, "to": end, "channel": CHANNEL}
    yield Step(AwardPublicised, record, day(start), notice, BY)
    yield _granted(item, Attempt(item.count, "town", item.granted_on))


@dataclass(frozen=True, slots=True)
class Attempt:
    """A grant as submitted: so many pupils of one place, on a day; ``refused`` if the ledger must refuse it."""

    count: int
    where: str
    on: str
    refused: type[LedgerError] | None = None


def _granted(item: Round, attempt: Attempt) -> Step:
    data: dict[str, Any] = {
        "people": {
            "group": "child",
            "count": attempt.count,
            "place": place(attempt.where),
            "period": {"from": item.since, "to": item.notice[1]},
        },
        "total_fen": yuan(item.each) * attempt.count,
    }
    rows = tuple(_row(item, number) for number in range(1, attempt.count + 1))
    record = Ref("award", item.code)
    late = 0 if attempt.refused else item.late
    return Step(AwardGranted, record, day(attempt.on), data, BY, late=late, rows=rows, refused=attempt.refused)


def _row(item: Round, number: int) -> dict[str, str]:
    """A person is the same across rounds by number; only the pattern of the name is meant to be seen as a test."""
    school = SCHOOL_NAMES[item.schools[number % len(item.schools)]]
    vault_key = seeded(f"vault/award/{number}")(16).hex()
    return {"vault_key": vault_key, "name": f"测试用名-{number:04d}", "school": school}
