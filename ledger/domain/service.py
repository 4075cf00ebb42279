"""Kind ``service``: skilled service after the models of 粤菜师傅, 广东技工 and 南粤家政 (duty S23)."""

from typing import Annotated

from ledger.domain.companionship import PersonRow
from ledger.domain.event import OPENS, Event, one_of
from ledger.domain.hours import HoursGiven, Mode
from ledger.domain.values import (
    Evidence,
    Label,
    Line,
    OrganisationRef,
    PeopleKind,
    PlaceRef,
    ProjectRef,
    Words,
    choice,
    free,
    public,
)

STATES = {"offered": Label("已安排", "offered"), "delivered": Label("已提供", "delivered")}
MODELS = {
    "chef": ("粤菜师傅", "Cantonese Cooks"),
    "technician": ("广东技工", "Guangdong Technicians"),
    "domestic": ("南粤家政", "Nanyue Domestic Work"),
    "other": ("其他服务", "other service"),
}


class ServiceOffered(Event):
    TYPE = "service.offered"
    LABEL = Label("提供服务", "Service offered")
    SAYS = {"": Label("{organisation}提供服务“{title}”（{model}）。", "{organisation} offered “{title}” ({model}).")}
    SIGNED_BY = (one_of("deliver"),)
    AFTER = (OPENS,)
    BECOMES = "offered"
    CORRECTS = ("title", "title_en", "model", "mode", "places")
    project: ProjectRef = public("项目", "Project")
    title: Line = public("名称", "Title")
    title_en: Line | None = public("英文名称", "English title", default=None)
    model: Annotated[str, choice(**MODELS)] = public("服务模式", "Model")
    organisation: OrganisationRef = public("服务机构", "Delivered by")
    mode: Mode = public("方式", "Mode")
    places: list[PlaceRef] = public("地点", "Places")


class ServiceDelivered(HoursGiven):
    """One course, one term or one visit with whoever it served, as one batch."""

    TYPE = "service.delivered"
    LABEL = Label("完成服务", "Service delivered")
    SAYS = {
        "": Label(
            "“{record}”提供服务{hours}小时，{people}参加（{valuation}，不计入现金）。",
            "“{record}”: {hours} hours of service for {people} ({valuation}; not counted as cash).",
        )
    }
    SIGNED_BY = (one_of("deliver"),)
    AFTER = ("offered", "delivered")
    BECOMES = "delivered"
    ROW = PersonRow
    CONSENT = "training"
    CORRECTS = ("hours", "valuation", "value_fen", "people")
    people: PeopleKind = public("参加", "Attended")
    note: Words | None = free("说明", "Note")
    evidence: list[Evidence] | None = free("证明材料", "Evidence")
