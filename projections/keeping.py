"""How kept figures keep up: once for each batch of entries, from the rows that the batch changed.

    batch      gifts and moves come, change and go; triggers note the keys of those that any figure looks at
    its end    every ``Lines`` that a noted row concerns, as the last commit left them    balance.paid   811   45000
               the same as they stand now                                                 balance.paid   812   30000
               what differs goes into ``counted``, ``sums`` and ``subjects``, in the same transaction as the rows

Triggers and notes are temporary: they belong to the connection that folds, and whoever reads the views never has them.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import reduce
from itertools import compress
from operator import or_
from pathlib import Path

from projections.concerned import Way, noted_of, ways_of
from projections.counted import Lines
from projections.difference import Difference
from projections.held import HoldingConnection
from projections.views import open_reader


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
        self._noted = {table: noted_of(db, table, every) for table in tables}
        ways = [way for lines in every for way in ways_of(lines, self._noted)]
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
