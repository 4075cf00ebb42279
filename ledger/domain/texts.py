"""The texts of an event that anyone may read: where each stands, what its field is called, and what it says.

    /payload/data/items/0/name      品名        "校服"
    /disclosures/evidence/0/caption  说明       "新操场"

Texts are told from codes, references, digests and keys by the ``Kind`` of their field, never by how they look.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from itertools import chain
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
    if not issubclass(cls, Corrected):
        return _in_object(cls, data, "/payload/data")
    fields, found = _fields(subject), list[FieldText]()
    for name, change in data["changes"].items():
        if name in fields and change.get("to") is not None:
            label, shape = fields[name]
            found += _in_value(shape, change["to"], label, f"/payload/data/changes/{name}/to")
    return found


def texts_in_free(subject: type[Event], values: Mapping[str, Any], base: str) -> list[FieldText]:
    """The texts of withdrawable values, grouped as by ``disclosed_fields``; their pointers begin with ``base``."""
    return _in_object(subject, values, base)


def _in_object(cls: type[Part], value: Mapping[str, Any], pointer: str) -> list[FieldText]:
    fields, found = _fields(cls), list[FieldText]()
    for name, item in value.items():
        if name in fields:
            label, shape = fields[name]
            found += _in_value(shape, item, label, f"{pointer}/{name}")
    return found


def _in_value(shape: Shape, value: Any, label: Label, pointer: str) -> list[FieldText]:
    if shape == TEXT:
        return [FieldText(pointer, label, value)]
    if isinstance(shape, list):
        listed = (_in_value(shape[0], item, label, f"{pointer}/{place}") for place, item in enumerate(value))
        return list(chain.from_iterable(listed))
    return _in_object(shape, value, pointer) if isinstance(shape, type) else []


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
