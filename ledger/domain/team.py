"""Kind ``team``: the task force that runs things, and the one volunteer team for the town (duties S11, S26).

That only one volunteer team stands at a time is a rule over the whole ledger: ``ledger.rules.companions``.
"""

from typing import Annotated

from ledger.domain.event import OPENS, Event, one_of
from ledger.domain.values import (
    Count,
    Evidence,
    Label,
    Line,
    OrganisationRef,
    ProgrammeRef,
    ProjectRef,
    Words,
    choice,
    free,
    public,
)

STATES = {"formed": Label("工作中", "standing"), "disbanded": Label("已解散", "disbanded")}
TEAM_KINDS = {
    "task_force": ("助学帮教专班", "task force"),
    "volunteer": ("志愿服务队", "volunteer team"),
}
BY = (one_of("plan", "deliver"),)


class TeamFormed(Event):
    """Who is in charge is named in the withdrawable part alone, and volunteers are not named at all."""

    TYPE = "team.formed"
    LABEL = Label("组建队伍", "Team formed")
    SAYS = {
        "": Label(
            "{organisation}组建{team_kind}“{title}”，{members}人。",
            "{organisation} formed the {team_kind} “{title}” of {members}.",
        )
    }
    SIGNED_BY = BY
    AFTER = (OPENS,)
    BECOMES = "formed"
    CORRECTS = ("title", "title_en", "members")
    programme: ProgrammeRef = public("方案", "Programme")
    team_kind: Annotated[str, choice(**TEAM_KINDS)] = public("类别", "Kind")
    title: Line = public("名称", "Title")
    title_en: Line | None = public("英文名称", "English title", default=None)
    organisation: OrganisationRef = public("组建机构", "Formed by")
    project: ProjectRef | None = public("项目", "Project", default=None)
    members: Count = public("人数", "Members")
    person_in_charge: Line | None = free(
        "负责人", "Person in charge", help_zh="本人同意公开才填", help_en="With consent"
    )
    note: Words | None = free("说明", "Note")


class TeamPlanAdopted(Event):
    TYPE = "team.plan_adopted"
    LABEL = Label("通过工作计划", "Plan adopted")
    SAYS = {"": Label("“{record}”通过“{title}”。", "“{record}” adopted “{title}”.")}
    SIGNED_BY = BY
    AFTER = ("formed",)
    CORRECTS = ("title",)
    title: Line = public("计划名称", "Title of the plan")
    note: Words | None = free("说明", "Note")
    evidence: list[Evidence] | None = free("证明材料", "Evidence")


class TeamTrained(Event):
    TYPE = "team.trained"
    LABEL = Label("培训队员", "Members trained")
    SAYS = {
        "": Label(
            "“{record}”培训队员{members}人：{content}，{hours}小时。",
            "“{record}” trained {members} of its members: {content}, {hours} hours.",
        )
    }
    SIGNED_BY = BY
    AFTER = ("formed",)
    CORRECTS = ("content", "members", "hours")
    content: Line = public("内容", "Content")
    members: Count = public("参加队员", "Members who took part")
    hours: Count = public("小时", "Hours")
    evidence: list[Evidence] | None = free("证明材料", "Evidence")


class TeamChanged(Event):
    TYPE = "team.changed"
    LABEL = Label("队伍变动", "Team changed")
    SAYS = {"": Label("“{record}”{reason}，现有{members}人。", "“{record}”: {reason}; it now has {members} members.")}
    SIGNED_BY = BY
    AFTER = ("formed",)
    CORRECTS = ("members", "reason")
    members: Count = public("人数", "Members")
    reason: Annotated[
        str,
        choice(
            joined=("有队员加入", "members joined"),
            left=("有队员离开", "members left"),
            charge=("更换负责人", "another person is in charge"),
        ),
    ] = public("变动", "Change")
    person_in_charge: Line | None = free(
        "负责人", "Person in charge", help_zh="本人同意公开才填", help_en="With consent"
    )
    note: Words | None = free("说明", "Note")


class TeamDisbanded(Event):
    TYPE = "team.disbanded"
    LABEL = Label("解散队伍", "Team disbanded")
    SAYS = {"": Label("“{record}”解散，原因：{reason}。", "“{record}” was disbanded: {reason}.")}
    SIGNED_BY = BY
    AFTER = ("formed",)
    BECOMES = "disbanded"
    CORRECTS = ("reason",)
    reason: Annotated[
        str,
        choice(
            completed=("任务完成", "its work was done"),
            merged=("并入别的队伍", "it became part of another"),
            unable=("人数不足", "too few members"),
        ),
    ] = public("原因", "Reason")
    note: Words | None = free("说明", "Note")
