"""Kind ``need``: one record per need, from the report to what met it (duties S10, S19, S20, S25).

A need of a school, a village or the town counts things: rooms, sets, sessions. A need of people is a whole batch of
them, with one sealed row each, and counts nobody else.
"""

from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from ledger.domain.event import OPENS, Event, one_of
from ledger.domain.record import Record
from ledger.domain.values import (
    Count,
    Evidence,
    Label,
    Line,
    Part,
    PeopleKind,
    PlaceRef,
    ProgrammeRef,
    ProjectRef,
    Words,
    choice,
    free,
    public,
    reference,
    refuse,
)
from ledger.errors import RuleError

STATES = {
    "reported": Label("待核实", "reported, not yet verified"),
    "verified": Label("待对接", "verified, not yet matched"),
    "matched": Label("已对接", "matched with a project"),
    "met": Label("已满足", "met"),
    "withdrawn": Label("已撤回", "withdrawn"),
}
CATEGORIES = {
    "facilities": ("教学设施", "teaching facilities"),
    "equipment": ("教学设备和图书", "equipment and books"),
    "study_room": ("居家学习环境", "a place to study at home"),
    "furniture": ("家具", "furniture"),
    "scholarship": ("奖学金", "scholarships"),
    "companionship": ("成长陪伴", "companionship"),
    "training": ("职业培训", "vocational training"),
    "job": ("就业推荐", "job recommendation"),
}
OF_PEOPLE = frozenset({"study_room", "furniture", "scholarship"})
OF_PLACES = frozenset({"facilities", "equipment"})
UNITS = {
    "room": ("间", "rooms"),
    "site": ("处", "sites"),
    "set": ("套", "sets"),
    "piece": ("件", "pieces"),
    "volume": ("册", "volumes"),
    "session": ("场", "sessions"),
    "hour": ("小时", "hours"),
    "post": ("个岗位", "posts"),
}
"""What is counted where no people are: never persons, so that no count points at a few of them."""
MEETS = ("renovation", "award", "companionship", "training", "service", "project")
"""The kinds of record that can meet a need; what must have happened in each, ``ledger.rules.needs`` knows."""
OFFICE = (one_of("plan"),)
OFFICE_OR_PLACE = (one_of("plan", "accept"),)


class NeedRow(Part):
    """Sealed, one per person or family in need. ``vault_key`` is that person's key."""

    vault_key: str = public("本人的密钥编号", "Person's vault key")
    name: Line = public("姓名或户", "Name or family")
    situation: Line | None = public("情况", "Situation", default=None)


class NeedReported(Event):
    TYPE = "need.reported"
    LABEL = Label("报告需求", "Need reported")
    SAYS = {
        "things": Label(
            "{org}报告：{place}{what}，{count}{unit}。", "{org} reported: {place}: {what}, {count} {unit}."
        ),
        "people": Label("{org}报告：{place}{what}，{people}。", "{org} reported: {place}: {what}, {people}."),
    }
    SIGNED_BY = OFFICE_OR_PLACE
    AFTER = (OPENS,)
    BECOMES = "reported"
    ROW = NeedRow
    CONSENT = "need"
    COUNTS_IN = ()
    CORRECTS = ("place", "category", "what", "what_en", "count", "unit", "people")
    place: PlaceRef = public("地点", "Place")
    category: Annotated[str, choice(**CATEGORIES)] = public("类别", "Category")
    what: Annotated[Line, Field(max_length=60)] = public(
        "事项",
        "What",
        help_zh="只写缺什么，不写人名和个人情况",
        help_en="What is lacking; nobody's name or circumstances",
    )
    what_en: Annotated[Line, Field(max_length=120)] | None = public("英文事项", "What, in English", default=None)
    count: Count = public("数量", "Count")
    unit: Annotated[str, choice(**UNITS)] | None = public("单位", "Unit", default=None)
    people: PeopleKind | None = public("需要帮助的人", "People in need", default=None)
    note: Words | None = free("说明", "Note")
    evidence: list[Evidence] | None = free("证明材料", "Evidence")

    @model_validator(mode="after")
    def _things_or_people(self) -> Self:
        if (self.people is None) != (self.unit is not None):
            raise refuse(
                "需求是人的，填需要帮助的人，不填单位；是物和场次的，填单位，不填人。",
                "Give the batch of people and no unit, or a unit and no people.",
            )
        if self.people is not None and (self.people.count, self.people.place) != (self.count, self.place):
            raise refuse(
                "需要帮助的人的数量和地点，要与这项需求的相同。", "The batch must have the need's own count and place."
            )
        return self

    def check(self, record: Record) -> None:
        if (self.category in OF_PEOPLE and self.people is None) or (self.category in OF_PLACES and self.people):
            raise RuleError(
                "居家学习环境、家具和奖学金的需求按整批的人报告；教学设施、设备和图书的需求按数量报告，不写人。",
                "Needs of a place to study, furniture and scholarships name a whole batch of people;"
                " needs of facilities, equipment and books count things.",
                "/payload/data/people",
            )

    def variant(self) -> str:
        return "things" if self.people is None else "people"

    def words(self, record: Record) -> dict[str, Any]:
        return {"what": Label(self.what, self.what_en or self.what)}


