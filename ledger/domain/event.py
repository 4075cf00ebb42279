"""What an event type is: one class with its fields, who may sign it, what it needs, what it changes.

    class DonationConfirmed(Event):
        TYPE = "donation.confirmed"
        LABEL = Label("确认到账", "Confirmed")
        SAYS = {"": Label("{org}核对银行流水，确认{amount}到账。", "{org} matched {amount} with the bank statement.")}
        SIGNED_BY = (one_of("confirm"),)
        AFTER = ("received",)
        BECOMES = "confirmed"
        statement_on: Day = public("流水日期", "Statement date")

Fields made with ``public`` travel in the payload's ``data``; those made with ``free`` or ``sealed`` travel as
disclosures, so they are ``None`` whenever only the public entry is at hand.
"""

from functools import cache
from typing import Any, ClassVar, Self

from pydantic import ValidationError

from ledger.domain.record import Record
from ledger.domain.values import Label, Part, place_of
from ledger.errors import InvalidFieldError

GOVERN = frozenset({"govern"})
CAPABILITIES = {
    "govern": Label("治理", "govern"),
    "register": Label("登记", "register"),
    "plan": Label("统筹", "plan"),
    "deliver": Label("实施", "deliver"),
    "fund": Label("记录捐赠、分配和付款", "fund"),
    "confirm": Label("核对银行流水", "confirm"),
    "accept": Label("验收", "accept"),
    "care": Label("人员资料", "care"),
    "supervise": Label("监督", "supervise"),
    "publish": Label("发布", "publish"),
}
ANY_KEY = frozenset(CAPABILITIES) - GOVERN
"""A place for one signature, by any one enrolled key, whatever it may do. Admins who only govern hold none."""
OPENS = ""
"""The state of a record that does not exist yet."""


def one_of(*capabilities: str) -> frozenset[str]:
    """A place for one signature, by a key that holds any of ``capabilities``."""
    return frozenset(capabilities)


class Event(Part):
    """Base of every event class. Class attributes are the catalogue; fields are the data.

    ``CORRECTS`` names the fields that a correction may change; ``REOPENS`` is the state to which correcting this
    event takes a record back; ``CONSENT`` is the scope that a consent must have to cover the people of its sealed rows,
    of which there are as many as ``people`` counts unless ``ROWS_COUNTED`` is false: then any number, padded;
    and the people of the sealed fields in ``ABOUT_PERSONS``.
    ``COUNTS_IN`` and ``RESTATES`` say how the event's batch of people counts: see ``ledger.domain.batch``.
    """

    TYPE: ClassVar[str]
    SCHEMA: ClassVar[int] = 1
    LABEL: ClassVar[Label]
    SAYS: ClassVar[dict[str, Label]]
    SIGNED_BY: ClassVar[tuple[frozenset[str], ...]]
    AFTER: ClassVar[tuple[str, ...]]
    BECOMES: ClassVar[str | None] = None
    MONEY: ClassVar[str | None] = None
    ROW: ClassVar[type[Part] | None] = None
    ROWS_COUNTED: ClassVar[bool] = True
    CONSENT: ClassVar[str | None] = None
    ABOUT_PERSONS: ClassVar[tuple[str, ...]] = ()
    STANDING: ClassVar[bool] = True
    CORRECTS: ClassVar[tuple[str, ...]] = ()
    REOPENS: ClassVar[str | None] = None
    COUNTS_IN: ClassVar[tuple[str, ...] | None] = None
    RESTATES: ClassVar[bool] = False

    @classmethod
    def kind(cls) -> str:
        """The record kind, the part of TYPE before the dot."""
        return cls.TYPE.partition(".")[0]

    @classmethod
    def topic(cls) -> str:
        """``donation.received/1``: the stored topic, which names no module."""
        return f"{cls.TYPE}/{cls.SCHEMA}"

    @classmethod
    def names_in(cls, place: str) -> frozenset[str]:
        """Names of the fields that travel in ``data``, ``withdrawable`` or ``sealed``."""
        return _names_in(cls, place)

    @classmethod
    def parse(cls, data: dict[str, Any], disclosed: dict[str, Any] | None = None) -> Self:
        """The event from public ``data`` and, at admission, its disclosed fields. Raises InvalidFieldError."""
        if not _hidden_names(cls).isdisjoint(data):
            name = min(_hidden_names(cls) & data.keys())
            raise InvalidFieldError(
                f"“{name}”不能写在公开内容里，要作为可撤下或封存的内容提交。",
                f"{name!r} must not stand in data; send it as a withdrawable or sealed disclosure.",
                f"/payload/data/{name}",
            )
        if None in data.values():
            name = next(key for key, value in data.items() if value is None)
            raise InvalidFieldError(
                f"没有填的“{name}”应当省去，不能写null。",
                f"Leave {name!r} out instead of null.",
                f"/payload/data/{name}",
            )
        try:
            return cls.model_validate({**data, **disclosed} if disclosed else data)
        except ValidationError as error:
            raise refusal_of(error, cls) from None

    def get(self, name: str) -> Any:
        """A field's value; None where the class has no such field, which pydantic's own ``getattr`` finds slowly."""
        return self.__dict__.get(name)

    def has(self, name: str) -> bool:
        """Whether the class has such a field, filled or not."""
        return name in _all_names(type(self))

    def signing_places(self, record: Record) -> tuple[frozenset[str], ...]:
        """Who must sign, one place a signature; a set holds the capabilities that fill it."""
        return self.SIGNED_BY

    def data(self) -> dict[str, Any]:
        """The public fields as they stand in a payload's ``data``."""
        hidden = self.names_in("withdrawable") | self.names_in("sealed")
        return self.model_dump(mode="json", by_alias=True, exclude_none=True, exclude=set(hidden))

    def applied_to(self, record: Record, event_id: str) -> Record:
        """The record as this event changes it, before it enters the history itself."""
        return record.with_history(record.history, self.BECOMES or record.state)

    def check(self, record: Record) -> None:
        """What this record alone must satisfy beyond its state. Raises a LedgerError."""

    def variant(self) -> str:
        """Which of SAYS fits this event."""
        return ""

    def words(self, record: Record) -> dict[str, Any]:
        """Further words for the sentence, taken from the record after this event: ``say.Money`` and the like."""
        return {}


