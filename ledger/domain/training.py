"""Kind ``training``: trainings planned and held, internships offered, people coached and placed (S15, S16, S17).

One record is one training, from its plan, or one offer of posts, with whom was coached and placed out of it.
"""

from typing import Annotated

from ledger.domain.companionship import PersonRow
from ledger.domain.event import OPENS, Event, one_of
from ledger.domain.hours import HoursGiven, Mode
from ledger.domain.record import Record
from ledger.domain.values import (
    Count,
    Day,
    Evidence,
    Label,
    Line,
    OrganisationRef,
    People,
    PeopleKind,
    PlaceRef,
    ProjectRef,
    Words,
    choice,
    free,
    public,
)
from ledger.errors import InvalidFieldError, RuleError

STATES = {
    "planned": Label("已计划", "planned"),
    "held": Label("已举办", "held"),
    "offered": Label("岗位已提供", "posts offered"),
    "cancelled": Label("已取消", "cancelled"),
}


class TrainingPlanned(Event):
    """``central`` trainings are those of which the programme asks for a number each year."""

    TYPE = "training.planned"
    LABEL = Label("计划培训", "Training planned")
    SAYS = {
        "": Label(
            "{organisation}计划于{planned_on}举办“{title}”，{mode}。",
            "{organisation} planned “{title}” for {planned_on}, {mode}.",
        )
    }
    SIGNED_BY = (one_of("deliver"),)
    AFTER = (OPENS,)
    BECOMES = "planned"
    CORRECTS = ("title", "title_en", "central", "mode", "planned_on", "place")
    project: ProjectRef = public("项目", "Project")
    title: Line = public("名称", "Title")
    title_en: Line | None = public("英文名称", "English title", default=None)
    organisation: OrganisationRef = public("实施机构", "Delivered by")
    central: bool = public("集中培训", "Central training")
    mode: Mode = public("方式", "Mode")
    planned_on: Day = public("计划日期", "Planned for")
    place: PlaceRef = public("地点", "Place")


class TrainingHeld(HoursGiven):
    TYPE = "training.held"
    LABEL = Label("举办培训", "Training held")
    SAYS = {
        "": Label(
            "举办培训“{record}”：{content}，{hours}小时，{mode}，{people}参加。",
            "“{record}” was held: {content}, {hours} hours, {mode}, {people}.",
        ),
        "authority": Label(
            "在{authority}协助下举办培训“{record}”：{content}，{hours}小时，{mode}，{people}参加。",
            "“{record}” was held with the help of {authority}: {content}, {hours} hours, {mode}, {people}.",
        ),
    }
    SIGNED_BY = (one_of("deliver"),)
    AFTER = ("planned",)
    BECOMES = "held"
    ROW = PersonRow
    CONSENT = "training"
    CORRECTS = ("hours", "valuation", "value_fen", "content", "mode", "people", "authority")
    content: Line = public("内容", "Content")
    mode: Mode = public("方式", "Mode")
    people: PeopleKind = public("参加", "Attended")
    authority: OrganisationRef | None = public("协助的部门", "With the help of", default=None)
    note: Words | None = free("说明", "Note")
    evidence: list[Evidence] | None = free("证明材料", "Evidence")

    def check(self, record: Record) -> None:
        _check_of_age(self.people)

    def variant(self) -> str:
        return "authority" if self.authority else ""


class TrainingCancelled(Event):
    TYPE = "training.cancelled"
    LABEL = Label("取消培训", "Training cancelled")
    SAYS = {"": Label("取消“{record}”，原因：{reason}。", "“{record}” was cancelled: {reason}.")}
    SIGNED_BY = (one_of("deliver"),)
    AFTER = ("planned",)
    BECOMES = "cancelled"
    CORRECTS = ("reason",)
    reason: Annotated[
        str,
        choice(
            few=("报名人数不足", "too few signed up"),
            trainer=("讲师不能到场", "the trainer could not come"),
            weather=("天气或防疫", "weather or epidemic control"),
        ),
    ] = public("原因", "Reason")
    note: Words | None = free("说明", "Note")


class TrainingInternshipOffered(Event):
    TYPE = "training.internship_offered"
    LABEL = Label("提供实习岗位", "Internships offered")
    SAYS = {
        "": Label(
            "{organisation}提供“{title}”：{hosts}家单位的实习岗位{posts}个。",
            "{organisation} offered “{title}”: {posts} posts at {hosts} hosts.",
        )
    }
    SIGNED_BY = (one_of("deliver"),)
    AFTER = (OPENS,)
    BECOMES = "offered"
    CORRECTS = ("title", "title_en", "posts", "hosts")
    project: ProjectRef = public("项目", "Project")
    title: Line = public("名称", "Title")
    title_en: Line | None = public("英文名称", "English title", default=None)
    organisation: OrganisationRef = public("联系机构", "Offered by")
    posts: Count = public("岗位数", "Posts")
    hosts: Count = public("接收单位数", "Hosts")
    note: Words | None = free("说明", "Note")


class TrainingCoached(HoursGiven):
    """Out of a training or an offer; a planned coaching has taken place once this is recorded."""

    TYPE = "training.coached"
    LABEL = Label("辅导", "Coached")
    SAYS = {
        "": Label(
            "“{record}”{coaching}，{hours}小时，{people}参加。", "“{record}”: {coaching}, {hours} hours, {people}."
        )
    }
    SIGNED_BY = (one_of("deliver"),)
    AFTER = ("planned", "held", "offered")
    ROW = PersonRow
    CONSENT = "training"
    CORRECTS = ("hours", "valuation", "value_fen", "coaching", "people")
    coaching: Annotated[
        str,
        choice(interview=("面试培训", "interview training"), career=("职业生涯规划", "career planning")),
    ] = public("内容", "What")
    people: PeopleKind = public("参加", "Attended")

    def check(self, record: Record) -> None:
        _check_of_age(self.people)

    def applied_to(self, record: Record, event_id: str) -> Record:
        return record.with_history(record.history, "held" if record.state == "planned" else record.state)


class TrainingPlaced(Event):
    TYPE = "training.placed"
    LABEL = Label("上岗", "Placed")
    SAYS = {"": Label("“{record}”之后{into}，{people}。", "After “{record}”: {people} placed, {into}.")}
    SIGNED_BY = (one_of("deliver"),)
    AFTER = ("held", "offered")
    ROW = PersonRow
    CONSENT = "training"
    CORRECTS = ("into", "people")
    into: Annotated[str, choice(internship=("到岗实习", "internship"), job=("就业上岗", "employment"))] = public(
        "去向", "Into"
    )
    people: PeopleKind = public("上岗", "Placed")

    def check(self, record: Record) -> None:
        _check_of_age(self.people)
        offer = record.last(TrainingInternshipOffered)
        placed = placed_of(record, "internship") + self.people.count
        if offer is not None and self.into == "internship" and placed > offer.posts:
            raise RuleError(
                f"到岗实习的共{placed}人，多于提供的{offer.posts}个岗位。请先更正岗位数，或另记一次提供岗位。",
                f"{placed} placed are more than the {offer.posts} posts offered. Correct the posts, or offer more.",
                "/payload/data/people/count",
            )


def placed_of(record: Record, into: str) -> int:
    """Person-times placed out of a record, into internships or jobs."""
    return sum(event.people.count for event in record.all(TrainingPlaced) if event.into == into)


def _check_of_age(people: People) -> None:
    if people.group == "child":
        raise InvalidFieldError(
            "职业培训和就业面向16岁以上的青年和成人。", "Vocational training is for those of 16 and over.",
            "/payload/data/people/group",
        )  # fmt: skip
