"""Stream: the programme, opened from the plan's own facts, with what it obliges the organisations to do."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from ledger.domain.programme import ProgrammeLaunched, ProgrammeObligationSet, ProgrammeOpened
from yangguang.demo import plan
from yangguang.demo.steps import Ref, Step, organisation, place

SANPAI = Ref("programme", "sanpai")
GUESTS = ("n1", "n2", "n3", "n4", "n6", "n7", "n8", "n12", "n15", "n18")


def steps() -> Iterator[Step]:
    """Opened, obligations set, launched."""
    yield Step(ProgrammeOpened, SANPAI, date(2022, 4, 8), opening(), "admin:plan")
    for obligation in plan.OBLIGATIONS:
        yield _obligation(obligation)
    data: dict[str, Any] = {"venue": place("s1"), "organisations": [organisation(code) for code in GUESTS]}
    yield Step(ProgrammeLaunched, SANPAI, date(2022, 6, 18), data, "admin:plan", late=2)


def plans(*, aliases: bool) -> list[dict[str, Any]]:
    """The four plans; the first entry about them lacked the ``aliases``."""
    return [_plan(item, aliases=aliases) for item in plan.PLANS]


def opening() -> dict[str, Any]:
    """The data of ``programme.opened``: the plan's facts in the ledger's words."""
    return {
        "title": plan.TITLE,
        "title_en": plan.TITLE_EN,
        "full_title": plan.FULL_TITLE,
        "aliases": list(plan.TITLE_ALIASES),
        "basis": list(plan.BASIS),
        "area": [place("town")],
        "starts_on": plan.STARTS_ON.isoformat(),
        "ends_on": plan.ENDS_ON.isoformat(),
        "phases": [_phase(phase) for phase in plan.PHASES],
        "plans": plans(aliases=True),
        "service_types": [
            {"code": item.code, "title": item.title, "title_en": item.title_en} for item in plan.SERVICE_TYPES
        ],
        "outcomes": list(plan.OUTCOMES),
        "participants": [{"organisation": organisation(body.code), "role": body.part} for body in plan.BODIES],
    }


def _phase(phase: plan.Phase) -> dict[str, Any]:
    days = {"starts_on": phase.starts_on.isoformat(), "ends_on": phase.ends_on.isoformat()}
    return {"code": phase.code, "title": phase.title, **days}


def _plan(item: plan.Plan, *, aliases: bool) -> dict[str, Any]:
    wire: dict[str, Any] = {"code": item.code, "title": item.title, "title_en": item.title_en}
    wire["services"] = list(item.services)
    if item.aliases and aliases:
        wire["aliases"] = list(item.aliases)
    if item.unspecified:
        wire["unspecified"] = True
    if item.works:
        wire["works"] = list(item.works)
    return wire


def _obligation(item: plan.Obligation) -> Step:
    data: dict[str, Any] = {"code": item.code, "title": item.title, "plan": item.plan, "per": item.per}
    data["floor"] = item.floor
    if item.most is not None:
        data["most"] = item.most
    free = (("note", item.note),) if item.note else ()
    return Step(ProgrammeObligationSet, SANPAI, date(2022, 4, 11), data, "admin:plan", free=free)
