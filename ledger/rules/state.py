"""What the entries so far amount to, as far as the rules ask: tables that fork, so a batch is all or none."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Generic, Protocol, TypeVar

from ledger.domain.batch import Move
from ledger.domain.policy import Policy
from ledger.domain.record import Record
from ledger.signing.keyring import EnrolledKey
from ledger.tlog.merkle import EMPTY_ROOT


@dataclass(frozen=True, slots=True)
class Noted:
    """An entry that a later refusal may have to name, and the record it belongs to."""

    index: int
    record: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A founded conclusion about an organisation; ``lifted`` once the organisation was reinstated."""

    index: int
    record: str
    lifted: bool = False


@dataclass(frozen=True, slots=True)
class EnteredHead:
    """The newest tree head of another ledger: the entry that holds it, its size, its root in base64."""

    index: int
    tree_size: int
    root: str


K = TypeVar("K")
V = TypeVar("V")
K_contra = TypeVar("K_contra", contravariant=True)


class Base(Protocol[K_contra, V]):
    """What a table stands on: a dict, another table, or a store that reads through."""

    def get(self, key: K_contra, /) -> V | None: ...
    def __setitem__(self, key: K_contra, value: V, /) -> None: ...


class Table(Generic[K, V]):
    """Changes over a base. Reading falls through; ``merge`` writes the changes down."""

    __slots__ = ("_base", "_changes")

    def __init__(self, base: Base[K, V] | None = None) -> None:
        self._base: Base[K, V] = {} if base is None else base
        self._changes: dict[K, V] = {}

    def get(self, key: K, /) -> V | None:
        """The newest value, or None."""
        return self._changes[key] if key in self._changes else self._base.get(key)

    def __setitem__(self, key: K, value: V, /) -> None:
        self._changes[key] = value

    def items(self) -> Iterator[tuple[K, V]]:
        """Every key and its value. Only of a table that stands on a dict or on another such table."""
        base = self._base.items() if isinstance(self._base, dict | Table) else ()
        yield from ((key, value) for key, value in base if key not in self._changes)
        yield from self._changes.items()

    def merge(self) -> None:
        """Writes the changes to the base and forgets them."""
        for key, value in self._changes.items():
            self._base[key] = value
        self._changes = {}


def empty_log(size: int) -> bytes:
    """The root of a log with no entries yet."""
    if size:
        raise RuntimeError("an empty log has no root at a size above 0")
    return EMPTY_ROOT


@dataclass(slots=True)
class State:
    """State after ``size`` entries. ``records`` by UUID, ``paid`` by (donation, project) in fen.

    ``paid_for`` by what was paid for in fen; ``referred``: named by another record's events;
    ``cash`` in hand: received less returned less paid. ``recipients`` of opened values, and ``withdrawn`` digests,
    by the entry that did it; ``moves`` of batches of people by project, group and year (``rules.restatement``).
    ``volunteer_teams`` by programme.
    ``needs`` that named the programme that put them first or the record that met them, by that; whether they still do,
    they say. ``findings`` by organisation; ``noted`` by what was done and to what, such as ("certificate",
    "SL-2023-004"). ``heads`` of other ledgers by their origin. ``log_keys`` are (entry index, vkey), the key in force
    last.
    """

    origin: str
    root_at: Callable[[int], bytes] = empty_log
    size: int = 0
    recorded_at: datetime | None = None
    policy: Policy | None = None
    log_keys: tuple[tuple[int, str], ...] = ()
    records: Table[str, Record] = field(default_factory=Table)
    keys: Table[str, EnrolledKey] = field(default_factory=Table)
    digests: Table[str, bool] = field(default_factory=Table)
    paid: Table[tuple[str, str], int] = field(default_factory=Table)
    paid_for: Table[str, int] = field(default_factory=Table)
    referred: Table[str, bool] = field(default_factory=Table)
    cash: Table[str, int] = field(default_factory=Table)
    spent: Table[tuple[str, date], int] = field(default_factory=Table)
    recipients: Table[str, int] = field(default_factory=Table)
    withdrawn: Table[str, int] = field(default_factory=Table)
    moves: Table[tuple[str, str, int], tuple[Move, ...]] = field(default_factory=Table)
    volunteer_teams: Table[str, str] = field(default_factory=Table)
    needs: Table[str, tuple[str, ...]] = field(default_factory=Table)
    findings: Table[str, tuple[Finding, ...]] = field(default_factory=Table)
    noted: Table[tuple[str, str], Noted] = field(default_factory=Table)
    heads: Table[str, EnteredHead] = field(default_factory=Table)

    def record(self, reference: str) -> Record | None:
        """The record ``kind/uuid``, if it exists and is of that kind."""
        kind, _, uuid = reference.partition("/")
        found = self.records.get(uuid)
        return found if found is not None and found.kind == kind else None

    def fork(self) -> "State":
        """A state to try things on; ``merge`` keeps them, dropping it forgets them."""
        return State(
            self.origin,
            self.root_at,
            self.size,
            self.recorded_at,
            self.policy,
            self.log_keys,
            records=Table(self.records),
            keys=Table(self.keys),
            digests=Table(self.digests),
            paid=Table(self.paid),
            paid_for=Table(self.paid_for),
            referred=Table(self.referred),
            cash=Table(self.cash),
            spent=Table(self.spent),
            recipients=Table(self.recipients),
            withdrawn=Table(self.withdrawn),
            moves=Table(self.moves),
            volunteer_teams=Table(self.volunteer_teams),
            needs=Table(self.needs),
            findings=Table(self.findings),
            noted=Table(self.noted),
            heads=Table(self.heads),
        )

    def merge(self, into: "State") -> None:
        """Writes this fork down into the state it was forked from."""
        for table in self._tables():
            table.merge()
        into.size, into.recorded_at, into.policy = self.size, self.recorded_at, self.policy
        into.log_keys = self.log_keys

    def _tables(self) -> Iterator["Table[Any, Any]"]:
        yield from (self.records, self.keys, self.digests, self.paid, self.paid_for)
        yield from (self.referred, self.cash, self.spent, self.recipients, self.withdrawn, self.moves)
        yield from (self.volunteer_teams, self.needs, self.findings, self.noted, self.heads)

    @property
    def policy_in_force(self) -> Policy:
        """The policy; RuntimeError before entry 0."""
        if self.policy is None:
            raise RuntimeError("no policy before the ledger is opened")
        return self.policy
