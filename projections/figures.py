"""Figures: sums that remember the entries they were counted from."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

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


class United(Sequence[int]):
    """The entries of several figures, each once, ascending; put together when somebody looks at them."""

    __slots__ = ("_found", "_parts")

    def __init__(self, parts: Sequence[Sequence[int]]) -> None:
        self._parts = parts
        self._found: tuple[int, ...] | None = None

    def __getitem__(self, place: Any) -> Any:
        return self._entries[place]

    def __len__(self) -> int:
        return len(self._parts[0]) if len(self._parts) == 1 else len(self._entries)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and self._entries == tuple(other)

    def __hash__(self) -> int:
        return hash(self._entries)

    @property
    def _entries(self) -> tuple[int, ...]:
        if self._found is None:
            self._found = tuple(sorted(set().union(*self._parts)))
        return self._found

    def only(self) -> int | None:
        """The one entry there is, without a look at the others where one part has several."""
        several = any(len(part) > 1 for part in self._parts)
        return None if several or len(self._entries) != 1 else self._entries[0]


def only(figure: Figure) -> int | None:
    """The one entry behind a figure; None where there are more, or none."""
    entries = figure.entries
    if isinstance(entries, United):
        return entries.only()
    return entries[0] if len(entries) == 1 else None


def added(*figures: Figure) -> Figure:
    """The sum of figures, counted from the entries of all."""
    return Figure(sum(figure.value for figure in figures), United([figure.entries for figure in figures]))


def grouped(rows: Iterable[Sequence[object]], key: Callable[[Sequence[object]], K]) -> dict[K, Figure]:
    """Totals of rows that begin with (entry index, amount), by what ``key`` finds in a row."""
    groups: dict[K, list[Sequence[int]]] = {}
    for row in rows:
        groups.setdefault(key(row), []).append((row[0], row[1]))  # type: ignore[arg-type]
    return {group: total(found) for group, found in groups.items()}
