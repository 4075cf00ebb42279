"""Figures: sums that remember the entries they were counted from."""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from projections.rows import Figure

K = TypeVar("K")
NOTHING = Figure(0, ())


def total(rows: Iterable[Sequence[int]]) -> Figure:
    """The sum of rows that begin with (entry index, amount), with their indices, each once."""
    value, entries = 0, set()
    for row in rows:
        value += row[1]
        entries.add(row[0])
    return Figure(value, tuple(sorted(entries)))


def number(indices: Iterable[int]) -> Figure:
    """How many, where each is one entry."""
    entries = tuple(sorted(indices))
    return Figure(len(entries), entries)


def difference(first: Figure, *others: Figure) -> Figure:
    """``first`` less the others; counted from the entries of all."""
    entries = set(first.entries).union(*(other.entries for other in others))
    return Figure(first.value - sum(other.value for other in others), tuple(sorted(entries)))


def added(*figures: Figure) -> Figure:
    """The sum of figures, counted from the entries of all."""
    return difference(Figure(sum(figure.value for figure in figures), ()), *(Figure(0, f.entries) for f in figures))


def grouped(rows: Iterable[Sequence[object]], key: Callable[[Sequence[object]], K]) -> dict[K, Figure]:
    """Totals of rows that begin with (entry index, amount), by what ``key`` finds in a row."""
    groups: dict[K, list[Sequence[int]]] = {}
    for row in rows:
        groups.setdefault(key(row), []).append((row[0], row[1]))  # type: ignore[arg-type]
    return {group: total(found) for group, found in groups.items()}
