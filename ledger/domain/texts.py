"""The texts of an event that anyone may read: where each stands, what its field is called, and what it says.

    /payload/data/items/0/name      品名        "校服"
    /disclosures/evidence/0/caption  说明       "新操场"

Texts are told from codes, references, digests and keys by the ``Kind`` of their field, never by how they look.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Annotated, Any, TypeAlias, get_args, get_origin

from msgspec import Struct
from pydantic.fields import FieldInfo

from ledger.domain.correction import Corrected
from ledger.domain.event import Event
from ledger.domain.values import Kind, Label, Part, label_of

Shape: TypeAlias = "type[Part] | str | list[Any] | None"
"""TEXT, a list of one shape, an object's class, or None where no text can stand."""
TEXT = "text"


class FieldText(Struct, frozen=True):
    """One text, the JSON pointer of its field and the label of that field."""

    pointer: str
    label: Label
    text: str


def texts_in_data(cls: type[Event], data: Mapping[str, Any], subject: type[Event]) -> list[FieldText]:
    """The texts of a payload's ``data``. ``subject`` is the class that a correction corrects, else ``cls``.

    Of a correction only the new values: what they replace was public before.
    """
    found: list[FieldText] = []
    if not issubclass(cls, Corrected):
        _add_object(found, cls, data, "/payload/data")
        return found
    fields = _fields(subject)
    for name, change in data["changes"].items():
        if name in fields and change.get("to") is not None:
            label, shape = fields[name]
            _add(found, shape, change["to"], label, f"/payload/data/changes/{name}/to")
    return found


def texts_in_free(subject: type[Event], values: Mapping[str, Any], base: str) -> list[FieldText]:
    """The texts of withdrawable values, grouped as by ``disclosed_fields``; their pointers begin with ``base``."""
    found: list[FieldText] = []
    _add_object(found, subject, values, base)
    return found


def _add_object(found: list[FieldText], cls: type[Part], value: Mapping[str, Any], pointer: str) -> None:
    fields = _fields(cls)
    for name, item in value.items():
        if name in fields:
            label, shape = fields[name]
            _add(found, shape, item, label, f"{pointer}/{name}")


def _add(found: list[FieldText], shape: Shape, value: Any, label: Label, pointer: str) -> None:
    if shape == TEXT:
        found.append(FieldText(pointer, label, value))
    elif isinstance(shape, list):
        for place, item in enumerate(value):
            _add(found, shape[0], item, label, f"{pointer}/{place}")
    elif isinstance(shape, type):
        _add_object(found, shape, value, pointer)


@cache
def _fields(cls: type[Part]) -> dict[str, tuple[Label, Shape]]:
    """The fields in which texts can stand, by the name they have on the wire."""
    shapes = ((info.alias or name, info) for name, info in cls.model_fields.items())
    found = ((name, label_of(info), _shape_of_field(info)) for name, info in shapes)
    return {name: (label, shape) for name, label, shape in found if shape is not None}


def _shape_of_field(info: FieldInfo) -> Shape:
    return _shape(info.annotation, tuple(info.metadata))


def _shape(annotation: Any, metadata: Sequence[Any] = ()) -> Shape:
    if annotation is str:
        return TEXT if all(item.name == TEXT for item in metadata if isinstance(item, Kind)) else None
    if isinstance(annotation, type) and issubclass(annotation, Part):
        return annotation if _fields(annotation) else None
    inner = get_args(annotation)
    if get_origin(annotation) is Annotated:
        return _shape(inner[0], (*metadata, *inner[1:]))
    shapes = [shape for shape in (_shape(one, metadata) for one in inner) if shape is not None]
    if not shapes:
        return None
    return [shapes[0]] if get_origin(annotation) is list else shapes[0]
