"""What a row says, as a digest: by it a row is known to be unchanged."""

import hashlib
from typing import Any

from ledger.canonical import canonical_bytes
from yangguang.importing.cells import Named, Person
from yangguang.importing.rows import Row, replaced


def fingerprint(row: Row) -> str:
    """The digest of what a row says, apart from its own number: names stand for themselves, not for ids."""
    said: dict[str, Any] = {
        "type": row.cls.TYPE,
        "record": row.record,
        "occurred_on": row.occurred_on,
        "data": row.data,
        "free": [list(pair) for pair in row.free],
        "fields": row.fields,
        "rows": row.rows,
        "photos": row.photos,
    }
    return hashlib.sha256(canonical_bytes(replaced(said, _said))).hexdigest()


def _said(value: Any, _pointer: str) -> Any:
    return {"named": value.text} if isinstance(value, Named | Person) else value
