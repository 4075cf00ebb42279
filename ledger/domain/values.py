"""Field types of events: each a pydantic type that also knows how it is shown.

``kind`` in the JSON schema of a field names its look (``fen``, ``day``, ``code`` …); sentences, forms and
pages are made from it. Money is integer fen, dates are ISO dates, references are ``kind/uuid``.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    model_validator,
)
from pydantic.fields import FieldInfo
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from ledger.canonical import MAX_INTEGER
from ledger.errors import MalformedError
from ledger.sealing.picture import JPEG, MAX_BYTES, PDF_REFUSED, PDF_REFUSED_ZH, PNG, WEBP
from ledger.tlog.base64 import decode_base64

UUID7 = r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
REFERENCE = re.compile(rf"([a-z]+)/({UUID7})")


@dataclass(frozen=True, slots=True)
class Label:
    """A name or sentence in both languages."""

    zh: str
    en: str


def refuse(zh: str, en: str) -> PydanticCustomError:
    """What a validator raises: the sentence in both languages."""
    return PydanticCustomError("refused", "{en}", {"zh": zh, "en": en})


class Part(BaseModel):
    """An object inside an event's data, and the base of events themselves: frozen, strict, nothing unknown."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


def public(zh: str, en: str, *, help_zh: str = "", help_en: str = "", default: Any = ...) -> Any:
    """A field that stands in ``data``, readable by all for ever. ``default=None`` makes it optional."""
    return _field("data", Label(zh, en), Label(help_zh, help_en), default)


def free(zh: str, en: str, *, help_zh: str = "", help_en: str = "") -> Any:
    """A withdrawable field: names of natural persons, words, evidence. Never in ``data``."""
    return _field("withdrawable", Label(zh, en), Label(help_zh, help_en), None)


def sealed(zh: str, en: str, *, help_zh: str = "", help_en: str = "") -> Any:
    """A sealed field: never public."""
    return _field("sealed", Label(zh, en), Label(help_zh, help_en), None)


def _field(place: str, label: Label, help_: Label, default: Any) -> Any:
    extra: dict[str, Any] = {"place": place, "title_en": label.en, "help_en": help_.en}
    return Field(default, title=label.zh, description=help_.zh or None, json_schema_extra=extra)


def label_of(info: FieldInfo) -> Label:
    """The label that ``public``, ``free`` or ``sealed`` gave a field."""
    extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
    return Label(info.title or "", str(extra.get("title_en", "")))


def place_of(info: FieldInfo) -> str:
    """Where a field travels: ``data``, ``withdrawable`` or ``sealed``."""
    extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
    return str(extra.get("place", "data"))


@dataclass(frozen=True, slots=True)
class Kind:
    """How a value is shown, and what it must be: annotation metadata that pydantic calls as a validator.

    ``name`` is fen, day, count, text, reference, choice, people, value, key, event or digest.
    """

    name: str
    choices: tuple[tuple[str, Label], ...] = ()
    of: tuple[str, ...] = ()

    def check(self, value: Any) -> Any:
        """The value itself, or a refusal."""
        if self.choices and value not in dict(self.choices):
            options = "、".join(f"{name}（{label.zh}）" for name, label in self.choices)
            raise refuse(f"只能是{options}。", f"Choose one of {', '.join(dict(self.choices))}.")
        if self.of and not ((match := REFERENCE.fullmatch(value)) and match.group(1) in self.of):
            wanted = " / ".join(self.of)
            raise refuse(f"要填{wanted}的编号。", f"Give the id of a {wanted}.")
        return value

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        if not self.choices and not self.of:
            return handler(source)
        codes = frozenset(dict(self.choices))
        return core_schema.no_info_after_validator_function(
            lambda value: value if value in codes else self.check(value), handler(source)
        )


@dataclass(frozen=True, slots=True)
class Changed:
    """One corrected field as sentences show it; a side is None where the field was or is absent."""

    label: Label
    kind: Kind
    old: Any
    new: Any


def kind_of(info: FieldInfo) -> Kind:
    """The ``Kind`` in a field's annotation; plain text where there is none."""
    for item in (*info.metadata, *_optional_metadata(info.annotation)):
        if isinstance(item, Kind):
            return item
    return Kind("text")


def codes_of(info: FieldInfo) -> dict[str, Label]:
    """What the codes of a field are called, of a list's items too; empty where it holds none."""
    found = dict(kind_of(info).choices)
    for item in _annotations_in(info.annotation):
        found |= dict(item.choices) if isinstance(item, Kind) else {}
    return found


def _annotations_in(annotation: Any) -> Iterator[Any]:
    yield from getattr(annotation, "__metadata__", ())
    for argument in getattr(annotation, "__args__", ()):
        yield from _annotations_in(argument)


def _optional_metadata(annotation: Any) -> tuple[Any, ...]:
    found: list[Any] = list(getattr(annotation, "__metadata__", ()))
    for argument in getattr(annotation, "__args__", ()):
        found.extend(getattr(argument, "__metadata__", ()))
    return tuple(found)


def _parse_day(value: Any) -> Any:
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        raise refuse("日期要写成2023-05-14这样。", "Write the date like 2023-05-14.")
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise refuse(f"没有{value}这一天。", f"There is no day {value}.") from None


def reference(*kinds: str) -> Kind:
    """``Annotated[str, reference("place")]``: the ``kind/uuid`` of a record. That it exists is a rule, not a shape."""
    return Kind("reference", of=kinds)


