"""Stream: works from approval to acceptance by an organisation that did not deliver them."""

from collections.abc import Iterator
from typing import Any

from ledger.domain.renovation import (
    RenovationAccepted,
    RenovationApproved,
    RenovationCompleted,
    RenovationDefectFixed,
    RenovationDefectFound,
    RenovationFollowedUp,
    RenovationProgressed,
    RenovationStarted,
    RenovationSurveyed,
)
from ledger.errors import MissingCapabilityError
from yangguang.demo.scenario.works_list import FOLLOW_UPS, SURVEYS, WORKS, Works
from yangguang.demo.steps import Ref, Step, day, organisation, place, project, seeded, yuan

NOTES = {
    "w2": "缺陷返修后逐扇复查，关闭正常。",
    "h4": "部分住户地面返潮，加做防潮层，花费超出这一批的预算。",
}


def steps() -> Iterator[Step]:
    """Every batch, later visits, and an attempt to start works that another organisation delivers."""
    seen = {code: (on, words) for code, on, words in SURVEYS}
    for works in WORKS:
        if works.code in seen:
            yield _surveyed(works, *seen[works.code])
        yield from _begun(works)
        if works.completed:
            yield from _finished(works)
    executors = {works.code: works.executor for works in WORKS}
    for code, on, finding, words in FOLLOW_UPS:
        by, free = f"{executors[code]}:deliver", (("note", words),)
        yield Step(RenovationFollowedUp, Ref("renovation", code), day(on), {"finding": finding}, by, free=free)
    stranger = Ref("renovation", "h1")
    yield Step(RenovationStarted, stranger, day("2022-07-20"), {}, "n7:deliver", refused=MissingCapabilityError)


def _surveyed(works: Works, on: str, words: str) -> Step:
    data = {
        "project": project(works.project),
        "title": works.title,
        "organisation": organisation(works.executor),
        "places": [place(code) for code in works.places],
        "units": works.units,
    }
    record, by = Ref("renovation", works.code), f"{works.executor}:deliver"
    return Step(RenovationSurveyed, record, day(on), data, by, late=1, free=(("note", words),))


def _begun(works: Works) -> Iterator[Step]:
    record, by = Ref("renovation", works.code), f"{works.executor}:deliver"
    data = {
        "project": project(works.project),
        "title": works.title,
        "title_en": works.title_en,
        "category": works.category,
        "organisation": organisation(works.executor),
        "places": [place(code) for code in works.places],
        "scope": list(works.scope),
        "units": works.units,
        "budget_fen": yuan(works.budget),
    }
    yield Step(RenovationApproved, record, day(works.approved), data, by)
    yield Step(RenovationStarted, record, day(works.started), {}, by)
    for position, (on, milestone) in enumerate(works.milestones):
        late = (works.late + 2 * position) % 6
        yield Step(RenovationProgressed, record, day(on), {"milestone": milestone}, by, late=late)


def _finished(works: Works) -> Iterator[Step]:
    record, by = Ref("renovation", works.code), f"{works.executor}:deliver"
    rows = tuple(_row(works, number) for number in range(1, works.units + 1)) if works.where else ()
    yield Step(RenovationCompleted, record, day(works.completed), _completion(works), by, late=works.late, rows=rows)
    if works.defect:
        found = {"defect": works.defect.defect}
        inspector = f"{works.inspector}:accept"
        yield Step(RenovationDefectFound, record, day(works.defect.found_on), found, inspector)
        yield Step(RenovationDefectFixed, record, day(works.defect.fixed_on), {"remedy": works.defect.remedy}, by)
    free = (("note", NOTES[works.code]),) if works.code in NOTES else ()
    data = {"result": "fixed" if works.defect else "passed", "units": works.units}
    for on in filter(None, (works.accepted, works.accepted_again)):
        yield Step(RenovationAccepted, record, day(on), data, f"{works.inspector}:accept", late=1, free=free)


def _completion(works: Works) -> dict[str, Any]:
    data: dict[str, Any] = {
        "units": works.units,
        "items": [{"name": name, "count": count, "unit": unit} for name, count, unit in works.items],
        "cost_fen": yuan(works.cost),
    }
    if works.where:
        period = {"from": works.started, "to": works.completed}
        data["people"] = {"group": "family", "count": works.units, "place": place(works.where), "period": period}
    return data


def _row(works: Works, number: int) -> dict[str, str]:
    label = f"{works.code}-{number:04d}"
    vault_key = seeded(f"vault/home/{label}")(16).hex()
    return {"vault_key": vault_key, "family": f"测试用名-{label}", "address": f"测试用地址-{label}"}
