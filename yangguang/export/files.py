"""What an export has met and what it has put, kept on a disk: a ledger's pages are too many to be held in memory.

It is made anew by every export and lies beside the export's other temporary files. What a cut export had done, the next
one finds in the folder itself.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path

SCHEMA = """
CREATE TABLE files (name TEXT PRIMARY KEY, digest TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE pages (
    number INTEGER PRIMARY KEY, file TEXT NOT NULL UNIQUE, address TEXT NOT NULL, goes_on INTEGER NOT NULL
);
CREATE INDEX pages_in_turn ON pages (goes_on, number);
CREATE TABLE named (address TEXT PRIMARY KEY) WITHOUT ROWID;
"""
CACHE_KIB = 32 * 1024
FURTHER = "page="
Put = tuple[str, str]
"""The name of a file in the folder, and the hex SHA-256 of what it holds."""


class Files:
    """A file of its own at ``path``. For one process and one thread."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._db = sqlite3.connect(path, isolation_level=None)
        for setting in ("journal_mode=OFF", "synchronous=OFF", f"cache_size=-{CACHE_KIB}"):
            self._db.execute(f"PRAGMA {setting}")
        self._db.executescript(SCHEMA)
        self._next = {True: 0, False: 0}
        self.met = 0
        """How many pages there are to be, as far as is known."""

    def meet(self, pages: Iterable[tuple[str, str]]) -> None:
        """Pages by file and address. Of addresses that share a file, as /ask about this and that, one is enough."""
        before = self._db.total_changes
        self._db.execute("BEGIN")
        rows = ((file, address, FURTHER in address) for file, address in pages)
        self._db.executemany("INSERT OR IGNORE INTO pages (file, address, goes_on) VALUES (?, ?, ?)", rows)
        self._db.execute("COMMIT")
        self.met += self._db.total_changes - before

    def next_pages(self, most: int) -> list[str]:
        """The addresses of pages that were met and not handed out before; none when all were.

        A list that goes on comes first: each of its pages leads to the next alone, and all would wait for it.
        """
        found: list[str] = []
        for goes_on, before in self._next.items():
            rows = self._db.execute(
                "SELECT number, address FROM pages WHERE goes_on = ? AND number > ? ORDER BY number LIMIT ?",
                (goes_on, before, most - len(found)),
            ).fetchall()
            if rows:
                self._next[goes_on] = rows[-1][0]
            found += [address for _, address in rows]
        return found

    def put(self, files: Iterable[Put]) -> None:
        """Files that are in the folder now."""
        self._db.execute("BEGIN")
        self._db.executemany("INSERT OR REPLACE INTO files VALUES (?, ?)", files)
        self._db.execute("COMMIT")

    def name(self, addresses: Iterable[str]) -> None:
        """Addresses of files that pages lead to."""
        self._db.execute("BEGIN")
        self._db.executemany("INSERT OR IGNORE INTO named VALUES (?)", ((address,) for address in addresses))
        self._db.execute("COMMIT")

    def absent(self) -> Iterator[str]:
        """Addresses that were named and that no file is behind."""
        for (address,) in self._db.execute("SELECT address FROM named ORDER BY address"):
            if address.partition("?")[0].removeprefix("/") not in self:
                yield address

    def __contains__(self, name: object) -> bool:
        return self._db.execute("SELECT 1 FROM files WHERE name = ?", (name,)).fetchone() is not None

    def __len__(self) -> int:
        return int(self._db.execute("SELECT count(*) FROM files").fetchone()[0])

    def __iter__(self) -> Iterator[Put]:
        """Every file, by name."""
        yield from self._db.execute("SELECT name, digest FROM files ORDER BY name")

    def close(self) -> None:
        """Closes it."""
        self._db.close()
