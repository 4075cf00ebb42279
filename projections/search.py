"""Search: things by name, alias or code; what a person types, not a query language.

named   rowid                                words
        of the entry that began the record   every two letters of what the record is or was called
"""

import re
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ledger.domain.catalogue import KINDS
from projections.facts import Fact
from projections.grams import PAIRS, like, match_pairs, pairs
from projections.names import Names
from projections.rows import Named

SCHEMA = f"""
CREATE VIRTUAL TABLE named USING fts5(words, {PAIRS});
"""
CALLED = ("code", "credit_code", "outlet", "certificate")
MOST = 2_000
"""So many records that may be called so are looked at."""
REFERENCE = re.compile(r"(?:([a-z]+)/)?([0-9a-f]{8}[0-9a-f-]{0,28})")
FOUND = """
SELECT record, idx FROM (SELECT rowid AS idx FROM named WHERE named MATCH ?2 ORDER BY rowid LIMIT ?4)
CROSS JOIN entries USING (idx) LEFT JOIN names ON reference = record
WHERE (names.zh || char(10) || names.en) LIKE ?1 ESCAPE '\\'
    OR EXISTS (SELECT 1 FROM json_each(payload, '$.data.aliases') WHERE value LIKE ?1 ESCAPE '\\')
    OR json_extract(payload, '$.data.code') LIKE ?1 ESCAPE '\\'
    OR json_extract(payload, '$.data.credit_code') LIKE ?1 ESCAPE '\\'
    OR json_extract(payload, '$.data.outlet') LIKE ?1 ESCAPE '\\'
    OR (kind = 'honour' AND EXISTS (SELECT 1 FROM entries AS its WHERE its.record = entries.record
        AND its.type = 'honour.awarded' AND json_extract(its.payload, '$.data.certificate') LIKE ?1 ESCAPE '\\'))
LIMIT ?3
"""
BY_REFERENCE = """
SELECT record, idx FROM names JOIN entries ON record = reference AND version = 1
WHERE reference >= ? AND reference < ? LIMIT ?
"""


@dataclass(frozen=True, slots=True)
class Hit:
    """A thing that was found, its kind, and the index of its first entry."""

    thing: Named
    kind: str
    index: int


def enter(db: sqlite3.Connection, told: Iterable[Fact]) -> None:
    """Enters what events call their records; what one was called before is looked up in vain, and does no harm."""
    words = ((fact.chain.indices[0], pairs(*_called(fact))) for fact in told)
    # In the order of the rows, in which an index of texts is written best.
    found = sorted((index, said) for index, said in words if said)
    db.executemany("INSERT INTO main.named (rowid, words) VALUES (?, ?)", found)


def _called(fact: Fact) -> Iterator[str]:
    if fact.name is not None:
        yield fact.name.zh
        yield fact.name.en
    yield from fact.event.get("aliases") or ()
    for name in CALLED:
        yield fact.event.get(name) or ""


def things(db: sqlite3.Connection, text: str, *, limit: int) -> tuple[Hit, ...]:
    """Records whose name, alias, code, certificate number or outlet has ``text`` in it, in the order of the log.

    And those whose id begins so.
    """
    names, found = Names(db), dict(_by_reference(db, text, limit))
    if asked := match_pairs(text):
        found |= dict(db.execute(FOUND, (like(text), asked, limit, MOST)).fetchall())
    hits = sorted(found.items(), key=lambda each: each[1])[:limit]
    return tuple(Hit(names(reference), reference.partition("/")[0], index) for reference, index in hits)


def _by_reference(db: sqlite3.Connection, text: str, limit: int) -> Iterator[tuple[str, int]]:
    match = REFERENCE.fullmatch(text.lower())
    for kind in () if match is None else [match[1]] if match[1] else KINDS:
        start = f"{kind}/{match[2]}" if match else ""
        yield from db.execute(BY_REFERENCE, (start, f"{start}~", limit))
