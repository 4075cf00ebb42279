"""Kind ``consent``: a stack of consent forms. Whose, by whom and for what is sealed; not even how many is public.

A sealed row about a person is admitted only while a consent with its scope stands for the same ``vault_key``
(PIPL articles 15, 29 and 31: separate consent, the guardian's for a child, and as easily withdrawn as given).
"""

from typing import Annotated, Self

from pydantic import Field, model_validator

from ledger.domain.event import OPENS, Event, one_of
from ledger.domain.values import Kind, Label, Line, Part, choice, public, refuse

STATES = {"recorded": Label("已登记", "recorded")}
SCOPES = {
    "award": ("奖学金", "scholarships"),
    "renovation": ("居家改造和家具", "works in homes"),
    "companionship": ("陪伴", "companionship"),
    "training": ("培训和就业", "training and jobs"),
    "need": ("登记需求", "needs"),
    "story": ("故事和案例", "stories"),
    "honour": ("表彰", "honours"),
}
Scopes = Annotated[list[Annotated[str, choice(**SCOPES)]], Field(min_length=1, max_length=len(SCOPES)), Kind("text")]
GIVEN_BY = Annotated[
    str, choice(guardian=("监护人", "the guardian"), own=("本人（满16岁）", "the person, 16 or older"))
]


class ConsentRow(Part):
    """Sealed, one per form: the person, the guardian, the child's own assent. ``vault_key`` is the person's."""

    vault_key: str = public("本人的密钥编号", "Person's vault key")
    name: Line = public("姓名", "Name")
    scopes: Scopes = public("同意的范围", "Scopes")
    given_by: GIVEN_BY = public("由谁同意", "Given by")
    guardian: Line | None = public("监护人", "Guardian", default=None)
    assent: Annotated[
        str, choice(given=("本人也同意", "assented"), too_young=("不满8岁，没有询问", "under 8, not asked"))
    ] = public("儿童本人的意见", "The child's own view")

    @model_validator(mode="after")
    def _guardian_named(self) -> Self:
        if (self.given_by == "guardian") != (self.guardian is not None):
            raise refuse(
                "由监护人同意的要写监护人，由本人同意的不写。",
                "Name the guardian where the guardian consents, and only there.",
            )
        return self


class WithdrawnRow(Part):
    """Sealed: whose consent is withdrawn, wholly or for some scopes."""

    vault_key: str = public("本人的密钥编号", "Person's vault key")
    asked_by: GIVEN_BY = public("由谁提出", "Asked by")
    scopes: Scopes | None = public("撤回的范围", "Scopes", default=None)


class ConsentRecorded(Event):
    TYPE = "consent.recorded"
    LABEL = Label("登记同意书", "Consents recorded")
    SAYS = {
        "": Label(
            "{org}登记了一批同意书，内容已封存，不公开份数。",
            "{org} recorded consent forms; they are sealed and their number is not public.",
        )
    }
    SIGNED_BY = (one_of("care"),)
    AFTER = (OPENS,)
    BECOMES = "recorded"
    ROW = ConsentRow
    ROWS_COUNTED = False
    form: Annotated[str, choice(paper=("纸质签名", "signed on paper"), online=("网上签名", "signed online"))] = public(
        "形式", "Form"
    )


class ConsentWithdrawn(Event):
    """From here on nothing new is recorded about these people; what is recorded goes by ``sealed.erased``."""

    TYPE = "consent.withdrawn"
    LABEL = Label("撤回同意", "Consent withdrawn")
    SAYS = {
        "": Label(
            "{org}登记有人撤回同意，内容已封存。", "{org} recorded that consent was withdrawn; by whom is sealed."
        )
    }
    SIGNED_BY = (one_of("care"),)
    AFTER = ("recorded",)
    ROW = WithdrawnRow
    ROWS_COUNTED = False