def references_in(value: dict[str, Any] | list[Any], pointer: str) -> list[tuple[str, str]]:
    """Every ``kind/uuid`` inside a JSON object or list that stands at ``pointer``, with the pointer to it."""
    found: list[tuple[str, str]] = []
    for name, item in value.items() if isinstance(value, dict) else enumerate(value):
        if isinstance(item, str):
            if "/" in item and REFERENCE.fullmatch(item):
                found.append((f"{pointer}/{name}", item))
        elif isinstance(item, dict | list):
            found += references_in(item, f"{pointer}/{name}")
    return found


def choice(**labels: tuple[str, str]) -> Kind:
    """``Annotated[str, choice(cash=("现金", "cash"))]``: one of a closed list of codes with their labels."""
    return Kind("choice", choices=tuple((name, Label(*text)) for name, text in labels.items()))


def _check_line(value: str) -> str:
    if value != value.strip() or not value:
        raise refuse("前后不能有空格，也不能是空的。", "It must not be empty or start or end with a space.")
    return value


def _check_public_key(value: str) -> str:
    try:
        raw = decode_base64(value)
    except MalformedError as error:
        raise refuse(error.zh, error.en) from None
    if len(raw) != 32:
        raise refuse("公钥应是32字节。", "A public key has 32 bytes.")
    return value


def _check_decimal(value: str) -> str:
    if not re.fullmatch(r"-?(0|[1-9]\d{0,12})(\.\d{1,3})?", value) or value.startswith("-0"):
        raise refuse("要填数字，最多3位小数，如12.5。", "Give a number with at most 3 decimals, such as 12.5.")
    return value


Fen = Annotated[int, Field(ge=1, le=MAX_INTEGER), Kind("fen")]
Count = Annotated[int, Field(ge=1, le=10_000_000), Kind("count")]
Day = Annotated[date, BeforeValidator(_parse_day), Kind("day")]
Line = Annotated[str, Field(max_length=200), AfterValidator(_check_line), Kind("text")]
Words = Annotated[str, Field(max_length=4000), AfterValidator(_check_line), Kind("text")]
Slug = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,31}$"), Kind("text")]
Decimal = Annotated[str, AfterValidator(_check_decimal), Kind("value")]
PublicKey = Annotated[str, AfterValidator(_check_public_key), Kind("key")]
Base64Text = Annotated[str, Field(max_length=4000), Kind("key")]
EventId = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$"), Kind("event")]
Digest = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$"), Kind("digest")]
VaultKey = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$"), Kind("digest")]
AnyRef = Annotated[str, Field(pattern=rf"^[a-z]+/{UUID7}$"), Kind("reference")]

GROUPS = {
    "child": ("儿童", "children"),
    "youth16plus": ("16岁以上青年", "youth 16+"),
    "family": ("家庭", "families"),
    "teacher": ("教师", "teachers"),
    "adult": ("成人", "adults"),
}
RecordRef = Annotated[str, Field(pattern=rf"^[a-z]+/{UUID7}$"), Kind("reference")]
OrganisationRef = Annotated[str, reference("organisation")]
PlaceRef = Annotated[str, reference("place")]
ProgrammeRef = Annotated[str, reference("programme")]
ProjectRef = Annotated[str, reference("project")]
NeedRef = Annotated[str, reference("need")]
DonationRef = Annotated[str, reference("donation")]
DisclosureRef = Annotated[str, reference("disclosure")]


class Period(Part):
    """A span of days, both ends included: ``{"from": "2023-04-01", "to": "2023-06-30"}``."""

    start: Day = Field(alias="from", title="从", json_schema_extra={"title_en": "From"})
    end: Day = Field(alias="to", title="到", json_schema_extra={"title_en": "To"})

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.end < self.start:
            raise refuse("结束日期早于开始日期。", "It ends before it starts.")
        return self


class People(Part):
    """A whole batch of people: one group, one place, one period, and how many."""

    group: Annotated[str, choice(**GROUPS)] = public("人群", "Group")
    count: Count = public("人次", "Person-times")
    place: PlaceRef = public("地点", "Place")
    period: Period = public("期间", "Period")


class Item(Part):
    """A kind of goods: how many, and what one is worth."""

    name: Line = public("品名", "Item")
    count: Count = public("数量", "Count")
    unit: Annotated[str, Field(max_length=10), Kind("text")] = public("单位", "Unit")
    unit_value_fen: Annotated[int, Field(ge=1, le=MAX_INTEGER), Kind("fen")] | None = public(
        "单价", "Unit value", default=None
    )


def _refuse_pdf(value: Any) -> Any:
    if value == "application/pdf":
        raise refuse(PDF_REFUSED_ZH, PDF_REFUSED)
    return value


MediaType = Annotated[
    str,
    BeforeValidator(_refuse_pdf),
    choice(**{JPEG: ("JPEG图片", "JPEG"), PNG: ("PNG图片", "PNG"), WEBP: ("WebP图片", "WebP")}),
]


class Evidence(Part):
    """What a withdrawable ``evidence`` disclosure holds: the file's digest, never in the leaf itself.

    A file that would never be taken is not named either; ``ledger.sealing.photograph`` judges what is sent.
    """

    sha256: EventId = public("文件指纹", "Digest of the file")
    media_type: MediaType = public("文件类型", "Media type")
    bytes: Annotated[int, Field(ge=1, le=MAX_BYTES), Kind("count")] = public("字节数", "Bytes")
    caption: Annotated[str, Field(max_length=200), Kind("text")] = public("说明", "Caption")


PeopleKind = Annotated[People, Kind("people")]
