"""Lines of several sheets gathered into rows: each event with its items and the people on its list."""

from collections.abc import Iterable, Sequence
from typing import Any

from ledger.errors import InvalidFieldError
from yangguang.importing.cells import Person
from yangguang.importing.columns import FREE, PERSON, PHOTO, SEALED, Column
from yangguang.importing.rows import Line, Problem, Row


def gather(lines: Sequence[Line]) -> tuple[list[Row], list[Problem]]:
    """The rows of all own sheets in their order, each with its items; and items that belong to no row."""
    rows = [_row(line) for line in lines if line.plan.items is None]
    by_key = {row.key: row for row in rows}
    problems = []
    for line in lines:
        if line.plan.items is None:
            continue
        row = by_key.get(f"{line.plan.cls.TYPE} {line.own}")
        if row is None:
            problems += [*line.problems, _orphan(line)]
        else:
            _add_item(row, line)
    _refuse_repeated(rows)
    return rows, problems


def _row(line: Line) -> Row:
    row = Row(line.plan.cls, line.sheet, line.number, line.own, places=dict(line.places))
    row.problems += line.problems
    row.record = line.values.get(("record",))
    row.occurred_on = line.values.get(("occurred_on",), "")
    for column in line.plan.columns:
        if column.place and column.path in line.values:
            _put(row, column, line.values[column.path])
    for name, value in row.fields.items():
        value.setdefault("vault_key", Person(""))
        row.places.setdefault(f"/{name}/vault_key", row.place(f"/{name}"))
    return row


def _put(row: Row, column: Column, value: Any) -> None:
    if column.kind == PHOTO:
        row.photos += value
    elif column.place == FREE:
        row.free.append((column.path[0], value))
    else:
        nest(row.fields if column.place == SEALED else row.data, column.path, value)


def nest(target: dict[str, Any], path: Sequence[str], value: Any) -> None:
    """Puts a value at a path of names."""
    for name in path[:-1]:
        target = target.setdefault(name, {})
    target[path[-1]] = value


def _add_item(row: Row, line: Line) -> None:
    table = line.plan.items
    if table is None:
        raise RuntimeError("a row of an own sheet is no item")
    item: dict[str, Any] = {}
    for column in table.columns:
        if column.path in line.values:
            nest(item, column.path, line.values[column.path])
        elif column.kind == PERSON:
            nest(item, column.path, Person(""))
    items = row.rows if table.name is None else row.data.setdefault(table.name, [])
    base = f"/{table.name or 'rows'}/{len(items)}"
    items.append(item)
    row.places |= {f"{base}{pointer}": place for pointer, place in line.places.items()}
    row.problems += line.problems


def _orphan(line: Line) -> Problem:
    place = line.places["/own"]
    return place.problem(
        InvalidFieldError(
            f"“{line.own}”不是“{line.plan.name.rpartition('·')[0]}”里任何一行的编号。",
            f"{line.own!r} is the number of no row of the main sheet.",
        )
    )


def _refuse_repeated(rows: Iterable[Row]) -> None:
    seen: dict[str, Row] = {}
    for row in rows:
        first = seen.setdefault(row.key, row)
        if first is not row and row.own:
            row.refuse(
                InvalidFieldError(
                    f"编号“{row.own}”在第{first.number}行已经用过。每行的编号要不同。",
                    f"The number {row.own!r} is already that of row {first.number}.",
                ),
                "/own",
            )
