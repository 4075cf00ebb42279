"""Kind ``project``: claimed, self-set or service (duties S21-S23), from proposal to completion."""

from typing import Annotated

from ledger.domain.event import OPENS, Event, one_of
from ledger.domain.record import Record
from ledger.domain.values import (
    Day,
    Evidence,
    Fen,
    Label,
    Line,
    NeedRef,
    OrganisationRef,
    PlaceRef,
    ProgrammeRef,
    Slug,
    Words,
    choice,
    free,
    public,
)
from ledger.errors import InvalidFieldError

STATES = {
    "listed": Label("等待认领", "listed"),
    "claimed": Label("已认领", "claimed"),
    "proposed": Label("待批准", "proposed"),
    "declined": Label("未批准", "declined"),
    "approved": Label("已批准", "approved"),
    "started": Label("进行中", "in progress"),
    "completed": Label("已完成", "completed"),
    "cancelled": Label("已取消", "cancelled"),
}
MODES = {
    "listed": Label("认领项目", "claim"),
    "proposed": Label("自设项目", "self-set"),
    "offered": Label("服务帮扶", "service"),
}


class ProjectOpening(Event):
    """The fields with which a project begins, whichever of the three modes of taking part."""

    AFTER = (OPENS,)
    programme: ProgrammeRef = public("方案", "Programme")
    title: Line = public("名称", "Title")
    title_en: Line | None = public("英文名称", "English title", default=None)
    plan: Slug = public(
        "主要计划", "Primary plan", help_zh="花费和效果只算在这一个计划里", help_en="Counted under this plan only"
    )
    also: list[Slug] | None = public("相关计划", "Also serves", default=None)
    places: list[PlaceRef] = public("地点", "Places")
    needs: list[NeedRef] | None = public(
        "回应的需求",
        "Needs it answers",
        help_zh="立项时已知的；对接另行记录",
        help_en="Known then; each match is recorded apart",
        default=None,
    )
    budget_fen: Fen = public("预算", "Budget")
    starts_on: Day = public("计划开始", "Starts on")
    ends_on: Day = public("计划结束", "Ends on")

    def check(self, record: Record) -> None:
        if self.ends_on < self.starts_on:
            raise InvalidFieldError("结束日期早于开始日期。", "It ends before it starts.", "/payload/data/ends_on")


class ProjectListed(ProjectOpening):
    TYPE = "project.listed"
    LABEL = Label("列出项目", "Project listed")
    SAYS = {"": Label("{org}列出项目“{title}”，等待认领。", "{org} listed “{title}” for claiming.")}
    SIGNED_BY = (one_of("plan"),)
    BECOMES = "listed"
    CORRECTS = ("title", "title_en", "also", "places", "needs", "budget_fen", "starts_on", "ends_on")


class ProjectClaimed(Event):
    TYPE = "project.claimed"
    LABEL = Label("认领项目", "Project claimed")
    SAYS = {"": Label("{organisation}认领“{record}”。", "{organisation} claimed “{record}”.")}
    SIGNED_BY = (one_of("deliver"),)
    AFTER = ("listed",)
    BECOMES = "claimed"
    organisation: OrganisationRef = public("认领机构", "Organisation")


class ProjectClaimJoined(Event):
    TYPE = "project.claim_joined"
    LABEL = Label("联合认领", "Claim joined")
    SAYS = {"": Label("{organisation}联合认领“{record}”。", "{organisation} joined the claim of “{record}”.")}
    SIGNED_BY = (one_of("deliver"),)
    AFTER = ("claimed", "approved", "started")
    organisation: OrganisationRef = public("联合认领机构", "Organisation")


class ProjectClaimWithdrawn(Event):
    TYPE = "project.claim_withdrawn"
    LABEL = Label("撤回认领", "Claim withdrawn")
    SAYS = {"": Label("{organisation}撤回对“{record}”的认领。", "{organisation} withdrew its claim of “{record}”.")}
    SIGNED_BY = (one_of("deliver"),)
    AFTER = ("claimed",)
    BECOMES = "listed"
    organisation: OrganisationRef = public("撤回机构", "Organisation")

    def applied_to(self, record: Record, event_id: str) -> Record:
        """Listed again, unless another organisation had joined the claim."""
        others = [organisation for organisation in deliverers_of(record) if organisation != self.organisation]
        return record.with_history(record.history, "claimed" if others else "listed")

    def check(self, record: Record) -> None:
        if self.organisation not in deliverers_of(record):
            raise InvalidFieldError(
                "这家机构没有认领这个项目。", "This organisation has not claimed it.", "/payload/data/organisation"
            )


class ProjectDeclined(Event):
    TYPE = "project.declined"
    LABEL = Label("不批准项目", "Project declined")
    SAYS = {"": Label("{org}没有批准“{record}”，原因：{reason}。", "{org} declined “{record}”: {reason}.")}
    SIGNED_BY = (one_of("plan"),)
    AFTER = ("claimed", "proposed")
    BECOMES = "declined"
    CORRECTS = ("reason",)
    reason: Annotated[
        str,
        choice(
            outside=("不在方案范围内", "outside the programme"),
            duplicate=("与其他项目重复", "it repeats another"),
            capacity=("承接能力不足", "too little capacity"),
        ),
    ] = public("原因", "Reason")
    note: Words | None = free("说明", "Note")


