"""All that views say, as text: how an index of texts is laid out in its file is no part of it."""

import sqlite3
from collections.abc import Iterator

INDEXES = ("said_zh", "said_en", "named")


def dumped(db: sqlite3.Connection) -> str:
    """Every table with its rows, then what every index of texts finds where."""
    return "\n".join((*_tables(db), *_indexes(db)))


def _tables(db: sqlite3.Connection) -> Iterator[str]:
    for name, sql in db.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name").fetchall():
        if not name.startswith(INDEXES):
            yield sql
            if sql.startswith("CREATE TABLE"):
                yield from (f"{name} {' '.join(map(_plain, row))}" for row in db.execute(f'SELECT * FROM "{name}"'))


def _indexes(db: sqlite3.Connection) -> Iterator[str]:
    for name in INDEXES:
        db.execute(f"CREATE VIRTUAL TABLE IF NOT EXISTS temp.{name}_found USING fts5vocab(main, {name}, instance)")
        rows = db.execute(f"SELECT term, doc FROM temp.{name}_found ORDER BY term, doc")
        yield from (f"{name}{tuple(row)}" for row in rows)


def _plain(value: object) -> str:
    return f"X'{value.hex().upper()}'" if isinstance(value, bytes) else repr(value)
