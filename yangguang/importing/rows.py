"""Rows of a spreadsheet as what they ask to record, every fault with its cell.

The first line of a sheet holds the headings; lines whose number begins with ※ are notes and are passed over.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from ledger.domain.event import Event
from ledger.domain.values import Label
from ledger.errors import InvalidFieldError, LedgerError
from yangguang.importing.cells import Cell, read_cell
from yangguang.importing.columns import Column
from yangguang.importing.grids import Grid, GridRow
from yangguang.importing.sheets import SheetPlan

NOTE = "※"


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, with the cell ``B7`` and its heading where it is about one; row 0 is the whole sheet.

    ``rule`` is the type of the refusal, as in problem documents.
    """

    sheet: str
    row: int
    address: str
    heading: Label
    zh: str
    en: str
    rule: str = "invalid-field"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands."""

    sheet: str
    row: int
    address: str
    heading: Label

    def problem(self, refusal: LedgerError) -> Problem:
        """A refusal, about this place."""
        rule = getattr(refusal, "rule", "") or refusal.type
        return Problem(self.sheet, self.row, self.address, self.heading, refusal.zh, refusal.en, rule)


@dataclass
class Line:
    """One line of one sheet, read: values by path, and the places of all its columns by JSON pointer."""

    plan: SheetPlan
    sheet: str
    number: int
    values: dict[tuple[str, ...], Any] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    @property
    def own(self) -> str:
        """The number of the row, or of the row that an item belongs to."""
        return str(self.values.get(("own",), ""))


@dataclass
class Row:
    """One event that a row asks to record, its items gathered. ``places`` by pointer into the event."""

    cls: type[Event]
    sheet: str
    number: int
    own: str
    record: Any = None
    occurred_on: str = ""
    data: dict[str, Any] = field(default_factory=dict)
    free: list[tuple[str, Any]] = field(default_factory=list)
    fields: dict[str, Any] = field(default_factory=dict)
    rows: list[Any] = field(default_factory=list)
    photos: list[str] = field(default_factory=list)
    places: dict[str, Place] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    @property
    def key(self) -> str:
        """By what the row is known again, whatever becomes of its place in the sheet."""
        return f"{self.cls.TYPE} {self.own}"

    def refuse(self, refusal: LedgerError, pointer: str = "") -> None:
        """Notes a refusal at the cell that it is about, as far as there is one."""
        self.problems.append(self.place(pointer or refusal.field or "").problem(refusal))

    def place(self, pointer: str) -> Place:
        """The cell of a field, or of the field around it; the row itself where there is none."""
        for beginning in ("/payload/data", "/free", "/fields"):
            pointer = pointer.removeprefix(beginning)
        while pointer:
            if pointer in self.places:
                return self.places[pointer]
            below = [place for name, place in self.places.items() if name.startswith(f"{pointer}/")]
            if below:
                return below[0]
            pointer = pointer.rpartition("/")[0]
        return Place(self.sheet, self.number, f"{self.number}", Label("", ""))


def lines_of(grid: Grid, plan: SheetPlan) -> tuple[list[Line], list[Problem]]:
    """The lines of a sheet, and what is wrong with the sheet as a whole: then there are no lines."""
    if not grid.rows:
        return [], []
    head, *body = grid.rows
    columns, problems = _headings(grid, head, plan)
    if 0 in grid.faults:
        problems.append(_fault(grid, 0))
    if problems:
        return [], problems
    numbers = next(at for at, column in columns.items() if column.path == ("own",))
    return [_line(grid, row, plan, columns) for row in body if not _is_note(row, numbers)], []


def _is_note(row: GridRow, numbers: int) -> bool:
    value = row.cells[numbers].value if numbers < len(row.cells) else None
    return isinstance(value, str) and value.strip().startswith(NOTE)


def _headings(grid: Grid, head: GridRow, plan: SheetPlan) -> tuple[dict[int, Column], list[Problem]]:
    known = {column.label.zh: column for column in plan.columns}
    found: dict[int, Column] = {}
    problems = []
    for at, cell in enumerate(head.cells):
        text = str(cell.value or "").strip().rstrip("*＊").strip()
        if not text:
            continue
        if text not in known or known[text] in found.values():
            problems.append(_bad_heading(grid, cell, text, plan))
            continue
        found[at] = known[text]
    missing = [column.label for column in plan.columns if column.required and column not in found.values()]
    if missing and not problems:
        zh, en = "、".join(label.zh for label in missing), ", ".join(label.en for label in missing)
        problems.append(
            Problem(
                grid.name, 0, f"{head.number}", Label("", ""), f"第一行里缺少这些栏：{zh}。", f"Missing columns: {en}."
            )
        )
    return found, problems


def _bad_heading(grid: Grid, cell: Cell, text: str, plan: SheetPlan) -> Problem:
    options = "、".join(column.label.zh for column in plan.columns)
    zh = f"没有“{text[:40]}”这一栏，或者它出现了两次。可用的有：{options}。"
    en = f"There is no column {text[:40]!r}, or it is there twice."
    return Problem(grid.name, 0, cell.address, Label(text[:40], text[:40]), zh, en)


def _line(grid: Grid, row: GridRow, plan: SheetPlan, columns: dict[int, Column]) -> Line:
    line = Line(plan, grid.name, row.number)
    for at, cell in enumerate(row.cells):
        column = columns.get(at)
        if column is None:
            if not cell.empty:
                line.problems.append(_stray(grid, row, cell))
            continue
        place = Place(grid.name, row.number, cell.address, column.label)
        line.places[column.pointer] = place
        if not cell.empty:
            _take(line, cell, column, place)
    for at, column in columns.items():
        if at >= len(row.cells):
            line.places[column.pointer] = Place(grid.name, row.number, f"{row.number}", column.label)
    line.problems += [
        line.places[column.pointer].problem(InvalidFieldError("这里必须填。", "This is required."))
        for column in columns.values()
        if column.required and column.path not in line.values and not _refused(line, column)
    ]
    if row.number in grid.faults:
        line.problems.append(_fault(grid, row.number))
    return line


def _take(line: Line, cell: Cell, column: Column, place: Place) -> None:
    try:
        line.values[column.path] = read_cell(cell, column)
    except LedgerError as refusal:
        line.problems.append(place.problem(refusal))


def _refused(line: Line, column: Column) -> bool:
    return any(problem.address == line.places[column.pointer].address for problem in line.problems)


def _stray(grid: Grid, row: GridRow, cell: Cell) -> Problem:
    zh, en = "这一栏没有标题，不知道填的是什么。", "This column has no heading."
    return Problem(grid.name, row.number, cell.address, Label("", ""), zh, en)


def _fault(grid: Grid, row: int) -> Problem:
    address, zh, en = grid.faults[row]
    return Problem(grid.name, row, address, Label("", ""), zh, en)


def replaced(value: Any, change: Callable[[Any, str], Any], pointer: str = "") -> Any:
    """A tree of values with ``change`` applied to its leaves; it is also told the leaf's pointer."""
    if isinstance(value, dict):
        return {name: replaced(item, change, f"{pointer}/{name}") for name, item in value.items()}
    if isinstance(value, list):
        return [replaced(item, change, f"{pointer}/{at}") for at, item in enumerate(value)]
    return change(value, pointer)


def leaves(value: Any) -> Iterator[Any]:
    """Every leaf of a tree of values."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from leaves(item)
    else:
        yield value
