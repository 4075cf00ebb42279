"""Kind ``organisation``: who takes part, and in what standing (duties S02, S03, S29, S31)."""

from typing import Annotated

from pydantic import Field

from ledger.domain.event import OPENS, Event, one_of
from ledger.domain.record import Record
from ledger.domain.values import Day, Evidence, Kind, Label, Line, Words, choice, free, public
from ledger.errors import InvalidFieldError

STATES = {"registered": Label("已登记", "registered"), "suspended": Label("已暂停", "suspended")}
OrganisationKind = Annotated[
    str,
    choice(
        authority=("行政机关", "authority"),
        federation=("联合会", "federation"),
        association=("协会", "association"),
        chamber=("商会", "chamber of commerce"),
        foundation=("基金会", "foundation"),
        service=("社会服务机构", "social service institution"),
        school=("学校", "school"),
        town=("镇政府", "town government"),
        team=("工作队", "work team"),
        auditor=("会计师事务所", "accounting firm"),
    ),
]
Role = Annotated[
    str,
    choice(
        guide=("指导", "guide"),
        lead=("牵头", "lead"),
        support=("支持", "support"),
        executor=("实施", "executor"),
        donor=("捐赠", "donor"),
        town=("镇政府", "town"),
        team=("驻镇工作队", "work team"),
        school=("学校", "school"),
        authority=("主管部门", "authority"),
        auditor=("核对银行流水", "matches bank statements"),
    ),
]


class OrganisationRegistered(Event):
    TYPE = "organisation.registered"
    LABEL = Label("登记机构", "Organisation registered")
    SAYS = {"": Label("登记机构“{name}”。", "“{name}” was registered.")}
    SIGNED_BY = (one_of("register"),)
    AFTER = (OPENS,)
    BECOMES = "registered"
    CORRECTS = ("name", "name_en", "aliases", "credit_code", "organisation_kind", "roles")
    name: Line = public("名称", "Name")
    name_en: Line | None = public("英文名称", "English name", default=None)
    aliases: list[Line] | None = public("别名", "Aliases", default=None)
    credit_code: Line | None = public("统一社会信用代码", "Credit code", default=None)
    organisation_kind: OrganisationKind = public("类别", "Kind")
    roles: list[Role] = public("角色", "Roles")


class OrganisationUndertook(Event):
    """By the organisation's own key."""

    TYPE = "organisation.undertook"
    LABEL = Label("承诺遵守行为规范", "Undertook the conduct rules")
    SAYS = {
        "": Label(
            "{record}承诺遵守行为规范（{rules_version}）。",
            "{record} undertook to keep the conduct rules ({rules_version}).",
        )
    }
    SIGNED_BY = (one_of(*["register", "plan", "deliver", "fund", "confirm", "accept", "care", "supervise", "publish"]),)
    AFTER = ("registered", "suspended")
    STANDING = False
    rules_version: Line = public("规范版本", "Version of the rules")


class OrganisationScreened(Event):
    TYPE = "organisation.screened"
    LABEL = Label("核查机构名单", "Screened")
    SAYS = {
        "clear": Label("对照“{against}”核查{record}：没有问题。", "{record} was screened against “{against}”: clear."),
        "listed": Label(
            "对照“{against}”核查{record}：在名单上。", "{record} was screened against “{against}”: listed."
        ),
    }
    SIGNED_BY = (one_of("register"),)
    AFTER = ("registered", "suspended")
    STANDING = False
    CORRECTS = ("against",)
    against: Line = public("对照的名单", "Against which list")
    result: Annotated[str, choice(clear=("没有问题", "clear"), listed=("在名单上", "listed"))] = public(
        "结果", "Result"
    )

    def variant(self) -> str:
        return str(self.result)


