"""How an open table is declared: its columns, and where its rows come from."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from ledger.domain.catalogue import state_label
from ledger.domain.values import GROUPS, Label
from public_site.open_data import columns as c
from public_site.open_data.columns import Column, Rows, Table, Words

GROUP_WORDS = {name: zh for name, (zh, _) in GROUPS.items()}


def states(kind: str) -> Words:
    """What the states of a kind are called."""
    return lambda state: state_label(kind, state).zh


def selected(sql: str) -> tuple[Rows, Callable[[sqlite3.Connection], int]]:
    """Rows straight from the read models, one at a time, and how many there are."""

    def found(db: sqlite3.Connection) -> Iterator[Sequence[Any]]:
        for row in db.execute(sql):
            yield tuple(row)

    def count(db: sqlite3.Connection) -> int:
        return int(db.execute(f"SELECT count(*) FROM ({sql})").fetchone()[0])  # noqa: S608  (constant statements)

    return found, count


def listed(found: Rows, count: str) -> tuple[Rows, Callable[[sqlite3.Connection], int]]:
    """Rows made one by one, and the statement that counts them."""
    return found, lambda db: int(db.execute(count).fetchone()[0])


def table(name: str, title: tuple[str, str], says: str, columns: Sequence[Column], source: Any) -> Table:
    """A table of ``source``, which ``selected`` or ``listed`` made."""
    return Table(name, Label(*title), says, tuple(columns), *source)


PLAN = c.text("plan", "计划（代码）", "Plan (code)")
PROJECT = c.thing("project", "项目", "Project")
ORGANISATION = c.thing("organisation", "机构", "Organisation")
PEOPLE = (c.code("people_group", "人群", "Group of people", GROUP_WORDS), c.integer("people", "人次", "Person-times"))
