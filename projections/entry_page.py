"""One entry in full: what was recorded, who signed it, and where it stands in its record's chain."""

import json
import sqlite3
from datetime import date
from typing import Any

from ledger.domain.catalogue import event_class, state_label
from ledger.domain.event import Event
from ledger.domain.sentences import Speaker, format_value
from ledger.domain.values import Item, Kind, Label, Part, People, kind_of, label_of
from ledger.errors import NotFoundError
from projections.audit_trail import COLUMNS, chain_rows, rows_of
from projections.entries import references_in
from projections.names import Names
from projections.rows import EntryDetail, Field, Named, Signer

COLON = Label("：", ": ")
SEMICOLON = Label("；", "; ")


def entry(db: sqlite3.Connection, index: int) -> EntryDetail:
    """The entry at ``index``. Raises NotFoundError."""
    sql = f"SELECT {COLUMNS}, state, payload FROM entries WHERE idx = ?"  # noqa: S608  (constant columns)
    found = db.execute(sql, (index,)).fetchone()
    if found is None:
        raise NotFoundError(f"账本里没有第{index:,}条。", f"The ledger has no entry {index:,}.")
    names = Names(db)
    row = rows_of(iter([found]), names)[0]
    chain = chain_rows(db, row.record.reference)
    wire = json.loads(found["payload"])
    before = [bead.index for bead in chain if bead.index < index]
    after = [bead.index for bead in chain if bead.index > index]
    return EntryDetail(
        row=row,
        state=state_label(row.kind, found["state"]),
        previous_index=before[-1] if before else None,
        next_index=after[0] if after else None,
        signers=_signers(db, index, names),
        fields=_fields(event_class(wire["type"], wire["schema"]).parse(wire["data"]), wire["data"], names),
        sealed_count=len(wire.get("sealed", ())),
        withdrawable_digests=tuple(wire.get("withdrawable", ())),
        payload=found["payload"],
        chain=chain,
    )


def is_there(db: sqlite3.Connection, index: int) -> bool:
    """Whether there is an entry at ``index``."""
    return db.execute("SELECT 1 FROM entries WHERE idx = ?", (index,)).fetchone() is not None


def _signers(db: sqlite3.Connection, index: int, names: Names) -> tuple[Signer, ...]:
    rows = db.execute("SELECT * FROM signers WHERE idx = ? ORDER BY keyid", (index,))
    return tuple(
        Signer(
            keyid=row["keyid"],
            organisation=names.maybe(row["organisation"]),
            post=Label(row["post"], row["post_en"]),
            capabilities=tuple(json.loads(row["capabilities"])),
            enrolled_index=row["enrolled_index"],
            expires_on=row["expires_on"] and date.fromisoformat(row["expires_on"]),
            key=names.maybe(row["key"]),
            per_event_fen=row["per_event_fen"],
        )
        for row in rows
    )


def _fields(event: Event, data: dict[str, Any], names: Names) -> tuple[Field, ...]:
    """The public fields in the order of the event's class."""
    found = []
    for name, info in type(event).model_fields.items():
        wire_name = info.alias or name
        if wire_name not in data:
            continue
        kind = kind_of(info)
        text = _text(getattr(event, name), kind, names)
        found.append(Field(wire_name, label_of(info), kind.name, data[wire_name], text, _links(data[wire_name], names)))
    return tuple(found)


def _text(value: Any, kind: Kind, names: Names) -> Label:
    return Label(_read(value, kind, Speaker("zh", names.zh, "")), _read(value, kind, Speaker("en", names.en, "")))


def _read(value: Any, kind: Kind, speaker: Speaker) -> str:
    """As ``format_value``, and parts within parts as ``label: value``."""
    if isinstance(value, list) and value and isinstance(value[0], Part) and not isinstance(value[0], Item):
        return "\n".join(_read(item, kind, speaker) for item in value)
    if not isinstance(value, Part) or isinstance(value, People | Item):
        return format_value(value, kind, speaker)
    parts = []
    for name, info in type(value).model_fields.items():
        item = getattr(value, name)
        if item is not None:
            label = speaker.pick(label_of(info)) or name
            parts.append(f"{label}{speaker.pick(COLON)}{_read(item, kind_of(info), speaker)}")
    return speaker.pick(SEMICOLON).join(parts)


def _links(value: Any, names: Names) -> tuple[Named, ...]:
    return tuple(names(reference) for reference in references_in(value))
