"""The calendar's tables: marks as the entries come; and the duties of whatever they are about, reckoned once a batch.

Pages read finished rows: a duty is due on a day that no later day changes, so being overdue is one comparison.
"""

import json
import sqlite3
from collections.abc import Iterable
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from ledger.domain.ledger import LedgerOpened, LedgerPolicyChanged
from ledger.domain.policy import Calendar
from projections.duties.holders import holders, qualified
from projections.duties.marks import CORRECTED, LEDGER, Mark, Noted, noted
from projections.duties.reckoning import Circumstances, Reckoned, Reckoning, reckon
from projections.facts import Fact
from projections.held import HoldingConnection

SCHEMA = """
CREATE TABLE duty_marks (
    idx INTEGER NOT NULL, what TEXT NOT NULL, subject TEXT NOT NULL, record TEXT NOT NULL, on_day TEXT NOT NULL,
    since TEXT, until TEXT, detail TEXT NOT NULL, corrections TEXT NOT NULL DEFAULT '[]',
    PRIMARY KEY (subject, idx, what)
) WITHOUT ROWID;
CREATE INDEX duty_marks_by_record ON duty_marks (record);
CREATE INDEX duty_marks_by_entry ON duty_marks (idx);
CREATE TABLE duties (
    duty TEXT PRIMARY KEY, code TEXT NOT NULL, rule TEXT NOT NULL, subject TEXT NOT NULL, key TEXT NOT NULL,
    on_day TEXT NOT NULL, due_on TEXT NOT NULL, met_on TEXT, public_on TEXT, met_idx INTEGER, late INTEGER,
    entries TEXT NOT NULL, state TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX duties_by_state ON duties (state, due_on);
CREATE INDEX duties_by_day ON duties (met_on, due_on, duty);
CREATE INDEX duties_met ON duties (met_on DESC, duty) WHERE met_on IS NOT NULL;
CREATE INDEX duties_late ON duties (late DESC, duty) WHERE met_on IS NOT NULL AND late > 0;
CREATE INDEX duties_by_subject ON duties (subject);
CREATE TABLE duty_holders (duty TEXT NOT NULL, position INTEGER NOT NULL, organisation TEXT NOT NULL,
    PRIMARY KEY (duty, position)) WITHOUT ROWID;
CREATE INDEX duty_holders_by_organisation ON duty_holders (organisation, duty);
CREATE TABLE duty_clock (subject TEXT PRIMARY KEY, again_on TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX duty_clock_by_day ON duty_clock (again_on);
CREATE TABLE duty_day (id INTEGER PRIMARY KEY CHECK (id = 0), day TEXT NOT NULL);
INSERT INTO duty_day VALUES (0, '');
CREATE TABLE duty_calendar (id INTEGER PRIMARY KEY CHECK (id = 0), calendar TEXT NOT NULL);
"""
EVERYTHING = "everything"
"""In place of a subject: whatever has or awaits duties."""
SOON = 90
"""Days within which a duty is announced as due soon."""
MOVED_ON = """
UPDATE duties SET state = CASE WHEN due_on < ?1 THEN 'overdue' WHEN due_on <= ?2 THEN 'soon' ELSE 'later' END
WHERE (state = 'soon' AND due_on < ?1) OR (state = 'soon' AND due_on > ?2) OR (state = 'later' AND due_on <= ?2)
    OR (state = 'overdue' AND due_on >= ?1)
"""
"""What another day makes of open duties: by an index only those that it concerns."""
MARKED = (
    "SELECT duty_marks.*, recorded_on, organisation FROM duty_marks JOIN entries USING (idx)"
    " WHERE subject IN (?, ?) ORDER BY idx"
)
KEYS = {"duties": ("duty",), "duty_holders": ("duty", "position"), "duty_clock": ("subject",)}
STANDING = {
    "duties": "SELECT * FROM duties WHERE subject = ?",
    "duty_holders": "SELECT duty_holders.* FROM duties CROSS JOIN duty_holders USING (duty) WHERE subject = ?",
    "duty_clock": "SELECT * FROM duty_clock WHERE subject = ?",
}
HELD = "SELECT DISTINCT subject FROM duties JOIN duty_holders USING (duty) WHERE organisation = ?"
CREDIT = "UPDATE duty_marks SET corrections = json_insert(corrections, '$[#]', ?) WHERE idx = ?"


