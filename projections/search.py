"""Search: things by name, alias or code; what a person types, not a query language."""

import sqlite3
from dataclasses import dataclass

from projections.names import Names
from projections.rows import Named

BY_NAME = "SELECT reference FROM names WHERE (zh || char(10) || en || char(10) || reference) LIKE ?1 ESCAPE '\\'"
BY_ALIAS = """
SELECT record FROM entries WHERE version = 1 AND (
    EXISTS (SELECT 1 FROM json_each(payload, '$.data.aliases') WHERE value LIKE ?1 ESCAPE '\\')
    OR json_extract(payload, '$.data.code') LIKE ?1 ESCAPE '\\'
    OR json_extract(payload, '$.data.credit_code') LIKE ?1 ESCAPE '\\'
    OR json_extract(payload, '$.data.outlet') LIKE ?1 ESCAPE '\\')
"""
BY_CERTIFICATE = """
SELECT record FROM entries WHERE type = 'honour.awarded'
    AND json_extract(payload, '$.data.certificate') LIKE ?1 ESCAPE '\\'
"""
FOUND = f"""
SELECT record, MIN(idx) FROM entries WHERE version = 1 AND record IN ({BY_NAME} UNION {BY_ALIAS} UNION {BY_CERTIFICATE})
GROUP BY record ORDER BY MIN(idx) LIMIT ?2
"""  # noqa: S608  (constant clauses)


@dataclass(frozen=True, slots=True)
class Hit:
    """A thing that was found, its kind, and the index of its first entry."""

    thing: Named
    kind: str
    index: int


def things(db: sqlite3.Connection, text: str, *, limit: int) -> tuple[Hit, ...]:
    """Records whose name, alias, code, certificate number, outlet or id has ``text`` in it, in the order of the log."""
    names = Names(db)
    rows = db.execute(FOUND, (_pattern(text), limit))
    return tuple(Hit(names(reference), reference.partition("/")[0], index) for reference, index in rows)


def _pattern(text: str) -> str:
    for character in "\\%_":
        text = text.replace(character, f"\\{character}")
    return f"%{text}%"
