"""The calendar as pages read it: what is overdue, due soon, met in time or late; for all, or for one organisation."""

import json
import sqlite3
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from ledger.domain.disclosure import QUESTIONS
from ledger.domain.values import Label
from projections.counted import figure, subject_count
from projections.duties.calendar import SOON, state_of
from projections.duties.rules import BY_NAME
from projections.names import Names
from projections.rows import DutiesOf, Duty, DutyCounts

CONDITIONS = {
    "overdue": "met_on IS NULL AND due_on < :now",
    "soon": "met_on IS NULL AND due_on >= :now AND due_on <= :soon",
    "later": "met_on IS NULL AND due_on > :soon",
    "on_time": "met_on IS NOT NULL AND late <= 0",
    "late": "met_on IS NOT NULL AND late > 0",
    "met": "met_on IS NOT NULL",
}
FIGURES = ("overdue", "soon", "on_time", "late")
COUNTED = {"met": ("on_time", "late")}
ORDER = {"met": "met_on DESC, duty", "late": "late DESC, duty"}
HELD = "duty IN (SELECT duty FROM duty_holders WHERE organisation = :organisation)"


def overdue_count(db: sqlite3.Connection) -> int:
    """How many are overdue: for the strip of every page."""
    return figure(db, "duties.overdue").value


@dataclass(frozen=True, slots=True)
class Asked:
    """As of which day; and only the duties of one organisation, about one thing, or of one kind."""

    now: date
    organisation: str | None = None
    about: str | None = None
    code: str | None = None


def duties(db: sqlite3.Connection, state: str, asked: Asked, *, start: int = 0, size: int = -1) -> tuple[Duty, ...]:
    """Those in a state (or ``met``): open ones with the earliest due first, met ones with the newest first.

    ``start`` leaves out so many, ``size`` gives at most so many.
    """
    where, values = _where(state, asked)
    order = ORDER.get(state, "due_on, duty")
    sql = f"SELECT * FROM duties WHERE {where} ORDER BY {order} LIMIT :size OFFSET :start"  # noqa: S608
    rows = db.execute(sql, {**values, "size": size, "start": start}).fetchall()
    names = Names(db)
    return tuple(_duty(db, row, asked.now, names) for row in rows)


def duty_count(db: sqlite3.Connection, state: str, asked: Asked) -> int:
    """How many ``duties`` finds on the day of the last entry; with an ``about`` or ``code`` they are counted now."""
    if asked.about is None and asked.code is None:
        names = COUNTED.get(state, (state,))
        return sum(figure(db, f"duties.{name}", asked.organisation or "").value for name in names)
    where, values = _where(state, asked)
    return int(db.execute(f"SELECT COUNT(*) FROM duties WHERE {where}", values).fetchone()[0])  # noqa: S608


def counts(db: sqlite3.Connection, organisation: str = "") -> DutyCounts:
    """The four figures over the ledger, or of one organisation."""
    return DutyCounts(*(figure(db, f"duties.{state}", organisation) for state in FIGURES))


def by_organisation(db: sqlite3.Connection, *, start: int = 0, size: int = -1) -> tuple[DutiesOf, ...]:
    """Organisations that answer for anything: the most overdue first, then the most often late."""
    names = Names(db)
    sql = "SELECT subject FROM sums WHERE figure = 'duties.rank' ORDER BY value DESC, subject DESC LIMIT ? OFFSET ?"
    found = [row[0] for row in db.execute(sql, (size, start)).fetchall()]
    return tuple(DutiesOf(names(organisation), counts(db, organisation)) for organisation in found)


def organisation_count(db: sqlite3.Connection) -> int:
    """How many ``by_organisation`` has."""
    return subject_count(db, "duties.rank")


def behind_count(db: sqlite3.Connection) -> int:
    """How many of them have anything overdue or were late."""
    return subject_count(db, "duties.bad")


def _where(state: str, asked: Asked) -> tuple[str, dict[str, Any]]:
    clauses = [CONDITIONS[state]]
    clauses += [HELD] if asked.organisation is not None else []
    clauses += ["subject = :about"] if asked.about is not None else []
    clauses += ["code = :code"] if asked.code is not None else []
    days = {"now": asked.now.isoformat(), "soon": (asked.now + timedelta(SOON)).isoformat()}
    only = {"organisation": asked.organisation, "about": asked.about, "code": asked.code}
    return " AND ".join(clauses), {**days, **only}


def _duty(db: sqlite3.Connection, row: sqlite3.Row, now: date, names: Names) -> Duty:
    rule, due_on = BY_NAME[row["rule"]], date.fromisoformat(row["due_on"])
    met_on = row["met_on"] and date.fromisoformat(row["met_on"])
    state, days = state_of(due_on, met_on, now)
    held_by = db.execute("SELECT organisation FROM duty_holders WHERE duty = ? ORDER BY position", (row["duty"],))
    return Duty(
        rule=rule,
        title=_title(rule.what.title, row["key"]),
        about=names(row["subject"]),
        on=date.fromisoformat(row["on_day"]),
        due_on=due_on,
        met_on=met_on,
        public_on=row["public_on"] and date.fromisoformat(row["public_on"]),
        state=state,
        days=days,
        organisations=tuple(names(each[0]) for each in held_by),
        entries=tuple(json.loads(row["entries"])),
        met_index=row["met_idx"],
    )


def _title(title: Label, key: str) -> Label:
    """With the year or the question that the duty is about."""
    zh, en = QUESTIONS.get(key, (key, key))
    return Label(title.zh.format(key=zh), title.en.format(key=en))
