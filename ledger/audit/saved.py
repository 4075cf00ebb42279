"""What a verification leaves for the next one, so that it reads and judges only what is new: ``--state FILE``.

A SQLite file (``ledger.audit.rows``). Beside heads, records and digests it holds

    about/about      {"checks":"rules","code":"…","complete":true,"format":1,"genesis":"…","origin":"…","root":"…",
                     "size":2310,"stored":true}
    about/fold       the fold's snapshot (``ledger.rules.snapshot``), tied to that root at that size
    about/replayed   what an audit counted
    about/digest     SHA-256 over all the rest
    leaves/N         the leaf hashes of entries 256 N to 256 N + 255, joined

It is a cache of what its owner computed, and evidence of what she saw: its leaf hashes lead to its root, so a log that
does not continue it is convicted. Who can write to it can make it say anything, so it belongs with its owner.
"""

import hashlib
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec

from ledger.audit.report import Remark
from ledger.audit.rows import ABOUT, LEAVES, Rows
from ledger.audit.tree import CompactTree
from ledger.errors import LedgerError, NotFoundError
from ledger.rules import snapshot
from ledger.rules.snapshot import Snapshot, format_snapshot, parse_snapshot
from ledger.tlog.tile import TILE_WIDTH

FORMAT = 1
DIGEST = b"digest"
Checks = Literal["evidence", "rules"]


class About(msgspec.Struct, frozen=True):
    """Of which ledger a state is, up to which size and root (hex), and what was checked by which code.

    ``complete`` says that the run came to its end, the log's own signature for it all among what was found good;
    ``stored`` that it compared a store with the log, row by row.
    """

    format: int
    checks: Checks
    code: str
    origin: str
    genesis: str
    size: int
    root: str
    complete: bool
    stored: bool


@dataclass(frozen=True, slots=True)
class Progressed:
    """What is saved of a run: of whose ledger, the fold after ``fold.size`` entries, and what was replayed.

    ``complete`` and ``stored`` as About says.
    """

    genesis: str
    fold: Snapshot
    replayed: bytes
    complete: bool
    stored: bool


