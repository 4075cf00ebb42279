"""Kind ``question``: what the public asks or complains about, the answer, and the correction it led to (duty S35).

The public's own words are withdrawable, how to reach whoever asked is sealed; in public stand the category, what it
is about, and the outcome.
"""

from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from ledger.domain.event import OPENS, Event, one_of
from ledger.domain.record import Record
from ledger.domain.values import (
    EventId,
    Kind,
    Label,
    Line,
    Part,
    RecordRef,
    Words,
    choice,
    free,
    public,
    refuse,
    sealed,
)

STATES = {
    "received": Label("待答复", "waiting for an answer"),
    "answered": Label("已答复", "answered"),
    "corrected": Label("已更正", "corrected"),
    "refused": Label("不更正，已说明", "not corrected, told why"),
}
CATEGORIES = {
    "error": ("页面或账目有错", "an error"),
    "use": ("款物使用", "use of money and goods"),
    "progress": ("项目进展", "progress"),
    "service": ("服务质量", "quality of service"),
    "conduct": ("行为投诉", "a complaint about conduct"),
    "privacy": ("个人信息", "personal information"),
    "other": ("其他", "other"),
}
Category = Annotated[str, choice(**CATEGORIES)]
PAGE = r"/([A-Za-z0-9._~-]+(/[A-Za-z0-9._~-]+)*)?"
"""The path of a page of the site, without a query: a query may hold what somebody searched for."""
LONGEST_PAGE = 200
NUMBER = r"[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){2}"
"""The number given to whoever wrote: 60 random bits in Crockford's base 32, like ``7Q2M-0VXC-9ETR``."""


class Contact(Part):
    """Sealed: how to reach whoever asked. ``vault_key`` is that person's key."""

    vault_key: str = public("本人的密钥编号", "Person's vault key")
    contact: Line = public("联系方式", "Contact")


class QuestionReceived(Event):
    TYPE = "question.received"
    LABEL = Label("收到提问", "Question received")
    SAYS = {
        "": Label(
            "{org}收到一件公众提问（{category}），关于“{subject}”。",
            "{org} received a question from the public ({category}) about “{subject}”.",
        )
    }
    SIGNED_BY = (one_of("publish"),)
    AFTER = (OPENS,)
    BECOMES = "received"
    CORRECTS = ("category", "page")
    category: Category = public("类别", "Category")
    channel: Annotated[
        str,
        choice(
            site=("本网站", "this site"),
            phone=("电话", "telephone"),
            letter=("来信", "letter"),
            visit=("来访", "visit"),
        ),
    ] = public("来自", "Through")
    about: RecordRef | None = public("关于哪项记录", "About the record", default=None)
    page: Annotated[str, Field(pattern=f"^{PAGE}$", max_length=LONGEST_PAGE), Kind("text")] | None = public(
        "关于哪一页", "About the page", default=None
    )
    code: Annotated[str, Field(pattern=f"^{NUMBER}$"), Kind("text")] | None = public(
        "编号", "Number", help_zh="提问的人手里的编号", help_en="The number its sender holds", default=None
    )
    text: Words | None = free("公众的原话", "The public's words")
    contact: Contact | None = sealed("联系方式", "Contact")

    @model_validator(mode="after")
    def _about_something(self) -> Self:
        if self.about is None and self.page is None:
            raise refuse("要写明是关于哪项记录或哪一页。", "Say which record or which page it is about.")
        return self

    def words(self, record: Record) -> dict[str, Any]:
        """``subject``: the record where it is known, else the page."""
        page = Label(f"网页{self.page}", f"the page {self.page}")
        return {"subject": ("reference", self.about) if self.about else page}


class QuestionAnswered(Event):
    TYPE = "question.answered"
    LABEL = Label("答复提问", "Question answered")
    SAYS = {"": Label("{org}答复“{record}”：{outcome}。", "{org} answered “{record}”: {outcome}.")}
    SIGNED_BY = (one_of("publish"),)
    AFTER = ("received",)
    BECOMES = "answered"
    CORRECTS = ("outcome",)
    outcome: Annotated[
        str,
        choice(
            explained=("已说明", "explained"),
            correcting=("账目有错，将更正", "there is an error, which will be corrected"),
            passed_on=("已转给负责的机构", "passed on to the organisation in charge"),
            withheld=("依法不能公开", "the law does not allow it to be published"),
            elsewhere=("不属于本账本，已告知去处", "not of this ledger; told where to go"),
        ),
    ] = public("结果", "Outcome")
    reply: Words | None = free("答复", "Answer")


class QuestionCorrectionMade(Event):
    """Closes a question with the correction it led to: ``event`` corrects or voids an entry of ``target``."""

    TYPE = "question.correction_made"
    LABEL = Label("已更正", "Correction made")
    SAYS = {
        "": Label(
            "{org}因“{record}”更正了“{target}”的账目。",
            "{org} corrected the entries of “{target}” because of “{record}”.",
        )
    }
    SIGNED_BY = (one_of("publish"),)
    AFTER = ("received", "answered")
    BECOMES = "corrected"
    target: RecordRef = public("被更正的记录", "Corrected record")
    event: EventId = public("更正的账目", "Correcting entry")
    note: Words | None = free("说明", "Note")


class QuestionCorrectionRefused(Event):
    TYPE = "question.correction_refused"
    LABEL = Label("不更正", "Correction refused")
    SAYS = {
        "": Label(
            "{org}核对后没有更正“{record}”所说的内容，原因：{reason}。",
            "{org} checked and did not correct what “{record}” is about: {reason}.",
        )
    }
    SIGNED_BY = (one_of("publish"),)
    AFTER = ("received", "answered")
    BECOMES = "refused"
    CORRECTS = ("reason",)
    reason: Annotated[
        str,
        choice(
            source=("账目与原始凭证一致", "the entry agrees with its source document"),
            evidence=("没有可以核对的依据", "there is nothing to check it against"),
            absent=("账本里没有这项内容", "the ledger holds nothing of the kind"),
            privacy=("更正会公开个人信息", "a correction would publish personal information"),
        ),
    ] = public("原因", "Reason")
    note: Words | None = free("说明", "Note")
