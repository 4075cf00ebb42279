"""The thread of one need: to the project that took it up, its gifts, what met it, its acceptance and its effect."""

import sqlite3
from dataclasses import replace

from projections import deliveries
from projections.audit_trail import chain_rows, every
from projections.needs import named_by, need
from projections.rows import AuditFilter, Need, NeedPage, Station
from projections.threads import Parts, parts_of, stations_of

UNSETTLED = ("reported", "withdrawn")
"""Stages in which nothing is known to be lacking: not verified, or taken back."""
AFTER_PROJECT = ("donation", "works", "acceptance", "effect")
LEFT_OUT = ("need", "remainder")
"""Stations of a project that a need's thread tells itself, or that say nothing about one need."""


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
    parts = _narrowed(parts_of(db, found.project.reference), found)
    return (own, *(_station(db, each, found) for each in stations_of(db, parts) if each.name not in LEFT_OUT))


def _narrowed(parts: Parts, found: Need) -> Parts:
    """What met the need and nothing else of the project, unless that is the project itself."""
    met_by = found.met_by
    if met_by is None or met_by == parts.project.project:
        return parts
    return replace(
        parts,
        works=tuple(item for item in parts.works if item.renovation == met_by),
        awards=tuple(item for item in parts.awards if item.award == met_by),
        deliveries=tuple(item for item in parts.deliveries if item.delivery == met_by),
    )


def _station(db: sqlite3.Connection, station: Station, found: Need) -> Station:
    """That a need is met is itself an acceptance, by somebody who did not carry the project out."""
    if found.met_by is None or found.met_index is None or found.stage != "met":
        return station
    if station.name == "works":
        own = chain_rows(db, found.met_by.reference)
        served = found.met_by.reference.partition("/")[0] in deliveries.KINDS
        return replace(station, state="done", entries=own if served else station.entries)
    if station.name == "acceptance":
        met = every(db, AuditFilter(indices=(found.met_index,)))
        return replace(station, state="done", entries=(*station.entries, *met))
    return station
