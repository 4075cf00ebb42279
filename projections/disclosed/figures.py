"""The figures of one of the five questions in the form whose digest a ``disclosure.published`` signs.

    {"figures_schema":1,"figures":{"balance.paid":1234500,…,"plan.paid":{"tongmeng":400000,…}},"question":"how_much"}

``figures`` maps the name of a figure, as in the links ``/audit?figure=NAME&of=SUBJECT``, to its value, or to its
values by subject. Values are whole numbers (money in fen) and texts as entries state them (codes, measured values).
People are counted by whole batches alone. The digest is the hex SHA-256 of the RFC 8785 bytes of the whole.

A schema, once signed under, stays: what pages show may change with a new one, never what an old one computes.
"""

import hashlib
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ledger.canonical import canonical_bytes
from ledger.domain.disclosure import QUESTIONS
from ledger.errors import NotFoundError
from projections.disclosed import first

Value = int | str
Canonical = dict[str, Any]
Calculators = Mapping[str, Callable[[sqlite3.Connection], dict[str, Any]]]
SCHEMAS: Mapping[int, Calculators] = {1: first.QUESTIONS}
"""Every ``figures_schema`` ever signed under, with its calculators by question."""
NEWEST = max(SCHEMAS)


@dataclass(frozen=True, slots=True)
class Change:
    """A figure with its two values; None where there was none. ``of`` is its subject, "" for the whole ledger."""

    name: str
    of: str
    then: Value | None
    now: Value | None


def figures(db: sqlite3.Connection, question: str, schema: int = NEWEST) -> Canonical:
    """The canonical figures of ``where``, ``what``, ``whom``, ``how_much`` or ``effect``. Raises NotFoundError."""
    if schema not in SCHEMAS:
        raise unknown_schema(schema)
    if question not in QUESTIONS:
        known = "、".join(QUESTIONS)
        raise NotFoundError(f"没有“{question[:40]}”这个问题，只有{known}。", f"No question {question[:40]!r}: {known}.")
    return {"figures": SCHEMAS[schema][question](db), "figures_schema": schema, "question": question}


def digest_of(canonical: Canonical) -> str:
    """Hex SHA-256 of the RFC 8785 bytes."""
    return hashlib.sha256(canonical_bytes(canonical)).hexdigest()


def each(canonical: Canonical) -> dict[tuple[str, str], Value]:
    """Every value by name and subject; the subject is "" where it is the whole ledger."""
    found: dict[tuple[str, str], Value] = {}
    for name, value in canonical["figures"].items():
        found |= {(name, of): one for of, one in value.items()} if isinstance(value, dict) else {(name, ""): value}
    return found


def changes(then: Canonical, now: Canonical) -> tuple[Change, ...]:
    """What differs, in the order of the calculators; those of the whole ledger first. A zero equals no value."""
    before, after = each(then), each(now)
    found = [
        Change(*key, before.get(key), after.get(key))
        for key in dict.fromkeys((*after, *before))
        if (before.get(key) or 0) != (after.get(key) or 0)
    ]
    return tuple(sorted(found, key=lambda change: change.of != ""))


def unknown_schema(schema: int) -> NotFoundError:
    """What to say of a schema that this program has no calculator for."""
    return NotFoundError(
        f"这些数字是按算法版本{schema:,}算的，本程序只会版本{'、'.join(map(str, SCHEMAS))}。请换用较新的程序重算。",
        f"These figures follow schema {schema}; this program knows {', '.join(map(str, SCHEMAS))}. Use a newer one.",
    )
