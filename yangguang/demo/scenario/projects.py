"""Stream: projects, in the three modes of taking part, from listing to completion or cancellation."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from ledger.domain.event import Event
from ledger.domain.project import (
    ProjectApproved,
    ProjectCancelled,
    ProjectClaimed,
    ProjectClaimJoined,
    ProjectClaimWithdrawn,
    ProjectCompleted,
    ProjectDeclined,
    ProjectListed,
    ProjectOffered,
    ProjectProgressed,
    ProjectProposed,
    ProjectStarted,
)
from ledger.errors import NotInGoodStandingError
from yangguang.demo.scenario.need_list import begun_for
from yangguang.demo.scenario.programme import SANPAI
from yangguang.demo.scenario.project_list import (
    CANCELLED,
    DECLINED,
    MILESTONES,
    PROJECTS,
    SUMMARIES,
    WITHDRAWN_CLAIMS,
    Project,
)
from yangguang.demo.steps import Step, day, organisation, place, project, working_day, yuan

OPENINGS: dict[str, type[Event]] = {"listed": ProjectListed, "proposed": ProjectProposed, "offered": ProjectOffered}
OFFICE_AND_TOWN = ("a1", "a5")


def steps() -> Iterator[Step]:
    """Each project's life in turn; and a proposal by an organisation that was suspended, which is refused."""
    for item in PROJECTS:
        yield from _beginning(item)
        yield from _progress(item)
        if item.completed:
            note = (("note", SUMMARIES[item.code]),) if item.code in SUMMARIES else ()
            by = f"{item.executor}:deliver"
            yield Step(ProjectCompleted, project(item.code), day(item.completed), {}, by, late=item.late, free=note)
        yield from _without_a_result(item)
    yield _refused()


def _without_a_result(item: Project) -> Iterator[Step]:
    record = project(item.code)
    if item.code in WITHDRAWN_CLAIMS:
        claimant, claimed_on, withdrawn_on = WITHDRAWN_CLAIMS[item.code]
        yield _claim(ProjectClaimed, item.code, claimant, day(claimed_on))
        yield _claim(ProjectClaimWithdrawn, item.code, claimant, day(withdrawn_on))
    for event, table in ((ProjectDeclined, DECLINED), (ProjectCancelled, CANCELLED)):
        if item.code in table:
            on, reason, words = table[item.code]
            free = (("note", words),)
            yield Step(event, record, day(on), {"reason": reason}, "admin:plan", free=free)


def _refused() -> Step:
    again = next(item for item in PROJECTS if item.code in DECLINED)
    data = {**_opening(again), "organisation": organisation(again.executor)}
    on = day("2023-12-04")
    by = f"{again.executor}:deliver"
    return Step(ProjectProposed, project("camp-again"), on, data, by, refused=NotInGoodStandingError)


def _beginning(item: Project) -> Iterator[Step]:
    record, opened = project(item.code), day(item.opened)
    data = _opening(item)
    if item.mode == "listed":
        yield Step(OPENINGS[item.mode], record, opened, data, "n1:plan")
        if item.executor:
            claimed = working_day(opened, after=9)
            yield _claim(ProjectClaimed, item.code, item.executor, claimed)
    else:
        data["organisation"] = organisation(item.executor)
        yield Step(OPENINGS[item.mode], record, opened, data, f"{item.executor}:deliver")
    if item.approved:
        approval = {"budget_fen": yuan(item.budget)}
        yield Step(ProjectApproved, record, day(item.approved), approval, "n1:plan")
        if item.joined:
            yield _claim(ProjectClaimJoined, item.code, item.joined, working_day(day(item.approved), after=1))
    if item.started:
        yield Step(ProjectStarted, record, day(item.started), {}, f"{item.executor}:deliver", late=item.late)


def _claim(event: type[Event], code: str, claimant: str, on: date) -> Step:
    return Step(event, project(code), on, {"organisation": organisation(claimant)}, f"{claimant}:deliver")


def _opening(item: Project) -> dict[str, Any]:
    data: dict[str, Any] = {
        "programme": SANPAI,
        "title": item.title,
        "title_en": item.title_en,
        "plan": item.plan,
        "places": [place(code) for code in item.places],
        "budget_fen": yuan(item.budget),
        "starts_on": item.starts_on,
        "ends_on": item.ends_on,
    }
    more = {"also": [item.also] if item.also else [], "needs": begun_for(item.code)}
    return data | {name: value for name, value in more.items() if value}


def _progress(item: Project) -> Iterator[Step]:
    for position, (on, milestone) in enumerate(MILESTONES.get(item.code, ())):
        data = {"milestone": milestone, "reported_to": [organisation(code) for code in OFFICE_AND_TOWN]}
        late = (position * 5 + len(item.code)) % 8
        yield Step(ProjectProgressed, project(item.code), day(on), data, f"{item.executor}:deliver", late=late)
