"""Kind ``honour``: commendation and honour certificates, never without the consent of who is honoured (duty S38).

A nomination names nobody in public: 公益事业捐赠法 article 8 asks a donor first, and a refusal must leave no trace of
who refused. An organisation is named by its own consent; a person's consent is sealed.
"""

from typing import Annotated, Any

from pydantic import Field

from ledger.domain.event import ANY_KEY, OPENS, Event, one_of
from ledger.domain.record import Record
from ledger.domain.values import Evidence, Kind, Label, Line, OrganisationRef, Part, Words, choice, free, public, sealed
from ledger.errors import InvalidFieldError

STATES = {
    "nominated": Label("待同意", "waiting for consent"),
    "consented": Label("已同意、待颁发", "consented, not yet awarded"),
    "declined": Label("没有同意", "consent refused"),
    "awarded": Label("已颁发", "awarded"),
    "revoked": Label("已撤销", "revoked"),
}
Certificate = Annotated[str, Field(pattern=r"^[A-Z0-9]+(-[A-Z0-9]+)*$", max_length=32), Kind("text")]
"""Small and full-width letters are refused: two numbers that look alike are the same."""


class HonourNominee(Part):
    """Sealed: who is to be honoured, and why. ``vault_key`` is the nominee's key in this record."""

    vault_key: str = public("被提名方的密钥编号", "Nominee's vault key")
    name: Line = public("被提名方", "Nominee")
    why: Words | None = public("事迹", "Why", default=None)


class HonourConsent(Part):
    """Sealed: a person's own consent. ``vault_key`` is the person's."""

    vault_key: str = public("本人的密钥编号", "Person's vault key")
    name: Line = public("姓名", "Name")
    name_public: bool = public("同意公布姓名", "Agrees to be named")


class HonourNominated(Event):
    TYPE = "honour.nominated"
    LABEL = Label("提名", "Nominated")
    SAYS = {
        "organisation": Label(
            "{org}为{year}年{occasion}提名一家机构为“{title}”，等待它同意。",
            "{org} nominated an organisation as “{title}” for the {occasion} of {year}; it is asked for consent.",
        ),
        "person": Label(
            "{org}为{year}年{occasion}提名一位个人为“{title}”，等待本人同意。",
            "{org} nominated a person as “{title}” for the {occasion} of {year}; the person is asked for consent.",
        ),
    }
    SIGNED_BY = (one_of("publish"),)
    AFTER = (OPENS,)
    BECOMES = "nominated"
    CORRECTS = ("occasion", "year")
    title: Line = public("称号", "Title")
    title_en: Line | None = public("英文称号", "English title", default=None)
    honours: Annotated[str, choice(organisation=("机构", "organisation"), person=("个人", "person"))] = public(
        "表彰对象", "Honours"
    )
    occasion: Annotated[
        str, choice(special=("专项工作总结", "special summary"), annual=("年终总结大会", "year-end meeting"))
    ] = public("场合", "Occasion")
    year: Annotated[int, Field(ge=2000, le=2100), Kind("year")] = public("年度", "Year")
    nominee: HonourNominee | None = sealed("被提名方", "Nominee")

    def variant(self) -> str:
        return str(self.honours)


class HonourConsented(Event):
    """An organisation's consent is signed by any key of its own; a person's is sealed, recorded by ``care``."""

    TYPE = "honour.consented"
    LABEL = Label("同意接受表彰", "Consented")
    SAYS = {
        "organisation": Label("{organisation}同意接受“{title}”。", "{organisation} consented to “{title}”."),
        "person": Label("被提名的个人同意接受“{title}”。", "The nominated person consented to “{title}”."),
    }
    SIGNED_BY = (ANY_KEY,)
    AFTER = ("nominated",)
    BECOMES = "consented"
    CONSENT = "honour"
    ABOUT_PERSONS = ("consent",)
    organisation: OrganisationRef | None = public("机构", "Organisation", default=None)
    consent: HonourConsent | None = sealed("本人的同意", "The person's consent")

    def check(self, record: Record) -> None:
        person = record.first(HonourNominated).honours == "person"
        if person != (self.organisation is None):
            raise InvalidFieldError(
                "提名机构的，填同意的机构；提名个人的，不填机构，同意书封存。",
                "Name the organisation where one was nominated; a person's consent is sealed and names none.",
                "/payload/data/organisation",
            )

    def variant(self) -> str:
        return "person" if self.organisation is None else "organisation"

    def words(self, record: Record) -> dict[str, Any]:
        return _title(record)


class HonourDeclined(Event):
    """Says that consent was refused, and not by whom."""

    TYPE = "honour.declined"
    LABEL = Label("没有同意", "Consent refused")
    SAYS = {
        "": Label("被提名方没有同意接受“{title}”，不颁发。", "Consent to “{title}” was refused; it is not awarded.")
    }
    SIGNED_BY = (one_of("publish", "care"),)
    AFTER = ("nominated", "consented")
    BECOMES = "declined"

    def words(self, record: Record) -> dict[str, Any]:
        return _title(record)


class HonourAwarded(Event):
    TYPE = "honour.awarded"
    LABEL = Label("颁发证书", "Awarded")
    SAYS = {
        "": Label(
            "{org}向{honoured}颁发“{title}”，证书编号{certificate}。",
            "{org} awarded “{title}” to {honoured}, certificate no. {certificate}.",
        )
    }
    SIGNED_BY = (one_of("publish"),)
    AFTER = ("consented",)
    BECOMES = "awarded"
    CORRECTS = ("certificate",)
    title: Line = public("称号", "Title", help_zh="与提名的相同", help_en="As nominated")
    certificate: Certificate = public("证书编号", "Certificate number")
    name: Line | None = free(
        "姓名", "Name", help_zh="本人同意公布才填", help_en="Only if the person agreed to be named"
    )
    citation: Words | None = free("颁奖词", "Citation")
    evidence: list[Evidence] | None = free("证书扫描件等材料", "Scan of the certificate")

    def words(self, record: Record) -> dict[str, Any]:
        consented = record.first(HonourConsented)
        if consented.organisation is None:
            return {"honoured": Label("一位个人", "a person")}
        return {"honoured": ("reference", consented.organisation)}


class HonourRevoked(Event):
    TYPE = "honour.revoked"
    LABEL = Label("撤销证书", "Revoked")
    SAYS = {
        "": Label(
            "{org}撤销“{title}”证书{certificate}，原因：{reason}。",
            "{org} revoked certificate {certificate} of “{title}”: {reason}.",
        )
    }
    SIGNED_BY = (one_of("publish"),)
    AFTER = ("awarded",)
    BECOMES = "revoked"
    CORRECTS = ("reason",)
    reason: Annotated[
        str,
        choice(
            finding=("举报查实", "a founded finding"),
            material=("事迹材料不实", "the material was untrue"),
            procedure=("程序有误", "the procedure was wrong"),
            request=("获表彰方申请", "who was honoured asked for it"),
        ),
    ] = public("原因", "Reason")
    note: Words | None = free("说明", "Note")

    def words(self, record: Record) -> dict[str, Any]:
        awarded = record.first(HonourAwarded)
        return {"title": awarded.title, "certificate": awarded.certificate}


def honoured_of(record: Record) -> str | None:
    """The honoured organisation's reference; None for a person, and before anybody consented."""
    consented = record.last(HonourConsented)
    return consented.organisation if consented else None


def _title(record: Record) -> dict[str, Any]:
    return {"title": record.first(HonourNominated).title}
