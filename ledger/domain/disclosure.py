"""Kind ``disclosure``: what was published of a question's figures, at which tree size, through which channels (S34)."""

from typing import Annotated

from ledger.domain.event import OPENS, Event, one_of
from ledger.domain.values import Count, Day, EventId, Label, Line, Part, Period, choice, public

STATES = {"published": Label("已公布", "published")}
QUESTIONS = {
    "where": ("在哪里帮扶", "where"),
    "what": ("帮扶什么项目", "what"),
    "whom": ("帮了谁", "whom"),
    "how_much": ("帮了多少", "how much"),
    "effect": ("效果怎么样", "effect"),
}


class Channel(Part):
    """Where it was published, and when."""

    platform: Line = public("平台", "Platform")
    url: Line = public("网址", "Address")
    on: Day = public("日期", "On")


class DisclosurePublished(Event):
    """``digest`` is the hex SHA-256 of the canonical JSON of the question's figures at ``at_size`` entries."""

    TYPE = "disclosure.published"
    LABEL = Label("公布信息", "Published")
    SAYS = {
        "": Label(
            "{org}公布“{question}”的数字，按前{at_size}条账目计算。",
            "{org} published the figures of “{question}”, computed from the first {at_size} entries.",
        )
    }
    SIGNED_BY = (one_of("publish"),)
    AFTER = (OPENS,)
    BECOMES = "published"
    CORRECTS = ("channels",)
    question: Annotated[str, choice(**QUESTIONS)] = public("问题", "Question")
    period: Period = public("期间", "Period")
    at_size: Count = public("账目条数", "Tree size")
    figures_schema: Count = public("算法版本", "Figures schema")
    digest: EventId = public("数字的内容指纹", "Digest of the figures")
    channels: list[Channel] = public("公布渠道", "Channels")
