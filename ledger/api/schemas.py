"""JSON schemas of all event types, from their classes: the public fields, and what travels beside them."""

from collections.abc import Iterator
from typing import Any, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from ledger.api.preview import signed_by
from ledger.domain.catalogue import EVENTS, KINDS, state_label
from ledger.domain.event import Event
from ledger.domain.key import GOVERNED
from ledger.domain.values import Kind, Label, kind_of, label_of

AS_THE_ENTRY = Label(
    "由有权记录原来那条的人签署；涉及金额时，另加核对银行流水的签名",
    "by who may sign the entry it names, and confirm where that is money",
)
REF = "#/components/schemas/{model}"


def event_schemas() -> dict[str, Any]:
    """A component per event type, named as the type, and the parts that they share, named as their classes."""
    components: dict[str, Any] = {}
    for (name, schema), cls in sorted(EVENTS.items()):
        components[name if schema == 1 else f"{name}.{schema}"] = _event_schema(cls, components)
    return components


def _event_schema(cls: type[Event], components: dict[str, Any]) -> dict[str, Any]:
    hidden = cls.names_in("withdrawable") | cls.names_in("sealed")
    schema = _object_schema(cls, components)
    beside = {name: schema["properties"].pop(name) for name in sorted(hidden)}
    schema |= {
        "title": f"{KINDS[cls.kind()].zh}：{cls.LABEL.zh}",
        "x-title-en": cls.LABEL.en,
        **_signers(cls),
        "x-after": [_state(cls.kind(), state) for state in cls.AFTER],
    }
    if cls.TYPE == "key.enrolled":
        schema["x-signed-by-govern-if"] = sorted(GOVERNED)
    if cls.BECOMES is not None:
        schema["x-becomes"] = _state(cls.kind(), cls.BECOMES)
    for place in ("withdrawable", "sealed"):
        if names := sorted(cls.names_in(place)):
            schema[f"x-{place}"] = {name: beside[name] for name in names}
    if cls.ROW is not None:
        schema["x-sealed-rows"] = _object_schema(cls.ROW, components)
    return schema


def _signers(cls: type[Event]) -> dict[str, Any]:
    if all(cls.SIGNED_BY):
        return {"x-signed-by": signed_by(cls.SIGNED_BY)}
    return {"x-signed-as": {"zh": AS_THE_ENTRY.zh, "en": AS_THE_ENTRY.en}}


def _state(kind: str, state: str) -> dict[str, str]:
    label = state_label(kind, state)
    return {"state": state, "zh": label.zh, "en": label.en}


def _object_schema(model: type[BaseModel], components: dict[str, Any]) -> dict[str, Any]:
    schema = model.model_json_schema(ref_template=REF)
    schema.pop("$defs", None)
    schema.pop("description", None)
    _speak(schema)
    for name, info in model.model_fields.items():
        _describe(schema["properties"][info.alias or name], info)
        for part in _parts_in(info.annotation):
            if part.__name__ not in components:
                components[part.__name__] = {}
                components[part.__name__] = _object_schema(part, components)
    return schema


def _parts_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _parts_in(argument)


def _speak(schema: Any) -> Any:
    """Our extras under the names that OpenAPI allows: ``x-title-en`` for ``title_en``. Changes it in place."""
    if isinstance(schema, dict):
        schema.pop("place", None)
        for name in ("title_en", "help_en"):
            if text := schema.pop(name, None):
                schema[f"x-{name.replace('_', '-')}"] = text
        # Names of properties are not keywords: an event may well have a field called place.
        for name, item in schema.items():
            _speak(list(item.values()) if name == "properties" else item)
    elif isinstance(schema, list):
        for item in schema:
            _speak(item)
    return schema


def _describe(schema: dict[str, Any], info: FieldInfo) -> None:
    kind: Kind = kind_of(info)
    if english := label_of(info).en:
        schema["x-title-en"] = english
    schema["x-kind"] = kind.name
    if kind.choices:
        _innermost(schema)["enum"] = [name for name, _ in kind.choices]
        schema["x-choices"] = {name: {"zh": label.zh, "en": label.en} for name, label in kind.choices}
    if kind.of:
        _innermost(schema)["pattern"] = f"^({'|'.join(kind.of)})/[0-9a-f-]{{36}}$"
    if schema.get("default", ...) is None:
        # An optional field that is not given is absent, never null.
        del schema["default"]
        options = [option for option in schema.pop("anyOf", []) if option != {"type": "null"}]
        if len(options) == 1:
            schema.update(options[0])


def _innermost(schema: dict[str, Any]) -> dict[str, Any]:
    for option in schema.get("anyOf", []):
        if option.get("type") != "null":
            return _innermost(option)
    items = schema.get("items")
    return _innermost(items) if isinstance(items, dict) else schema
