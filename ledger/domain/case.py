"""Kind ``case``: practice, typical cases and deeds, public only after a review for privacy (duty S36).

A withdrawable text is public as soon as it is recorded. So the draft is sealed until it was reviewed, and what is
published must be the reviewed draft word for word (``ledger.agreed``).
"""

from typing import Annotated

from ledger.domain.event import OPENS, Event, one_of
from ledger.domain.record import Record
from ledger.domain.values import (
    EventId,
    Evidence,
    Label,
    Line,
    OrganisationRef,
    Part,
    PlaceRef,
    ProjectRef,
    Words,
    choice,
    free,
    public,
    sealed,
)
from ledger.errors import InvalidFieldError

STATES = {
    "submitted": Label("待审核", "waiting for review"),
    "returned": Label("退回修改", "returned for changes"),
    "reviewed": Label("已审核、待公开", "reviewed, not yet public"),
    "published": Label("已公开", "public"),
    "withdrawn": Label("已撤下", "withdrawn"),
}


class CaseDraft(Part):
    """Sealed: what is to be published. ``vault_key`` is this draft's own."""

    vault_key: str = public("草稿的密钥编号", "The draft's vault key")
    story: Words = public("全文", "Story")
    pictures: list[EventId] | None = public("照片等文件的指纹", "Digests of pictures", default=None)


class CasePerson(Part):
    """Sealed: the person whom a story tells of, with consent. ``vault_key`` is the person's key in the project."""

    vault_key: str = public("本人的密钥编号", "Person's vault key")
    name: Line = public("姓名", "Name")
    guardian: Line | None = public("监护人", "Guardian", default=None)


class CaseSubmitted(Event):
    """The title is public at once and for ever, so it names nobody. What is corrected must be reviewed again."""

    TYPE = "case.submitted"
    LABEL = Label("报送案例", "Case submitted")
    SAYS = {
        "": Label("{org}报送{organisation}的案例“{title}”。", "{org} submitted a case of {organisation}: “{title}”.")
    }
    SIGNED_BY = (one_of("publish"),)
    AFTER = (OPENS, "returned")
    BECOMES = "submitted"
    REOPENS = "submitted"
    CONSENT = "story"
    ABOUT_PERSONS = ("depicted",)
    CORRECTS = ("title", "title_en", "category", "organisation", "project", "places")
    title: Line = public("标题", "Title", help_zh="不写人名", help_en="Without a person's name")
    title_en: Line | None = public("英文标题", "English title", default=None)
    category: Annotated[
        str,
        choice(
            practice=("做法成效", "practice and results"), typical=("典型案例", "typical case"),
            deed=("先进事迹", "exemplary deed"),
        ),
    ] = public("类别", "Category")  # fmt: skip
    organisation: OrganisationRef = public("机构", "Organisation")
    project: ProjectRef | None = public("项目", "Project", default=None)
    places: list[PlaceRef] | None = public("地点", "Places", default=None)
    draft: CaseDraft | None = sealed("待审核的全文", "Draft to be reviewed")
    depicted: CasePerson | None = sealed("写到的人", "Whom it tells of")


class CaseReviewed(Event):
    """For privacy, by another key of another organisation than the one that submitted."""

    TYPE = "case.reviewed"
    LABEL = Label("审核隐私", "Reviewed for privacy")
    SAYS = {
        "clear": Label(
            "{org}审核“{record}”：认不出任何人，可以公开。", "{org} reviewed “{record}”: it points at nobody."
        ),
        "changes": Label("{org}退回“{record}”：{concern}。", "{org} returned “{record}”: {concern}."),
    }
    SIGNED_BY = (one_of("publish", "care"),)
    AFTER = ("submitted",)
    BECOMES = "reviewed"
    result: Annotated[str, choice(clear=("可以公开", "may be published"), changes=("需要修改", "must be changed"))] = (
        public("结果", "Result")
    )
    concern: (
        Annotated[
            str,
            choice(
                identity=("从文字可能认出本人", "the words may point at a person"),
                picture=("从照片可能认出本人", "a picture may point at a person"),
                consent=("还没有本人或监护人的同意", "consent is missing"),
                facts=("内容与账目不符", "it disagrees with the entries"),
            ),
        ]
        | None
    ) = public("问题", "Concern", default=None)
    note: Words | None = free("说明", "Note")

    def check(self, record: Record) -> None:
        if (self.concern is not None) != (self.result == "changes"):
            raise InvalidFieldError(
                "需要修改的，写明问题；可以公开的，不写。",
                "Name the concern where something must be changed, and only then.",
                "/payload/data/concern",
            )

    def applied_to(self, record: Record, event_id: str) -> Record:
        """Reviewed, or returned to who submitted it."""
        return record.with_history(record.history, "reviewed" if self.result == "clear" else "returned")

    def variant(self) -> str:
        return str(self.result)


class CasePublished(Event):
    """Its text and pictures are those of the reviewed draft; they can be withdrawn."""

    TYPE = "case.published"
    LABEL = Label("公开案例", "Case published")
    SAYS = {"": Label("{org}公开案例“{record}”（{channel}）。", "{org} published the case “{record}” ({channel}).")}
    SIGNED_BY = (one_of("publish"),)
    AFTER = ("reviewed",)
    BECOMES = "published"
    CORRECTS = ("channel",)
    channel: Annotated[
        str,
        choice(
            site=("本网站", "this site"),
            bulletin=("工作简报", "work bulletin"),
            meeting=("总结会材料", "papers of the summary meeting"),
        ),
    ] = public("公开渠道", "Channel")
    story: Words | None = free("全文", "Story")
    evidence: list[Evidence] | None = free("照片等材料", "Pictures and material")


class CaseWithdrawn(Event):
    """It stays withdrawn. Its text is destroyed by ``sealed.withdrawn``, which names the text itself."""

    TYPE = "case.withdrawn"
    LABEL = Label("撤下案例", "Case withdrawn")
    SAYS = {"": Label("{org}撤下案例“{record}”，原因：{reason}。", "{org} withdrew the case “{record}”: {reason}.")}
    SIGNED_BY = (one_of("publish", "care"),)
    AFTER = ("submitted", "returned", "reviewed", "published")
    BECOMES = "withdrawn"
    CORRECTS = ("reason",)
    reason: Annotated[
        str,
        choice(
            consent=("本人或监护人撤回同意", "consent was withdrawn"),
            privacy=("可能认出本人", "it may point at a person"),
            mistake=("内容有误", "it was wrong"),
            request=("机构申请撤下", "the organisation asked for it"),
        ),
    ] = public("原因", "Reason")
    note: Words | None = free("说明", "Note")
