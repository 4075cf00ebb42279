"""Figures as the macros want them: formatted, linked to exactly the entries they were counted from."""

from typing import Any

from projections.rows import Figure
from public_site import sources
from public_site.presenters import words


def figure(name: str, figure: Figure, *, of: str = "", label: str = "", red: bool = False) -> dict[str, Any]:
    """One figure of ``ui.figures``. Money's unit stands in its label; ``red`` is for what failed or is late."""
    source = sources.SOURCES[name]
    fen = source.unit == sources.FEN
    return {
        "label": f"{label or source.label}{'（元）' if fen else ''}",
        "number": words.amount(figure.value) if fen else f"{figure.value:,}",
        "unit": "" if fen else source.unit,
        "href": sources.href(name, of, figure),
        "source": origin_of(figure),
        "red": red and figure.value > 0,
    }


def derived(figure: dict[str, Any], href: str) -> dict[str, Any]:
    """A figure that was not counted but computed: it leads to its formula."""
    return {**figure, "href": href, "source": "怎样算出"}


def cell(name: str, figure: Figure, *, of: str = "") -> dict[str, str]:
    """A number in a table, linked; money without its unit, which the column's heading names."""
    fen = sources.SOURCES[name].unit == sources.FEN
    text = words.amount(figure.value) if fen else f"{figure.value:,}"
    return {"text": text, "href": sources.href(name, of, figure)}


def origin_of(figure: Figure) -> str:
    """138条账目, 第81条, or 没有账目."""
    if len(figure.entries) == 1:
        return f"第{figure.entries[0]:,}条"
    return f"{len(figure.entries):,}条账目" if figure.entries else "没有账目"


def entry_cell(text: str, index: int) -> dict[str, str]:
    """A value that one entry states, linked to it."""
    return {"text": text, "href": f"/entries/{index}"}
