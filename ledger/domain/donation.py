"""Kind ``donation``: pledged, received, matched with the bank statement, allocated (duties S24, S27)."""

from typing import Annotated, Any, Self

from pydantic import model_validator

from ledger.domain.event import OPENS, Event, one_of
from ledger.domain.record import Record
from ledger.domain.values import (
    Count,
    Day,
    Evidence,
    Fen,
    Item,
    Label,
    Line,
    OrganisationRef,
    Part,
    ProjectRef,
    Slug,
    Words,
    choice,
    free,
    public,
    refuse,
)

STATES = {
    "pledged": Label("已承诺", "pledged"),
    "received": Label("待确认", "received, not yet matched"),
    "confirmed": Label("已确认到账", "matched with the bank statement"),
}
Donor = Annotated[
    str,
    choice(
        organisation=("机构", "organisation"),
        person=("个人", "person"),
        anonymous=("不愿公开身份", "asked not to be named"),
    ),
]


class Restriction(Part):
    """What a gift may be used for: one plan or one project."""

    plan: Slug | None = public("只用于计划", "Only for the plan", default=None)
    project: ProjectRef | None = public("只用于项目", "Only for the project", default=None)

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.plan is None) == (self.project is None):
            raise refuse("指定用途要填一个计划或一个项目。", "Restrict it to one plan or one project.")
        return self


class DonationPledged(Event):
    TYPE = "donation.pledged"
    LABEL = Label("承诺捐赠", "Pledged")
    SAYS = {"": Label("{donor}承诺捐赠{amount_fen}。", "{donor} pledged {amount_fen}.")}
    SIGNED_BY = (one_of("fund"),)
    AFTER = (OPENS,)
    BECOMES = "pledged"
    CORRECTS = ("donor", "amount_fen")
    donor: OrganisationRef = public("捐赠方", "Donor")
    amount_fen: Fen = public("承诺金额", "Amount")
    note: Words | None = free("说明", "Note")


class DonationReceived(Event):
    TYPE = "donation.received"
    LABEL = Label("收到捐赠", "Received")
    SAYS = {
        "cash": Label("{donor}捐赠{amount_fen}，{recipient}收到。", "{recipient} received {amount_fen} from {donor}."),
        "goods": Label(
            "{donor}捐赠{items}，折价{value_fen}，{recipient}收到。",
            "{recipient} received {items} from {donor}, valued at {value_fen}.",
        ),
        "service": Label(
            "{donor}提供志愿服务{hours}小时，折价{value_fen}，{recipient}登记。",
            "{recipient} recorded {hours} hours of service by {donor}, valued at {value_fen}.",
        ),
    }
    SIGNED_BY = (one_of("fund"),)
    AFTER = (OPENS, "pledged")
    BECOMES = "received"
    MONEY = "amount_fen"
    CORRECTS = (
        "recipient",
        "donor_kind",
        "donor",
        "amount_fen",
        "items",
        "hours",
        "value_fen",
        "valuation",
        "restriction",
    )
    recipient: OrganisationRef = public("收款方", "Recipient")
    donor_kind: Donor = public("捐赠方类别", "Kind of donor")
    donor: OrganisationRef | None = public("捐赠方", "Donor", default=None)
    form: Annotated[str, choice(cash=("现金", "cash"), goods=("物资", "goods"), service=("服务", "service"))] = public(
        "形式", "Form"
    )
    amount_fen: Fen | None = public("金额", "Amount", default=None)
    items: list[Item] | None = public("物资", "Goods", default=None)
    hours: Count | None = public("小时", "Hours", default=None)
    value_fen: Fen | None = public("折价", "Valued at", default=None)
    valuation: (
        Annotated[
            str,
            choice(
                invoice=("发票", "invoice"),
                market=("市场价", "market price"),
                wage=("当地工资标准", "local wage standard"),
            ),
        ]
        | None
    ) = public("折价依据", "Valuation basis", default=None)
    restriction: Restriction | None = public("指定用途", "Restriction", default=None)
    donor_name: Line | None = free(
        "捐赠人姓名", "Donor's name", help_zh="本人同意公开才填", help_en="Only with consent"
    )
    note: Words | None = free("说明", "Note")
    evidence: list[Evidence] | None = free("证明材料", "Evidence")

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if (self.donor is not None) != (self.donor_kind == "organisation"):
            raise refuse(
                "捐赠方是机构时要填机构编号，否则不填。", "Give the donor's id exactly when it is an organisation."
            )
        wanted = {
            "cash": {"amount_fen"},
            "goods": {"items", "value_fen", "valuation"},
            "service": {"hours", "value_fen", "valuation"},
        }
        present = {
            name
            for name in ("amount_fen", "items", "hours", "value_fen", "valuation")
            if getattr(self, name) is not None
        }
        if present != wanted[self.form]:
            raise refuse(
                "现金只填金额；物资填品名和折价；服务填小时和折价。",
                "Cash has an amount; goods have items and a value; service has hours and a value.",
            )
        return self

    def variant(self) -> str:
        return str(self.form)

    def words(self, record: Record) -> dict[str, Any]:
        unnamed = {"person": Label("一位个人捐赠者", "an individual donor")}
        named = self.donor and ("reference", self.donor)
        return {
            "donor": named
            or unnamed.get(self.donor_kind, Label("一位不愿公开身份的捐赠者", "a donor who asked not to be named"))
        }