Row = tuple[Any, ...]


def fold(db: sqlite3.Connection, fact: Fact) -> None:
    """Notes what the entry starts, meets or ends, and that what it concerns is to be reckoned again."""
    if isinstance(fact.event, (LedgerOpened, LedgerPolicyChanged)):
        calendar = fact.event.policy.calendar.model_dump_json()
        db.execute("INSERT OR REPLACE INTO duty_calendar VALUES (0, ?)", (calendar,))
        _put_off(db, {EVERYTHING})
    for mark in noted(fact):
        _put(db, fact, mark)
        _put_off(db, {mark.subject})
    if fact.payload.kind in ("project", "programme"):
        _put_off(db, {fact.reference})  # who answers for it may have changed


def settle(db: sqlite3.Connection) -> None:
    """At the end of a batch: reckons again what it concerned, and what has come due to begin by the day it ends on.

    Duties depend on what the tables hold then and on nothing before: they are the same in whatever batches it came.
    """
    wanted, today = _put_off(db, ()), now(db)
    if _move_on(db, today):
        wanted |= _all(db, "SELECT subject FROM duty_clock WHERE again_on <= ?", today.isoformat())
    if EVERYTHING in wanted:
        wanted |= _all(db, "SELECT subject FROM duty_clock UNION SELECT subject FROM duties")
    if LEDGER in wanted:
        wanted |= _all(db, "SELECT programme FROM programmes")
    # Whoever holds a qualification may be addressed by another rule from then on.
    for organisation in [each for each in wanted if each.startswith("organisation/")]:
        wanted |= _all(db, HELD, organisation)
    _reckon(db, wanted, today)
    wanted.clear()


def settle_all(db: sqlite3.Connection) -> None:
    """The same where nothing was reckoned yet: everything at once."""
    _move_on(db, now(db))
    _reckon(db, _all(db, "SELECT subject FROM duty_marks UNION SELECT programme FROM programmes"), now(db))


def amend(db: sqlite3.Connection, fact: Fact) -> None:
    """A correction or void is itself something to be published."""
    _put(db, fact, Noted(CORRECTED, fact.reference))
    _put_off(db, {fact.reference})


def forget(db: sqlite3.Connection, record: str) -> None:
    """Takes out what a record's entries had put in, to be folded again as they stand now; its corrections stay."""
    subjects = _all(db, "SELECT DISTINCT subject FROM duty_marks WHERE record = ?", record)
    db.execute("DELETE FROM duty_marks WHERE record = ? AND what <> ?", (record, CORRECTED))
    _put_off(db, subjects | _all(db, HELD, record))


def credit(db: sqlite3.Connection, corrected: int, correction: int) -> None:
    """A duty that rests on a corrected entry rests on its correction too."""
    if db.execute(CREDIT, (correction, corrected)).rowcount:
        _put_off(db, _all(db, "SELECT DISTINCT subject FROM duty_marks WHERE idx = ?", corrected))


def _move_on(db: sqlite3.Connection, today: date) -> bool:
    """Whether it is another day: then something may have come due to begin. Reckoned, it begins after the day."""
    day = today.isoformat()
    if not db.execute("UPDATE duty_day SET day = ?1 WHERE day <> ?1", (day,)).rowcount:
        return False
    db.execute(MOVED_ON, (day, (today + timedelta(SOON)).isoformat()))
    return True


