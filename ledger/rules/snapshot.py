"""Snapshots of the rules' state: a cache of what the entries so far amount to, tied to the root hash at its size.

A snapshot is never believed for what it says of the log: it is taken up only where the store has that very root at that
size, and only by the very code that wrote it. Records are not in it, for the store folds them when they are asked for,
nor digests, of which there are more than entries. It is data alone: reading one runs nothing. A file cut short or of
another form is as good as none.

    b"yangguang-fold-snapshot/1\n" ++ MessagePack of Snapshot
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, fields
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

    ``tables`` are the MessagePack forms of State's tables by name, ``extra`` those of other folds over these entries.
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
    policy = None if state.policy is None else state.policy.model_dump(mode="json", by_alias=True, exclude_none=True)
    tables = {name: _encode(list(getattr(state, name).items())) for name in _tables()}
    return Snapshot(
        state.origin, state.size, root, code(), state.recorded_at, policy, state.log_keys, tables, dict(extra)
    )


def take_up(snapshot: Snapshot, state: State) -> None:
    """Puts the snapshot into a state of no entries. Raises ValueError for tables that are not what they should be."""
    state.size, state.recorded_at, state.log_keys = snapshot.size, snapshot.recorded_at, snapshot.log_keys
    state.policy = None if snapshot.policy is None else Policy.model_validate(snapshot.policy)
    for name, rows in _tables().items():
        table: Table[Any, Any] = getattr(state, name)
        for key, value in msgspec.msgpack.decode(snapshot.tables.get(name, b""), type=rows):
            table[key] = value


def same_fold(one: Snapshot, other: Snapshot) -> bool:
    """Whether two snapshots say the same, in whatever order they list it."""
    return _compared(one) == _compared(other)


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
def _tables() -> dict[str, Any]:
    """State's tables by name, with the type of a list of their rows."""
    hints = get_type_hints(State)
    names = [field.name for field in fields(State) if field.name not in NOT_KEPT]
    return {name: list[tuple[get_args(hints[name])]] for name in names}  # type: ignore[misc]


def _compared(snapshot: Snapshot) -> tuple[Any, ...]:
    tables = {name: dict(msgspec.msgpack.decode(snapshot.tables[name], type=rows)) for name, rows in _tables().items()}
    extra = snapshot.extra
    return (
        snapshot.origin,
        snapshot.size,
        snapshot.root,
        snapshot.recorded_at,
        snapshot.policy,
        snapshot.log_keys,
        tables,
        extra,
    )


def _encode(value: Any) -> bytes:
    return msgspec.msgpack.encode(value)
