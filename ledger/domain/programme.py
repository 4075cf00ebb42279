"""Kind ``programme``: the plan under which everything is done (duties S01, S04-S06, S17)."""

from typing import Annotated

from pydantic import Field

from ledger.domain.event import OPENS, Event, one_of
from ledger.domain.record import Record
from ledger.domain.renovation import CATEGORIES
from ledger.domain.values import (
    Count,
    Day,
    DisclosureRef,
    Evidence,
    Kind,
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
from ledger.errors import RuleError

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
    """One of the programme's plans. ``unspecified`` names what the plan's text leaves open.

    ``works`` are the categories of works whose cost and effect count under this plan and no other, even where the text
    of another plan names them too: school works are 升级计划 though 童梦计划 mentions them.
    """

    code: Slug = public("代码", "Code")
    title: Line = public("名称", "Title")
    title_en: Line = public("英文名称", "English title")
    aliases: list[Line] | None = public("别名", "Aliases", default=None)
    services: list[Line] = public("服务内容", "Services")
    unspecified: bool | None = public("方案没有规定细节", "The plan leaves details open", default=None)
    works: list[Annotated[str, choice(**CATEGORIES)]] | None = public(
        "归本计划计算的工程", "Works counted under this plan", default=None
    )


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


RUNNING = ("open", "launched")


class ProgrammeRuleAdopted(Event):
    TYPE = "programme.rule_adopted"
    LABEL = Label("订立制度", "Rule adopted")
    SAYS = {"": Label("{org}为“{record}”订立“{title}”。", "{org} adopted “{title}” for “{record}”.")}
    SIGNED_BY = (one_of("plan"),)
    AFTER = RUNNING
    CORRECTS = ("title",)
    title: Line = public("制度名称", "Title")
    evidence: list[Evidence] | None = free("证明材料", "Evidence")


class ProgrammeMet(Event):
    TYPE = "programme.met"
    LABEL = Label("召开会议", "Meeting held")
    SAYS = {"": Label("“{record}”召开{meeting}。", "A {meeting} of “{record}” was held.")}
    SIGNED_BY = (one_of("plan"),)
    AFTER = RUNNING
    CORRECTS = ("meeting", "organisations")
    meeting: Annotated[
        str,
        choice(
            coordination=("对接协调会", "coordination meeting"),
            summary=("总结会", "summary meeting"),
            commendation=("表彰会", "commendation meeting"),
        ),
    ] = public("会议", "Meeting")
    organisations: list[OrganisationRef] = public("参加机构", "Organisations")
    note: Words | None = free("纪要", "Minutes")


class ProgrammeMobilised(Event):
    TYPE = "programme.mobilised"
    LABEL = Label("动员", "Mobilised")
    SAYS = {
        "": Label("{org}动员会员单位{units}家参加“{record}”。", "{org} called on {units} member units for “{record}”.")
    }
    SIGNED_BY = (one_of("plan"),)
    AFTER = RUNNING
    CORRECTS = ("units", "organisations")
    units: Count = public("会员单位数", "Member units")
    organisations: list[OrganisationRef] | None = public("其中", "Among them", default=None)


class ProgrammeInformed(Event):
    TYPE = "programme.informed"
    LABEL = Label("推送帮扶信息", "Information pushed")
    SAYS = {"": Label("{org}向社会组织推送帮扶信息：{title}。", "{org} sent organisations help information: {title}.")}
    SIGNED_BY = (one_of("plan"),)
    AFTER = RUNNING
    CORRECTS = ("title", "organisations")
    title: Line = public("信息标题", "Title")
    organisations: list[OrganisationRef] = public("推送给", "Sent to")


class ProgrammeReviewed(Event):
    TYPE = "programme.reviewed"
    LABEL = Label("年度总结", "Annual review")
    SAYS = {"": Label("{org}公布“{record}”{year}年的总结。", "{org} published the review of “{record}” for {year}.")}
    SIGNED_BY = (one_of("plan"),)
    AFTER = RUNNING
    CORRECTS = ("year", "rests_on")
    year: Annotated[int, Field(ge=2000, le=2100), Kind("year")] = public("年度", "Year")
    rests_on: list[DisclosureRef] | None = public("依据的已公布数字", "Figures it rests on", default=None)
    note: Words | None = free("总结", "Review")
    evidence: list[Evidence] | None = free("证明材料", "Evidence")

    def check(self, record: Record) -> None:
        if any(review.year == self.year for review in record.all(ProgrammeReviewed)):
            raise RuleError(
                f"规则7（只算一次）：{self.year}年的总结已经公布过。内容有误的请更正原来那一条。",
                f"Rule 7 (counted once): the review of {self.year} is published already. Correct that entry instead.",
                "/payload/data/year",
            )


class ProgrammeEvaluated(Event):
    TYPE = "programme.evaluated"
    LABEL = Label("成效评估", "Evaluated")
    SAYS = {"": Label("{evaluator}评估“{record}”的成效：{result}。", "{evaluator} evaluated “{record}”: {result}.")}
    SIGNED_BY = (one_of("plan"),)
    AFTER = RUNNING
    CORRECTS = ("evaluator", "result", "rests_on")
    evaluator: OrganisationRef = public("评估机构", "Evaluator")
    result: Annotated[
        str,
        choice(
            achieved=("达到目标", "objectives achieved"),
            partly=("部分达到目标", "partly achieved"),
            missed=("没有达到目标", "not achieved"),
        ),
    ] = public("结论", "Result")
    rests_on: list[DisclosureRef] | None = public("依据的已公布数字", "Figures it rests on", default=None)
    note: Words | None = free("说明", "Note")
    evidence: list[Evidence] | None = free("证明材料", "Evidence")


class ProgrammeClosed(Event):
    TYPE = "programme.closed"
    LABEL = Label("方案结束", "Closed")
    SAYS = {
        "": Label(
            "“{record}”结束，结余{surplus_fen}，用于{surplus_use}。",
            "“{record}” was closed with a surplus of {surplus_fen}, for {surplus_use}.",
        )
    }
    SIGNED_BY = (one_of("plan"), one_of("fund"))
    AFTER = RUNNING
    BECOMES = "closed"
    surplus_fen: Annotated[int, Field(ge=0), Kind("fen")] = public("结余", "Surplus")
    surplus_use: Annotated[
        str,
        choice(
            similar=("宗旨相近的项目", "a similar purpose"),
            returned=("退回捐赠方", "return to the donors"),
            none=("没有结余", "nothing, there is none"),
        ),
    ] = public("结余用途", "Use of the surplus")
    note: Words | None = free("说明", "Note")
