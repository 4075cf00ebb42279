"""Stream: places. Villages that public text confirms stand by name, all others are 示例; never a home."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from ledger.domain.place import PlaceRegistered
from yangguang.demo.plan import COUNTY, TOWN, Area
from yangguang.demo.steps import Step, place

VILLAGES = (
    ("sanpai", "三排村", "Sanpai Village"),
    ("youling", "油岭村", "Youling Village"),
    ("nangang", "南岗", "Nangang"),
    ("va", "示例村甲", "Example Village A"),
    ("vb", "示例村乙", "Example Village B"),
)
SCHOOLS = (
    ("s1", "示例小学甲", "Example Primary School A", True),
    ("s2", "示例中学乙", "Example Middle School B", True),
    ("s3", "示例小学乙", "Example Primary School B", False),
    ("s4", "示例小学丙", "Example Primary School C", False),
    ("s5", "示例中学甲", "Example Middle School A", False),
)
REGISTERED_ON = date(2022, 4, 7)


def steps() -> Iterator[Step]:
    """County, town, villages and schools."""
    yield _area("county", COUNTY)
    yield _area("town", TOWN, parent=place("county"))
    for code, name, name_en in VILLAGES:
        data = {"code": f"village-{code}", "name": name, "name_en": name_en, "level": "village"}
        yield _registered(code, {**data, "parent": place("town")})
    for code, name, name_en, priority in SCHOOLS:
        data = {"code": f"school-{code}", "name": name, "name_en": name_en, "level": "school"}
        flag = {"priority": True} if priority else {}
        yield _registered(code, {**data, "parent": place("town"), **flag})


def _area(name: str, area: Area, **more: Any) -> Step:
    data = {"code": area.code, "name": area.name, "name_en": area.name_en, "aliases": list(area.aliases)}
    return _registered(name, {**data, "level": area.level, **more})


def _registered(name: str, data: dict[str, Any]) -> Step:
    return Step(PlaceRegistered, place(name), REGISTERED_ON, data, "admin:register")
