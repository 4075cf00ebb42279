"""Kind ``problem``: what goes wrong, to whom it is passed on, the answer, and whether that solved it (duty S28).

Any enrolled key may say any of it: whoever sees a problem must be able to name it, and whoever knows the answer to
give it, an organisation that is not in good standing included.
"""

from typing import Annotated, Self

from pydantic import Field, model_validator

from ledger.domain.event import ANY_KEY, OPENS, Event
from ledger.domain.record import Record
from ledger.domain.sentences import earlier
from ledger.domain.values import Label, OrganisationRef, RecordRef, Words, choice, free, public, refuse
from ledger.errors import RuleError

STATES = {
    "raised": Label("已提出", "raised"),
    "routed": Label("已转办", "passed on"),
    "answered": Label("已答复", "answered"),
    "resolved": Label("已解决", "solved"),
    "reopened": Label("重新提出", "raised again"),
}
CATEGORIES = {
    "progress": ("进度", "progress"),
    "quality": ("质量", "quality"),
    "funds": ("款物", "money and goods"),
    "coordination": ("协调", "coordination"),
    "needs": ("需求变化", "changed needs"),
    "safety": ("安全", "safety"),
    "other": ("其他", "other"),
}
WAITING = ("raised", "routed", "reopened")


class ProblemRaised(Event):
    TYPE = "problem.raised"
    LABEL = Label("提出问题", "Problem raised")
    SAYS = {"": Label("{org}就“{about}”提出{category}问题。", "{org} raised a problem of {category} with “{about}”.")}
    SIGNED_BY = (ANY_KEY,)
    AFTER = (OPENS,)
    BECOMES = "raised"
    CORRECTS = ("category",)
    about: RecordRef = public("关于", "About")
    category: Annotated[str, choice(**CATEGORIES)] = public("类别", "Category")
    text: Words | None = free("问题", "Problem")


class ProblemRouted(Event):
    """Passed on to whoever can solve it: the office, the town, the work team, the organisation that carries it out."""

    TYPE = "problem.routed"
    LABEL = Label("转办", "Passed on")
    SAYS = {"": Label("{org}把“{record}”转给{to}。", "{org} passed “{record}” on to {to}.")}
    SIGNED_BY = (ANY_KEY,)
    AFTER = WAITING
    BECOMES = "routed"
    CORRECTS = ("to",)
    to: Annotated[list[OrganisationRef], Field(min_length=1, max_length=20)] = public("转给", "Passed on to")
    note: Words | None = free("说明", "Note")

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        if len(set(self.to)) != len(self.to):
            raise refuse("同一个机构写了两次。", "An organisation is named twice.")
        return self

    def check(self, record: Record) -> None:
        """It goes to somebody who does not have it yet."""
        before = record.past(ProblemRouted)
        if record.state != "routed" or before is None or not set(self.to) <= set(_receivers(before.event)):
            return
        past = earlier(before)
        raise RuleError(
            f"规则：转办要转给还没有收到这个问题的机构。{past.zh}已经转给这里写的全部机构。请等待答复，或者写上别的机构。",
            "Rule: a problem is passed on to somebody who does not have it yet."
            f" {past.en} passed it on to all of these. Wait for the answer, or name another organisation.",
            "/payload/data/to",
        )


class ProblemAnswered(Event):
    TYPE = "problem.answered"
    LABEL = Label("答复", "Answered")
    SAYS = {"": Label("{org}答复“{record}”：{outcome}。", "{org} answered “{record}”: {outcome}.")}
    SIGNED_BY = (ANY_KEY,)
    AFTER = WAITING
    BECOMES = "answered"
    STANDING = False
    CORRECTS = ("outcome",)
    outcome: Annotated[
        str,
        choice(
            arranged=("已安排处理", "it is being dealt with"),
            explained=("已说明情况", "the situation was explained"),
            declined=("核实后不需要处理", "after checking, nothing needs to be done"),
        ),
    ] = public("结果", "Outcome")
    reply: Words | None = free("答复", "Answer")


class ProblemResolved(Event):
    TYPE = "problem.resolved"
    LABEL = Label("解决", "Solved")
    SAYS = {"": Label("{org}确认“{record}”已解决：{how}。", "{org} confirmed that “{record}” is solved: {how}.")}
    SIGNED_BY = (ANY_KEY,)
    AFTER = ("answered",)
    BECOMES = "resolved"
    CORRECTS = ("how",)
    how: Annotated[
        str,
        choice(
            fixed=("已经改正", "it was put right"),
            arranged=("已另作安排", "another arrangement was made"),
            unfounded=("核实后没有这个问题", "it was checked and not found"),
        ),
    ] = public("怎样解决", "How")
    note: Words | None = free("说明", "Note")


class ProblemReopened(Event):
    TYPE = "problem.reopened"
    LABEL = Label("重新提出", "Raised again")
    SAYS = {"": Label("{org}重新提出“{record}”，原因：{reason}。", "{org} raised “{record}” again: {reason}.")}
    SIGNED_BY = (ANY_KEY,)
    AFTER = ("answered", "resolved")
    BECOMES = "reopened"
    CORRECTS = ("reason",)
    reason: Annotated[
        str,
        choice(
            undone=("答应的事没有做到", "what was promised was not done"),
            again=("问题再次出现", "it happened again"),
            facts=("有新的情况", "there is something new"),
        ),
    ] = public("原因", "Reason")
    note: Words | None = free("说明", "Note")


def _receivers(event: Event) -> list[str]:
    return event.to if isinstance(event, ProblemRouted) else []
