"""How kept figures keep up: once for each batch of entries, from the rows that the batch changed.

    batch      gifts and moves come, change and go; triggers note the keys of those that any figure looks at
    its end    every ``Lines`` that a noted row concerns, as the last commit left them    balance.paid   811   45000
               the same as they stand now                                                 balance.paid   812   30000
               what differs goes into ``counted``, ``sums`` and ``subjects``, in the same transaction as the rows

Triggers and notes are temporary: they belong to the connection that folds, and whoever reads the views never has them.
"""

import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import reduce
from itertools import compress
from operator import or_
from pathlib import Path

from projections.counted import Lines
from projections.difference import Difference
from projections.held import HoldingConnection
from projections.views import open_reader

EQUAL = re.compile(r"([\w.]+) = \{row\}\.(\w+)")
ONLY_EQUAL = re.compile(f"{EQUAL.pattern}( AND {EQUAL.pattern})*")
EVERYTHING = -1
"""Which ``Lines`` a row that comes or goes concerns, as bits: all that read its table."""


@dataclass(frozen=True, slots=True)
class Noted:
    """How the changed rows of a table are noted: by ``keys``, what conditions look at in them.

    ``watched`` are sets of columns, by bit: an UPDATE is noted with the bits of those in which it changes something.
    """

    table: str
    keys: tuple[str, ...]
    watched: tuple[frozenset[str], ...]
    columns: Sequence[str]
    moving: bool

    def bit(self, columns: frozenset[str]) -> int:
        """The bit of a set of columns."""
        return 1 << self.watched.index(columns)

    def statements(self) -> Iterator[str]:
        """The table of notes and its triggers."""
        columns = ", ".join((*self.keys, "concerns INTEGER", "stood INTEGER"))
        yield f"CREATE TEMP TABLE changed_{self.table} ({columns})"
        yield self._trigger("INSERT", "", self._note("NEW", str(EVERYTHING), 0))
        yield self._trigger("DELETE", "", self._note("OLD", str(EVERYTHING), 1))
        differs = [" OR ".join(f"OLD.{each} IS NOT NEW.{each}" for each in sorted(found)) for found in self.watched]
        bits = " | ".join(f"(({each}) << {number})" for number, each in enumerate(differs) if each)
        if bits:
            rows = ("OLD", "NEW") if self.moving else ("NEW",)
            notes = "; ".join(self._note(row, bits, 1) for row in rows)
            yield self._trigger("UPDATE", f"WHEN {' OR '.join(filter(None, differs))}", notes)

    def _note(self, row: str, concerns: str, stood: int) -> str:
        values = ", ".join((*(f"{row}.{key}" for key in self.keys), concerns, str(stood)))
        return f"INSERT INTO changed_{self.table} VALUES ({values})"  # noqa: S608  (our own tables)

    def _trigger(self, change: str, when: str, notes: str) -> str:
        name = f"note_{self.table}_{change.lower()}"
        return f"CREATE TEMP TRIGGER {name} AFTER {change} ON main.{self.table} {when} BEGIN {notes}; END"


@dataclass(frozen=True, slots=True)
class Way:
    """One way in which ``lines`` can be concerned: by changed rows of ``table`` that carry ``bit``.

    ``select`` gives those that no earlier table of the same ``Lines`` gives already. ``upset``: rows that come
    or go change other lines than their own.
    """

    lines: Lines
    table: str
    bit: int
    select: str
    upset: bool


@dataclass(frozen=True, slots=True)
class Changed:
    """Of the changed rows of a table: what they concern, as bits, and whether any stood there before."""

    concerns: int
    stood: bool


