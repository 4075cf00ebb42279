"""Rows of the disclosure score."""

from dataclasses import dataclass

from ledger.domain.values import Label


@dataclass(frozen=True, slots=True)
class ScoreItem:
    """One criterion for one subject: of ``wanted`` things ``done`` have what it asks for.

    Without any it does not apply, and its points count neither way. ``missing`` are the entries where it should be.
    """

    number: int
    part: str
    aspect: str
    title: Label
    points: int
    got: int
    done: int
    wanted: int
    missing: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Score:
    """``points`` of 100 after leaving out what does not apply; ``applicable`` is what was left to get.

    ``grade`` is None where too little applies. ``parts`` are (question, got, to be got), ``items`` all 40 in order.
    """

    points: int
    grade: str | None
    applicable: int
    parts: tuple[tuple[str, int, int], ...]
    items: tuple[ScoreItem, ...]
