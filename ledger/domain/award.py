"""Kind ``award``: one record per scholarship round, from the published standard to the grant (duty S09)."""

from typing import Annotated, Any

from pydantic import Field

from ledger.domain.event import OPENS, Event, one_of
from ledger.domain.record import Record
from ledger.domain.values import (
    Day,
    Evidence,
    Fen,
    Kind,
    Label,
    Line,
    Part,
    PeopleKind,
    PlaceRef,
    ProjectRef,
    Words,
    choice,
    free,
    public,
)
from ledger.errors import InvalidFieldError, PublicityError, RuleError

STATES = {
    "standard": Label("标准已公布", "standard published"),
    "round": Label("已开始评选", "round opened"),
    "notice": Label("公示中", "public notice"),
    "granted": Label("已发放", "granted"),
    "revoked": Label("已撤销", "revoked"),
}


class AwardStandardPublished(Event):
    TYPE = "award.standard_published"
    LABEL = Label("公布奖学金标准", "Standard published")
    SAYS = {
        "": Label(
            "{org}公布“{title}”的标准：每人{amount_each_fen}。",
            "{org} published the standard of “{title}”: {amount_each_fen} each.",
        )
    }
    SIGNED_BY = (one_of("plan", "deliver"),)
    AFTER = (OPENS,)
    BECOMES = "standard"
    CORRECTS = ("title", "title_en", "criteria", "amount_each_fen", "share_percent")
    project: ProjectRef = public("项目", "Project")
    title: Line = public("名称", "Title")
    title_en: Line | None = public("英文名称", "English title", default=None)
    criteria: list[Line] = public("评选条件", "Criteria")
    amount_each_fen: Fen = public("每人金额", "Amount each")
    share_percent: Annotated[int, Field(ge=1, le=100), Kind("count")] | None = public(
        "比例（%）", "Share in per cent", default=None
    )


class AwardRoundOpened(Event):
    TYPE = "award.round_opened"
    LABEL = Label("开始评选", "Round opened")
    SAYS = {"": Label("“{record}”开始评选，{term}。", "The round of “{record}” was opened, {term}.")}
    SIGNED_BY = (one_of("plan", "deliver"),)
    AFTER = ("standard",)
    BECOMES = "round"
    CORRECTS = ("term", "schools")
    term: Line = public("学期", "Term")
    schools: list[PlaceRef] = public("学校", "Schools")


class AwardPublicised(Event):
    """The public-notice period, without names."""

    TYPE = "award.publicised"
    LABEL = Label("公示", "Public notice")
    SAYS = {"": Label("“{record}”公示，{from}至{to}。", "Public notice of “{record}”, {from} to {to}.")}
    SIGNED_BY = (one_of("plan", "deliver"),)
    AFTER = ("round",)
    BECOMES = "notice"
    CORRECTS = ("from", "to", "channel")
    start: Day = Field(alias="from", title="从", json_schema_extra={"title_en": "From"})
    end: Day = Field(alias="to", title="到", json_schema_extra={"title_en": "To"})
    channel: Annotated[
        str,
        choice(
            school=("学校公告栏", "school notice board"),
            town=("镇政府公告栏", "town notice board"),
            site=("本网站", "this site"),
        ),
    ] = public("公示渠道", "Channel")
    evidence: list[Evidence] | None = free("证明材料", "Evidence")

    def check(self, record: Record) -> None:
        if self.end < self.start:
            raise PublicityError(
                "公示的结束日期早于开始日期。", "The notice ends before it starts.", "/payload/data/to"
            )


class GrantRow(Part):
    """Sealed, one per child: who, and at which school. ``vault_key`` is the person's key in this project."""

    vault_key: str = public("本人的密钥编号", "Person's vault key")
    name: Line = public("姓名", "Name")
    school: Line = public("学校", "School")
    guardian: Line | None = public("监护人", "Guardian", default=None)


class AwardGranted(Event):
    TYPE = "award.granted"
    LABEL = Label("发放奖学金", "Granted")
    SAYS = {
        "": Label(
            "“{record}”发放，共{people}，合计{total_fen}（公布的标准：每人{amount_each_fen}）。",
            "“{record}” was granted: {people}, {total_fen} in total (published standard: {amount_each_fen} each).",
        )
    }
    SIGNED_BY = (one_of("plan", "deliver"),)
    AFTER = ("notice",)
    BECOMES = "granted"
    MONEY = "total_fen"
    ROW = GrantRow
    CONSENT = "award"
    COUNTS_IN = ("granted",)
    CORRECTS = ("people", "total_fen")
    people: PeopleKind = public("受奖人数", "People")
    total_fen: Fen = public("合计", "Total")
    note: Words | None = free("说明", "Note")
    evidence: list[Evidence] | None = free("证明材料", "Evidence")

    def check(self, record: Record) -> None:
        each = record.first(AwardStandardPublished).amount_each_fen
        if self.total_fen != each * self.people.count:
            raise RuleError(
                f"合计应是每人{each / 100:,.2f}元乘{self.people.count}人，即{each * self.people.count / 100:,.2f}元；"
                "金额不同的请另开一轮。",
                f"The total must be {self.people.count} times CNY {each / 100:,.2f}; another amount is another round.",
                "/payload/data/total_fen",
            )
        if self.people.group not in ("child", "youth16plus"):
            raise InvalidFieldError("奖学金只发给学生。", "Scholarships go to pupils.", "/payload/data/people/group")

    def words(self, record: Record) -> dict[str, Any]:
        return {"amount_each_fen": ("fen", record.first(AwardStandardPublished).amount_each_fen)}


class AwardRevoked(Event):
    TYPE = "award.revoked"
    LABEL = Label("撤销发放", "Award revoked")
    SAYS = {"": Label("“{record}”撤销，原因：{reason}。", "“{record}” was revoked: {reason}.")}
    SIGNED_BY = (one_of("plan"),)
    AFTER = ("granted",)
    BECOMES = "revoked"
    CORRECTS = ("reason",)
    reason: Annotated[
        str, choice(procedure=("程序有误", "the procedure was wrong"), mistake=("计算有误", "it was miscounted"))
    ] = public("原因", "Reason")
    note: Words | None = free("说明", "Note")
