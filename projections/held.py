"""A connection that holds back rows which are only put in, until something may look at their table.

    INSERT INTO names VALUES (?, ?, ?)          held
    INSERT INTO touches VALUES (?, ?)           held
    SELECT zh, en FROM names WHERE …            names are written, all at once; touches are still held
    COMMIT                                      whatever is held is written
    ROLLBACK                                    whatever is held is dropped

Hundreds of rows in one go cost a third of what they cost one by one. Rows of one table keep their order, and whatever
reads a table, or changes rows that are there, finds in it all that was put in before.
"""

import re
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import Any

HELD = re.compile(r"INSERT (?:OR REPLACE )?INTO (\w+) (?:\([\w, ]+\) )?VALUES \([?, NUL\d\[\]']+\)")
TOGETHER = 50
"""Rows that one statement writes."""
LOOKS = re.compile(r"(?:SELECT|INSERT|UPDATE|DELETE|WITH)\b")
WORD = re.compile(r"\w+")


@dataclass(slots=True)
class Statement:
    """What is known of a statement by its text: the table whose rows it only puts in, or all words it is made of."""

    sql: str
    puts_in: str | None
    words: frozenset[str] | None


class HoldingConnection(sqlite3.Connection):
    """``execute`` and ``executemany`` as ever, but for the errors of a row: they are raised when it is written."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._known: dict[str, Statement] = {}
        self._held: dict[str, str] = {}
        self._rows: dict[str, list[Any]] = {}
        self.put_off: set[str] = set()
        """Records of which folds look at something only at the end of the batch; dropped with a ROLLBACK."""
        self._nothing = self.cursor()

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        """A statement that looks at anything finds all that was put in; one that only puts in gives no rows."""
        held = self._rows.get(sql)
        if held is not None:
            held.append(parameters)
            return self._nothing
        statement = self._known.get(sql) or self._know(sql)
        if statement.puts_in is not None:
            self._hold(sql, statement.puts_in).append(parameters)
            return self._nothing
        if self._held or statement.words is None:
            self._make_way(statement)
        return super().execute(sql, parameters)

    def executemany(self, sql: str, parameters: Iterable[Any], /) -> sqlite3.Cursor:
        """The same for several rows."""
        statement = self._known.get(sql) or self._know(sql)
        if statement.puts_in is not None:
            self._hold(sql, statement.puts_in).extend(parameters)
            return self._nothing
        if self._held or statement.words is None:
            self._make_way(statement)
        return super().executemany(sql, parameters)

    def write_held(self) -> None:
        """Writes whatever is held."""
        for table in tuple(self._held):
            self._write(table)

    def _know(self, sql: str) -> Statement:
        held = HELD.fullmatch(sql)
        words = frozenset(WORD.findall(sql)) if LOOKS.match(sql.lstrip()) else None
        return self._known.setdefault(sql, Statement(sql, held and held[1], words))

    def _hold(self, sql: str, table: str) -> list[Any]:
        """The rows held for a statement; those of another one about the same table are written before."""
        rows = self._rows.get(sql)
        if rows is None:
            if table in self._held:
                self._write(table)
            rows, self._held[table] = self._rows.setdefault(sql, []), sql
        return rows

    def _make_way(self, statement: Statement) -> None:
        if statement.words is not None:
            for table in self._held.keys() & statement.words:
                self._write(table)
        elif statement.sql == "ROLLBACK":
            self._held.clear()
            self._rows.clear()
            self.put_off.clear()
        else:
            self.write_held()

    def _write(self, table: str) -> None:
        sql = self._held.pop(table)
        rows = self._rows.pop(sql)
        whole = len(rows) - len(rows) % TOGETHER
        if whole:
            together = _together(sql)
            for first in range(0, whole, TOGETHER):
                super().execute(together, list(chain.from_iterable(rows[first : first + TOGETHER])))
        super().executemany(sql, rows[whole:])


@cache
def _together(sql: str) -> str:
    start, values = sql[: sql.rindex("(")], sql[sql.rindex("(") :]
    return start + ", ".join([values] * TOGETHER)
