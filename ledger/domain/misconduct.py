"""Kind ``misconduct``: a report, where it was sent, and what an authority found (duties S30, S32).

Whom a report is about stands nowhere in public until it is concluded and founded: a report may be false.
"""

from typing import Annotated, Self

from pydantic import model_validator

from ledger.domain.event import OPENS, Event, one_of
from ledger.domain.record import Record
from ledger.domain.values import (
    Fen,
    Label,
    Line,
    OrganisationRef,
    Part,
    Words,
    choice,
    free,
    public,
    refuse,
    sealed,
)
from ledger.errors import RuleError

STATES = {
    "reported": Label("待移送", "received, not yet forwarded"),
    "forwarded": Label("已移送", "forwarded"),
    "founded": Label("查实", "founded"),
    "unfounded": Label("查无实据", "unfounded"),
}
CATEGORIES = {
    "fee": ("乱收费", "charging fees"),
    "illegal_fundraising": ("违规募捐", "illegal fundraising"),
    "profit": ("借乡村振兴之名牟利", "profit in the name of rural revitalisation"),
    "illegal_organisation": ("非法社会组织活动", "activity of an illegal organisation"),
    "ties": ("与非法社会组织勾联", "ties with an illegal organisation"),
    "facilities": ("为非法社会组织提供账户、场地等便利", "accounts or venues for an illegal organisation"),
    "publicity": ("为非法社会组织作虚假宣传", "false publicity for an illegal organisation"),
}
"""What the conduct rules forbid. A fee asked of a beneficiary has nowhere to be recorded but here."""
Category = Annotated[str, choice(**CATEGORIES)]


class MisconductAccount(Part):
    """Sealed: whom it is about and what happened. ``vault_key`` is this report's own."""

    vault_key: str = public("本件的密钥编号", "The report's vault key")
    subject: Line = public("被举报的机构或个人", "Whom it is about")
    account: Words = public("事情经过", "What happened")
    amount_fen: Fen | None = public("涉及金额", "Amount involved", default=None)


class MisconductReporter(Part):
    """Sealed apart from the report, under a key of the reporter's own, so that it can be destroyed first."""

    vault_key: str = public("举报人的密钥编号", "The reporter's vault key")
    name: Line = public("举报人", "Reporter")
    contact: Line | None = public("联系方式", "Contact", default=None)


class MisconductReported(Event):
    TYPE = "misconduct.reported"
    LABEL = Label("收到举报", "Report received")
    SAYS = {
        "": Label(
            "{org}收到一件举报：{category}。内容封存，查实以前不公开涉及谁。",
            "{org} received a report of {category}. It is sealed; whom it is about is not public unless founded.",
        )
    }
    SIGNED_BY = (one_of("supervise"),)
    AFTER = (OPENS,)
    BECOMES = "reported"
    CORRECTS = ("category",)
    category: Category = public("类别", "Category")
    report: MisconductAccount | None = sealed("举报内容", "The report")
    reporter: MisconductReporter | None = sealed("举报人", "The reporter")


class MisconductForwarded(Event):
    TYPE = "misconduct.forwarded"
    LABEL = Label("移送主管部门", "Forwarded")
    SAYS = {"": Label("{org}把“{record}”移送{authority}。", "{org} forwarded “{record}” to {authority}.")}
    SIGNED_BY = (one_of("supervise"),)
    AFTER = ("reported", "forwarded")
    BECOMES = "forwarded"
    CORRECTS = ("authority",)
    authority: OrganisationRef = public("移送给", "Forwarded to")
    note: Words | None = free("说明", "Note")


class MisconductConcluded(Event):
    """The only event that may name whom a report was about, and only if it was founded."""

    TYPE = "misconduct.concluded"
    LABEL = Label("处理结论", "Concluded")
    SAYS = {
        "organisation": Label(
            "“{record}”查实，涉及{organisation}，从这一条起暂停。",
            "“{record}” was founded; it concerns {organisation}, which is suspended from this entry on.",
        ),
        "outside": Label("“{record}”查实，涉及“{outside}”。", "“{record}” was founded; it concerns “{outside}”."),
        "person": Label(
            "“{record}”查实，涉及个人，不公布姓名。", "“{record}” was founded; it concerns a person, who is not named."
        ),
        "unfounded": Label("“{record}”查无实据。", "“{record}” was unfounded."),
    }
    SIGNED_BY = (one_of("supervise"),)
    AFTER = ("reported", "forwarded")
    CORRECTS = ("document",)
    finding: Annotated[str, choice(founded=("查实", "founded"), unfounded=("查无实据", "unfounded"))] = public(
        "结论", "Finding"
    )
    concerns: (
        Annotated[
            str,
            choice(
                organisation=("本账本登记的机构", "an organisation of this ledger"),
                outside=("其他机构", "another organisation"),
                person=("个人（不公布姓名）", "a person, who is not named"),
            ),
        ]
        | None
    ) = public("涉及", "Concerns", help_zh="只有查实才填", help_en="Only if founded", default=None)
    organisation: OrganisationRef | None = public("机构", "Organisation", default=None)
    outside: Line | None = public("其他机构的名称", "Name of the other organisation", default=None)
    document: Line | None = public("结论文号", "Number of the decision", default=None)
    note: Words | None = free("说明", "Note")

    @model_validator(mode="after")
    def _named_only_if_founded(self) -> Self:
        if (self.concerns is not None) != (self.finding == "founded"):
            raise refuse("查实才写涉及谁，查无实据时不写。", "Say whom it concerns if it was founded, and only then.")
        if (self.organisation is not None) != (self.concerns == "organisation"):
            raise refuse("涉及登记的机构时填机构编号，否则不填。", "Give the organisation's id exactly when it is one.")
        if (self.outside is not None) != (self.concerns == "outside"):
            raise refuse(
                "涉及其他机构时填它的名称，否则不填。", "Give the name exactly when it is another organisation."
            )
        return self

    def check(self, record: Record) -> None:
        if self.finding == "founded" and record.last(MisconductForwarded) is None:
            raise RuleError(
                "规则6（行为规范）：查实要由主管部门认定，这件举报还没有移送。请先记“移送主管部门”。",
                "Rule 6 (conduct): only an authority can find a report founded, and this one was not forwarded."
                " Record misconduct.forwarded first.",
                "/payload/data/finding",
            )

    def applied_to(self, record: Record, event_id: str) -> Record:
        """The record in the state of its finding."""
        return record.with_history(record.history, str(self.finding))

    def variant(self) -> str:
        return str(self.concerns or "unfounded")
