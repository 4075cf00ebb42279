"""The thread of one need: to the project that took it up, its gifts, what met it, its acceptance and its effect."""

import sqlite3
from dataclasses import replace

from projections.audit_trail import chain_rows
from projections.needs import named_by, need
from projections.rows import Need, NeedPage, Station
from projections.threads import parts_of, stations_of

UNSETTLED = ("reported", "withdrawn")
"""Stages in which nothing is known to be lacking: not verified, or taken back."""
AFTER_PROJECT = ("donation", "works", "acceptance", "effect")


def need_page(db: sqlite3.Connection, reference: str) -> NeedPage:
    """One need. Raises NotFoundError."""
    found = need(db, reference)
    return NeedPage(found, named_by(db, reference), _stations(db, found), chain_rows(db, reference))


def _stations(db: sqlite3.Connection, found: Need) -> tuple[Station, ...]:
    """The project's stations, of which only what met the need; empty ones while no project has taken it up."""
    own = Station("need", "partly" if found.stage in UNSETTLED else "done", chain_rows(db, found.need.reference))
    if found.project is None or found.stage in ("stranded", "withdrawn"):
        due = "missing" if found.stage in ("verified", "stranded") else "none"
        return (own, Station("project", due, ()), *(Station(name, "none", ()) for name in AFTER_PROJECT))
    parts, met_by = parts_of(db, found.project.reference), found.met_by
    if met_by is not None:
        works = tuple(item for item in parts.works if item.renovation == met_by)
        parts = replace(parts, works=works, awards=tuple(item for item in parts.awards if item.award == met_by))
    return (own, *(station for station in stations_of(db, parts) if station.name not in ("need", "remainder")))
