"""Which lines of kept figures a changed row concerns: how it is noted, and the statements that find them.

gifts          a row with another confirmed_idx   changed_gifts   donation/0188…   concerns 2   stood 1
Lines upon     moves.donation = {row}.donation    SELECT … FROM (changed_gifts …) CROSS JOIN moves …
"""

import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from projections.counted import Lines

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
        yield f"CREATE TEMP TABLE IF NOT EXISTS changed_{self.table} ({columns})"
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
        return f"CREATE TEMP TRIGGER IF NOT EXISTS {name} AFTER {change} ON main.{self.table} {when} BEGIN {notes}; END"


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


def noted_of(db: sqlite3.Connection, table: str, every: Iterable[Lines]) -> Noted:
    concerned = [lines for lines in every if table in lines.upon]
    columns = [row[1] for row in db.execute(f"PRAGMA main.table_info({table})")]
    keys = {key for lines in concerned for _, key in EQUAL.findall(lines.upon[table])}
    watched = {lines.watched(table, columns) for lines in concerned}
    moving = any(table in lines.moving for lines in concerned)
    return Noted(table, tuple(sorted(keys)), tuple(sorted(watched, key=sorted)), columns, moving=moving)


def ways_of(lines: Lines, noted: Mapping[str, Noted]) -> Iterator[Way]:
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
