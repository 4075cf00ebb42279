"""Kind ``payment``: money paid out of named donations for a named record (duties S27, S34)."""

from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from ledger.domain.event import OPENS, Event, one_of
from ledger.domain.record import Record
from ledger.domain.values import (
    DonationRef,
    Evidence,
    Fen,
    Label,
    OrganisationRef,
    Part,
    ProjectRef,
    Words,
    choice,
    free,
    public,
    reference,
    refuse,
)

STATES = {"made": Label("已支付", "paid"), "reversed": Label("已冲回", "reversed")}


class Draw(Part):
    """How much of a payment comes out of one donation."""

    donation: DonationRef = public("捐赠", "Donation")
    amount_fen: Fen = public("金额", "Amount")


class PaymentMade(Event):
    TYPE = "payment.made"
    LABEL = Label("付款", "Payment made")
    SAYS = {
        "organisation": Label(
            "{org}为“{project}”向{payee}支付{amount_fen}，用于{paid_for}。",
            "{org} paid {amount_fen} to {payee} for “{project}”: {paid_for}.",
        ),
        "beneficiaries": Label(
            "{org}为“{project}”向受助人支付{amount_fen}，用于{paid_for}。",
            "{org} paid {amount_fen} to beneficiaries for “{project}”: {paid_for}.",
        ),
    }
    SIGNED_BY = (one_of("fund"),)
    AFTER = (OPENS,)
    BECOMES = "made"
    MONEY = "amount_fen"
    CORRECTS = ("paid_for", "payee", "amount_fen", "donations")
    project: ProjectRef = public("项目", "Project")
    paid_for: Annotated[str, reference("award", "renovation", "project")] = public("用于", "Paid for")
    payee_kind: Annotated[
        str, choice(organisation=("机构", "organisation"), beneficiaries=("受助人", "beneficiaries"))
    ] = public("收款方类别", "Kind of payee")
    payee: OrganisationRef | None = public("收款单位", "Payee", default=None)
    amount_fen: Fen = public("金额", "Amount")
    donations: list[Draw] = Field(
        min_length=1, max_length=100, title="出自哪些捐赠", json_schema_extra={"title_en": "Out of which donations"}
    )
    note: Words | None = free("说明", "Note")
    evidence: list[Evidence] | None = free("证明材料", "Evidence")

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if (self.payee is not None) != (self.payee_kind == "organisation"):
            raise refuse(
                "收款方是机构时要填机构编号，否则不填。", "Give the payee's id exactly when it is an organisation."
            )
        if len({draw.donation for draw in self.donations}) != len(self.donations):
            raise refuse("同一笔捐赠出现了两次。", "A donation occurs twice.")
        if sum(draw.amount_fen for draw in self.donations) != self.amount_fen:
            raise refuse("各笔捐赠的金额之和与付款金额不符。", "The amounts drawn do not add up to the payment.")
        return self

    def variant(self) -> str:
        return str(self.payee_kind)


class PaymentReversed(Event):
    TYPE = "payment.reversed"
    LABEL = Label("冲回付款", "Payment reversed")
    SAYS = {
        "": Label("{org}冲回全部{amount_fen}，原因：{reason}。", "{org} reversed the whole {amount_fen}: {reason}.")
    }
    SIGNED_BY = (one_of("fund"),)
    AFTER = ("made",)
    BECOMES = "reversed"
    CORRECTS = ("reason",)
    reason: Annotated[str, choice(bounced=("银行退票", "the bank bounced it"), mistake=("付错", "paid in error"))] = (
        public("原因", "Reason")
    )
    note: Words | None = free("说明", "Note")

    def words(self, record: Record) -> dict[str, Any]:
        return {"amount_fen": ("fen", record.first(PaymentMade).amount_fen)}
