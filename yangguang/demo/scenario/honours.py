"""Stream: honours. Twenty-one nominations, two of them refused, one certificate revoked; nobody without consent."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ledger.domain.honour import (
    HonourAwarded,
    HonourConsented,
    HonourDeclined,
    HonourNominated,
    HonourRevoked,
)
from ledger.errors import DuplicateError, LedgerError, RuleError
from yangguang.demo.scenario.members import MEMBERS
from yangguang.demo.steps import Ref, Step, day, organisation, seeded

BY = "n1:publish"
CARER = "n5:care"
OWN_KEY = {member.code: f"{member.code}:{member.capability}" for member in MEMBERS}
ORGANISATION_NAMES = {member.code: member.name for member in MEMBERS}
TITLES = {
    "donor": ("爱心捐赠单位", "Generous donor"),
    "works": ("项目实施先进单位", "Exemplary project work"),
    "service": ("志愿服务先进单位", "Exemplary voluntary service"),
    "learning": ("助学帮教先进单位", "Exemplary support for learning"),
    "keen": ("热心公益单位", "Committed to the public good"),
    "school": ("帮扶协作先进学校", "Exemplary partner school"),
    "volunteer": ("优秀志愿者", "Excellent volunteer"),
}


@dataclass(frozen=True, slots=True)
class Occasion:
    """A commendation: the year it is for, and the days of nomination, consent and award."""

    code: str
    year: int
    nominated: str
    consented: str
    awarded: str


@dataclass(frozen=True, slots=True)
class Honour:
    """One nomination: of an organisation by its code, or a person by a test name.

    ``answer`` is yes or no. ``citation`` goes with the certificate and names nobody. ``later`` is the day of an award
    that had to wait.
    """

    occasion: str
    title: str
    who: str
    answer: str = "yes"
    citation: str = ""
    later: str = ""

    @property
    def person(self) -> bool:
        """Whether it is a person."""
        return self.who not in OWN_KEY


OCCASIONS = {
    "annual-2022": Occasion("annual", 2022, "2022-12-12", "2022-12-19", "2023-01-13"),
    "special-2023": Occasion("special", 2023, "2023-07-10", "2023-07-17", "2023-07-28"),
    "annual-2023": Occasion("annual", 2023, "2023-12-11", "2023-12-18", "2024-01-12"),
    "annual-2024": Occasion("annual", 2024, "2024-11-25", "2024-12-02", "2024-12-20"),
}
HONOURS = (
    Honour("annual-2022", "donor", "n2"),
    Honour("annual-2022", "donor", "n18"),
    Honour("annual-2022", "donor", "n4", later="2023-03-01"),
    Honour("annual-2022", "donor", "n15", answer="no"),
    Honour("annual-2022", "works", "n6"),
    Honour("annual-2022", "works", "n12"),
    Honour("annual-2022", "service", "n13"),
    Honour("annual-2022", "volunteer", "测试用名-7001", citation="半年里每月进村两次，从不早退。"),
    Honour("special-2023", "keen", "n20"),
    Honour("special-2023", "works", "n7"),
    Honour("annual-2023", "donor", "n24"),
    Honour("annual-2023", "learning", "n8"),
    Honour("annual-2023", "learning", "n17"),
    Honour("annual-2023", "donor", "n10", answer="no"),
    Honour("annual-2023", "volunteer", "测试用名-7002", citation="带出了十一名新队员，自己退到后勤。"),
    Honour("annual-2024", "learning", "n9", citation="培训晚了，但公开说明了原因并全部补齐。"),
    Honour("annual-2024", "service", "n19"),
    Honour("annual-2024", "learning", "n21"),
    Honour("annual-2024", "donor", "n11"),
    Honour("annual-2024", "donor", "n15"),
    Honour("annual-2024", "school", "s1"),
)
REVOKED = ("n20", "2023-11-20", "finding", "募捐问题查实，撤销7月颁发的证书。")


def steps() -> Iterator[Step]:
    """Each nomination to its end; the revocation; and three awards that are refused."""
    numbers: dict[int, int] = {}
    for place, item in enumerate(HONOURS, start=1):
        year = OCCASIONS[item.occasion].year
        if item.answer == "yes":
            numbers[year] = numbers.get(year, 0) + 1
        yield from _honour(Ref("honour", f"h{place:02d}"), item, f"SL-{year}-{numbers.get(year, 0):03d}")
    code, on, reason, note = REVOKED
    record = next(Ref("honour", f"h{place:02d}") for place, item in enumerate(HONOURS, 1) if item.who == code)
    yield Step(HonourRevoked, record, day(on), {"reason": reason}, BY, free=(("note", note),))


def _honour(record: Ref, item: Honour, number: str) -> Iterator[Step]:
    occasion = OCCASIONS[item.occasion]
    yield _nominated(record, item, occasion)
    if item.answer == "no":
        yield Step(HonourDeclined, record, day(occasion.consented), {}, BY)
        yield _awarded(record, item, number, occasion.awarded, refused=RuleError)
        return
    yield _consented(record, item, occasion)
    if item.later:
        yield _awarded(record, item, number, occasion.awarded, refused=RuleError)
    if item.who == "n7":
        yield _awarded(record, item, "SL-2022-001", occasion.awarded, refused=DuplicateError)
    yield _awarded(record, item, number, item.later or occasion.awarded)


def _nominated(record: Ref, item: Honour, occasion: Occasion) -> Step:
    title, title_en = TITLES[item.title]
    data: dict[str, Any] = {
        "title": title,
        "title_en": title_en,
        "honours": "person" if item.person else "organisation",
        "occasion": occasion.code,
        "year": occasion.year,
    }
    nominee = {"vault_key": _key(item.who), "name": ORGANISATION_NAMES.get(item.who, item.who)}
    return Step(HonourNominated, record, day(occasion.nominated), data, BY, fields=(("nominee", nominee),))


def _consented(record: Ref, item: Honour, occasion: Occasion) -> Step:
    on = day(occasion.consented)
    if not item.person:
        return Step(HonourConsented, record, on, {"organisation": organisation(item.who)}, OWN_KEY[item.who])
    consent = {"vault_key": _key(item.who), "name": item.who, "name_public": False}
    return Step(HonourConsented, record, on, {}, CARER, fields=(("consent", consent),))


def _awarded(record: Ref, item: Honour, number: str, on: str, *, refused: type[LedgerError] | None = None) -> Step:
    data = {"title": TITLES[item.title][0], "certificate": number}
    free = (("citation", item.citation),) if item.citation else ()
    return Step(HonourAwarded, record, day(on), data, BY, free=free, refused=refused)


def _key(who: str) -> str:
    return seeded(f"vault/honour/{who}")(16).hex()
