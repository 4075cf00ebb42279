"""Stream: needs, from the report by a school or the planning office to what met them, or why nothing did.

The town's work team, which the plan names as the channel, does nothing here beyond the plan: a fictional office asks
in the villages, a fictional team verifies there, and the schools speak for themselves.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from ledger.domain.need import (
    NeedMatchDeclined,
    NeedMatched,
    NeedMet,
    NeedPrioritised,
    NeedReported,
    NeedVerified,
    NeedWithdrawn,
)
from ledger.errors import RuleError
from yangguang.demo.scenario.members import MEMBERS
from yangguang.demo.scenario.need_list import NEEDS, Need
from yangguang.demo.scenario.programme import SANPAI
from yangguang.demo.steps import Ref, Step, day, place, project, seeded, working_day

OFFICE = "n1:plan"
VISITORS = "inspect:accept"
SCHOOLS_SIGN_FROM = {member.code: member.joined + timedelta(days=9) for member in MEMBERS if member.kind == "school"}
"""A school signs for itself from some days after it joined: it is screened first."""
PEOPLE = ("child", "family")
SURVEYED = timedelta(days=30)
HOW = ("visit", "documents", "visit", "call")
NOTES = {
    "村道没有路灯": "方案限于教育帮扶，已转镇里另行安排。",
    "围墙有裂缝": "走访时没有发现裂缝，学校确认已在上学期修好。",
    "没有课间活动场地": "筹款不足，项目取消；学校仍有这项需求。",
}


def steps() -> Iterator[Step]:
    """Every need in turn; then two attempts that the ledger must refuse."""
    for need in NEEDS:
        yield from _life(need)
    yield from _refused()


def _life(need: Need) -> Iterator[Step]:
    lot = need.lot
    reported = working_day(day(lot.reported), after=need.position)
    yield _reported(need, reported)
    if lot.verified:
        how = {"how": HOW[(len(lot.what) + need.position) % len(HOW)]}
        yield Step(NeedVerified, need.ref, day(lot.verified), how, _verifier(need), late=need.position % 3)
    if lot.first:
        data = {"programme": SANPAI, "ground": "old"}
        yield Step(NeedPrioritised, need.ref, day(lot.first), data, OFFICE)
    if lot.tried:
        yield from _tried(need, *lot.tried)
    if lot.matched:
        yield Step(NeedMatched, need.ref, day(lot.matched), {"project": project(lot.project)}, OFFICE)
    if lot.met:
        kind, _, name = lot.met_by.partition("/")
        yield Step(NeedMet, need.ref, day(lot.met), {"by": Ref(kind, name)}, _accepter(need), late=need.position)
    if lot.gone:
        on, reason = lot.gone
        yield Step(NeedWithdrawn, need.ref, day(on), {"reason": reason}, OFFICE, free=_note(need))


def _reported(need: Need, on: date) -> Step:
    lot = need.lot
    data: dict[str, Any] = {
        "place": place(need.place),
        "category": lot.category,
        "what": lot.what,
        "what_en": lot.what_en,
        "count": need.count,
    }
    if lot.unit in PEOPLE:
        period = {"from": (on - SURVEYED).isoformat(), "to": on.isoformat()}
        data["people"] = {"group": lot.unit, "count": need.count, "place": place(need.place), "period": period}
    else:
        data["unit"] = lot.unit
    rows = tuple(_row(need, number) for number in range(1, need.count + 1)) if lot.unit in PEOPLE else ()
    return Step(NeedReported, need.ref, on, data, _reporter(need, on), late=len(lot.what) % 4, rows=rows)


def _tried(need: Need, taken_by: str, taken_on: str, given_up_on: str, reason: str) -> Iterator[Step]:
    data: dict[str, Any] = {"reason": reason}
    if taken_by:
        yield Step(NeedMatched, need.ref, day(taken_on), {"project": project(taken_by)}, OFFICE)
        data["project"] = project(taken_by)
    yield Step(NeedMatchDeclined, need.ref, day(given_up_on), data, OFFICE, free=() if need.lot.gone else _note(need))


def _note(need: Need) -> tuple[tuple[str, str], ...]:
    words = NOTES.get(need.lot.what)
    return (("note", words),) if words else ()


def _reporter(need: Need, on: date) -> str:
    """A school for itself once it holds a key; the planning office for villages, the town and until then."""
    return f"{need.place}:accept" if SCHOOLS_SIGN_FROM.get(need.place, date.max) <= on else OFFICE


def _verifier(need: Need) -> str:
    """Somebody else than who reported: the office at schools, a team that went there elsewhere."""
    return OFFICE if _reporter(need, day(need.lot.reported)) != OFFICE else VISITORS


def _accepter(need: Need) -> str:
    return f"{need.place}:accept" if need.place in SCHOOLS_SIGN_FROM else VISITORS


def _row(need: Need, number: int) -> dict[str, str]:
    label = f"{need.code}-{number:04d}"
    return {"vault_key": seeded(f"vault/need/{label}")(16).hex(), "name": f"测试用名-{label}"}


def _refused() -> Iterator[Step]:
    """A third school put first, though the plan allows two; and a need given to a second project."""
    third = next(need for need in NEEDS if need.place == "s3" and need.lot.verified)
    data = {"programme": SANPAI, "ground": "old"}
    yield Step(NeedPrioritised, third.ref, day("2023-04-11"), data, OFFICE, refused=RuleError)
    taken = next(need for need in NEEDS if need.lot.project == "school-s1")
    again = {"project": project("school-s2")}
    yield Step(NeedMatched, taken.ref, day("2023-03-14"), again, OFFICE, refused=RuleError)
