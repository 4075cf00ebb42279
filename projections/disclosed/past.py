"""The read models as they were at an earlier size, each a file of its own, built when somebody asks for it.

    as-of/1604.sqlite3     the views over entries 0 to 1,603; a bounded number and size is kept, the last used
    as-of/1604.json        the canonical figures of all questions at that size, under every schema
    as-of/1604.wanted      somebody asked for a size that takes long: it is built in the background
    as-of/latest.json      the figures of now, or of some entries ago, of a log where they take long

All of it is derived and may be deleted at any time; the views that are kept serve to build later sizes from. One
process at a time builds, under a lock on the folder; a file appears under its name only when it is complete.
"""

import fcntl
import json
import os
import shutil
import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from ledger.errors import BusyError, NotFoundError, ProofError
from projections.disclosed.figures import NEWEST, SCHEMAS, Canonical, digest_of, figures
from projections.frontier import Frontier
from projections.runner import Runner
from projections.source import EntrySource
from projections.status import position
from projections.views import connect_frozen, freeze

KEPT = 16
KEPT_BYTES = 2 * 1024**3
PATIENCE_SECONDS = 8.0
ASK_AGAIN_SECONDS = 0.05
BATCH, SMALL_BATCH = 4096, 50
FOLDED_A_SECOND, HASHED_A_SECOND, FIGURED_A_SECOND = 700, 200_000, 5_000
"""Entries a second on a small machine, by whoever builds and rests as long."""
LEAST_SECONDS = 10


class Upto:
    """The first ``size`` entries of a source, as a source. Raises NotFoundError where it has fewer."""

    def __init__(self, source: EntrySource, size: int) -> None:
        held = source.size()
        if size > held:
            raise NotFoundError(f"账本只有{held:,}条，还没有{size:,}条。", f"The log has {held} entries, not {size}.")
        self._source, self._size, self._held = source, size, held

    def size(self) -> int:
        """As asked for."""
        return self._size

    def root(self) -> bytes:
        """That of the source at its own size; else of the entries themselves, for there need be no checkpoint."""
        if self._size == self._held:
            return self._source.root()
        frontier = Frontier()
        while frontier.size < self._size:
            frontier = frontier.after(list(self.read(frontier.size, min(self._size, frontier.size + BATCH))))
        return frontier.root()

    def read(self, start: int, stop: int) -> Sequence[bytes]:
        """As the source."""
        return self._source.read(start, stop)


def _all_figures(db: sqlite3.Connection) -> dict[str, Any]:
    return {str(schema): {each: figures(db, each, schema) for each in found} for schema, found in SCHEMAS.items()}


