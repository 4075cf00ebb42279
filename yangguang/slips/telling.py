"""An entry in plain words, told from signed entries alone: no server's word is taken for what happened."""

from collections.abc import Callable, Sequence
from typing import Any

from pydantic import ValidationError
from pydantic.fields import FieldInfo

from ledger.domain.catalogue import KINDS, event_class
from ledger.domain.event import Event
from ledger.domain.payload import Payload
from ledger.domain.record import Past, Record
from ledger.domain.sentences import Speaker, format_value, say
from ledger.domain.values import codes_of, kind_of, label_of
from ledger.errors import LedgerError
from ledger.sealing.disclosure import Disclosure

NAMES = ("name", "title", "post")
NOT_SHOWN = {"vault_key"}
Read = Callable[[str], Sequence[Payload]]
"""The payloads of a record by its reference, oldest first."""


def tell(payload: Payload, before: Sequence[Payload], read: Read) -> str:
    """The sentence of an entry whose record's earlier payloads are ``before``; its label where it can't be told."""
    event = _event(payload)
    try:
        record = Record(payload.kind, payload.uuid)
        for each in (*before, payload):
            past = Past(_event(each), each.event_id, each.occurred_on, ())
            record = record.after(past, tree_size=each.tree_size)
        return say(event, record, Speaker("zh", _names(before or [payload], read), "签署机构"))
    except (LedgerError, RuntimeError, KeyError):
        return f"{event.LABEL.zh}。"


def row_class(payload: Payload, before: Sequence[Payload]) -> type[Event]:
    """The class whose sealed rows an entry holds: a correction's are those of the entry that it corrects."""
    target = next((each for each in before if each.event_id == payload.data.get("event")), payload)
    return event_class(target.type, target.schema)


def fields_of(cls: type[Event], row: Disclosure) -> list[tuple[str, str]]:
    """What a sealed row or field says, as (label, text); the vault key is nobody's to read."""
    if row.kind == "field":
        return [(row.name or "", str(row.value))]
    try:
        known = cls.ROW.model_validate(row.value) if cls.ROW else None
    except ValidationError:
        known = None
    if known is None:
        return [(name, str(value)) for name, value in row.value.items() if name not in NOT_SHOWN]
    shown = ((name, info, getattr(known, name)) for name, info in type(known).model_fields.items())
    return [
        (label_of(info).zh, _text(value, info))
        for name, info, value in shown
        if name not in NOT_SHOWN and value is not None
    ]


def _text(value: Any, info: FieldInfo) -> str:
    codes = codes_of(info)
    if codes:
        return "、".join(codes[code].zh for code in (value if isinstance(value, list) else [value]))
    return format_value(value, kind_of(info), Speaker("zh", lambda reference: reference, ""))


def _names(own: Sequence[Payload], read: Read) -> Callable[[str], str]:
    def name_of(reference: str) -> str:
        found = own if reference == own[0].record else read(reference)
        data = found[0].data if found else {}
        named = next((data[name] for name in NAMES if isinstance(data.get(name), str)), None)
        kind, _, uuid = reference.partition("/")
        return named or f"{KINDS[kind].zh}{uuid[:8]}"

    return name_of


def _event(payload: Payload) -> Event:
    return event_class(payload.type, payload.schema).parse(payload.data)
