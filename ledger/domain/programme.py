"""Kind ``programme``: the plan under which everything is done (duties S01, S04-S06, S17)."""

from typing import Annotated

from ledger.domain.event import OPENS, Event, one_of
from ledger.domain.values import (
    Count,
    Day,
    Evidence,
    Label,
    Line,
    OrganisationRef,
    Part,
    PlaceRef,
    Slug,
    Words,
    choice,
    free,
    public,
)

STATES = {
    "open": Label("已公布", "opened"),
    "launched": Label("已启动", "launched"),
    "closed": Label("已结束", "closed"),
}


class Phase(Part):
    code: Slug = public("代码", "Code")
    title: Line = public("名称", "Title")
    starts_on: Day = public("开始", "Starts on")
    ends_on: Day = public("结束", "Ends on")


class Plan(Part):
    """One of the programme's plans. ``unspecified`` names what the plan's text leaves open."""

    code: Slug = public("代码", "Code")
    title: Line = public("名称", "Title")
    title_en: Line = public("英文名称", "English title")
    aliases: list[Line] | None = public("别名", "Aliases", default=None)
    services: list[Line] = public("服务内容", "Services")
    unspecified: bool | None = public("方案没有规定细节", "The plan leaves details open", default=None)


class ServiceType(Part):
    code: Slug = public("代码", "Code")
    title: Line = public("名称", "Title")
    title_en: Line = public("英文名称", "English title")


class Participant(Part):
    organisation: OrganisationRef = public("机构", "Organisation")
    role: Annotated[
        str,
        choice(
            guide=("指导", "guide"),
            lead=("牵头", "lead"),
            support=("支持", "support"),
            counterpart=("当地对接", "counterpart"),
        ),
    ] = public("分工", "Role")


class ProgrammeOpened(Event):
    TYPE = "programme.opened"
    LABEL = Label("公布方案", "Programme opened")
    SAYS = {
        "": Label(
            "方案“{title}”公布，{starts_on}至{ends_on}。",
            "The programme “{title}” was opened, {starts_on} to {ends_on}.",
        )
    }
    SIGNED_BY = (one_of("plan"),)
    AFTER = (OPENS,)
    BECOMES = "open"
    CORRECTS = ("title", "title_en", "full_title", "aliases", "basis", "phases", "plans", "service_types", "outcomes")
    title: Line = public("名称", "Title")
    title_en: Line | None = public("英文名称", "English title", default=None)
    full_title: Line = public("全称", "Full title")
    aliases: list[Line] | None = public("别名", "Aliases", default=None)
    basis: list[Line] = public("依据", "Basis")
    area: list[PlaceRef] = public("地区", "Area")
    starts_on: Day = public("开始", "Starts on")
    ends_on: Day = public("结束", "Ends on")
    phases: list[Phase] = public("阶段", "Phases")
    plans: list[Plan] = public("计划", "Plans")
    service_types: list[ServiceType] = public("服务类型", "Service types")
    outcomes: list[Line] = public("预期成效", "Outcomes")
    participants: list[Participant] = public("组织分工", "Participants")


class ProgrammeLaunched(Event):
    TYPE = "programme.launched"
    LABEL = Label("启动", "Launched")
    SAYS = {"": Label("“{record}”在{venue}举行启动仪式。", "“{record}” was launched at {venue}.")}
    SIGNED_BY = (one_of("plan"),)
    AFTER = ("open",)
    BECOMES = "launched"
    CORRECTS = ("venue", "organisations")
    venue: PlaceRef = public("地点", "Venue")
    organisations: list[OrganisationRef] = public("参加机构", "Organisations")
    evidence: list[Evidence] | None = free("证明材料", "Evidence")


class ProgrammeObligationSet(Event):
    TYPE = "programme.obligation_set"
    LABEL = Label("设定应办次数", "Obligation set")
    SAYS = {
        "": Label(
            "方案要求：{title}，{per}不少于{floor}次。", "The programme asks for {title}: at least {floor} per {per}."
        )
    }
    SIGNED_BY = (one_of("plan"),)
    AFTER = ("open", "launched")
    CORRECTS = ("title", "floor", "most")
    code: Slug = public("代码", "Code")
    title: Line = public("事项", "What")
    plan: Slug | None = public("计划", "Plan", default=None)
    per: Annotated[str, choice(year=("每年", "year"), whole=("全程", "the whole programme"))] = public("每", "Per")
    floor: Count = public("不少于", "At least")
    most: Count | None = public("不多于", "At most", default=None)
    note: Words | None = free("说明", "Note")
