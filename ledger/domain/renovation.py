"""Kind ``renovation``: one record per batch of works with one acceptance (duties S07, S08, S10, S18)."""

from typing import Annotated, Self

from pydantic import model_validator

from ledger.domain.event import OPENS, Event, one_of
from ledger.domain.record import Record
from ledger.domain.values import (
    Count,
    Evidence,
    Fen,
    Item,
    Label,
    Line,
    OrganisationRef,
    Part,
    PeopleKind,
    PlaceRef,
    ProjectRef,
    Words,
    choice,
    free,
    public,
    refuse,
)
from ledger.errors import RuleError

STATES = {
    "surveyed": Label("已勘查", "surveyed"),
    "approved": Label("已批准", "approved"),
    "started": Label("施工中", "under way"),
    "completed": Label("待验收", "finished, not yet accepted"),
    "accepted": Label("已验收", "accepted"),
}
CATEGORIES = {
    "home": ("居家改造", "home renovation"),
    "furniture": ("家具", "furniture"),
    "school": ("学校工程", "school works"),
    "equipment": ("教学设备", "teaching equipment"),
}
FOR_FAMILIES = frozenset({"home", "furniture"})


class RenovationSurveyed(Event):
    """What was found before anything was approved."""

    TYPE = "renovation.surveyed"
    LABEL = Label("实地勘查", "Surveyed")
    SAYS = {"": Label("{org}勘查“{title}”，需要改造{units}处。", "{org} surveyed “{title}”: {units} to be renovated.")}
    SIGNED_BY = (one_of("deliver"),)
    AFTER = (OPENS,)
    BECOMES = "surveyed"
    CORRECTS = ("title", "units", "places")
    project: ProjectRef = public("项目", "Project")
    title: Line = public("名称", "Title")
    organisation: OrganisationRef = public("勘查机构", "Surveyed by")
    places: list[PlaceRef] = public("地点", "Places")
    units: Count = public("数量", "Units")
    note: Words | None = free("说明", "Note")
    evidence: list[Evidence] | None = free("证明材料", "Evidence")


class RenovationApproved(Event):
    TYPE = "renovation.approved"
    LABEL = Label("批准工程", "Works approved")
    SAYS = {
        "": Label(
            "{organisation}的工程“{title}”获批，预算{budget_fen}。",
            "The works “{title}” by {organisation} were approved with a budget of {budget_fen}.",
        )
    }
    SIGNED_BY = (one_of("deliver"),)
    AFTER = (OPENS, "surveyed")
    BECOMES = "approved"
    CORRECTS = ("title", "title_en", "places", "scope", "units", "budget_fen")
    project: ProjectRef = public("项目", "Project")
    title: Line = public("名称", "Title")
    title_en: Line | None = public("英文名称", "English title", default=None)
    category: Annotated[str, choice(**CATEGORIES)] = public("类别", "Category")
    organisation: OrganisationRef = public("实施机构", "Delivered by")
    places: list[PlaceRef] = public("地点", "Places")
    scope: list[Line] = public("内容", "Scope")
    units: Count = public("数量", "Units")
    budget_fen: Fen = public("预算", "Budget")


class RenovationStarted(Event):
    TYPE = "renovation.started"
    LABEL = Label("开工", "Works started")
    SAYS = {"": Label("“{record}”开工。", "The works “{record}” started.")}
    SIGNED_BY = (one_of("deliver"),)
    AFTER = ("approved",)
    BECOMES = "started"


class RenovationProgressed(Event):
    TYPE = "renovation.progressed"
    LABEL = Label("工程进展", "Milestone reached")
    SAYS = {"": Label("{org}报告“{record}”的进度：{milestone}。", "{org} reported on “{record}”: {milestone}.")}
    SIGNED_BY = (one_of("deliver"),)
    AFTER = ("started",)
    CORRECTS = ("milestone",)
    milestone: Line = public("进展", "Milestone")
    evidence: list[Evidence] | None = free("证明材料", "Evidence")


class HomeRow(Part):
    """Sealed, one per home: which family, and where. ``vault_key`` is the family's key in this project."""

    vault_key: str = public("户的密钥编号", "Family's vault key")
    family: Line = public("户", "Family")
    address: Line = public("地址", "Address")


