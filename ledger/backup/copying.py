"""Copies out of a ledger that may be recording: databases of one moment, files that never change."""

import hashlib
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

from ledger.backup.stages import Progress
from ledger.sealing.sqlite_file import create_database, open_database, transaction

PAGES = 4096
ROWS = 4096
OWN = "sql IS NOT NULL AND substr(name, 1, 7) != 'sqlite_'"
"""Tables and indices that are the vault's, not SQLite's."""


def copy_store(source: Path, target: Path, progress: Progress) -> None:
    """The store as of one moment, by SQLite's online backup, without a write-ahead log beside it.

    A read transaction is held over all steps: in WAL mode it stops no writer, and without it the copy would begin
    anew after every commit.
    """
    with closing(sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None)) as reading:
        reading.execute("BEGIN")
        reading.execute("SELECT count(*) FROM sqlite_master").fetchone()
        with closing(sqlite3.connect(target, isolation_level=None)) as writing:
            reading.backup(
                writing, pages=PAGES, progress=lambda _, left, total: progress(total - left, total), sleep=0.0
            )
            rest(writing)


def rest(database: sqlite3.Connection) -> None:
    """Makes a database one file, so that reading it needs no other file and makes none."""
    (mode,) = database.execute("PRAGMA journal_mode=DELETE").fetchone()
    if mode != "delete":
        raise RuntimeError(f"the copied store stays in journal mode {mode}")


def copy_rows(source: Path, target: Path, *, last: str, progress: Progress) -> None:
    """All rows of the vault's database ``source``, a few thousand at a time; the table ``last`` after all others.

    Not the online backup: the vault keeps no write-ahead log, so a lock held over a long copy would make the writer
    give up, and one let go between steps would begin the copy anew after every commit. Rows are only ever added, or
    destroyed for good, so what was there when the copy began and still is, is in the copy.
    """
    with closing(open_database(source)) as reading:
        schema = reading.execute(f"SELECT type, name, sql FROM sqlite_master WHERE {OWN}").fetchall()  # noqa: S608
        create_database(target, *(sql for _, _, sql in schema))
        tables = [name for kind, name, _ in schema if kind == "table"]
        with closing(open_database(target)) as writing:
            for name in sorted(tables, key=lambda name: name == last):
                for rows in _chunks(reading, name):
                    places = ", ".join("?" * len(rows[0]))
                    with transaction(writing):
                        writing.executemany(f"INSERT INTO {name} VALUES ({places})", rows)  # noqa: S608
                    progress(_pages(writing), max(_pages(writing), _pages(reading)))


def _pages(database: sqlite3.Connection) -> int:
    return int(database.execute("PRAGMA page_count").fetchone()[0])


def _chunks(database: sqlite3.Connection, table: str) -> Iterator[Sequence[tuple[object, ...]]]:
    """Rows in the order of the primary key; each chunk is a short transaction of its own."""
    columns = database.execute(f"PRAGMA table_info({table})").fetchall()
    key = [column[0] for column in sorted((c for c in columns if c[5]), key=lambda c: int(c[5]))]
    names = ", ".join(str(columns[place][1]) for place in key)
    marks = ", ".join("?" * len(key))
    rows = database.execute(f"SELECT * FROM {table} ORDER BY {names} LIMIT {ROWS}").fetchall()  # noqa: S608
    while rows:
        yield rows
        after = [rows[-1][place] for place in key]
        query = f"SELECT * FROM {table} WHERE ({names}) > ({marks}) ORDER BY {names} LIMIT {ROWS}"  # noqa: S608
        rows = database.execute(query, after).fetchall()


def copy_file(source: Path, target: Path, *, private: bool = False) -> None:
    """One file that never changes; ``private`` makes it readable by its owner alone, as are new folders above it."""
    make_folder(target.parent, mode=0o700 if private else 0o777)
    shutil.copyfile(source, target, follow_symlinks=False)
    if private:
        target.chmod(0o600)


def make_folder(folder: Path, *, mode: int) -> None:
    """The folder, and those above it that are missing, all with that mode less the umask."""
    if not folder.exists():
        make_folder(folder.parent, mode=mode)
        folder.mkdir(mode=mode)


def measure(path: Path) -> tuple[int, str]:
    """Length and SHA-256, in hex, of a file."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256")
        return file.tell(), digest.hexdigest()
