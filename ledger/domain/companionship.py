"""Kind ``companionship``: pairing, school visits, and what was done in a period; never what was said (S12, S13, S14).

One record is what one organisation does under one project; it holds a report for every period, each a whole batch.
The period is that of the batch, so that it stands once.
"""

from typing import Annotated, Any

from ledger.domain.event import OPENS, Event, one_of
from ledger.domain.hours import HoursGiven, Mode
from ledger.domain.record import Record
from ledger.domain.values import (
    Count,
    Evidence,
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
    reference,
)
from ledger.errors import InvalidFieldError, RuleError

STATES = {"running": Label("进行中", "under way")}
YOUNG = ("child", "youth16plus")


class CompanionshipOpened(Event):
    """For whom and by whom, said once: pairings, visits and reports then need not repeat it."""

    TYPE = "companionship.opened"
    LABEL = Label("开始陪伴", "Companionship begun")
    SAYS = {"": Label("{organisation}开始“{title}”。", "{organisation} began “{title}”.")}
    SIGNED_BY = (one_of("deliver"),)
    AFTER = (OPENS,)
    BECOMES = "running"
    CORRECTS = ("title", "title_en", "places")
    project: ProjectRef = public("项目", "Project")
    title: Line = public("名称", "Title")
    title_en: Line | None = public("英文名称", "English title", default=None)
    organisation: OrganisationRef = public("实施机构", "Delivered by")
    team: Annotated[str, reference("team")] | None = public("队伍", "Team", default=None)
    places: list[PlaceRef] = public("地点", "Places")


class PairRow(Part):
    """Sealed, one per pair: the child and the volunteer. ``vault_key`` is the child's key in this project."""

    vault_key: str = public("本人的密钥编号", "Person's vault key")
    name: Line = public("姓名", "Name")
    companion: Line = public("志愿者姓名", "Volunteer's name")


class CompanionshipPaired(Event):
    """Recorded by whoever delivers and by the keeper of people data together."""

    TYPE = "companionship.paired"
    LABEL = Label("结对", "Paired")
    SAYS = {"": Label("“{record}”新结对，{people}。", "“{record}”: {people} were paired.")}
    SIGNED_BY = (one_of("deliver"), one_of("care"))
    AFTER = ("running",)
    ROW = PairRow
    CONSENT = "companionship"
    CORRECTS = ("people",)
    people: PeopleKind = public("结对", "Paired")

    def check(self, record: Record) -> None:
        _check_young(self.people.group)


class CompanionshipEnded(Event):
    """These people are a batch, but ending a pairing helps nobody: it never counts as help."""

    TYPE = "companionship.ended"
    LABEL = Label("结束结对", "Pairings ended")
    SAYS = {
        "": Label("“{record}”结束结对，{people}，原因：{reason}。", "“{record}”: pairings ended, {people} ({reason}).")
    }
    SIGNED_BY = (one_of("deliver"), one_of("care"))
    AFTER = ("running",)
    ROW = PairRow
    CONSENT = "companionship"
    COUNTS_IN = ()
    CORRECTS = ("people", "reason")
    people: PeopleKind = public("结束结对", "Pairings ended")
    reason: Annotated[
        str,
        choice(
            finished=("期满", "the time was over"),
            moved=("毕业、转学或搬离", "graduated, changed school or moved"),
            unable=("志愿者不能继续", "the volunteers could not go on"),
        ),
    ] = public("原因", "Reason")

    def check(self, record: Record) -> None:
        left = pairs_of(record, self.people.group)
        if self.people.count > left:
            raise RuleError(
                f"还在结对的只有{left}对，不能结束{self.people.count}对。请先记结对，或改人数。",
                f"Only {left} pairs stand; {self.people.count} cannot end. Record the pairing first, or the number.",
                "/payload/data/people/count",
            )


class CompanionshipVisited(Event):
    TYPE = "companionship.visited"
    LABEL = Label("探访学校", "School visited")
    SAYS = {
        "": Label(
            "{org}探访{school}，志愿者{volunteers}人，了解{topics}。",
            "{org} visited {school} with {volunteers} volunteers to learn about {topics}.",
        )
    }
    SIGNED_BY = (one_of("deliver"),)
    AFTER = ("running",)
    CORRECTS = ("school", "volunteers", "topics")
    school: PlaceRef = public("学校", "School")
    volunteers: Count = public("志愿者人数", "Volunteers")
    topics: list[
        Annotated[
            str,
            choice(
                teachers=("教师的情况", "the teachers' situation"),
                pupils=("学生的情况", "the pupils' situation"),
                facilities=("教学设施", "the facilities"),
            ),
        ]
    ] = public("了解什么", "What about")
    note: Words | None = free("说明", "Note")
    evidence: list[Evidence] | None = free("证明材料", "Evidence")


class PersonRow(Part):
    """Sealed, one per person: who took part. ``vault_key`` is the person's key in this project."""

    vault_key: str = public("本人的密钥编号", "Person's vault key")
    name: Line = public("姓名", "Name")


class CompanionshipReported(HoursGiven):
    """A period as one batch; a person who came to several sessions of it is one row. No field holds words."""

    TYPE = "companionship.reported"
    LABEL = Label("陪伴情况", "Companionship reported")
    SAYS = {
        "": Label(
            "{period}，“{record}”{mode}开展{services}{sessions}次，{people}参加。",
            "{period}: {sessions} sessions of {services} in “{record}”, {mode}, {people}.",
        )
    }
    SIGNED_BY = (one_of("deliver"),)
    AFTER = ("running",)
    ROW = PersonRow
    CONSENT = "companionship"
    CORRECTS = ("hours", "valuation", "value_fen", "mode", "services", "sessions", "volunteers", "people")
    mode: Mode = public("方式", "Mode")
    services: list[
        Annotated[
            str,
            choice(
                company=("陪伴活动", "company"),
                advice=("成长咨询", "growth advice"),
                counselling=("心理辅导", "counselling"),
            ),
        ]
    ] = public("内容", "What")
    sessions: Count = public("次数", "Sessions")
    volunteers: Count = public("志愿者人数", "Volunteers")
    people: PeopleKind = public("参加", "Attended")

    def check(self, record: Record) -> None:
        mine = self.people
        for past in record.history:
            if not isinstance(past.event, CompanionshipReported) or past.standing:
                continue
            other = past.event.people
            apart = mine.period.end < other.period.start or other.period.end < mine.period.start
            if (mine.group, mine.place) == (other.group, other.place) and not apart:
                raise RuleError(
                    f"{other.period.start}至{other.period.end}已在{past.occurred_on}报过（{past.event_id[:8]}…）。"
                    "同一人群、同一地点的期间不能重叠；报错了请更正那一条。",
                    f"{other.period.start} to {other.period.end} was reported on {past.occurred_on}"
                    f" ({past.event_id[:8]}…). Periods of one group and place may not overlap;"
                    " correct that entry instead.",
                    "/payload/data/people/period",
                )

    def words(self, record: Record) -> dict[str, Any]:
        return {"period": ("period", self.people.period)}


def pairs_of(record: Record, group: str) -> int:
    """How many pairs of a group stand: those made less those ended."""
    made = sum(event.people.count for event in record.all(CompanionshipPaired) if event.people.group == group)
    ended = sum(event.people.count for event in record.all(CompanionshipEnded) if event.people.group == group)
    return made - ended


def _check_young(group: str) -> None:
    if group not in YOUNG:
        raise InvalidFieldError(
            "结对关爱的是儿童和青年。", "Children and youth are paired.", "/payload/data/people/group"
        )
