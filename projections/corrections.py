"""Corrections and voids as a list of their own: what was wrong, what is right, why, and how long it stood."""

import json
import sqlite3
from collections.abc import Iterator
from datetime import date
from typing import Any

from ledger.domain.catalogue import event_class
from ledger.domain.correction import Change, Corrected, Voided
from ledger.domain.event import Event
from ledger.domain.sentences import Speaker, format_money, format_value
from ledger.domain.values import Kind, Label, People, kind_of, label_of
from projections.audit_trail import every
from projections.counted import by_subject, numbered
from projections.figures import number
from projections.names import Names
from projections.rows import AuditFilter, Correction, CorrectionCount, EntryRow, FieldChange, Figure

REASONS = {code: label for cls in (Corrected, Voided) for code, label in kind_of(cls.model_fields["reason"]).choices}


def corrections(
    db: sqlite3.Connection, *, record: str | None = None, reason: str | None = None, start: int = 0, size: int = -1
) -> tuple[Correction, ...]:
    """Corrections and voids, newest first: all, or those about one record, or for one reason."""
    name, subject = _named(record, reason)
    sql = (
        "SELECT idx, target FROM counted JOIN corrections USING (idx) WHERE figure = ? AND subject = ?"
        " AND reason = IFNULL(?, reason) ORDER BY counted.idx DESC LIMIT ? OFFSET ?"
    )
    found = db.execute(sql, (name, subject, reason, size, start)).fetchall()
    return _corrections(db, [(row[0], row[1]) for row in found])


def corrected(db: sqlite3.Connection, *, record: str | None = None, reason: str | None = None) -> Figure:
    """How many ``corrections`` finds, without reading what they changed."""
    if record and reason:
        sql = (
            "SELECT idx FROM counted JOIN corrections USING (idx)"
            " WHERE figure = 'corrections.about' AND subject = ? AND reason = ?"
        )
        return number(row[0] for row in db.execute(sql, (record, reason)))
    return numbered(db, *_named(record, reason))


def by_reason(db: sqlite3.Connection, *, record: str | None = None) -> tuple[CorrectionCount, ...]:
    """How many for each reason, and how long the longest wrong value stood; the most frequent first."""
    rows = _about(db, record) if record else _overall(db)
    return tuple(sorted(rows, key=lambda row: (-row.count.value, row.code)))


def _overall(db: sqlite3.Connection) -> Iterator[CorrectionCount]:
    for of, found in by_subject(db, "corrections.kind").items():
        reason, _, void = of.partition("~")
        sql = "SELECT MAX(stood) FROM corrections WHERE reason = ? AND void = ?"
        (longest,) = db.execute(sql, (reason, int(void))).fetchone()
        yield CorrectionCount(reason, REASONS[reason], void == "1", found, longest)


def _about(db: sqlite3.Connection, record: str) -> Iterator[CorrectionCount]:
    found: dict[tuple[str, bool], list[tuple[int, int]]] = {}
    sql = (
        "SELECT idx, reason, void, stood FROM counted JOIN corrections USING (idx)"
        " WHERE figure = 'corrections.about' AND subject = ?"
    )
    for index, reason, void, stood in db.execute(sql, (record,)):
        found.setdefault((reason, bool(void)), []).append((index, stood))
    for (reason, void), each in found.items():
        longest = max(stood for _, stood in each)
        yield CorrectionCount(reason, REASONS[reason], void, number(index for index, _ in each), longest)


def _named(record: str | None, reason: str | None) -> tuple[str, str]:
    """The kept figure, and its subject."""
    if record:
        return "corrections.about", record
    return ("corrections.reason", reason) if reason else ("corrections.all", "")


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
    old, new = _differing(change.old, change.new)
    return FieldChange(name, label_of(info), _text(old, kind, names), _text(new, kind, names))


def _differing(old: Any, new: Any) -> tuple[Any, Any]:
    """Of two lists only what differs; of two things with one code, their title and what differs."""
    if not (isinstance(old, list) and isinstance(new, list)):
        return old, new
    gone, come = [item for item in old if item not in new], [item for item in new if item not in old]
    if len(gone) == len(come) == 1 and isinstance(gone[0], dict) and gone[0].get("code", 0) == come[0].get("code", 1):
        keys = [key for key in gone[0] | come[0] if key == "title" or gone[0].get(key) != come[0].get(key)]
        one, two = ([{key: item[key] for key in keys if key in item}] for item in (gone[0], come[0]))
        return one, two
    return gone or old, come or new


def _text(value: Any, kind: Kind, names: Names) -> Label | None:
    if value is None:
        return None
    if kind.name == "day":
        value = date.fromisoformat(value)
    if kind.name == "people":
        value = People.model_validate_json(json.dumps(value))
    chinese, english = Speaker("zh", names.zh, ""), Speaker("en", names.en, "")
    return Label(_plain(value, kind, chinese), _plain(value, kind, english))


UNIT_VALUE = Label("单价", "each ")


def _plain(value: Any, kind: Kind, speaker: Speaker) -> str:
    """A JSON value as the public reads it; parts of lists as their values in order."""
    if isinstance(value, list):
        return speaker.pick(Label("、", ", ")).join(_plain(item, kind, speaker) for item in value)
    if isinstance(value, dict) and {"name", "count", "unit"} <= value.keys():
        each = (
            f"（{speaker.pick(UNIT_VALUE)}{format_money(value['unit_value_fen'])}）"
            if "unit_value_fen" in value
            else ""
        )
        return f"{value['name']}{value['count']:,}{value['unit']}{each}"
    if isinstance(value, dict):
        return " ".join(_plain(item, _guess(name), speaker) for name, item in value.items())
    return format_value(value, kind, speaker)


def _guess(name: str) -> Kind:
    if name.endswith("_fen"):
        return Kind("fen")
    return Kind("reference" if name in ("donation", "organisation", "place") else "text")
