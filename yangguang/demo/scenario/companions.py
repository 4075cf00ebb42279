"""Stream: companionship month by month, pairings, school visits; a month with too few children, which is refused."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from ledger.domain.companionship import (
    CompanionshipEnded,
    CompanionshipOpened,
    CompanionshipPaired,
    CompanionshipReported,
    CompanionshipVisited,
)
from ledger.errors import MissingCapabilityError, TooFewPeopleError
from yangguang.demo.scenario.companion_list import (
    COMPANIONSHIPS,
    ENDED,
    PAIRINGS,
    ROUNDS,
    TOO_FEW,
    Companionship,
    Report,
)
from yangguang.demo.scenario.people import attendance, batch, person
from yangguang.demo.scenario.teams import VOLUNTEERS
from yangguang.demo.steps import Ref, Step, day, organisation, place, project, working_day

PAIRED_BY = "n5:deliver+n5:care"
TOPICS = (("teachers", "pupils"), ("pupils",), ("pupils", "facilities"))


def steps() -> Iterator[Step]:
    """Each companionship in turn, then what was refused."""
    for item in COMPANIONSHIPS:
        yield _opened(item)
        for number, report in enumerate(item.reports):
            yield _reported(item, report, number)
    yield from _paired()
    yield from _visited()
    yield from _refused()


def _opened(item: Companionship) -> Step:
    places = [item.where] if item.where else ["s1", "s2", "s3", "s4", "s5"]
    data: dict[str, Any] = {
        "project": project(item.project),
        "title": item.title,
        "title_en": item.title_en,
        "organisation": organisation(item.executor),
        "places": [place(code) for code in places],
    }
    team = {"team": VOLUNTEERS} if item.team else {}
    by = f"{item.executor}:deliver"
    return Step(CompanionshipOpened, _record(item.code), day(item.opened), {**data, **team}, by)


def _reported(item: Companionship, report: Report, number: int) -> Step:
    """Recorded in the days after the period has ended, now and then late."""
    start, end, sessions, hours, volunteers, count = report
    data: dict[str, Any] = {
        "mode": item.mode,
        "services": list(item.services),
        "sessions": sessions,
        "hours": hours,
        "valuation": "unvalued",
        "volunteers": volunteers,
        "people": batch(item.group, count, item.where, (start, end)),
    }
    rows = attendance(item.code, count, of=item.of, since=5 * number)
    on, late = day(end) + timedelta(days=1), (3 * number + len(item.code)) % 7
    return Step(CompanionshipReported, _record(item.code), on, data, f"{item.executor}:deliver", late=late, rows=rows)


def _paired() -> Iterator[Step]:
    pairs, since = _record("pairs"), 1
    for on, count in PAIRINGS:
        data = {"people": batch("child", count, "town", (on, on))}
        yield Step(CompanionshipPaired, pairs, day(on), data, PAIRED_BY, late=1, rows=_pairs(since, count))
        since += count
    on, count, reason = ENDED
    ended = {"people": batch("child", count, "town", (on, on)), "reason": reason}
    yield Step(CompanionshipEnded, pairs, day(on), ended, PAIRED_BY, late=2, rows=_pairs(1, count))


def _pairs(since: int, count: int) -> tuple[dict[str, str], ...]:
    return tuple(
        {**person("pairs", number), "companion": f"测试用名-志愿者-{number:04d}"}
        for number in range(since, since + count)
    )


def _visited() -> Iterator[Step]:
    number = 0
    for year, months, schools in ROUNDS:
        for month in months:
            for place_in_month, school in enumerate(schools):
                on = working_day(date(year, month, 6 + 5 * place_in_month))
                topics = list(TOPICS[number % len(TOPICS)])
                data = {"school": place(school), "volunteers": 3 + number % 4, "topics": topics}
                by, late = "n13:deliver", number % 5
                yield Step(CompanionshipVisited, _record("visits"), on, data, by, late=late)
                number += 1


def _refused() -> Iterator[Step]:
    """Six children in July, reported with August instead; and a pairing without the keeper of people data."""
    weekends = COMPANIONSHIPS[0]
    step = _reported(weekends, TOO_FEW, 0)
    yield replace(step, on=day("2023-08-02"), late=0, refused=TooFewPeopleError)
    on, count = PAIRINGS[0]
    data = {"people": batch("child", count, "town", (on, on))}
    alone = "n5:deliver"
    rows = _pairs(1, count)
    yield Step(CompanionshipPaired, _record("pairs"), day(on), data, alone, rows=rows, refused=MissingCapabilityError)


def _record(code: str) -> Ref:
    return Ref("companionship", code)
