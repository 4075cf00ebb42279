"""The calendar as pages read it: what is overdue, due soon, met in time or late; for all, or for one organisation."""

import json
import sqlite3
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from ledger.domain.disclosure import QUESTIONS
from ledger.domain.values import Label
from projections.duties.rules import BY_NAME
from projections.names import Names
from projections.rows import DutiesOf, Duty, DutyCounts, Figure

SOON = 90
"""Days within which a duty is announced as due soon."""
CONDITIONS = {
    "overdue": "met_on IS NULL AND due_on < :now",
    "soon": "met_on IS NULL AND due_on >= :now AND due_on <= :soon",
    "later": "met_on IS NULL AND due_on > :soon",
    "on_time": "met_on IS NOT NULL AND late <= 0",
    "late": "met_on IS NOT NULL AND late > 0",
    "met": "met_on IS NOT NULL",
}
FIGURES = ("overdue", "soon", "on_time", "late")
ORDER = {"met": "met_on DESC, duty", "late": "late DESC, duty"}
HELD = "duty IN (SELECT duty FROM duty_holders WHERE organisation = :organisation)"


def overdue_count(db: sqlite3.Connection, now: date) -> int:
    """How many are overdue as of a day: one look at an index, for the strip of every page."""
    sql = f"SELECT COUNT(*) FROM duties WHERE {CONDITIONS['overdue']}"  # noqa: S608  (constant clauses)
    return int(db.execute(sql, {"now": now.isoformat()}).fetchone()[0])


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
    """How many ``duties`` finds."""
    where, values = _where(state, asked)
    return int(db.execute(f"SELECT COUNT(*) FROM duties WHERE {where}", values).fetchone()[0])  # noqa: S608


def counts(db: sqlite3.Connection, asked: Asked) -> DutyCounts:
    """The four figures."""
    return DutyCounts(*(_figure(db, *_where(state, asked)) for state in FIGURES))


def by_organisation(db: sqlite3.Connection, now: date) -> tuple[DutiesOf, ...]:
    """Every organisation that answers for anything: the most overdue first, then the most often late."""
    names = Names(db)
    found: dict[str, dict[str, list[str]]] = {}
    for state in FIGURES:
        where, values = _where(state, Asked(now))
        sql = f"SELECT organisation, entries FROM duties JOIN duty_holders USING (duty) WHERE {where}"  # noqa: S608
        for organisation, entries in db.execute(sql, values):
            found.setdefault(organisation, {}).setdefault(state, []).append(entries)
    rows = [
        DutiesOf(names(organisation), DutyCounts(*(_counted(cells.get(state, [])) for state in FIGURES)))
        for organisation, cells in found.items()
    ]
    return tuple(sorted(rows, key=lambda row: (-row.counts.overdue.value, -row.counts.late.value, row.organisation.zh)))


def _counted(entries: list[str]) -> Figure:
    """So many duties, from the entries that each lists as JSON."""
    return Figure(len(entries), tuple(sorted({index for each in entries for index in json.loads(each)})))


def _where(state: str, asked: Asked) -> tuple[str, dict[str, Any]]:
    clauses = [CONDITIONS[state]]
    clauses += [HELD] if asked.organisation is not None else []
    clauses += ["subject = :about"] if asked.about is not None else []
    clauses += ["code = :code"] if asked.code is not None else []
    days = {"now": asked.now.isoformat(), "soon": (asked.now + timedelta(SOON)).isoformat()}
    only = {"organisation": asked.organisation, "about": asked.about, "code": asked.code}
    return " AND ".join(clauses), {**days, **only}


def _figure(db: sqlite3.Connection, where: str, values: dict[str, Any]) -> Figure:
    rows = db.execute(f"SELECT entries FROM duties WHERE {where}", values)  # noqa: S608  (constant clauses)
    return _counted([row[0] for row in rows])


def _duty(db: sqlite3.Connection, row: sqlite3.Row, now: date, names: Names) -> Duty:
    rule, due_on = BY_NAME[row["rule"]], date.fromisoformat(row["due_on"])
    met_on = row["met_on"] and date.fromisoformat(row["met_on"])
    state, days = _state(due_on, met_on, now)
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


def _state(due_on: date, met_on: date | None, now: date) -> tuple[str, int]:
    if met_on is not None:
        days = (met_on - due_on).days
        return ("late", days) if days > 0 else ("on_time", -days)
    left = (due_on - now).days
    if left < 0:
        return "overdue", -left
    return ("soon" if left <= SOON else "later"), left


def _title(title: Label, key: str) -> Label:
    """With the year or the question that the duty is about."""
    zh, en = QUESTIONS.get(key, (key, key))
    return Label(title.zh.format(key=zh), title.en.format(key=en))