class RenovationCompleted(Event):
    TYPE = "renovation.completed"
    LABEL = Label("完工", "Works completed")
    SAYS = {
        "units": Label(
            "“{record}”完工：{items}，花费{cost_fen}。", "“{record}” finished: {items}, costing {cost_fen}."
        ),
        "people": Label(
            "“{record}”完工：{items}，{people}受益，花费{cost_fen}。",
            "“{record}” finished: {items} for {people}, costing {cost_fen}.",
        ),
    }
    SIGNED_BY = (one_of("deliver"),)
    AFTER = ("started", "completed")
    BECOMES = "completed"
    MONEY = "cost_fen"
    ROW = HomeRow
    CONSENT = "renovation"
    COUNTS_IN = ("accepted",)
    RESTATES = True
    CORRECTS = ("units", "items", "cost_fen", "people")
    REOPENS = "completed"
    units: Count = public("完成数量", "Units")
    items: list[Item] = public("完成内容", "Items")
    cost_fen: Fen = public("花费", "Cost")
    people: PeopleKind | None = public("受益家庭", "Families", default=None)
    note: Words | None = free("说明", "Note")
    evidence: list[Evidence] | None = free("照片等证明", "Evidence")

    @model_validator(mode="after")
    def _families(self) -> Self:
        if self.people is not None and self.people.count != self.units:
            raise refuse("受益家庭数应等于完成数量。", "The number of families must equal the units.")
        return self

    def check(self, record: Record) -> None:
        homes = record.first(RenovationApproved).category in FOR_FAMILIES
        if homes != (self.people is not None):
            raise RuleError(
                "居家改造和家具要填受益家庭；学校工程和设备不填。",
                "Works in homes name the batch of families; works in schools do not.",
                "/payload/data/people",
            )

    def variant(self) -> str:
        return "units" if self.people is None else "people"


class RenovationAccepted(Event):
    """Taken over by another organisation than the one that delivered."""

    TYPE = "renovation.accepted"
    LABEL = Label("验收", "Accepted")
    SAYS = {"": Label("{org}验收“{record}”，{result}。", "{org} inspected “{record}”: {result}.")}
    SIGNED_BY = (one_of("accept"),)
    AFTER = ("completed",)
    BECOMES = "accepted"
    CORRECTS = ("result", "units")
    result: Annotated[
        str, choice(passed=("通过", "accepted"), fixed=("缺陷修好后通过", "accepted after defects were fixed"))
    ] = public("结论", "Result")
    units: Count = public("验收数量", "Units accepted")
    note: Words | None = free("说明", "Note")
    evidence: list[Evidence] | None = free("证明材料", "Evidence")

    def check(self, record: Record) -> None:
        done = record.last(RenovationCompleted)
        if done is not None and done.units != self.units:
            raise RuleError(
                f"完工数量是{done.units}，验收数量应相同；只验收一部分的请先更正完工数量。",
                f"{done.units} units were finished; the acceptance must cover them all.",
                "/payload/data/units",
            )
        found, fixed = len(record.all(RenovationDefectFound)), len(record.all(RenovationDefectFixed))
        if found > fixed or (self.result == "fixed") != (found > 0):
            raise RuleError(
                f"验收发现{found}处缺陷，修好{fixed}处；全部修好后才能验收，结论也要与此相符。",
                f"{found} defects were found and {fixed} fixed; all must be fixed first, and the result must say so.",
                "/payload/data/result",
            )


class RenovationDefectFound(Event):
    TYPE = "renovation.defect_found"
    LABEL = Label("发现缺陷", "Defect found")
    SAYS = {"": Label("{org}验收“{record}”，发现缺陷：{defect}。", "{org} found a defect in “{record}”: {defect}.")}
    SIGNED_BY = (one_of("accept"),)
    AFTER = ("completed", "accepted")
    CORRECTS = ("defect",)
    defect: Line = public("缺陷", "Defect")
    note: Words | None = free("说明", "Note")


class RenovationDefectFixed(Event):
    TYPE = "renovation.defect_fixed"
    LABEL = Label("修好缺陷", "Defect fixed")
    SAYS = {"": Label("“{record}”的缺陷已修好：{remedy}。", "A defect in “{record}” was fixed: {remedy}.")}
    SIGNED_BY = (one_of("deliver"),)
    AFTER = ("completed", "accepted")
    CORRECTS = ("remedy",)
    remedy: Line = public("处理", "Remedy")

    def check(self, record: Record) -> None:
        if len(record.all(RenovationDefectFound)) <= len(record.all(RenovationDefectFixed)):
            raise RuleError("没有尚未修好的缺陷。", "No defect is open.", "/payload/type")


class RenovationFollowedUp(Event):
    TYPE = "renovation.followed_up"
    LABEL = Label("回访", "Followed up")
    SAYS = {"": Label("{org}回访“{record}”：{finding}。", "{org} followed up “{record}”: {finding}.")}
    SIGNED_BY = (one_of("deliver", "accept"),)
    AFTER = ("accepted",)
    CORRECTS = ("finding",)
    finding: Annotated[
        str,
        choice(
            good=("使用正常", "in good use"),
            repair=("需要维修", "needs repair"),
            unused=("没有使用", "not used"),
        ),
    ] = public("情况", "Finding")
    note: Words | None = free("说明", "Note")