class Past:
    """The views of a log at earlier sizes, under ``folder``. Shared by threads and processes.

    Once ``stop`` is set nothing more is built, and what is being built is given up: BusyError. With ``patient`` whoever
    builds rests after each small batch as long as it took, so that pages that are asked for meanwhile come first.
    With ``most`` nothing larger is built here, for somebody waits: it is asked for, and BusyError says in how many
    seconds whoever ``prepare``s will have it.
    """

    def __init__(
        self,
        folder: Path,
        source: EntrySource,
        stop: threading.Event | None = None,
        *,
        patient: bool = False,
        most: int | None = None,
    ) -> None:
        self.folder = folder
        self._source = source
        self._stop = stop or threading.Event()
        self._patient, self._worked_since = patient, 0.0
        self._most = most
        self._remembered: dict[int, dict[str, Any]] = {}

    @contextmanager
    def reading(self, size: int) -> Iterator[sqlite3.Connection]:
        """The views at ``size``, built now if need be. Raises NotFoundError beyond the log, BusyError."""
        db = self._open(size) or self._built(size)
        try:
            yield db
        finally:
            db.close()

    def figures(self, size: int) -> dict[str, Any]:
        """Canonical figures by schema (as text) and question, built now if need be. Raises as ``reading``."""
        known = self.known_figures(size)
        if known is None:
            self._put_off(size)
            with self.reading(size) as db:
                known = _all_figures(db)
            self._write(size, known)
        return known

    def known_figures(self, size: int) -> dict[str, Any] | None:
        """The same where they were computed before; None otherwise."""
        if size not in self._remembered:
            try:
                found = json.loads(self._json(size).read_bytes())
            except (FileNotFoundError, ValueError):
                return None
            if found.keys() != {str(schema) for schema in SCHEMAS}:
                return None
            self._remembered[size] = found
        return self._remembered[size]

    def known_digest(self, size: int, schema: int, question: str) -> str | None:
        """The digest recomputed, where it was computed before."""
        found = (self.known_figures(size) or {}).get(str(schema), {}).get(question)
        return digest_of(found) if found else None

    def catch_up(self, sizes: Iterable[int]) -> None:
        """Computes the figures of sizes that have none yet, smallest first. Raises as ``figures``."""
        for size in sorted(set(sizes)):
            if size <= self._source.size():
                self.figures(size)

    def prepare(self) -> None:
        """Builds what was asked for and put off, the first asked for first. Raises as ``figures``."""
        for path in sorted(self.folder.glob("[0-9]*.wanted"), key=lambda each: each.stat().st_mtime_ns):
            size = int(path.stem)
            with suppress(NotFoundError, ProofError):  # nobody waits for what can't be built
                self.figures(size)
                with self.reading(size):
                    pass
            path.unlink(missing_ok=True)

    def latest(self, db: sqlite3.Connection, question: str) -> tuple[Canonical, int]:
        """The figures of now with their size; where they take long, those last prepared. Raises BusyError before."""
        size = position(db).size
        if self._most is None or size <= self._most:
            return figures(db, question), size
        try:
            found = json.loads((self.folder / "latest.json").read_bytes())
        except (OSError, ValueError):
            found = {"size": 0}
        if found["size"] < size:
            with suppress(OSError):
                self.folder.mkdir(parents=True, exist_ok=True)
                (self.folder / "latest.wanted").touch()
        if not found["size"]:
            raise BusyError(max(LEAST_SECONDS, size // FIGURED_A_SECOND))
        return found["figures"][question], found["size"]

    def prepare_latest(self, db: sqlite3.Connection) -> None:
        """Computes the figures of now if somebody wanted them, and rests as long as it took."""
        wanted, began = self.folder / "latest.wanted", time.monotonic()
        if wanted.exists():
            wanted.unlink(missing_ok=True)
            found = {"size": position(db).size, "figures": {each: figures(db, each) for each in SCHEMAS[NEWEST]}}
            self._write("latest", found)
            self._stop.wait(time.monotonic() - began)

    def _put_off(self, size: int) -> None:
        """Raises BusyError with its seconds for what is not built while somebody waits."""
        if self._most is None or size <= self._most:
            return
        path = self.folder / f"{size}.wanted"
        with suppress(OSError):  # asked for again by whoever comes next
            self.folder.mkdir(parents=True, exist_ok=True)
            with suppress(FileExistsError):
                path.touch(exist_ok=False)
        raise BusyError(self._seconds_left(size, path))

    def _seconds_left(self, size: int, path: Path) -> int:
        below = max((kept for kept in self._kept() if kept <= size), default=0)
        whole = (size - below) / FOLDED_A_SECOND + size / HASHED_A_SECOND
        try:
            gone = time.time() - path.stat().st_mtime
        except OSError:
            gone = 0.0
        return max(LEAST_SECONDS, round(whole - gone))

    def _json(self, size: int) -> Path:
        return self.folder / f"{size}.json"

    def _write(self, name: int | str, found: dict[str, Any]) -> None:
        temporary = self.folder / f"{name}.json.{os.getpid()}.{threading.get_ident()}"
        with suppress(OSError):  # computed again the next time
            temporary.write_text(json.dumps(found, ensure_ascii=False), encoding="utf-8")
            temporary.replace(self.folder / f"{name}.json")

    def _open(self, size: int) -> sqlite3.Connection | None:
        path = self.folder / f"{size}.sqlite3"
        try:
            os.utime(path)
            return connect_frozen(path)
        except (FileNotFoundError, sqlite3.OperationalError):
            return None

    def _built(self, size: int) -> sqlite3.Connection:
        self._put_off(size)
        try:
            with self._alone():
                db = self._open(size)
                if db is None:
                    self._build(size)
                    db = connect_frozen(self.folder / f"{size}.sqlite3")
                self._drop_surplus()
        except OSError:
            # The folder was dropped meanwhile, or the disk is full: whoever asks again may have more luck.
            raise BusyError from None
        return db

    def _build(self, size: int) -> None:
        """A crash here leaves a file that no name points to, which the next build replaces."""
        source = Upto(self._source, size)
        temporary = self.folder / "building"
        for leftover in self.folder.glob("building*"):
            leftover.unlink()
        below = max((kept for kept in self._kept() if kept < size), default=None)
        if below is not None:
            shutil.copyfile(self.folder / f"{below}.sqlite3", temporary)
        runner = Runner(temporary, source)
        try:
            self._worked_since = time.monotonic()
            runner.run_once(SMALL_BATCH if self._patient else BATCH, progress=self._go_on)
        finally:
            runner.close()
        freeze(temporary)
        temporary.replace(self.folder / f"{size}.sqlite3")

    def _go_on(self, _done: int, _total: int) -> None:
        if self._patient:
            self._stop.wait(time.monotonic() - self._worked_since)
            self._worked_since = time.monotonic()
        if self._stop.is_set():
            raise BusyError

    def _kept(self) -> list[int]:
        return [int(path.stem) for path in self.folder.glob("*.sqlite3") if path.stem.isdecimal()]

    def _drop_surplus(self) -> None:
        """Whoever reads a dropped file goes on reading it until they close it."""
        found = sorted(
            ((path.stat(), path) for path in self.folder.glob("*.sqlite3")),
            key=lambda each: each[0].st_mtime_ns,
            reverse=True,
        )
        taken = 0
        for place, (stat, path) in enumerate(found):
            taken += stat.st_size
            if place and (place >= KEPT or taken > KEPT_BYTES):
                path.unlink(missing_ok=True)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One builder at a time, across threads and processes. Raises BusyError after some seconds."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "lock").open("wb") as file:
            for _ in range(int(PATIENCE_SECONDS / ASK_AGAIN_SECONDS)):
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    time.sleep(ASK_AGAIN_SECONDS)
            else:
                raise BusyError
            yield
