"""The plain sentence of an event in both languages, made from its class's SAYS and its fields.

say(event, record, Speaker(lang="zh", name=names.get, signer="示例三号基金会"))
→ 示例一号协会捐赠 20,000.00 元，示例三号基金会收到。
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from string import Formatter
from typing import Any

from ledger.domain.event import Event
from ledger.domain.record import Past, Record
from ledger.domain.values import GROUPS, Changed, Item, Kind, Label, Part, People, Period, kind_of

NBSP = "\u00a0"
MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
PEOPLE_UNITS = {"family": Label("户次", "family-times")}
NOTHING = Label("没有", "nothing")
SEE_ORIGINAL = Label("（见原文）", "(see the signed text)")
PERSON_TIMES = Label("人次", "person-times")


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who is speaking: the language, the names of records by reference, the signing organisation's name."""

    lang: str
    name: Callable[[str], str]
    signer: str

    def pick(self, label: Label) -> str:
        """The label in this language."""
        return label.zh if self.lang == "zh" else label.en


def say(event: Event, record: Record, speaker: Speaker) -> str:
    """One sentence. ``record`` is the event's record after it. Withdrawable fields are never in it."""
    template = speaker.pick(event.SAYS[event.variant()])
    wanted = _words_in(template)
    words: dict[str, Any] = {"org": speaker.signer}
    if "record" in wanted:
        words["record"] = speaker.name(record.reference)
    for name, word, kind in _fields_in(type(event), template):
        value = event.get(name)
        if value is not None:
            words[word] = format_value(value, kind, speaker)
    for word, value in event.words(record).items():
        if word in wanted:
            words[word] = _format_word(value, speaker)
    return template.format(**words)


@cache
def _words_in(template: str) -> frozenset[str]:
    return frozenset(word for _, word, _, _ in Formatter().parse(template) if word)


@cache
def _fields_in(cls: type[Event], template: str) -> tuple[tuple[str, str, Kind], ...]:
    """Of each field that a sentence wants: its name, its word in the sentence and its kind."""
    fields = ((name, info.alias or name, kind_of(info)) for name, info in cls.model_fields.items())
    return tuple(field for field in fields if field[1] in _words_in(template))


def earlier(past: Past) -> Label:
    """How a refusal names an entry of the same ledger: what it is, its day, and its event id, which finds it."""
    label, event_id = past.event.LABEL, past.event_id[:16]
    return Label(
        f"{format_day(past.occurred_on)}的“{label.zh}”（事件编号{event_id}…）",
        f"“{label.en}” of {format_day(past.occurred_on, 'en')} (event {event_id}…)",
    )


def format_value(value: Any, kind: Kind, speaker: Speaker) -> str:
    """A field's value as the public reads it."""
    if isinstance(value, list) and value and all(_is_long(item) for item in value):
        return speaker.pick(SEE_ORIGINAL)
    if isinstance(value, list):
        return speaker.pick(Label("、", ", ")).join(format_value(item, kind, speaker) for item in value)
    if kind.name == "year":
        return str(value)
    if kind.name in ("fen", "reference", "choice"):
        return _format_by_kind(value, kind, speaker)
    return _format_by_type(value, speaker)


def _is_long(value: Any) -> bool:
    return isinstance(value, Part) and not isinstance(value, People | Item)


def _format_by_kind(value: Any, kind: Kind, speaker: Speaker) -> str:
    if kind.name == "fen":
        return format_money(value, speaker.lang)
    return speaker.name(value) if kind.name == "reference" else speaker.pick(dict(kind.choices)[value])


def _format_by_type(value: Any, speaker: Speaker) -> str:
    match value:
        case date():
            return format_day(value, speaker.lang)
        case bool():
            return speaker.pick(Label("是", "yes") if value else Label("否", "no"))
        case int():
            return f"{value:,}"
        case Part():
            return _format_part(value, speaker)
    return str(value)


def _format_part(value: Part, speaker: Speaker) -> str:
    match value:
        case People():
            return format_people(value.group, value.count, speaker)
        case Item():
            return f"{value.name}{value.count:,}{value.unit}"
        case Period():
            return format_period(value.start, value.end, speaker.lang)
    return speaker.pick(SEE_ORIGINAL)


def format_people(group: str, count: int, speaker: Speaker) -> str:
    """``儿童32人次``: people are always counted in person-times."""
    unit = speaker.pick(PEOPLE_UNITS.get(group, PERSON_TIMES))
    name = speaker.pick(Label(*GROUPS[group]))
    return f"{name}{count:,}{unit}" if speaker.lang == "zh" else f"{count:,} {unit} ({name})"


def format_money(fen: int, lang: str = "zh") -> str:
    """Exact, two decimals: `` 20,000.00 元`` with no-break spaces, or ``CNY 20,000.00``."""
    amount = format_amount(fen)
    return f"{NBSP}{amount}{NBSP}元" if lang == "zh" else f"CNY{NBSP}{amount}"


def format_amount(fen: int) -> str:
    """``20,000.00`` from integer fen, without a float in between."""
    sign, fen = ("-", -fen) if fen < 0 else ("", fen)
    return f"{sign}{fen // 100:,}.{fen % 100:02d}"


def format_day(day: date, lang: str = "zh") -> str:
    """``2023年5月14日`` or ``14 May 2023``."""
    if lang == "zh":
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def format_period(start: date, end: date, lang: str = "zh") -> str:
    """``2023年5月``, ``2023年3月至5月``, or days where it is not whole months."""
    to = "至" if lang == "zh" else " to "
    if start.day == 1 and (end + timedelta(1)).day == 1:
        first, last = _format_month(start, lang), _format_month(end, lang)
        if first == last:
            return first
        if start.year == end.year:
            return f"{first}{to}{end.month}月" if lang == "zh" else f"{MONTHS[start.month - 1]}{to}{last}"
        return f"{first}{to}{last}"
    first, last = format_day(start, lang), format_day(end, lang)
    if start == end:
        return first
    return f"{first}{to}{last.removeprefix(f'{start.year}年') if lang == 'zh' else last}"


def _format_month(day: date, lang: str) -> str:
    return f"{day.year}年{day.month}月" if lang == "zh" else f"{MONTHS[day.month - 1]} {day.year}"


def _format_changes(changes: tuple[Changed, ...], speaker: Speaker) -> str:
    if not changes:
        return speaker.pick(Label("补正不公开的内容", "what is not public was replaced"))
    zh = speaker.lang == "zh"
    parts = []
    for changed in changes:
        label = speaker.pick(changed.label)
        old, new = (_format_side(side, changed.kind, speaker) for side in (changed.old, changed.new))
        parts.append(f"{label}由{old}改为{new}" if zh else f"{label} from {old} to {new}")
    return ("，" if zh else ", ").join(parts)


def _format_side(value: Any, kind: Kind, speaker: Speaker) -> str:
    return speaker.pick(NOTHING) if value is None else format_value(value, kind, speaker)


def _format_word(value: Any, speaker: Speaker) -> str:
    match value:
        case Label():
            return speaker.pick(value)
        case () | (Changed(), *_):
            return _format_changes(value, speaker)
        case (str() as kind, item):
            return format_value(item, Kind(kind), speaker)
    return str(value)
