"""Snapshots of the rules' state: a cache of what the entries so far amount to, tied to the root hash at its size.

A snapshot is never believed for what it says of the log: it is taken up only where the store has that very root at that
size, and only by the very code that wrote it. Records are not in it, for the store folds them when they are asked for,
nor digests, of which there are more than entries; nor any table that whoever keeps it has elsewhere. It is data alone:
reading one runs nothing. A file cut short or of another form is as good as none.

    b"yangguang-fold-snapshot/1\n" ++ MessagePack of Snapshot
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, get_args, get_type_hints

import msgspec

from ledger.domain.policy import Policy
from ledger.rules.state import State, Table

FIRST_LINE = b"yangguang-fold-snapshot/1\n"
NOT_KEPT = frozenset({"origin", "root_at", "size", "recorded_at", "policy", "log_keys", "records", "digests"})
"""Fields of State that are not tables of a snapshot: what identifies it, and what is kept in a store of its own."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """``root`` is the root hash of the first ``size`` entries, ``code`` that of the code that folded them.

    ``tables`` are the MessagePack forms of State's tables by name, all of them or none; ``extra`` those of other folds
    over these entries.
    """

    origin: str
    size: int
    root: bytes
    code: str
    recorded_at: datetime | None
    policy: dict[str, Any] | None
    log_keys: tuple[tuple[int, str], ...]
    tables: dict[str, bytes]
    extra: dict[str, bytes]


def snapshot_of(state: State, root: bytes, extra: Mapping[str, bytes]) -> Snapshot:
    """The state after ``state.size`` entries, whose root hash is ``root``."""
    tables = {name: _encode(list(getattr(state, name).items())) for name in table_types()}
    return replace(without_tables(state, root, extra), tables=tables)


def without_tables(state: State, root: bytes, extra: Mapping[str, bytes]) -> Snapshot:
    """The same without tables."""
    policy = None if state.policy is None else state.policy.model_dump(mode="json", by_alias=True, exclude_none=True)
    return Snapshot(state.origin, state.size, root, code(), state.recorded_at, policy, state.log_keys, {}, dict(extra))


def take_up(snapshot: Snapshot, state: State) -> None:
    """Puts the snapshot into a state of no entries. Raises ValueError for tables that are not what they should be."""
    take_up_without_tables(snapshot, state)
    for name, types in table_types().items():
        table: Table[Any, Any] = getattr(state, name)
        for key, value in msgspec.msgpack.decode(snapshot.tables.get(name, b""), type=_rows_of(types)):
            table[key] = value


def take_up_without_tables(snapshot: Snapshot, state: State) -> None:
    """The same for a state that stands on its tables. Raises ValueError."""
    state.size, state.recorded_at, state.log_keys = snapshot.size, snapshot.recorded_at, snapshot.log_keys
    state.policy = None if snapshot.policy is None else Policy.model_validate(snapshot.policy)


def format_snapshot(snapshot: Snapshot) -> bytes:
    """The file of a snapshot."""
    return FIRST_LINE + _encode(snapshot)


def parse_snapshot(data: bytes) -> Snapshot | None:
    """The snapshot in a file; None where there is none."""
    if not data.startswith(FIRST_LINE):
        return None
    try:
        return msgspec.msgpack.decode(memoryview(data)[len(FIRST_LINE) :], type=Snapshot)
    except msgspec.DecodeError:
        return None


@cache
def code() -> str:
    """Hex SHA-256 over the sources of the rules and of the domain: another fold must not take up this one's tables."""
    digest = hashlib.sha256()
    here = Path(__file__).parent
    for path in sorted([*here.glob("*.py"), *(here.parent / "domain").glob("*.py")]):
        digest.update(path.name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


@cache
def table_types() -> dict[str, tuple[Any, Any]]:
    """State's tables by name, but for records and digests, with the types of their keys and values."""
    hints = get_type_hints(State)
    return {field.name: get_args(hints[field.name]) for field in fields(State) if field.name not in NOT_KEPT}


def _rows_of(types: tuple[Any, Any]) -> Any:
    return list[tuple[types]]  # type: ignore[valid-type]


def _encode(value: Any) -> bytes:
    return msgspec.msgpack.encode(value)
