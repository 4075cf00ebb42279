"""Kind ``place``: county, town, village or school. Never a home."""

from typing import Annotated

from ledger.domain.event import OPENS, Event, one_of
from ledger.domain.values import Label, Line, PlaceRef, choice, public

STATES = {"registered": Label("已登记", "registered")}


class PlaceRegistered(Event):
    TYPE = "place.registered"
    LABEL = Label("登记地点", "Place registered")
    SAYS = {"": Label("登记{level}“{name}”。", "The {level} “{name}” was registered.")}
    SIGNED_BY = (one_of("register"),)
    AFTER = (OPENS,)
    BECOMES = "registered"
    CORRECTS = ("code", "name", "name_en", "aliases", "level", "parent", "priority")
    code: Line = public("代码", "Code")
    name: Line = public("名称", "Name")
    name_en: Line | None = public("英文名称", "English name", default=None)
    aliases: list[Line] | None = public("别名", "Aliases", default=None)
    level: Annotated[
        str, choice(county=("县", "county"), town=("镇", "town"), village=("村", "village"), school=("学校", "school"))
    ] = public("级别", "Level")
    parent: PlaceRef | None = public("所属", "Part of", default=None)
    priority: bool | None = public("优先帮扶的学校", "Priority school", default=None)
