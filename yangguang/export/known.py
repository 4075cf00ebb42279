"""What the last export of a ledger into a folder knew of each page: what it was made from and where it leads.

It lies beside the read models, is derived like them and may be deleted at any time; the next export then makes every
page anew. It is believed of a page only while the page's file has the digest that is written here, so it matters not
at which moment an export was cut. No text that may be withdrawn is in it, nor a digest of one.
"""

import hashlib
import json
import sqlite3
import sys
import zlib
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import ledger
import projections
import public_site
import yangguang
from public_site.inputs import Inputs, Question

SCHEMA = """
CREATE TABLE maker (digest TEXT NOT NULL);
CREATE TABLE statements (digest TEXT PRIMARY KEY, sql TEXT NOT NULL);
CREATE TABLE pages (file TEXT PRIMARY KEY, page BLOB NOT NULL) WITHOUT ROWID;
"""
PACKAGES = (ledger, projections, public_site, yangguang)
LIBRARIES = ("jinja2", "markupsafe", "segno", "pydantic")


@dataclass(frozen=True, slots=True)
class KnownPage:
    """A file's ``digest``, and the ``pages`` and ``files`` that it leads to."""

    digest: str
    pages: frozenset[str]
    files: frozenset[str]
    inputs: Inputs


def maker(*about: str) -> str:
    """A digest of all that makes pages besides a ledger: the program, the libraries it draws with, ``about``."""
    found = hashlib.sha256(json.dumps([sys.version, [version(name) for name in LIBRARIES], about]).encode())
    for package in PACKAGES:
        root = Path(package.__path__[0])
        for path in sorted(path for path in root.rglob("*") if path.is_file() and path.suffix != ".pyc"):
            found.update(path.relative_to(root).as_posix().encode())
            found.update(hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()


def begin(path: Path, made_by: str) -> None:
    """Makes the memory at ``path``, anew where something else made it or it is damaged."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not _is_from(path, made_by):
        for suffix in ("", "-wal", "-shm"):
            path.with_name(f"{path.name}{suffix}").unlink(missing_ok=True)
        with closing(sqlite3.connect(path, isolation_level=None)) as db:
            db.execute("PRAGMA journal_mode=WAL")
            db.executescript(SCHEMA)
            db.execute("INSERT INTO maker VALUES (?)", (made_by,))


def _is_from(path: Path, made_by: str) -> bool:
    try:
        with closing(sqlite3.connect(path)) as db:
            is_whole = db.execute("PRAGMA quick_check").fetchall() == [("ok",)]
            return is_whole and db.execute("SELECT digest FROM maker").fetchall() == [(made_by,)]
    except sqlite3.DatabaseError:
        return False


class Known:
    """The memory at ``path``. One process writes, others read beside it."""

    def __init__(self, path: Path, *, writes: bool = False) -> None:
        address = f"{path.absolute().as_uri()}?mode={'rw' if writes else 'ro'}"
        self._db = sqlite3.connect(address, uri=True, isolation_level=None)
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._statements: dict[str, str] = {}

    def page(self, file: str) -> KnownPage | None:
        """What is known of the page in a file."""
        row = self._db.execute("SELECT page FROM pages WHERE file = ?", (file,)).fetchone()
        return None if row is None else self._parse(row[0])

    def count(self) -> int:
        """How many pages are known: about as many as there will be."""
        return int(self._db.execute("SELECT count(*) FROM pages").fetchone()[0])

    def write(self, pages: Iterable[tuple[str, bytes]], statements: Iterable[str]) -> None:
        """Enters pages, as ``format_page`` made them, and the SQL that they name."""
        self._db.execute("BEGIN IMMEDIATE")
        self._db.executemany(
            "INSERT OR IGNORE INTO statements VALUES (?, ?)", ((_name(sql), sql) for sql in statements)
        )
        self._db.executemany("INSERT OR REPLACE INTO pages VALUES (?, ?)", pages)
        self._db.execute("COMMIT")

    def keep_only(self, files: Path) -> None:
        """Forgets the pages that are not among the ``Files`` at a path."""
        self._db.execute("ATTACH ? AS export", (f"{files.absolute().as_uri()}?mode=ro",))
        self._db.execute("DELETE FROM main.pages WHERE file NOT IN (SELECT name FROM export.files)")
        self._db.execute("DETACH export")

    def close(self) -> None:
        """Closes the file."""
        self._db.close()

    def _parse(self, data: bytes) -> KnownPage:
        digest, pages, files, asked = json.loads(zlib.decompress(data))
        inputs = Inputs({self._question(name, about): bytes.fromhex(answer) for name, about, answer in asked})
        return KnownPage(digest, frozenset(pages), frozenset(files), inputs)

    def _question(self, name: str, about: list[Any] | dict[str, Any]) -> Question:
        held = frozenset(about.items()) if isinstance(about, dict) else tuple(about)
        return self._statement(name), held

    def _statement(self, name: str) -> str:
        if name not in self._statements:
            row = self._db.execute("SELECT sql FROM statements WHERE digest = ?", (name,)).fetchone()
            self._statements[name] = row[0]
        return self._statements[name]


def format_page(page: KnownPage) -> bytes | None:
    """The page as it is kept; None where a parameter has no form in JSON."""
    asked = [
        (_name(sql), dict(about) if isinstance(about, frozenset) else about, answer.hex())
        for (sql, about), answer in page.inputs.asked.items()
    ]
    try:
        text = json.dumps([page.digest, sorted(page.pages), sorted(page.files), asked], ensure_ascii=False)
    except TypeError:
        return None
    return zlib.compress(text.encode(), 1)


def _name(sql: str) -> str:
    return hashlib.sha256(sql.encode()).hexdigest()[:20]
