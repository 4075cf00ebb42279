"""What changed in kept figures between two moments: collected line by line, then written where they are kept."""

import sqlite3
from collections import defaultdict
from collections.abc import Iterable

Line = tuple[str, str, int, int]
"""Figure, subject, entry index, value; of figures that are not listed: figure, subject, value, number of lines."""
LINES_AT = "SELECT lines FROM counted WHERE figure = ? AND subject = ? AND idx = ?"
NEW_LINE = "INSERT INTO counted (value, lines, figure, subject, idx) VALUES (?, ?, ?, ?, ?)"
MORE_LINES = "UPDATE counted SET value = value + ?, lines = lines + ? WHERE figure = ? AND subject = ? AND idx = ?"
NO_LINES = "DELETE FROM counted WHERE figure = ? AND subject = ? AND idx = ?"
NEW_SUM = "INSERT INTO sums (value, entries, figure, subject) VALUES (?, ?, ?, ?)"
MORE_IN_SUM = "UPDATE sums SET value = value + ?, entries = entries + ? WHERE figure = ? AND subject = ?"
NO_SUM = "DELETE FROM sums WHERE figure = ? AND subject = ? AND entries = 0"
SUBJECTS = "INSERT INTO subjects (count, figure) VALUES (?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count"
NO_SUBJECTS = "DELETE FROM subjects WHERE figure = ? AND count = 0"


class Difference:
    """Lines that came less lines that went, by figure, subject and entry."""

    def __init__(self) -> None:
        self._lines: defaultdict[tuple[str, str, int], list[int]] = defaultdict(lambda: [0, 0])
        self._sums: defaultdict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])

    def add(self, found: Iterable[Line], sign: int, *, listed: bool) -> None:
        """Lines that stand now (``sign`` 1) or stood before (-1)."""
        if listed:
            for figure, subject, index, value in found:
                of = self._lines[figure, subject, index]
                of[0] += sign * value
                of[1] += sign
        else:
            for figure, subject, value, count in found:
                self._add_to_sum(figure, subject, sign * value, sign * count)

    def put(self, db: sqlite3.Connection) -> None:
        """Writes it; what nothing is counted from any more is taken out."""
        new, more, gone = [], [], []
        for key, (value, lines) in self._lines.items():
            if not (value or lines):
                continue
            row = db.execute(LINES_AT, key).fetchone()
            there = row[0] if row else 0
            if not there:
                new.append((value, lines, *key))
            elif there + lines:
                more.append((value, lines, *key))
            else:
                gone.append(key)
            self._add_to_sum(key[0], key[1], value, (not there) - (not there + lines))
        db.executemany(NEW_LINE, new)
        db.executemany(MORE_LINES, more)
        db.executemany(NO_LINES, gone)
        self._put_sums(db)

    def _add_to_sum(self, figure: str, subject: str, value: int, entries: int) -> None:
        of = self._sums[figure, subject]
        of[0] += value
        of[1] += entries

    def _put_sums(self, db: sqlite3.Connection) -> None:
        subjects: defaultdict[str, int] = defaultdict(int)
        new = []
        for key, (value, entries) in self._sums.items():
            if not (value or entries):
                continue
            if not db.execute(MORE_IN_SUM, (value, entries, *key)).rowcount:
                new.append((value, entries, *key))
                subjects[key[0]] += 1
            elif entries < 0 and db.execute(NO_SUM, key).rowcount:
                subjects[key[0]] -= 1
        db.executemany(NEW_SUM, new)
        changed = [(count, figure) for figure, count in subjects.items() if count]
        db.executemany(SUBJECTS, changed)
        db.executemany(NO_SUBJECTS, [(figure,) for _, figure in changed])