class OrganisationSuspended(Event):
    TYPE = "organisation.suspended"
    LABEL = Label("暂停机构", "Suspended")
    SAYS = {"": Label("暂停{record}，依据：{ground}。", "{record} was suspended: {ground}.")}
    SIGNED_BY = (one_of("register"),)
    AFTER = ("registered",)
    BECOMES = "suspended"
    ground: Annotated[
        str,
        choice(
            finding=("已有处理结论", "a concluded finding"),
            lapsed=("资格到期", "a lapsed qualification"),
            request=("机构自己申请", "its own request"),
        ),
    ] = public("依据", "Ground")
    note: Words | None = free("说明", "Note")


class OrganisationReinstated(Event):
    """Also of an organisation that a finding suspended, whose own record says nothing of it."""

    TYPE = "organisation.reinstated"
    LABEL = Label("恢复机构", "Reinstated")
    SAYS = {"": Label("恢复{record}。", "{record} was reinstated.")}
    SIGNED_BY = (one_of("register"),)
    AFTER = ("registered", "suspended")
    BECOMES = "registered"
    note: Words | None = free("说明", "Note")
    evidence: list[Evidence] | None = free("证明材料", "Evidence")


class OrganisationAmended(Event):
    """What has changed since it was registered; what was wrong from the start is corrected instead."""

    TYPE = "organisation.amended"
    LABEL = Label("变更登记", "Amended")
    SAYS = {"": Label("变更{record}的登记内容。", "The registration of {record} was amended.")}
    SIGNED_BY = (one_of("register"),)
    AFTER = ("registered", "suspended")
    CORRECTS = ("name", "name_en", "aliases", "roles")
    name: Line | None = public("名称", "Name", default=None)
    name_en: Line | None = public("英文名称", "English name", default=None)
    aliases: list[Line] | None = public("别名", "Aliases", default=None)
    roles: list[Role] | None = public("角色", "Roles", default=None)

    def check(self, record: Record) -> None:
        if not self.data():
            raise InvalidFieldError("至少要变更一项。", "Amend at least one thing.", "/payload/data")


class OrganisationQualified(Event):
    TYPE = "organisation.qualified"
    LABEL = Label("取得资格", "Qualified")
    SAYS = {
        "": Label(
            "{record}取得“{qualification}”，{from}起有效。", "{record} holds “{qualification}”, valid from {from}."
        )
    }
    SIGNED_BY = (one_of("register"),)
    AFTER = ("registered", "suspended")
    CORRECTS = ("qualification", "from", "to")
    qualification: Annotated[
        str,
        choice(
            charity=("慈善组织", "charity"),
            fundraising=("公开募捐资格", "public fundraising"),
            tax=("公益性捐赠税前扣除资格", "tax deduction for gifts"),
        ),
    ] = public("资格", "Qualification")
    start: Day = Field(alias="from", title="从", json_schema_extra={"title_en": "From"})
    end: Day | None = Field(default=None, alias="to", title="到", json_schema_extra={"title_en": "To"})
    evidence: list[Evidence] | None = free("证明材料", "Evidence")


class OrganisationRulesAdopted(Event):
    TYPE = "organisation.rules_adopted"
    LABEL = Label("订立项目管理制度", "Rules adopted")
    SAYS = {"": Label("{record}订立“{title}”。", "{record} adopted “{title}”.")}
    SIGNED_BY = (one_of("register", "deliver"),)
    AFTER = ("registered",)
    CORRECTS = ("title",)
    title: Line = public("制度名称", "Title")
    evidence: list[Evidence] | None = free("证明材料", "Evidence")


class OrganisationReported(Event):
    """The organisation's own report and accounts of a calendar year (charity law art. 78)."""

    TYPE = "organisation.reported"
    LABEL = Label("公布年度报告", "Annual report published")
    SAYS = {
        "": Label(
            "{record}公布{year}年度工作报告和财务会计报告，经过审计：{audited}。",
            "{record} published its annual report and accounts for {year}; audited: {audited}.",
        )
    }
    SIGNED_BY = (one_of("register", "deliver"),)
    AFTER = ("registered", "suspended")
    CORRECTS = ("year", "audited")
    year: Annotated[int, Field(ge=2000, le=2100), Kind("year")] = public("年度", "Year")
    audited: bool = public("经过审计", "Audited")
    evidence: list[Evidence] | None = free("报告", "Report")
