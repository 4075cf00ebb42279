"""Columns of the open tables: what each is called and means, and the one or two columns of a file that it becomes.

fen       amount_fen 680          → amount_fen 680 (integer), amount_yuan "6.80" (text)
thing     donor organisation/0188 → donor "organisation/0188…", donor_name "示例一号协会"
code      state "confirmed"       → state "confirmed", state_zh "已核对银行流水"
"""

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ledger.domain.values import Label
from projections.names import Names

Value = str | int | bool | None
"""What a cell of a file holds. Days and moments are text in ISO 8601."""
Words = Callable[[str], str]
TYPES = {"integer": "integer", "fen": "integer", "boolean": "boolean", "date": "date", "moment": "datetime"}
"""Types as in Frictionless Table Schema; everything else is string."""


@dataclass(frozen=True, slots=True)
class Column:
    """One value of a row. ``kind`` is text, integer, boolean, date, moment, fen, thing or code (with ``words``)."""

    name: str
    kind: str
    title: Label
    words: Words | None = None


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a file, as its dictionary describes it."""

    name: str
    type: str
    title: Label


Rows = Callable[[sqlite3.Connection], Iterator[Sequence[Any]]]


@dataclass(frozen=True, slots=True)
class Table:
    """An open table. ``rows`` yields (entry index, record, value of each column), in the order of the log.

    ``record`` names the record whose page the row leads to; "" leads to the page of the entry.
    """

    name: str
    title: Label
    says: str
    columns: tuple[Column, ...]
    rows: Rows
    count: Callable[[sqlite3.Connection], int]


def text(name: str, zh: str, en: str) -> Column:
    """A text as it was signed, or several joined by ``；``."""
    return Column(name, "text", Label(zh, en))


def integer(name: str, zh: str, en: str) -> Column:
    """A whole number."""
    return Column(name, "integer", Label(zh, en))


def boolean(name: str, zh: str, en: str) -> Column:
    """True or false."""
    return Column(name, "boolean", Label(zh, en))


def day(name: str, zh: str, en: str) -> Column:
    """A day, ``2023-05-14``."""
    return Column(name, "date", Label(zh, en))


def moment(name: str, zh: str, en: str) -> Column:
    """A moment in UTC, ``2026-01-02T03:04:05.678Z``."""
    return Column(name, "moment", Label(zh, en))


def fen(name: str, zh: str, en: str) -> Column:
    """Money in whole fen; its name ends in ``_fen``."""
    return Column(name, "fen", Label(zh, en))


def thing(name: str, zh: str, en: str) -> Column:
    """Another record, or several."""
    return Column(name, "thing", Label(zh, en))


def code(name: str, zh: str, en: str, words: Mapping[str, str] | Words) -> Column:
    """A code from a closed list, with its Chinese word beside it."""
    found = words if callable(words) else lambda value: words.get(value, value)
    return Column(name, "code", Label(zh, en), found)


def fields_of(column: Column) -> tuple[Field, ...]:
    """The columns of a file that a column becomes."""
    zh, en = column.title.zh, column.title.en
    own = Field(column.name, TYPES.get(column.kind, "string"), column.title)
    match column.kind:
        case "fen":
            named = column.name.removesuffix("_fen")
            return (
                Field(column.name, "integer", Label(f"{zh}（分）", f"{en} (fen)")),
                Field(f"{named}_yuan", "string", Label(f"{zh}（元）", f"{en} (yuan)")),
            )
        case "thing":
            return Field(column.name, "string", Label(f"{zh}（编号）", f"{en} (id)")), Field(
                f"{column.name}_name", "string", column.title
            )
        case "code":
            return Field(column.name, "string", Label(f"{zh}（代码）", f"{en} (code)")), Field(
                f"{column.name}_zh", "string", column.title
            )
        case _:
            return (own,)


def values_of(column: Column, value: Any, names: Names) -> tuple[Value, ...]:
    """The cells of a value, as many as ``fields_of`` says."""
    match column.kind:
        case "fen":
            return (None, None) if value is None else (value, yuan(value))
        case "thing":
            several = () if value is None else (value,) if isinstance(value, str) else tuple(value)
            return "；".join(several), "；".join(map(names.zh, several))
        case "code":
            return (None, None) if value is None else (value, column.words(value) if column.words else value)
        case "boolean":
            return (bool(value),)
        case _:
            return ("；".join(map(str, value)) if isinstance(value, list | tuple) else value,)


def yuan(value: int) -> str:
    """``-6.80`` for -680 fen."""
    whole, rest = divmod(abs(value), 100)
    return f"{'-' if value < 0 else ''}{whole}.{rest:02}"
