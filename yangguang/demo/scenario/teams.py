"""Stream: the task force and the one volunteer team; and a second volunteer team, which is refused."""

from collections.abc import Iterator
from typing import Any

from ledger.domain.team import TeamChanged, TeamDisbanded, TeamFormed, TeamPlanAdopted, TeamTrained
from ledger.errors import RuleError
from yangguang.demo.scenario.programme import SANPAI
from yangguang.demo.steps import Ref, Step, day, organisation, project

FORCE, VOLUNTEERS = Ref("team", "force"), Ref("team", "volunteers")
BY_FORCE, BY_VOLUNTEERS = "n1:plan", "n13:deliver"
PLANS = (
    (FORCE, "2022-05-20", "助学帮教专班工作计划（2022至2024年）"),
    (VOLUNTEERS, "2022-07-29", "志愿服务队2022年下半年服务计划"),
    (VOLUNTEERS, "2023-02-24", "志愿服务队2023年服务计划"),
    (VOLUNTEERS, "2024-02-28", "志愿服务队2024年服务计划"),
)
TRAININGS = (
    ("2022-07-23", "与儿童相处的守则和隐私保护", 28, 4),
    ("2023-03-04", "陪伴记录怎样写、什么不能写", 31, 3),
    ("2024-03-09", "发现困难时怎样转介", 34, 3),
)
"""Day, content, members who took part, hours."""
CHANGES = (
    (FORCE, "2023-03-13", 9, "charge"),
    (VOLUNTEERS, "2023-02-27", 38, "joined"),
    (VOLUNTEERS, "2023-09-15", 33, "left"),
    (VOLUNTEERS, "2024-03-04", 41, "joined"),
)


def steps() -> Iterator[Step]:
    """Both teams from their forming on; the task force ends with the programme."""
    force = {
        "team_kind": "task_force",
        "title": "三排镇助学帮教专班",
        "title_en": "Task force for Sanpai",
        "members": 9,
    }
    yield _formed(FORCE, "2022-05-06", "n1", force, BY_FORCE)
    team = {"title": "对口帮扶三排镇志愿服务队", "title_en": "Volunteer team for Sanpai", "members": 32}
    team |= {"team_kind": "volunteer", "project": project("team")}
    yield _formed(VOLUNTEERS, "2022-07-20", "n13", team, BY_VOLUNTEERS)
    for record, on, title in PLANS:
        yield Step(TeamPlanAdopted, record, day(on), {"title": title}, _signer(record), late=1)
    for on, content, members, hours in TRAININGS:
        trained = {"content": content, "members": members, "hours": hours}
        yield Step(TeamTrained, VOLUNTEERS, day(on), trained, BY_VOLUNTEERS, late=2)
    for record, on, members, reason in CHANGES:
        free = (("person_in_charge", "测试用名-专班-02"),) if reason == "charge" else ()
        yield Step(TeamChanged, record, day(on), {"members": members, "reason": reason}, _signer(record), free=free)
    yield Step(TeamDisbanded, FORCE, day("2025-03-27"), {"reason": "completed"}, BY_FORCE)
    yield _second()


def _formed(record: Ref, on: str, by: str, data: dict[str, Any], signer: str) -> Step:
    """Who is in charge agreed to be named: in the withdrawable part, as ever."""
    named = {"programme": SANPAI, "organisation": organisation(by), **data}
    free = (("person_in_charge", f"测试用名-{'专班' if by == 'n1' else '服务队'}-01"),)
    return Step(TeamFormed, record, day(on), named, signer, free=free)


def _signer(record: Ref) -> str:
    return BY_FORCE if record == FORCE else BY_VOLUNTEERS


def _second() -> Step:
    data = {
        "programme": SANPAI,
        "team_kind": "volunteer",
        "title": "三排镇青年志愿队",
        "organisation": organisation("n5"),
        "members": 15,
    }
    return Step(TeamFormed, Ref("team", "second"), day("2023-05-15"), data, "n5:deliver", refused=RuleError)
