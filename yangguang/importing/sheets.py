"""Which event types can be imported, and what their sheets and fixed columns are called."""

from dataclasses import dataclass
from functools import cache

from ledger.domain.catalogue import EVENTS, KINDS
from ledger.domain.correction import Corrected, Voided
from ledger.domain.event import OPENS, Event
from ledger.domain.values import Kind, Label
from ledger.errors import InvalidFieldError
from yangguang.importing.columns import Column, ItemTable, columns_of, tables_of

NOT_IMPORTED = frozenset({"ledger", "key", "sealed", "disclosure", "region", "head"})
"""Kinds about ledgers themselves: each of their events is an act of its own, never history from a spreadsheet."""
INSTRUCTIONS = "填写说明"
KNOWN = "已有记录"
"""The sheet that gives records of the ledger short names for this workbook: 编号 and the record's id."""
NONE = Label("", "")
TEXT, DAY = Kind("text"), Kind("day")


def _column(name: str, label: Label, kind: Kind, help_: Label = NONE, *, required: bool = True) -> Column:
    return Column((name,), "", label, kind, many=False, required=required, help=help_)


OWN = _column(
    "own",
    Label("本行编号", "Row number"),
    TEXT,
    Label("您自己编的号，不重复，以后不要改", "yours, unique, never changed"),
)
PARENT = _column(
    "own",
    Label("所属行编号", "Row number it belongs to"),
    TEXT,
    Label("主表里那一行的编号", "the number of the row it belongs to"),
)
OCCURRED = _column("occurred_on", Label("发生日期", "Date"), DAY)


@dataclass(frozen=True, slots=True)
class SheetPlan:
    """One sheet: the event's own (``items`` None), or that of a list of objects inside it."""

    name: str
    cls: type[Event]
    items: ItemTable | None
    columns: tuple[Column, ...]


@cache
def importable() -> tuple[type[Event], ...]:
    """The event classes that a spreadsheet may hold, in the order of the catalogue."""
    return tuple(
        cls for cls in EVENTS.values() if cls.kind() not in NOT_IMPORTED and not issubclass(cls, (Corrected, Voided))
    )


def importable_class(event_type: str) -> type[Event]:
    """The class of a type. Raises InvalidFieldError."""
    found = [cls for cls in importable() if event_type == cls.TYPE]
    if not found:
        raise InvalidFieldError(
            f"“{event_type[:60]}”不能从表格导入。yangguang import --template list 列出可以的。",
            f"{event_type[:60]!r} cannot be imported. yangguang import --template list shows what can.",
        )
    return found[-1]


@cache
def plans_of(cls: type[Event]) -> tuple[SheetPlan, ...]:
    """The sheets of an event type, its own first."""
    name = sheet_name(cls)
    own = SheetPlan(name, cls, None, (*_fixed(cls), *columns_of(cls)))
    parts = tuple(
        SheetPlan(f"{name}·{table.label.zh}", cls, table, (PARENT, *table.columns)) for table in tables_of(cls, cls.ROW)
    )
    return (own, *parts)


def sheet_name(cls: type[Event]) -> str:
    """``捐赠·收到捐赠``."""
    return f"{KINDS[cls.kind()].zh}·{cls.LABEL.zh}"


@cache
def plans_by_name() -> dict[str, SheetPlan]:
    """Every sheet that can be read, by its name; a type's own sheet also by the type."""
    found = {plan.name: plan for cls in importable() for plan in plans_of(cls)}
    return found | {cls.TYPE: plans_of(cls)[0] for cls in importable()}


def _fixed(cls: type[Event]) -> tuple[Column, ...]:
    if cls.AFTER == (OPENS,):
        return OWN, OCCURRED
    begins = OPENS in cls.AFTER
    help_ = Label("新记录不填", "leave empty for a new record") if begins else NONE
    label = Label("接续记录", "Record it continues")
    record = _column("record", label, Kind("reference", of=(cls.kind(),)), help_, required=not begins)
    return OWN, record, OCCURRED
