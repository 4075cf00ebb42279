"""Figures that are kept, not added up on each page: every figure is a SELECT, and what it would give is kept up.

    counted   figure           subject   idx   value   lines
              balance.paid               811   45000       2     entry 811 draws on two gifts
    sums      figure           subject   value   entries
              balance.paid               45000   1
    subjects  figure           count               how many rows of sums
              balance.paid     1

``counted`` says for each figure which entries it was counted from and what each adds; ``sums`` adds them up. A page
reads one row of ``sums`` and, where somebody follows the figure's link, one page of ``counted`` by its index.

One mechanism for all, because the hard part is the same for all: a correction takes out what it replaces and puts in
what holds now, and so does whatever changes a row that the figure looks up elsewhere. So a module says with ``Lines``
what its figures are counted from, as it would ask for them, and which rows a change in each table concerns. After
each batch of entries the lines concerned are selected as they stood and as they stand (``projections.keeping``), in the
transaction of the entries. That the kept figures equal those selected from scratch is one statement, which a test
makes after every prefix of the log.

Views built from entry 0 do without: their lines are selected once, at the end.
"""

import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import overload

from projections.rows import Figure

SCHEMA = """
CREATE TABLE counted (
    figure TEXT NOT NULL, subject TEXT NOT NULL, idx INTEGER NOT NULL, value INTEGER NOT NULL, lines INTEGER NOT NULL,
    PRIMARY KEY (figure, subject, idx)
) WITHOUT ROWID;
CREATE TABLE sums (
    figure TEXT NOT NULL, subject TEXT NOT NULL, value INTEGER NOT NULL, entries INTEGER NOT NULL,
    PRIMARY KEY (figure, subject)
) WITHOUT ROWID;
CREATE TABLE copies (copy INTEGER PRIMARY KEY);
INSERT INTO copies VALUES (1), (2), (3), (4);
CREATE TABLE subjects (figure TEXT PRIMARY KEY, count INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX sums_by_value ON sums (figure, value);
"""
WORD = re.compile(r"\w+")
PUT = {
    True: "INSERT INTO counted SELECT figure, subject, idx, value, 1 FROM ({lines}) WHERE true",
    False: "INSERT INTO sums SELECT figure, subject, value, 1 FROM ({lines}) WHERE true",
}
MORE = {
    True: " ON CONFLICT DO UPDATE SET value = value + excluded.value, lines = lines + excluded.lines",
    False: " ON CONFLICT DO UPDATE SET value = value + excluded.value, entries = entries + excluded.entries",
}


@dataclass(frozen=True, slots=True)
class Lines:
    """What figures are counted from: ``select``, which ends with a WHERE, gives (figure, subject, idx, value).

    ``upon`` names every table it reads, with the condition under which a changed row of that table, ``{row}``,
    concerns a row it gives. An UPDATE must not change what these conditions look at in ``{row}``, unless its table is
    ``moving``; ``changed`` names the columns of a table that an UPDATE must change to concern anything.

    A line whose rows all stay as they are must be concerned as it stood and as it stands, or neither: so a condition
    that looks elsewhere looks only at tables that ``upon`` names too.

    A new row only adds lines and one that goes only takes its own away, but for tables that lines are ``upset_by``:
    those looked at with a subquery or a LEFT JOIN, so all of them where there is such a thing and nothing is said.
    That is why rows are written with ``put_row``: INSERT OR REPLACE would take a row away unseen.

    One row that gives several lines is joined with ``copies``. Not ``listed`` are figures whose entries an index of
    their own table finds; only their sums are kept.
    """

    select: str
    upon: Mapping[str, str]
    changed: Mapping[str, str] = field(default_factory=dict)
    moving: tuple[str, ...] = ()
    upset_by: tuple[str, ...] | None = None
    listed: bool = True

    def is_upset_by(self, table: str) -> bool:
        """Whether a row more or less in a table changes lines of other rows."""
        if self.upset_by is not None:
            return table in self.upset_by
        return "(SELECT" in self.select or "LEFT JOIN" in self.select

    def watched(self, table: str, columns: Iterable[str]) -> frozenset[str]:
        """Of the columns of a table those that an UPDATE must change to concern a line."""
        if table in self.changed:
            return frozenset(self.changed[table].split())
        return _words(f"{self.select} {self.upon[table]}").intersection(columns)


@cache
def _words(text: str) -> frozenset[str]:
    return frozenset(WORD.findall(text))


