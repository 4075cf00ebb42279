"""The columns of an event type in a spreadsheet, read from its class: what the schemas and the console know too.

    捐赠·收到捐赠         本行编号 | 发生日期 | 收款方 | … | 金额（元） | … | 说明
    捐赠·收到捐赠·物资    所属行编号 | 品名 | 数量 | 单位 | 单价（元）

An object inside an event becomes columns (``受奖人数·人次``); a list of objects, and the sealed rows, a sheet of
their own.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from ledger.domain.values import Evidence, Kind, Label, Part, label_of, place_of

TEXT = Kind("text")
PERSON = Kind("person")
PHOTO = Kind("photo")
FREE, SEALED = "withdrawable", "sealed"


@dataclass(frozen=True, slots=True)
class Column:
    """One column. ``path`` leads from the event, or from the item of a list, to the value by names on the wire.

    ``kind.name`` says how a cell is read: text, fen, day, count, flag, value, choice, reference, person or photo.
    ``many`` values stand in one cell, separated.
    """

    path: tuple[str, ...]
    place: str
    label: Label
    kind: Kind
    many: bool
    required: bool
    help: Label

    @property
    def pointer(self) -> str:
        """``/people/period/from``."""
        return "/" + "/".join(self.path)


@dataclass(frozen=True, slots=True)
class ItemTable:
    """The columns of a list of objects; ``name`` is its field, or None for the sealed rows."""

    name: str | None
    label: Label
    columns: tuple[Column, ...]
    required: bool


@dataclass(frozen=True, slots=True)
class Shape:
    """What an annotation holds: the type inside ``Optional``, ``Annotated`` and ``list``, and its own kind."""

    base: Any
    kind: Kind
    many: bool


def columns_of(cls: type[Part]) -> tuple[Column, ...]:
    """The columns of a class's own sheet, each with a heading of its own."""
    return _told_apart(list(_columns(cls, (), Label("", ""), "data")))


def tables_of(cls: type[Part], rows: type[Part] | None) -> tuple[ItemTable, ...]:
    """The lists of objects of a class, and its sealed rows."""
    found = []
    for name, info in cls.model_fields.items():
        shape = shape_of(info)
        if shape.many and _is_part(shape.base) and shape.base is not Evidence:
            found.append(ItemTable(info.alias or name, label_of(info), columns_of(shape.base), info.is_required()))
    if rows is not None:
        found.append(ItemTable(None, Label("名单", "list"), columns_of(rows), required=False))
    return tuple(found)


def shape_of(info: FieldInfo) -> Shape:
    """What a field holds."""
    outer = next((item for item in info.metadata if isinstance(item, Kind)), TEXT)
    return _shape(info.annotation, outer, many=False)


def _shape(annotation: Any, kind: Kind, *, many: bool) -> Shape:
    inner = get_args(annotation)
    origin = get_origin(annotation)
    if origin is Annotated:
        own = next((item for item in inner[1:] if isinstance(item, Kind)), kind)
        return _shape(inner[0], own, many=many)
    if origin in (Union, UnionType):
        return _shape(next(one for one in inner if one is not type(None)), kind, many=many)
    if origin is list:
        return _shape(inner[0], kind, many=True)
    return Shape(annotation, kind, many)


def _is_part(base: Any) -> bool:
    return isinstance(base, type) and issubclass(base, Part)


def _columns(
    cls: type[Part], path: tuple[str, ...], parent: Label, place: str, *, optional: bool = False
) -> Iterator[Column]:
    for name, info in cls.model_fields.items():
        shape, label = shape_of(info), _under(parent, label_of(info))
        here = (*path, info.alias or name)
        travels = place if path else place_of(info)
        required = info.is_required() and not optional
        if shape.base is Evidence:
            yield Column(here, travels, label, PHOTO, many=True, required=False, help=_help(info))
        elif _is_part(shape.base):
            if not shape.many:
                yield from _columns(shape.base, here, label, travels, optional=not required)
        else:
            kind = PERSON if name == "vault_key" else _kind(shape)
            label = Label(label.zh.replace("的密钥编号", "编号"), label.en) if kind is PERSON else label
            yield Column(here, travels, label, kind, shape.many, required and kind is not PERSON, _help(info))


def _kind(shape: Shape) -> Kind:
    if shape.base is date:
        return Kind("day")
    if shape.base is bool:
        return Kind("flag")
    if shape.base is int and shape.kind.name != "fen":
        return Kind("count")
    return shape.kind


def _under(parent: Label, label: Label) -> Label:
    return Label(f"{parent.zh}·{label.zh}", f"{parent.en}: {label.en}") if parent.zh else label


def _help(info: FieldInfo) -> Label:
    extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
    return Label(info.description or "", str(extra.get("help_en", "")))


def _told_apart(columns: list[Column]) -> tuple[Column, ...]:
    """Money says that it is in yuan; two headings that are the same get the name on the wire."""
    yuan = [
        replace(column, label=Label(f"{column.label.zh}（元）", f"{column.label.en} (yuan)"))
        if column.kind.name == "fen"
        else column
        for column in columns
    ]
    headings = [column.label.zh for column in yuan]
    return tuple(
        replace(column, label=Label(f"{column.label.zh}（{column.path[-1]}）", column.label.en))
        if headings.count(column.label.zh) > 1
        else column
        for column in yuan
    )
