"""Names in cells turned into ids: records by the number of the row that begins them, persons by theirs.

A record is named by the number of an earlier row, by a short name from the sheet 已有记录, or by its id in the
ledger. A person's number stands for one vault key throughout the workbook, so that a consent covers later rows.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ledger.domain.event import OPENS
from ledger.domain.values import REFERENCE, Label
from ledger.errors import InvalidFieldError
from ledger.sealing.disclosure import VAULT_KEY, new_vault_key
from yangguang.importing.cells import Cell, Named, Person, clean
from yangguang.importing.grids import Grid
from yangguang.importing.rows import NOTE, Problem, Row


@dataclass
class Names:
    """``opened`` holds the rows that begin records, by their number; ``ids`` the record of each by the row's key.

    ``begun`` holds the records that rows recorded earlier began, by their number.
    """

    known: dict[str, str]
    ids: dict[str, str]
    persons: dict[str, str]
    random: Callable[[int], bytes]
    begun: dict[str, list[str]] = field(default_factory=dict)
    opened: dict[str, list[tuple[int, Row]]] = field(default_factory=lambda: defaultdict(list))

    def enter(self, rows: Sequence[Row], new_id: Callable[[Row], str]) -> None:
        """Gives every row that begins a record its record; one that it had already it keeps."""
        for at, row in enumerate(rows):
            if row.record is None and OPENS in row.cls.AFTER:
                if row.key not in self.ids:
                    self.ids[row.key] = f"{row.cls.kind()}/{new_id(row)}"
                self.opened[row.own].append((at, row))

    def record_of(self, at: int, row: Row) -> str:
        """The record that the row at a place in the file is about. Raises InvalidFieldError."""
        return self.ids[row.key] if row.record is None else self.record(row.record, at)

    def record(self, named: Named, at: int) -> str:
        """The record that a cell names, in the row at ``at``. Raises InvalidFieldError."""
        if REFERENCE.fullmatch(named.text.lower()):
            return named.text.lower()
        rows = [(place, row) for place, row in self.opened.get(named.text, ()) if _fits(row, named)]
        if named.text in self.known and not rows:
            return self.known[named.text]
        earlier = [row for place, row in rows if place < at]
        if len(earlier) == 1 and named.text not in self.known:
            return self.ids[earlier[0].key]
        before = [record for record in self.begun.get(named.text, ()) if not rows and _kind_fits(record, named)]
        if len(before) == 1:
            return before[0]
        raise _unresolved(named, rows=len(rows), earlier=len(earlier) + (named.text in self.known))

    def person(self, person: Person) -> str:
        """The vault key of a person: of a number always the same, else a new one."""
        if VAULT_KEY.fullmatch(person.text):
            return person.text
        if not person.text:
            return new_vault_key(self.random)
        return self.persons.setdefault(person.text, new_vault_key(self.random))

    def change(self, row: Row, at: int) -> Callable[[Any, str], Any]:
        """What ``rows.replaced`` needs: every name becomes an id, and what cannot be is noted at its cell."""

        def change(value: Any, pointer: str) -> Any:
            if isinstance(value, Person):
                return self.person(value)
            if isinstance(value, Named):
                try:
                    return self.record(value, at)
                except InvalidFieldError as refusal:
                    row.refuse(refusal, pointer)
            return value

        return change


def _kind_fits(record: str, named: Named) -> bool:
    return not named.of or record.partition("/")[0] in named.of


def _fits(row: Row, named: Named) -> bool:
    return not named.of or row.cls.kind() in named.of


def _unresolved(named: Named, *, rows: int, earlier: int) -> InvalidFieldError:
    text = named.text[:60]
    if earlier > 1:
        return InvalidFieldError(
            f"“{text}”指什么不清楚：有{earlier}处用这个编号或名称。请改成不同的。",
            f"{text!r} is the number or name of {earlier} things. Give them different ones.",
        )
    if rows:
        return InvalidFieldError(
            f"“{text}”那一行排在后面。请把它移到这一行前面（工作表也按从左到右的次序）。",
            f"Row {text!r} comes later. Move it, or its sheet, before this one.",
        )
    wanted = " / ".join(named.of)
    return InvalidFieldError(
        f"找不到“{text}”。这里要填前面某一行的编号、“已有记录”里的名称，或账本里的记录编号"
        f"{'（' + wanted + '/…）' if wanted else ''}。",
        f"There is no {text!r}. Give the number of an earlier row, a name from the sheet 已有记录, or a record's id.",
    )


def known_records(grid: Grid) -> tuple[dict[str, str], list[Problem]]:
    """The sheet 已有记录: a short name in the first column, the record's id in the second."""
    known: dict[str, str] = {}
    problems = []
    for row in grid.rows[1:]:
        name, reference = (*map(_text, row.cells), "", "")[:2]
        if name.startswith(NOTE):
            continue
        if not name or name in known or not REFERENCE.fullmatch(reference.lower()):
            zh = "这里每行要填一个不重复的名称，和账本里的记录编号（如 organisation/0188…）。"
            en = "Each row has a name of its own and a record's id in the ledger."
            problems.append(Problem(grid.name, row.number, f"A{row.number}", Label("", ""), zh, en))
            continue
        known[name] = reference.lower()
    return known, problems


def _text(cell: Cell) -> str:
    return clean(str(cell.value)) if cell.value is not None else ""
