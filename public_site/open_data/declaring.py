"""How an open table is declared: its columns, and where its rows come from."""

import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any

from ledger.domain.catalogue import state_label
from ledger.domain.values import GROUPS, Label
from projections.counted import figure
from projections.needs import STAGES
from public_site.open_data import columns as c
from public_site.open_data.columns import Column, Rows, Table, Words
from public_site.presenters.words import LEVELS

COUNTED = {
    "entries": [("audit.count", "")],
    "organisations": [("rows", "organisation")],
    "regions": [("rows", "regions")],
    "places": [("places", level) for level in LEVELS],
    "duties": [(f"duties.{state}", "") for state in ("overdue", "soon", "later", "on_time", "late")],
    "scores": [("rows", "organisation"), ("projects.all", "")],
    "projects": [("projects.all", "")],
    "deliveries": [("rows", "deliveries")],
    "people": [("batches.all", "")],
    "needs": [("needs.stage", stage) for stage in STAGES],
    "indicators": [("effect.all", "")],
    "voices": [("rows", "voices")],
    "donations": [("rows", "gifts")],
    "allocations": [("rows", "moves")],
    "payments": [("rows", "payments")],
    "awards": [("rows", "award")],
    "renovations": [("rows", "renovation")],
}
"""The kept figures, with their subjects, that together count the rows of a table."""
GROUP_WORDS = {name: zh for name, (zh, _) in GROUPS.items()}


def states(kind: str) -> Words:
    """What the states of a kind are called."""
    return lambda state: state_label(kind, state).zh


def selected(sql: str) -> Rows:
    """Rows straight from the read models, one at a time."""

    def found(db: sqlite3.Connection) -> Iterator[Sequence[Any]]:
        for row in db.execute(sql):
            yield tuple(row)

    return found


def table(name: str, title: tuple[str, str], says: str, columns: Sequence[Column], rows: Rows) -> Table:
    """A table of ``rows``; how many there are is known without counting them."""

    def count(db: sqlite3.Connection) -> int:
        return sum(figure(db, *each).value for each in COUNTED[name])

    return Table(name, Label(*title), says, tuple(columns), rows, count)


PLAN = c.text("plan", "计划（代码）", "Plan (code)")
PROJECT = c.thing("project", "项目", "Project")
ORGANISATION = c.thing("organisation", "机构", "Organisation")
PEOPLE = (c.code("people_group", "人群", "Group of people", GROUP_WORDS), c.integer("people", "人次", "Person-times"))
