"""Scores of those with a long history, computed in the background: a page shows the last one and says of which entry.

    as-of/scores/organisation-0188….json     {"size":1604,"found":[[3,4,[17]],…]}   done, wanted, missing, 40 times
    as-of/scores/organisation-0188….wanted   somebody looked at it since

A score looks at all that its subject ever did. Of whoever did little it is computed as it is shown, as of now.
"""

import json
import os
import sqlite3
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from projections.counted import figure
from projections.disclosure_score import score_of, tallied
from projections.rows import Score
from projections.status import position

LITTLE = 1_500
"""So many entries are looked at while somebody waits."""
MOST_MISSING = 100
"""Of the entries where a criterion lacks something, as many are kept: pages link the first of them."""
ABOUT = """
SELECT COUNT(*) FROM (SELECT 1 FROM touches WHERE reference = ?1
    OR reference IN (SELECT project FROM project_organisations WHERE organisation = ?1) LIMIT ?2)
"""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A score as of the first ``size`` entries; None where it was never computed yet."""

    score: Score | None
    size: int


class PreparedScores:
    """Those under ``folder``; shared by threads and processes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def read(self, db: sqlite3.Connection, reference: str) -> Prepared:
        """The last one computed. Where there are entries since, it is wanted anew."""
        found, size = self._read(reference), position(db).size
        if found.size < size:
            with suppress(OSError):  # wanted again by whoever comes next
                self.folder.mkdir(parents=True, exist_ok=True)
                self._path(reference, "wanted").touch()
        return found

    def prepare(self, db: sqlite3.Connection, stop: threading.Event) -> None:
        """Computes those that are wanted, and rests after each as long as it took."""
        for path in sorted(self.folder.glob("*.wanted")):
            began, reference = time.monotonic(), path.stem.replace("-", "/", 1)
            path.unlink(missing_ok=True)
            if stop.is_set():
                return
            self._write(reference, position(db).size, score_of(db, reference))
            stop.wait(time.monotonic() - began)

    def _path(self, reference: str, ending: str) -> Path:
        return self.folder / f"{reference.replace('/', '-', 1)}.{ending}"

    def _read(self, reference: str) -> Prepared:
        try:
            found = json.loads(self._path(reference, "json").read_bytes())
            return Prepared(
                tallied([(done, wanted, tuple(missing)) for done, wanted, missing in found["found"]]), found["size"]
            )
        except (OSError, ValueError, KeyError, TypeError):
            return Prepared(None, 0)

    def _write(self, reference: str, size: int, score: Score) -> None:
        found = [[item.done, item.wanted, item.missing[:MOST_MISSING]] for item in score.items]
        path = self._path(reference, "json")
        temporary = path.with_suffix(f".{os.getpid()}.{threading.get_ident()}")
        temporary.write_text(json.dumps({"size": size, "found": found}), encoding="utf-8")
        temporary.replace(path)


def is_long(db: sqlite3.Connection, reference: str) -> bool:
    """Whether so much would have to be looked at that a reader would wait."""
    about = db.execute(ABOUT, (reference, LITTLE + 1)).fetchone()[0]
    return int(about) + figure(db, "signed", reference).value > LITTLE
