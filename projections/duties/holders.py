"""Who answers for a duty, and by which qualifications a rule addresses them."""

import sqlite3
from datetime import date

from projections.duties.marks import Mark
from projections.duties.reckoning import Qualified
from projections.duties.rules import RULES

KEEPER = "SELECT organisation FROM entries WHERE record = ? AND organisation IS NOT NULL ORDER BY version DESC LIMIT 1"
LEADERS = """
SELECT json_extract(value, '$.organisation') FROM entries, json_each(payload, '$.data.participants')
WHERE record = ? AND version = 1 AND json_extract(value, '$.role') = 'lead'
"""
CARRY_OUT = "SELECT organisation FROM project_organisations WHERE project = ? ORDER BY position"
QUALIFICATIONS = "SELECT detail, since, until FROM duty_marks WHERE what = 'qualified' AND subject = ?"
Span = tuple[str, str, str | None]
ROUTED = "SELECT detail FROM duty_marks WHERE subject = ? AND what = 'routed' ORDER BY idx DESC LIMIT 1"
ANSWERED = """
SELECT organisation FROM duty_marks JOIN entries USING (idx)
WHERE subject = ? AND what = 'replied' AND organisation IS NOT NULL ORDER BY idx DESC LIMIT 1
"""
HOLDERS = {rule.code: rule.what.holder for rule in RULES}


def holders(db: sqlite3.Connection, role: str, subject: str, trigger: Mark) -> tuple[str, ...]:
    """References of the organisations that answer for a duty on ``subject``; none where nobody has taken it on."""
    match role:
        case "programme":
            return _keeper(db, subject)
        case "project":
            return tuple(row[0] for row in db.execute(CARRY_OUT, (subject,)))
        case "recipient":
            return (trigger.detail,)
        case "itself":
            return (subject,)
        case "handler":
            return _handlers(db, subject)
    return () if trigger.by is None else (trigger.by,)


def _keeper(db: sqlite3.Connection, programme: str) -> tuple[str, ...]:
    """Whoever signed for the programme last; while no organisation has, those that it names as leading."""
    row = db.execute(KEEPER, (programme,)).fetchone()
    return (row[0],) if row else tuple(row[0] for row in db.execute(LEADERS, (programme,)))


def _handlers(db: sqlite3.Connection, subject: str) -> tuple[str, ...]:
    """Whom a problem was last passed on to; where it was not, whoever answered it."""
    routed = db.execute(ROUTED, (subject,)).fetchone()
    if routed is not None:
        return tuple(routed[0].split(" "))
    return tuple(row[0] for row in db.execute(ANSWERED, (subject,)))


def qualified(db: sqlite3.Connection, subject: str) -> Qualified:
    """What all of those who answer for a duty on ``subject`` were qualified for on a day; each is looked up once."""
    spans: dict[str, list[Span]] = {}
    answering: dict[tuple[str, int, str], tuple[str, ...]] = {}

    def found(code: str, trigger: Mark, on: date) -> frozenset[str]:
        role = HOLDERS[code]
        organisations = answering.get((role, trigger.index, trigger.detail))
        if organisations is None:
            organisations = answering[role, trigger.index, trigger.detail] = holders(db, role, subject, trigger)
        held = [_held(db, spans, each, on.isoformat()) for each in organisations]
        return frozenset.intersection(*held) if held else frozenset()

    return found


def _held(db: sqlite3.Connection, spans: dict[str, list[Span]], organisation: str, on: str) -> frozenset[str]:
    found = spans.get(organisation)
    if found is None:
        found = spans[organisation] = [tuple(row) for row in db.execute(QUALIFICATIONS, (organisation,))]
    return frozenset(detail for detail, since, until in found if since <= on and (until is None or until >= on))