def _put(db: sqlite3.Connection, fact: Fact, mark: Noted) -> None:
    row = (
        fact.index, mark.what, mark.subject, fact.reference, (mark.on or fact.payload.occurred_on).isoformat(),
        mark.since and mark.since.isoformat(), mark.until and mark.until.isoformat(), mark.detail,
    )  # fmt: skip
    columns = "idx, what, subject, record, on_day, since, until, detail"
    db.execute(f"INSERT INTO duty_marks ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)  # noqa: S608


def _all(db: sqlite3.Connection, sql: str, *values: Any) -> set[str]:
    return {str(row[0]) for row in db.execute(sql, values)}


def _put_off(db: sqlite3.Connection, subjects: Iterable[str]) -> set[str]:
    """Puts reckoning them off to the end of the batch; all that was put off so far."""
    assert isinstance(db, HoldingConnection)
    db.put_off.update(subjects)
    return db.put_off


def _reckon(db: sqlite3.Connection, subjects: set[str], today: date) -> None:
    calendar = _calendar(db)
    for subject in sorted(subjects - {LEDGER, EVERYTHING}):
        _reckon_one(db, subject, today, calendar)


def _reckon_one(db: sqlite3.Connection, subject: str, today: date, calendar: Calendar | None) -> None:
    marks = marks_on(db, subject)
    given = Circumstances(today, calendar, qualified(db, subject))
    found = reckon(marks, given) if marks else Reckoning((), None)
    duties = [_row(subject, duty, today) for duty in found.duties]
    held_by = [
        (row[0], position, organisation)
        for row, duty in zip(duties, found.duties, strict=True)
        for position, organisation in enumerate(holders(db, duty.rule.what.holder, subject, duty.trigger))
    ]
    again_on = [] if found.again_on is None else [(subject, found.again_on.isoformat())]
    for table, rows in (("duty_holders", held_by), ("duties", duties), ("duty_clock", again_on)):
        _put_changed(db, table, {tuple(row) for row in db.execute(STANDING[table], (subject,))}, set(rows))


def _put_changed(db: sqlite3.Connection, table: str, there: set[Row], wanted: set[Row]) -> None:
    """Most duties stay as they are, whatever else becomes of the thing that they are about."""
    keys = KEYS[table]
    gone = f"DELETE FROM {table} WHERE {' AND '.join(f'{key} = ?' for key in keys)}"  # noqa: S608  (three constant names)
    db.executemany(gone, [row[: len(keys)] for row in there - wanted])
    for row in sorted(wanted - there):
        db.execute(f"INSERT INTO {table} VALUES ({','.join('?' * len(row))})", row)  # noqa: S608


def _row(subject: str, duty: Reckoned, today: date) -> Row:
    met = duty.met
    late = (duty.met_on - duty.due_on).days if duty.met_on else None
    entries = sorted({*duty.trigger.entries, *(met.entries if met else ())})
    return (
        f"{duty.rule.code}~{subject}~{duty.key}", duty.rule.code, duty.rule.name, subject, duty.key,
        duty.on.isoformat(), duty.due_on.isoformat(), duty.met_on and duty.met_on.isoformat(),
        met and met.public_on.isoformat(), met and met.index, late, json.dumps(entries),
        state_of(duty.due_on, duty.met_on, today)[0],
    )  # fmt: skip


def state_of(due_on: date, met_on: date | None, today: date) -> tuple[str, int]:
    """The state of a duty on a day, and the days it counts: overdue, left, after the due day or before it."""
    if met_on is not None:
        days = (met_on - due_on).days
        return ("late", days) if days > 0 else ("on_time", -days)
    left = (due_on - today).days
    if left < 0:
        return "overdue", -left
    return ("soon" if left <= SOON else "later"), left


def marks_on(db: sqlite3.Connection, subject: str) -> tuple[Mark, ...]:
    """The marks on one thing in the order of the log; on a programme also those about the whole ledger."""
    shared = LEDGER if subject.startswith("programme/") else subject
    return tuple(_mark(row) for row in db.execute(MARKED, (subject, shared)))


def _mark(row: sqlite3.Row) -> Mark:
    return Mark(
        what=row["what"],
        subject=row["subject"],
        index=row["idx"],
        on=date.fromisoformat(row["on_day"]),
        public_on=date.fromisoformat(row["recorded_on"]),
        since=row["since"] and date.fromisoformat(row["since"]),
        until=row["until"] and date.fromisoformat(row["until"]),
        detail=row["detail"],
        entries=(row["idx"], *json.loads(row["corrections"])),
        by=row["organisation"],
    )


def now(db: sqlite3.Connection) -> date:
    """The day of the last entry."""
    return date.fromisoformat(db.execute("SELECT recorded_on FROM entries ORDER BY idx DESC LIMIT 1").fetchone()[0])


def _calendar(db: sqlite3.Connection) -> Calendar | None:
    row = db.execute("SELECT calendar FROM duty_calendar").fetchone()
    return None if row is None else _parsed(row[0])


@lru_cache(maxsize=4)
def _parsed(calendar: str) -> Calendar:
    return Calendar.model_validate_json(calendar)