class NeedVerified(Event):
    TYPE = "need.verified"
    LABEL = Label("核实需求", "Need verified")
    SAYS = {"": Label("{org}{how}，核实“{record}”属实。", "{org} verified “{record}” by {how}.")}
    SIGNED_BY = OFFICE_OR_PLACE
    AFTER = ("reported",)
    BECOMES = "verified"
    CORRECTS = ("how",)
    how: Annotated[
        str,
        choice(
            visit=("实地走访", "a visit"),
            documents=("核对材料", "checking documents"),
            call=("电话回访", "a telephone call"),
        ),
    ] = public("核实方式", "How")
    note: Words | None = free("说明", "Note")
    evidence: list[Evidence] | None = free("证明材料", "Evidence")


class NeedPrioritised(Event):
    """A school whose old facilities come first; how many schools may is the programme's own obligation."""

    TYPE = "need.prioritised"
    LABEL = Label("列为优先", "Need prioritised")
    SAYS = {"": Label("因{ground}，{org}把“{record}”列为优先。", "{org} put “{record}” first: {ground}.")}
    SIGNED_BY = OFFICE
    AFTER = ("verified", "matched")
    CORRECTS = ("ground",)
    programme: ProgrammeRef = public("方案", "Programme")
    ground: Annotated[
        str,
        choice(
            old=("教学设施老旧", "old teaching facilities"),
            unsafe=("存在安全隐患", "it is not safe"),
        ),
    ] = public("理由", "Ground")
    note: Words | None = free("说明", "Note")

    def check(self, record: Record) -> None:
        if record.last(NeedPrioritised) is not None:
            raise RuleError("这项需求已经列为优先。", "The need is prioritised already.", "/payload/type")


class NeedMatched(Event):
    TYPE = "need.matched"
    LABEL = Label("对接项目", "Need matched")
    SAYS = {"": Label("“{record}”由“{project}”承接。", "“{record}” was taken up by “{project}”.")}
    SIGNED_BY = OFFICE
    AFTER = ("verified", "matched")
    BECOMES = "matched"
    CORRECTS = ("project",)
    project: ProjectRef = public("项目", "Project")
    note: Words | None = free("说明", "Note")


class NeedMatchDeclined(Event):
    """Nobody took it up, or the project that had done so will not carry it out: it waits again."""

    TYPE = "need.match_declined"
    LABEL = Label("对接未成", "Match declined")
    SAYS = {
        "": Label("“{record}”没有对接成功，原因：{reason}。", "“{record}” was not taken up: {reason}."),
        "project": Label(
            "“{record}”不再由“{project}”承接，原因：{reason}。", "“{project}” will not meet “{record}”: {reason}."
        ),
    }
    SIGNED_BY = OFFICE_OR_PLACE
    AFTER = ("verified", "matched")
    BECOMES = "verified"
    CORRECTS = ("reason",)
    reason: Annotated[
        str,
        choice(
            capacity=("没有机构有能力承接", "nobody has the capacity"),
            funds=("资金不足", "too little money"),
            outside=("不在方案范围内", "outside the programme"),
            cancelled=("项目没有获批或已取消", "the project was declined or cancelled"),
            unsuited=("服务与需求不符", "the service does not fit the need"),
        ),
    ] = public("原因", "Reason")
    project: ProjectRef | None = public("原承接项目", "Project", default=None)
    note: Words | None = free("说明", "Note")

    def check(self, record: Record) -> None:
        matched = match_of(record)
        if self.project == (matched and matched.project):
            return
        raise RuleError(
            "“原承接项目”要与现在承接这项需求的项目相同；现在没有项目承接的，不填。",
            "Name the project that the need is matched with now, and none where it is matched with none.",
            "/payload/data/project",
        )

    def variant(self) -> str:
        return "project" if self.project else ""


class NeedMet(Event):
    """By a record of the very project; whether that stands is rule 5's and the needs rule's to say."""

    TYPE = "need.met"
    LABEL = Label("需求已满足", "Need met")
    SAYS = {"": Label("“{record}”已满足，依据是“{by}”。", "“{record}” was met by “{by}”.")}
    SIGNED_BY = OFFICE_OR_PLACE
    AFTER = ("matched",)
    BECOMES = "met"
    CORRECTS = ("by",)
    by: Annotated[str, reference(*MEETS)] = public("由哪项记录满足", "Met by")
    note: Words | None = free("说明", "Note")
    evidence: list[Evidence] | None = free("证明材料", "Evidence")


class NeedWithdrawn(Event):
    TYPE = "need.withdrawn"
    LABEL = Label("撤回需求", "Need withdrawn")
    SAYS = {"": Label("“{record}”撤回，原因：{reason}。", "“{record}” was withdrawn: {reason}.")}
    SIGNED_BY = OFFICE_OR_PLACE
    AFTER = ("reported", "verified", "matched")
    BECOMES = "withdrawn"
    CORRECTS = ("reason",)
    reason: Annotated[
        str,
        choice(
            elsewhere=("已由别的渠道解决", "it was met elsewhere"),
            duplicate=("与另一项需求重复", "it repeats another need"),
            outside=("不在方案范围内", "it is outside the programme"),
            unfounded=("核实不属实", "it proved unfounded"),
            gone=("需求已不存在", "it no longer exists"),
        ),
    ] = public("原因", "Reason")
    note: Words | None = free("说明", "Note")


def match_of(record: Record) -> NeedMatched | None:
    """The match in force, if the need has one."""
    for past in reversed(record.history):
        if isinstance(past.event, NeedMatched | NeedMatchDeclined) and not past.standing:
            return past.event if isinstance(past.event, NeedMatched) else None
    return None
