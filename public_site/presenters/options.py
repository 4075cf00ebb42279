"""Choices of a filter that could be many: the first so many, and always the one that was chosen."""

import sqlite3

from projections.names import Names
from projections.where import named_places

MOST = 100
"""More would make a page heavy; the others are reached from their own pages."""


def place_options(db: sqlite3.Connection, chosen: str | None) -> dict[str, str]:
    """Places by reference, in the order of the log."""
    return with_chosen(db, {place.reference: place.zh for place in named_places(db, MOST)}, chosen)


def with_chosen(db: sqlite3.Connection, options: dict[str, str], chosen: str | None) -> dict[str, str]:
    """The options, and the chosen one where it is not among them."""
    return options if chosen is None or chosen in options else {**options, chosen: Names(db).zh(chosen)}
