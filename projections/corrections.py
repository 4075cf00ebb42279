"""Corrections and voids as a list of their own: what was wrong, what is right, why, and how long it stood."""

import json
import sqlite3
from typing import Any

from ledger.domain.catalogue import event_class
from ledger.domain.correction import Change, Corrected, Voided
from ledger.domain.event import Event
from ledger.domain.sentences import Speaker, format_value
from ledger.domain.values import Kind, Label, People, kind_of, label_of
from projections.audit_trail import every
from projections.names import Names
from projections.rows import AuditFilter, Correction, EntryRow, FieldChange


def corrections(db: sqlite3.Connection) -> tuple[Correction, ...]:
    """Every correction and void, newest first."""
    found = db.execute("SELECT idx, amends FROM entries WHERE amends IS NOT NULL ORDER BY idx DESC").fetchall()
    return _corrections(db, [(row[0], row[1]) for row in found])


def corrections_of(db: sqlite3.Connection, index: int) -> tuple[Correction, ...]:
    """What corrected or voided the entry at ``index``, oldest first; and what the entry itself corrects."""
    sql = "SELECT idx, amends FROM entries WHERE amends = ?1 OR (idx = ?1 AND amends IS NOT NULL) ORDER BY idx"
    return _corrections(db, [(row[0], row[1]) for row in db.execute(sql, (index,))])


def _corrections(db: sqlite3.Connection, pairs: list[tuple[int, int]]) -> tuple[Correction, ...]:
    indices = tuple({index for pair in pairs for index in pair})
    rows = {row.index: row for row in every(db, AuditFilter(indices=indices))}
    names = Names(db)
    return tuple(_correction(db, rows[index], rows[target], names) for index, target in pairs)


def _correction(db: sqlite3.Connection, entry: EntryRow, target: EntryRow, names: Names) -> Correction:
    event, corrected = _event(db, entry.index), _event(db, target.index)
    assert isinstance(event, Corrected | Voided)
    fields = {info.alias or name: info for name, info in type(corrected).model_fields.items()}
    changes = event.changes if isinstance(event, Corrected) else {}
    return Correction(
        entry=entry,
        target=target,
        void=isinstance(event, Voided),
        reason=dict(kind_of(type(event).model_fields["reason"]).choices)[event.reason],
        changes=tuple(_change(name, change, fields[name], names) for name, change in changes.items()),
        stood_days=(entry.recorded_on - target.recorded_on).days,
    )


def _event(db: sqlite3.Connection, index: int) -> Event:
    wire = json.loads(db.execute("SELECT payload FROM entries WHERE idx = ?", (index,)).fetchone()[0])
    return event_class(wire["type"], wire["schema"]).parse(wire["data"])


def _change(name: str, change: Change, info: Any, names: Names) -> FieldChange:
    kind = kind_of(info)
    return FieldChange(name, label_of(info), _text(change.old, kind, names), _text(change.new, kind, names))


def _text(value: Any, kind: Kind, names: Names) -> Label | None:
    if value is None:
        return None
    if kind.name == "people":
        value = People.model_validate_json(json.dumps(value))
    chinese, english = Speaker("zh", names.zh, ""), Speaker("en", names.en, "")
    return Label(_plain(value, kind, chinese), _plain(value, kind, english))


def _plain(value: Any, kind: Kind, speaker: Speaker) -> str:
    """A JSON value as the public reads it; parts of lists as their values in order."""
    if isinstance(value, list):
        return speaker.pick(Label("、", ", ")).join(_plain(item, kind, speaker) for item in value)
    if isinstance(value, dict):
        return " ".join(_plain(item, _guess(name), speaker) for name, item in value.items())
    return format_value(value, kind, speaker)


def _guess(name: str) -> Kind:
    if name.endswith("_fen"):
        return Kind("fen")
    return Kind("reference" if name in ("donation", "organisation", "place") else "text")
