"""What a filter of the audit trail lets through, without looking at all there is.

Every condition has an index. The entries of the rarest are read in their order, newest first, and each of them is
looked at for the others: at most so many while somebody waits, and if there are more, on from where one left off.
"""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from projections.counted import Entries, figure
from projections.grams import like
from projections.rows import AuditFilter
from projections.sentences import which_may_say

MOST = 10_000
"""So many entries are looked at while somebody waits."""
UNENDING = 2**62
SAID = "(zh || char(10) || en || char(10) || IFNULL(zh_now, '') || char(10) || IFNULL(en_now, '')) LIKE ? ESCAPE '\\'"
SIGNED = "signers WHERE organisation = ? AND first"
"""``first`` of several signers of one organisation, so that an entry counts once."""
BY_INDEX, BY_DAY = "idx DESC", "recorded_on DESC, idx DESC"
"""The same order, for no entry is recorded on an earlier day than the one before it."""
NOWHERE = ("idx", "entries WHERE false", ())
ENOUGH = 2_000
"""What has more entries than that is not the rarest, or nothing is rare."""
SUM_OF_DAYS = "SELECT TOTAL(value) FROM sums WHERE figure = ? AND subject BETWEEN ? AND ?"
FIRST_ON = "SELECT idx FROM entries WHERE recorded_on >= ? ORDER BY recorded_on, idx LIMIT 1"
LAST_ON = "SELECT idx FROM entries WHERE recorded_on <= ? ORDER BY recorded_on DESC, idx DESC LIMIT 1"


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition. ``sources`` are what to select its entries from, each with its index first and its values last.

    ``clause`` says it of one row of entries, for those that come from a rarer condition; it is looked for in its own
    too where ``sources`` give others as well (not ``exact``). ``count``: how many entries, where that is kept.
    """

    sources: tuple[tuple[str, str, tuple[object, ...]], ...]
    clause: str
    values: tuple[object, ...]
    count: int | None
    exact: bool = True

    def candidates(self, low: int, high: int) -> tuple[str, tuple[object, ...]]:
        """The statement of its entries from one index to another, with its values."""
        sql = " UNION ".join(
            f"SELECT {index} AS idx FROM {source} AND {index} BETWEEN ? AND ?"  # noqa: S608  (constant clauses)
            for index, source, _ in self.sources
        )
        return sql, tuple(each for _, _, values in self.sources for each in (*values, low, high))


@dataclass(frozen=True, slots=True)
class Selection:
    """Entries that are looked at by the statement ``candidates``, in an order, and what is looked for in them.

    ``count`` is how many there are, where all candidates fit and have been counted.
    """

    candidates: tuple[str, tuple[object, ...]]
    order: str
    clauses: tuple[str, ...]
    values: tuple[object, ...]
    count: int | None

    def rows(self, size: int, start: int = 0) -> tuple[str, tuple[object, ...]]:
        """What follows FROM, with its values: those of ``size`` candidates after ``start`` that fit."""
        sql, values = self.candidates
        where = f" WHERE {' AND '.join(self.clauses)}" if self.clauses else ""
        looked_at = f"({sql} ORDER BY {self.order} LIMIT ? OFFSET ?)"
        return f"{looked_at} CROSS JOIN entries USING (idx){where}", (*values, size, start, *self.values)

    def left_at(self, db: sqlite3.Connection) -> int | None:
        """The oldest index looked at, where there are more candidates than are looked at."""
        sql, values = self.candidates
        found = db.execute(f"{sql} ORDER BY {self.order} LIMIT 2 OFFSET ?", (*values, MOST - 1)).fetchall()
        return int(found[0][0]) if len(found) == 2 else None


def selection(db: sqlite3.Connection, wanted: AuditFilter) -> Selection:
    """How to select what a filter lets through."""
    conditions, days = list(_conditions(db, wanted)), list(_days(wanted))
    if days and not conditions:
        return _of_days(db, wanted, days)
    if len(conditions) > 1:
        conditions.sort(key=lambda each: _size(db, each))
    rarest, *others = conditions or [_everything(db)]
    looked_for = [(each.clause, each.values) for each in (*others, *(() if rarest.exact else (rarest,)))]
    looked_for += [(clause, (day,)) for clause, day in days]
    return Selection(
        candidates=rarest.candidates(*_window(db, wanted)),
        order=BY_INDEX,
        clauses=tuple(clause for clause, _ in looked_for),
        values=tuple(value for _, values in looked_for for value in values),
        count=None if looked_for or wanted.before is not None else rarest.count,
    )


def _of_days(db: sqlite3.Connection, wanted: AuditFilter, days: list[tuple[str, str]]) -> Selection:
    where = " AND ".join(clause for clause, _ in days)
    high = UNENDING if wanted.before is None else wanted.before - 1
    values = (*(day for _, day in days), high)
    count = None if wanted.before is not None else of_days(db, "count", wanted)
    return Selection((f"SELECT idx FROM entries WHERE {where} AND idx <= ?", values), BY_DAY, (), (), count)  # noqa: S608


def of_days(db: sqlite3.Connection, name: str, wanted: AuditFilter) -> int:
    """A sum of the audit trail over the days that a filter names."""
    first, last = (day.isoformat() if day else default for day, default in ((wanted.start, "0"), (wanted.end, "9999")))
    found = db.execute(SUM_OF_DAYS, (f"audit.{name}", first, f"{last}~")).fetchone()
    return int(found[0])


def _conditions(db: sqlite3.Connection, wanted: AuditFilter) -> Iterator[Condition]:
    """Those that are asked for, but for days: these only bound the others."""
    if wanted.indices is not None:
        yield _behind(wanted.indices)
    for column, value in (("kind", wanted.kind), ("type", wanted.type)):
        if value is not None:
            source = ("idx", f"entries WHERE {column} = ?", (value,))
            yield Condition((source,), f"{column} = ?", (value,), figure(db, "audit.count", value).value)
    for source_of, value, kept in (
        (SIGNED, wanted.organisation, "signed"),
        ("touches WHERE reference = ?", wanted.record, None),
        ("entries_at WHERE place = ?", wanted.place, "at.count"),
    ):
        if value is not None:
            count = figure(db, kept, value).value if kept else None
            yield Condition((("idx", source_of, (value,)),), _is_in(source_of), (value,), count)
    if wanted.text is not None:
        sources = tuple(("rowid", source, (asked,)) for source, asked in which_may_say(wanted.text)) or (NOWHERE,)
        yield Condition(sources, SAID, (like(wanted.text),), None, exact=False)


def _behind(indices: Sequence[int]) -> Condition:
    """The entries behind a figure, or some that are named one by one."""
    if isinstance(indices, Entries):
        source, values = f"{indices.source} WHERE true", indices.values
        return Condition((("idx", source, values),), _is_in(source), values, len(indices))
    listed = (json.dumps(tuple(indices)),)
    source = "(SELECT DISTINCT value AS idx FROM json_each(?)) WHERE true"
    return Condition((("idx", source, listed),), "idx IN (SELECT value FROM json_each(?))", listed, len(set(indices)))


def _is_in(source: str) -> str:
    return f"EXISTS (SELECT 1 FROM {source} AND idx = entries.idx)"  # noqa: S608  (constant clauses)


def _everything(db: sqlite3.Connection) -> Condition:
    return Condition((("idx", "entries WHERE true", ()),), "", (), figure(db, "audit.count").value)


def _days(wanted: AuditFilter) -> Iterator[tuple[str, str]]:
    if wanted.start is not None:
        yield "recorded_on >= ?", wanted.start.isoformat()
    if wanted.end is not None:
        yield "recorded_on <= ?", wanted.end.isoformat()


def _window(db: sqlite3.Connection, wanted: AuditFilter) -> tuple[int, int]:
    """The first and last index that the days leave, and ``before``."""
    low, high = 0, UNENDING if wanted.before is None else wanted.before - 1
    if wanted.start is not None:
        found = db.execute(FIRST_ON, (wanted.start.isoformat(),)).fetchone()
        low = found[0] if found else UNENDING
    if wanted.end is not None:
        found = db.execute(LAST_ON, (wanted.end.isoformat(),)).fetchone()
        high = min(high, found[0] if found else -1)
    return low, high


def _size(db: sqlite3.Connection, condition: Condition) -> int:
    """How many entries a condition has, as far as it matters."""
    if condition.count is not None:
        return condition.count
    sql, values = condition.candidates(0, UNENDING)
    found = db.execute(f"SELECT COUNT(*) FROM ({sql} ORDER BY idx DESC LIMIT ?)", (*values, ENOUGH)).fetchone()  # noqa: S608
    return int(found[0])
