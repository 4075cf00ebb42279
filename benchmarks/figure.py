"""A figure: what was measured, the limit it is held against, and their ratio."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Figure:
    """``ratio`` = ``value`` / ``limit`` of the same run; ``target`` says what it should be."""

    name: str
    value: float
    unit: str
    limit_name: str
    limit: float
    target: str

    @property
    def ratio(self) -> float:
        """The figure as a share of its limit."""
        return self.value / self.limit

    def to_json(self) -> dict[str, Any]:
        """All fields and the ratio."""
        return {**asdict(self), "ratio": round(self.ratio, 3)}


def as_table(figures: list[Figure]) -> str:
    """Markdown."""
    lines = ["| figure | measured | limit in the same run | ratio | aim |", "|---|---:|---:|---:|---|"]
    for item in figures:
        limit = f"{item.limit_name} {item.limit:,.0f}" if item.limit >= 10 else f"{item.limit_name} {item.limit:.3g}"
        measured = f"{item.value:,.0f}" if item.value >= 10 else f"{item.value:.3g}"
        lines.append(f"| {item.name} | {measured} {item.unit} | {limit} | {item.ratio:.2f} | {item.target} |")
    return "\n".join(lines)