class Keeping:
    """Notes what is changed through ``db``, the only connection that changes anything in the file at ``path``."""

    def __init__(self, db: HoldingConnection, path: Path, every: Sequence[Lines]) -> None:
        self._db, self._before = db, open_reader(path)
        tables = dict.fromkeys(table for lines in every for table in lines.upon)
        self._noted = {table: _noted(db, table, every) for table in tables}
        ways = [way for lines in every for way in _ways(lines, self._noted)]
        self._ways = {table: [way for way in ways if way.table == table] for table in tables}
        exists = [f"EXISTS (SELECT 1 FROM changed_{table})" for table in tables]  # noqa: S608  (our own tables)
        self._any = f"SELECT {', '.join(exists)}"
        for noted in self._noted.values():
            table, *triggers = noted.statements()
            self._before.execute(table)
            for statement in (table, *triggers):
                db.execute(statement)

    def settle(self) -> None:
        """Brings the figures up to date with all that was noted, and forgets the notes."""
        self._db.write_held()
        changed = self._changed()
        if not changed:
            return
        concerned, stood = self._concerned(changed)
        difference = Difference()
        for way in concerned:
            difference.add(self._db.execute(way.select), 1, listed=way.lines.listed)
        with self._as_it_stood(changed) if stood else nullcontext():
            for way in stood:
                difference.add(self._before.execute(way.select), -1, listed=way.lines.listed)
        difference.put(self._db)
        for table in changed:
            self._db.execute(f"DELETE FROM changed_{table}")  # noqa: S608  (our own tables)

    def close(self) -> None:
        """Notes nothing any more."""
        self._before.close()
        self._forget()

    def _changed(self) -> dict[str, Changed]:
        """The tables of which rows were noted."""
        there = self._db.execute(self._any).fetchone()
        changed = {}
        for table in compress(self._noted, there):
            found = self._db.execute(f"SELECT DISTINCT concerns, stood FROM changed_{table}").fetchall()  # noqa: S608
            changed[table] = Changed(reduce(or_, (row[0] for row in found)), any(row[1] for row in found))
        return changed

    def _concerned(self, changed: Mapping[str, Changed]) -> tuple[list[Way], list[Way]]:
        """The ways in which lines are concerned, and those of lines that may have stood there before."""
        concerned = [way for table, change in changed.items() for way in self._ways[table] if way.bit & change.concerns]
        stood = {id(way.lines) for way in concerned if way.upset or changed[way.table].stood}
        return concerned, [way for way in concerned if id(way.lines) in stood]

    @contextmanager
    def _as_it_stood(self, changed: Iterable[str]) -> Iterator[None]:
        """Within, ``_before`` reads what the last commit left, and has the notes too, until it is rolled back."""
        self._before.execute("BEGIN")
        for table in changed:
            rows = self._db.execute(f"SELECT * FROM changed_{table}").fetchall()  # noqa: S608  (our own tables)
            marks = ",".join("?" * len(rows[0]))
            self._before.executemany(f"INSERT INTO changed_{table} VALUES ({marks})", rows)  # noqa: S608
        try:
            yield
        finally:
            self._before.execute("ROLLBACK")

    def _forget(self) -> None:
        for table in self._noted:
            for change in ("insert", "update", "delete"):
                self._db.execute(f"DROP TRIGGER IF EXISTS temp.note_{table}_{change}")
            self._db.execute(f"DROP TABLE IF EXISTS temp.changed_{table}")


def _noted(db: sqlite3.Connection, table: str, every: Iterable[Lines]) -> Noted:
    concerned = [lines for lines in every if table in lines.upon]
    columns = [row[1] for row in db.execute(f"PRAGMA main.table_info({table})")]
    keys = {key for lines in concerned for _, key in EQUAL.findall(lines.upon[table])}
    watched = {lines.watched(table, columns) for lines in concerned}
    moving = any(table in lines.moving for lines in concerned)
    return Noted(table, tuple(sorted(keys)), tuple(sorted(watched, key=sorted)), columns, moving=moving)


def _ways(lines: Lines, noted: Mapping[str, Noted]) -> Iterator[Way]:
    """One for each table: together they give each line that any changed row concerns once."""
    given = ""
    for table, condition in lines.upon.items():
        bit = noted[table].bit(lines.watched(table, noted[table].columns))
        rows = f"changed_{table} WHERE concerns & {bit}"
        found = _concerned(lines.select, condition, rows)
        select = f"SELECT figure, subject, idx, value FROM ({found}{given})"  # noqa: S608  (constant clauses)
        if not lines.listed:
            select = f"SELECT figure, subject, SUM(value), COUNT(*) FROM ({select}) GROUP BY figure, subject"  # noqa: S608
        yield Way(lines, table, bit, select, lines.is_upset_by(table))
        given += f" AND ({_among(condition, rows)}) IS NOT TRUE"


def _concerned(select: str, condition: str, rows: str) -> str:
    """The lines that any of the changed rows concerns. These are looked at first, whatever else SQLite would do."""
    if not ONLY_EQUAL.fullmatch(condition):
        return f"{select} AND ({_among(condition, rows)})"
    keys = EQUAL.findall(condition)
    changed = ", ".join(f"{key} AS changed_{key}" for _, key in keys)
    equal = " AND ".join(f"{column} = changed_{key}" for column, key in keys)
    start = _place_of_from(select)
    distinct = f"(SELECT DISTINCT {changed} FROM {rows})"  # noqa: S608  (constant conditions)
    return f"{select[:start]} FROM {distinct} CROSS JOIN {select[start + len(' FROM ') :]} AND {equal}"


def _place_of_from(select: str) -> int:
    """Where the FROM of the statement itself begins, not that of a subquery."""
    places = (match.start() for match in re.finditer(" FROM ", select))
    return next(place for place in places if select.count("(", 0, place) == select.count(")", 0, place))


def _among(condition: str, rows: str) -> str:
    """The condition for any of several changed rows, or one that holds for some more lines.

    Where it looks elsewhere, lines are found by that: what else it says of them is not looked up in an index (``+``).
    """
    if not EQUAL.search(condition):
        return f"{condition} AND EXISTS (SELECT 1 FROM {rows})"  # noqa: S608  (constant conditions)
    if ONLY_EQUAL.fullmatch(condition):
        columns, keys = zip(*EQUAL.findall(condition), strict=True)
        return f"({', '.join(columns)}) IN (SELECT {', '.join(keys)} FROM {rows})"  # noqa: S608

    def among(equal: re.Match[str]) -> str:
        before = condition[: equal.start()]
        plus = "+" if before.count("(") == before.count(")") else ""
        return f"{plus}{equal[1]} IN (SELECT {equal[2]} FROM {rows})"  # noqa: S608  (constant conditions)

    return EQUAL.sub(among, condition)