class SavedState:
    """An open state file. ``about`` is None where nothing is saved that can be used: ``notes`` say so."""

    def __init__(self, path: Path, checks: Checks) -> None:
        self.path = path
        self.notes: list[Remark] = []
        self.about: About | None = None
        self._checks = checks
        self._opened: Rows | None = None
        try:
            self._opened = _open(path)
            self.about = _about(self._opened)
        except (sqlite3.DatabaseError, msgspec.DecodeError, ValueError, TypeError) as error:
            # A damaged file may hold numbers or nothing where bytes were put.
            self.set_aside(str(error))
        if self.about is not None and self.about.checks != checks:
            self.close()
            raise OtherChecksError(path, self.about.checks, checks)

    @property
    def rows(self) -> Rows:
        """Its rows. What is put there stands from the next ``save`` on."""
        if self._opened is None:
            raise RuntimeError("the state file is not open")
        return self._opened

    def leaves(self) -> Iterator[bytes]:
        """The saved leaf hashes, tile by tile."""
        return (value for _, _, value in self.rows.every(LEAVES, LEAVES))

    def load(self) -> Progressed:
        """What is saved. Raises ValueError where there is none."""
        about, fold = self.about, parse_snapshot(self.rows.get(ABOUT, b"fold") or b"")
        if about is None or fold is None:
            raise ValueError("里面没有推算的结果 it holds no fold")
        return Progressed(about.genesis, fold, self.rows.get(ABOUT, b"replayed") or b"", about.complete, about.stored)

    def save(self, run: Progressed, tree: CompactTree, spill: Callable[[], None]) -> None:
        """Replaces what is saved, all at once: a crash leaves the old state or the new one."""
        size, first = run.fold.size, (self.about.size if self.about else 0) // TILE_WIDTH
        spill()
        tiles = range(first, -(-size // TILE_WIDTH))
        self.rows.put(LEAVES, ((_key(tile), _tile(tree, tile, size)) for tile in tiles))
        about = About(
            format=FORMAT,
            checks=self._checks,
            code=code(),
            origin=run.fold.origin,
            genesis=run.genesis,
            size=size,
            root=run.fold.root.hex(),
            complete=run.complete,
            stored=run.stored,
        )
        self.rows.put(
            ABOUT,
            [
                (b"about", msgspec.json.encode(about, order="sorted")),
                (b"fold", format_snapshot(run.fold)),
                (b"replayed", run.replayed),
            ],
        )
        self.rows.put(ABOUT, [(DIGEST, _digest(self.rows))])
        self.rows.commit()
        self.about = about

    def close(self) -> None:
        """Lets go of the file; what was not saved is forgotten."""
        if self._opened is not None:
            self._opened.close()

    def set_aside(self, why: str) -> None:
        """Keeps a file that is of no use under another name, for somebody may want to know why; a new one is begun."""
        self.about = None
        if self._opened is not None:
            self._opened.close()
        aside = self.path.with_name(f"{self.path.name}.unusable")
        for name in ("-journal", ""):
            # A journal left behind would be taken for the new file's.
            with suppress(FileNotFoundError):
                self.path.with_name(self.path.name + name).replace(aside.with_name(aside.name + name))
        self._opened = _open(self.path)
        self.notes.append(
            Remark(
                f"保存的状态用不了（{why}），已改名为{aside.name}；这一次从第0条起全部核对。",
                f"The saved state is of no use ({why}) and now lies in {aside.name}; this run verified everything from"
                " entry 0.",
            )
        )


def saved_size(path: Path) -> int | None:
    """Up to which entry a file says that it is; None for what is no state at all, or none that can be read."""
    try:
        rows = Rows(path)
    except (sqlite3.DatabaseError, LedgerError):
        return None
    try:
        return msgspec.json.decode(rows.get(ABOUT, b"about") or b"", type=About).size
    except (sqlite3.Error, msgspec.DecodeError, TypeError):
        return None
    finally:
        rows.close()


class OtherChecksError(LedgerError):
    """A state of other checks than are asked for: taken up, it would vouch for what was never checked."""

    def __init__(self, path: Path, has: Checks, asked: Checks) -> None:
        command = {"evidence": "verify", "rules": "audit"}
        super().__init__(
            f"{path}是{command[has]}保存的状态，{command[asked]}要另用一个文件。",
            f"{path} is a state of {command[has]}; give another file for {command[asked]}.",
        )


@cache
def code() -> str:
    """Hex SHA-256 over the sources of what verifies: what other code found good is not taken up."""
    digest = hashlib.sha256(snapshot.code().encode())
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _open(path: Path) -> Rows:
    """Raises sqlite3.DatabaseError for what is no SQLite file; LedgerError for a file that is somebody else's."""
    if not path.parent.is_dir():
        raise NotFoundError(f"没有文件夹{path.parent}。", f"There is no folder {path.parent}.")
    try:
        return Rows(path)
    except sqlite3.OperationalError as error:
        raise LedgerError(
            f"状态文件{path}打不开，可能另一次核对正在使用它（{error}）。",
            f"The state file {path} cannot be opened; perhaps another run is using it ({error}).",
        ) from None


def _about(rows: Rows) -> About | None:
    """What stands in a file; None for a new one. Raises sqlite3.Error, msgspec.DecodeError, ValueError."""
    text = rows.get(ABOUT, b"about")
    if text is None and next(rows.every(ABOUT, LEAVES), None) is None:
        return None
    if rows.get(ABOUT, DIGEST) != _digest(rows):
        raise ValueError("内容与自己的指纹不符 it does not match its own digest")
    about = msgspec.json.decode(text or b"", type=About)
    if (about.format, about.code) != (FORMAT, code()):
        raise ValueError("由另一个版本写成 it was written by another version")
    return about


def _digest(rows: Rows) -> bytes:
    digest = hashlib.sha256()
    for space, key, value in rows.every(ABOUT, LEAVES):
        if (space, key) != (ABOUT, DIGEST):
            digest.update(b"%d %d %d " % (space, len(key), len(value)) + key + value)
    return digest.digest()


def _key(tile: int) -> bytes:
    return tile.to_bytes(8, "big")


def _tile(tree: CompactTree, tile: int, size: int) -> bytes:
    return tree.leaves(tile * TILE_WIDTH, min(size, (tile + 1) * TILE_WIDTH))