class ProjectProposed(ProjectOpening):
    TYPE = "project.proposed"
    LABEL = Label("自行设立项目", "Project proposed")
    SAYS = {"": Label("{organisation}自行设立“{title}”。", "{organisation} proposed “{title}”.")}
    SIGNED_BY = (one_of("deliver"),)
    BECOMES = "proposed"
    CORRECTS = ("title", "title_en", "also", "places", "needs", "budget_fen", "starts_on", "ends_on")
    organisation: OrganisationRef = public("设立机构", "Organisation")


class ProjectOffered(ProjectOpening):
    TYPE = "project.offered"
    LABEL = Label("提供服务项目", "Service offered")
    SAYS = {"": Label("{organisation}提供服务项目“{title}”。", "{organisation} offered the service “{title}”.")}
    SIGNED_BY = (one_of("deliver"),)
    BECOMES = "proposed"
    CORRECTS = ("title", "title_en", "also", "places", "needs", "budget_fen", "starts_on", "ends_on")
    organisation: OrganisationRef = public("服务机构", "Organisation")


class ProjectApproved(Event):
    TYPE = "project.approved"
    LABEL = Label("批准项目", "Project approved")
    SAYS = {
        "": Label("{org}批准“{record}”，预算{budget_fen}。", "{org} approved “{record}” with a budget of {budget_fen}.")
    }
    SIGNED_BY = (one_of("plan"),)
    AFTER = ("claimed", "proposed")
    BECOMES = "approved"
    CORRECTS = ("budget_fen",)
    budget_fen: Fen = public("批准预算", "Approved budget")


class ProjectStarted(Event):
    TYPE = "project.started"
    LABEL = Label("项目开始", "Project started")
    SAYS = {"": Label("“{record}”开始实施。", "“{record}” started.")}
    SIGNED_BY = (one_of("deliver"),)
    AFTER = ("approved",)
    BECOMES = "started"


class ProjectProgressed(Event):
    TYPE = "project.progressed"
    LABEL = Label("报告进展", "Progress reported")
    SAYS = {"": Label("{org}报告“{record}”的进展：{milestone}。", "{org} reported on “{record}”: {milestone}.")}
    SIGNED_BY = (one_of("deliver"),)
    AFTER = ("started",)
    CORRECTS = ("milestone", "reported_to")
    milestone: Line = public("进展", "Milestone")
    reported_to: list[OrganisationRef] = public("已告知", "Reported to")
    note: Words | None = free("说明", "Note")


class ProjectCompleted(Event):
    TYPE = "project.completed"
    LABEL = Label("项目完成", "Project completed")
    SAYS = {"": Label("“{record}”完成。", "“{record}” was completed.")}
    SIGNED_BY = (one_of("deliver"),)
    AFTER = ("started",)
    BECOMES = "completed"
    note: Words | None = free("小结", "Summary")
    evidence: list[Evidence] | None = free("证明材料", "Evidence")


class ProjectSettled(Event):
    """The closing report: what was done, how the money was used, what becomes of the rest (charity law art. 79).

    The amounts are not stated again: at the entry's index the ledger itself says what was allocated and paid.
    """

    TYPE = "project.settled"
    LABEL = Label("结项公开", "Closing report published")
    SAYS = {
        "": Label(
            "{org}公布“{record}”的结项报告，结余：{surplus_use}。",
            "{org} published the closing report of “{record}”; surplus: {surplus_use}.",
        )
    }
    SIGNED_BY = (one_of("deliver"),)
    AFTER = ("completed", "cancelled")
    CORRECTS = ("surplus_use",)
    surplus_use: Annotated[
        str,
        choice(
            none=("没有结余", "none"),
            similar=("用于宗旨相近的项目", "for a similar purpose"),
            returned=("退回捐赠方", "returned to the donors"),
            held=("留着支付质保金等尾款", "held for payments still to come"),
        ),
    ] = public("结余用途", "Use of the surplus")
    note: Words | None = free("结项报告", "Closing report")
    evidence: list[Evidence] | None = free("证明材料", "Evidence")


class ProjectCancelled(Event):
    TYPE = "project.cancelled"
    LABEL = Label("取消项目", "Project cancelled")
    SAYS = {"": Label("“{record}”取消，原因：{reason}。", "“{record}” was cancelled: {reason}.")}
    SIGNED_BY = (one_of("plan"),)
    AFTER = ("listed", "claimed", "proposed", "approved", "started")
    BECOMES = "cancelled"
    CORRECTS = ("reason",)
    reason: Annotated[
        str,
        choice(
            unclaimed=("没有机构认领", "nobody claimed it"),
            duplicate=("与其他项目重复", "it repeats another"),
            funds=("资金不足", "too little money"),
            need_gone=("需求已不存在", "the need is gone"),
        ),
    ] = public("原因", "Reason")
    note: Words | None = free("说明", "Note")


def opening_of(record: Record) -> ProjectOpening:
    """The event with which a project began."""
    return record.first(ProjectOpening)


JOINS = (ProjectProposed, ProjectOffered, ProjectClaimed, ProjectClaimJoined)


def deliverers_of(record: Record) -> tuple[str, ...]:
    """References of the organisations that carry the project out, in the order they joined."""
    found: list[str] = []
    for past in record.history:
        event = past.event
        if isinstance(event, JOINS) and not past.standing:
            found.append(event.organisation)
        elif isinstance(event, ProjectClaimWithdrawn):
            found = [organisation for organisation in found if organisation != event.organisation]
    return tuple(dict.fromkeys(found))