class DonationConfirmed(Event):
    """The bank statement matched by another key than the one that recorded the receipt."""

    TYPE = "donation.confirmed"
    LABEL = Label("确认到账", "Confirmed")
    SAYS = {
        "": Label(
            "{org}核对银行流水，确认{donor}的{amount_fen}到账。",
            "{org} matched {amount_fen} from {donor} with the bank statement.",
        )
    }
    SIGNED_BY = (one_of("confirm"),)
    AFTER = ("received",)
    BECOMES = "confirmed"
    CORRECTS = ("statement_on",)
    statement_on: Day = public("银行流水日期", "Date of the bank statement")

    def words(self, record: Record) -> dict[str, Any]:
        received = record.first(DonationReceived)
        amount = received.amount_fen or received.value_fen
        return {**received.words(record), "amount_fen": ("fen", amount)}


class DonationReceipted(Event):
    TYPE = "donation.receipted"
    LABEL = Label("开具票据", "Receipt issued")
    SAYS = {"": Label("{org}开具捐赠票据，编号{number}。", "{org} issued donation receipt no. {number}.")}
    SIGNED_BY = (one_of("fund"),)
    AFTER = ("received", "confirmed")
    CORRECTS = ("number",)
    number: Line = public("票据编号", "Receipt number")


class DonationAllocated(Event):
    TYPE = "donation.allocated"
    LABEL = Label("分配捐赠", "Allocated")
    SAYS = {"": Label("{org}把{amount_fen}分配给“{project}”。", "{org} allocated {amount_fen} to “{project}”.")}
    SIGNED_BY = (one_of("fund"),)
    AFTER = ("received", "confirmed")
    MONEY = "amount_fen"
    CORRECTS = ("project", "amount_fen")
    project: ProjectRef = public("项目", "Project")
    amount_fen: Fen = public("金额", "Amount")


class DonationReallocated(Event):
    """Money not yet paid moves to another project, with the donor's consent (charity law art. 56)."""

    TYPE = "donation.reallocated"
    LABEL = Label("改变分配", "Reallocated")
    SAYS = {
        "": Label(
            "经捐赠方同意，{org}把{amount_fen}由“{from_project}”改给“{to_project}”。",
            "With the donor's consent {org} moved {amount_fen} from “{from_project}” to “{to_project}”.",
        )
    }
    SIGNED_BY = (one_of("fund"),)
    AFTER = ("received", "confirmed")
    MONEY = "amount_fen"
    from_project: ProjectRef = public("原项目", "From project")
    to_project: ProjectRef = public("新项目", "To project")
    amount_fen: Fen = public("金额", "Amount")
    consent: Annotated[
        str,
        choice(
            written=("捐赠方书面同意", "the donor's written consent"),
            agreement=("捐赠协议约定", "the gift agreement"),
            public=("公开募捐方案变更备案", "re-filed public fundraising plan"),
        ),
    ] = public("同意方式", "Consent")
    evidence: list[Evidence] | None = free("同意书", "Consent letter")


class DonationReturned(Event):
    TYPE = "donation.returned"
    LABEL = Label("退回捐赠", "Returned")
    SAYS = {
        "": Label(
            "{org}把{amount_fen}退回{donor}，原因：{reason}。", "{org} returned {amount_fen} to {donor}: {reason}."
        )
    }
    SIGNED_BY = (one_of("fund"),)
    AFTER = ("received", "confirmed")
    MONEY = "amount_fen"
    STANDING = False
    CORRECTS = ("amount_fen", "reason")
    amount_fen: Fen = public("金额", "Amount")
    reason: Annotated[
        str,
        choice(
            request=("捐赠方要求", "the donor asked"),
            unusable=("无法按指定用途使用", "it could not be used as restricted"),
            mistake=("汇款有误", "paid in error"),
        ),
    ] = public("原因", "Reason")
    note: Words | None = free("说明", "Note")

    def words(self, record: Record) -> dict[str, Any]:
        return record.first(DonationReceived).words(record)