def fill(db: sqlite3.Connection, every: Sequence[Lines]) -> None:
    """Counts everything from scratch, in tables that are empty."""
    for lines in every:
        db.execute(PUT[lines.listed].format(lines=lines.select) + MORE[lines.listed])
    db.execute(
        "INSERT INTO sums SELECT figure, subject, SUM(value), COUNT(*) FROM counted WHERE true GROUP BY figure, subject"
        " ON CONFLICT DO UPDATE SET value = value + excluded.value, entries = entries + excluded.entries"
    )
    db.execute("INSERT INTO subjects SELECT figure, COUNT(*) FROM sums GROUP BY figure")


WRITING: dict[str, tuple[str, str]] = {}
"""The statements of ``put_row`` by table: the schema is the same in all views that one program writes."""


def put_row(db: sqlite3.Connection, table: str, row: Sequence[object]) -> None:
    """Writes a row whose first column is its key, over the one there is: triggers then see what it changes."""
    if table not in WRITING:
        columns = [each[0] for each in db.execute(f"SELECT * FROM {table} LIMIT 0").description]  # noqa: S608
        marks = ",".join("?" * len(row))
        update = f"UPDATE {table} SET ({','.join(columns)}) = ({marks}) WHERE {columns[0]} = ?"  # noqa: S608
        WRITING[table] = update, f"INSERT INTO {table} VALUES ({marks})"  # noqa: S608
    update, insert = WRITING[table]
    if not db.execute(update, (*row, row[0])).rowcount:
        db.execute(insert, row)


BEHIND = "(SELECT idx FROM counted WHERE figure = ? AND subject = ?)"


class Entries(Sequence[int]):
    """The indices behind one figure, ascending. Their number is known; they are read when somebody looks at them.

    ``source`` is what to select ``idx`` from, in the order of an index, with question marks for ``values``.
    """

    __slots__ = ("_count", "_db", "source", "values")

    def __init__(self, db: sqlite3.Connection, source: str, values: tuple[str, ...], count: int) -> None:
        self._db, self.source, self.values, self._count = db, source, values, count

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[int]:
        sql = f"SELECT idx FROM {self.source} ORDER BY idx"  # noqa: S608  (constant sources)
        return (row[0] for row in self._db.execute(sql, self.values).fetchall())

    @overload
    def __getitem__(self, place: int) -> int: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[int, ...]: ...
    def __getitem__(self, place: int | slice) -> int | tuple[int, ...]:
        if place == 0:
            sql = f"SELECT idx FROM {self.source} ORDER BY idx LIMIT 1"  # noqa: S608  (constant sources)
            return int(self._db.execute(sql, self.values).fetchone()[0])
        return tuple(self)[place]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return repr(tuple(self))


def figure(db: sqlite3.Connection, name: str, subject: str = "") -> Figure:
    """A kept figure; nothing where nothing was counted."""
    row = db.execute("SELECT value, entries FROM sums WHERE figure = ? AND subject = ?", (name, subject)).fetchone()
    return Figure(0, ()) if row is None else _figure(db, name, subject, row)


def numbered(db: sqlite3.Connection, name: str, subject: str = "") -> Figure:
    """How many entries a kept figure has, where each stands for one thing."""
    found = figure(db, name, subject)
    return Figure(len(found.entries), found.entries)


def by_subject(db: sqlite3.Connection, name: str) -> dict[str, Figure]:
    """A figure of each subject that has it: only for what a programme has few of, as plans or quarters."""
    rows = db.execute("SELECT subject, value, entries FROM sums WHERE figure = ?", (name,)).fetchall()
    return {row[0]: _figure(db, name, row[0], row[1:]) for row in rows}


def starting(db: sqlite3.Connection, name: str, start: str) -> dict[str, Figure]:
    """A figure of each subject that begins with some characters."""
    sql = "SELECT subject, value, entries FROM sums WHERE figure = ? AND subject >= ? AND subject < ?"
    rows = db.execute(sql, (name, start, f"{start}\U0010ffff")).fetchall()
    return {row[0]: _figure(db, name, row[0], row[1:]) for row in rows}


def median(db: sqlite3.Connection, name: str) -> int | None:
    """The lower median of what a figure counts by zero-padded numbers as subjects: as many steps as numbers differ."""
    rows = db.execute("SELECT subject, entries FROM sums WHERE figure = ? ORDER BY subject", (name,)).fetchall()
    left = (sum(count for _, count in rows) + 1) // 2
    for number, count in rows:
        left -= count
        if left <= 0:
            return int(number)
    return None


def subject_count(db: sqlite3.Connection, name: str) -> int:
    """How many subjects a figure has."""
    row = db.execute("SELECT count FROM subjects WHERE figure = ?", (name,)).fetchone()
    return int(row[0]) if row else 0


def _figure(db: sqlite3.Connection, name: str, subject: str, row: Sequence[int]) -> Figure:
    return Figure(row[0], Entries(db, BEHIND, (name, subject), row[1]))
