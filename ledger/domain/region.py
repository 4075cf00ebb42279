"""Kind ``region``: another ledger whose tree heads enter this one, and who answers for it.

A ledger that holds the heads of many is a top ledger: whoever keeps one checkpoint of it can catch a rewriting of each.
"""

from typing import Annotated

from pydantic import Field

from ledger.domain.event import OPENS, Event, one_of
from ledger.domain.media import Link
from ledger.domain.values import Label, Line, OrganisationRef, PlaceRef, public

STATES = {"registered": Label("已登记", "registered")}
Vkeys = Annotated[list[Line], Field(min_length=1, max_length=8)]


class RegionRegistered(Event):
    TYPE = "region.registered"
    LABEL = Label("登记地区账本", "Regional ledger registered")
    SAYS = {
        "": Label(
            "登记“{title}”（{origin}），由{organisation}负责；它的总指纹以后记在本账本里。",
            "“{title}” ({origin}), for which {organisation} answers, was registered; its tree heads enter this ledger.",
        )
    }
    SIGNED_BY = (one_of("register"),)
    AFTER = (OPENS,)
    BECOMES = "registered"
    CORRECTS = ("title", "title_en", "organisation", "place", "address")
    title: Line = public("名称", "Title")
    title_en: Line | None = public("英文名称", "English title", default=None)
    origin: Line = public("账本地址名", "Origin")
    vkeys: Vkeys = public("账本公钥", "Log keys")
    organisation: OrganisationRef = public("负责机构", "Organisation that answers for it")
    place: PlaceRef | None = public("地点", "Place", default=None)
    address: Link | None = public("网址", "Address", default=None)


class RegionKeysChanged(Event):
    """From this entry on, heads must be signed by one of these keys, and no other."""

    TYPE = "region.keys_changed"
    LABEL = Label("更换地区账本的公钥", "Keys of a regional ledger changed")
    SAYS = {"": Label("“{record}”从这一条起用新的账本公钥。", "“{record}” signs with other log keys from now on.")}
    SIGNED_BY = (one_of("register"),)
    AFTER = ("registered",)
    vkeys: Vkeys = public("账本公钥", "Log keys")
