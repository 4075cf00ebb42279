"""Kind ``media``: what press, broadcast and new media reported (duty S37). No link is ever fetched."""

from typing import Annotated

from pydantic import AfterValidator, Field

from ledger.domain.event import OPENS, Event, one_of
from ledger.domain.values import Day, Kind, Label, Line, Words, choice, free, public, reference, refuse

STATES = {"recorded": Label("已登记", "recorded")}


def _check_link(value: str) -> str:
    scheme, mark, rest = value.partition("://")
    if scheme not in ("http", "https") or not mark or not rest or not value.isascii() or not value.isprintable():
        raise refuse("网址要以https://或http://开头。", "An address begins with https:// or http://.")
    if " " in value:
        raise refuse("网址里不能有空格。", "An address has no spaces.")
    return value


Link = Annotated[str, Field(max_length=300), AfterValidator(_check_link), Kind("text")]


class MediaRecorded(Event):
    TYPE = "media.recorded"
    LABEL = Label("登记媒体报道", "Media report recorded")
    SAYS = {"": Label("{outlet}报道“{title}”（{published_on}）。", "{outlet} reported “{title}” ({published_on}).")}
    SIGNED_BY = (one_of("publish"),)
    AFTER = (OPENS,)
    BECOMES = "recorded"
    CORRECTS = ("outlet", "medium", "title", "title_en", "published_on", "link", "about")
    outlet: Line = public("媒体", "Outlet")
    medium: Annotated[
        str,
        choice(
            press=("报刊", "press"),
            broadcast=("广播电视", "broadcast"),
            online=("新媒体", "new media"),
        ),
    ] = public("类别", "Medium")
    title: Line = public("标题", "Title", help_zh="不写人名", help_en="Without a person's name")
    title_en: Line | None = public("英文标题", "English title", default=None)
    published_on: Day = public("报道日期", "Published on")
    link: Link | None = public("网址", "Address", default=None)
    about: list[Annotated[str, reference("project", "programme", "case", "honour", "organisation")]] | None = public(
        "关于", "About", default=None
    )
    note: Words | None = free("说明", "Note")