@cache
def _all_names(cls: type[Event]) -> frozenset[str]:
    return frozenset(cls.model_fields)


@cache
def _hidden_names(cls: type[Event]) -> frozenset[str]:
    return cls.names_in("withdrawable") | cls.names_in("sealed")


@cache
def _names_in(cls: type[Event], place: str) -> frozenset[str]:
    return frozenset(info.alias or name for name, info in cls.model_fields.items() if place_of(info) == place)


SENTENCES = {
    "missing": ("缺少“{label}”。", "“{label_en}” is missing."),
    "extra_forbidden": ("没有“{label}”这一栏。", "There is no field “{label_en}”."),
    "int_type": ("“{label}”要填整数。", "“{label_en}” must be an integer."),
    "string_type": ("“{label}”要填文字。", "“{label_en}” must be text."),
    "bool_type": ("“{label}”要填是或否。", "“{label_en}” must be true or false."),
    "list_type": ("“{label}”要填一个列表。", "“{label_en}” must be a list."),
    "greater_than_equal": ("“{label}”不能小于{ge}。", "“{label_en}” must be at least {ge}."),
    "less_than_equal": ("“{label}”不能大于{le}。", "“{label_en}” must be at most {le}."),
    "string_too_long": ("“{label}”最多{max_length}个字。", "“{label_en}” has at most {max_length} characters."),
    "too_short": ("“{label}”至少要有{min_length}项。", "“{label_en}” needs at least {min_length}."),
    "too_long": ("“{label}”最多{max_length}项。", "“{label_en}” has at most {max_length}."),
    "string_pattern_mismatch": ("“{label}”的写法不对。", "“{label_en}” is not written as it should be."),
    "refused": ("“{label}”：{zh}", "“{label_en}”: {en}"),
}


def refusal_of(error: ValidationError, cls: type[Part]) -> InvalidFieldError:
    """The first thing wrong, in one plain sentence, with the field's JSON pointer."""
    first = error.errors(include_url=False, include_input=False)[0]
    location = [str(part) for part in first["loc"]]
    label = _label_at(cls, first["loc"])
    zh, en = SENTENCES.get(first["type"], ("“{label}”的值不对。", "“{label_en}” has a wrong value."))
    if first["type"] == "refused" and not location:
        zh, en = "{zh}", "{en}"
    facts = {"label": label.zh, "label_en": label.en, **first.get("ctx", {})}
    return InvalidFieldError(zh.format(**facts), en.format(**facts), "/".join(["/payload/data", *location]))


def _label_at(cls: type[Part], location: tuple[int | str, ...]) -> Label:
    name = next((str(part) for part in location if isinstance(part, str)), "")
    for field, info in cls.model_fields.items():
        if name in (field, info.alias):
            extra = info.json_schema_extra
            english = str(extra.get("title_en", name)) if isinstance(extra, dict) else name
            return Label(info.title or name, english)
    return Label(name[:60], name[:60])
