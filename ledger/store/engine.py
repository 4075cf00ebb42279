"""What the log asks of a database: two engines answer, SQLite and PostgreSQL, chosen by one setting.

Both keep four tables, each append-only by triggers:

    stored_events   eventsourcing's own; ``state`` is the entry
    leaves          entry_index | event_id | originator_id | originator_version | proved_at
    nodes           level | node_index | hash
    checkpoints     tree_size | note

Leaves have a dense index of their own: notification ids are not Merkle indices. Statements are written once, with
``?`` for parameters; record ids are 32 hexadecimal digits in what they return.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple, Protocol, TypeVar

from eventsourcing.persistence import ApplicationRecorder

TABLES = ("stored_events", "leaves", "nodes", "checkpoints")
T = TypeVar("T")


class Leaf(NamedTuple):
    """Where an entry stands; ``proved_at`` is the tree size of the checkpoint of its own transaction."""

    entry_index: int
    event_id: str
    originator_id: str
    originator_version: int
    proved_at: int


@dataclass(frozen=True, slots=True)
class Append:
    """What goes into the same transaction as the events. ``sign`` makes the checkpoint note, asked last.

    It is None only where a restore copies entries back: the last group brings the checkpoint of them all.
    """

    leaves: Sequence[Leaf]
    nodes: Sequence[tuple[int, int, bytes]]
    tree_size: int
    sign: Callable[[], bytes] | None

    @property
    def leaf_hashes(self) -> list[bytes]:
        """The level-0 nodes, in the order of the events."""
        return [node for level, _, node in self.nodes if level == 0]


class Rows(Protocol):
    """A database opened for reading."""

    def query(self, statement: str, parameters: Sequence[Any] = ()) -> list[Any]:
        """The rows. Raises UnreachableError where a server stays away."""

    def close(self) -> None:
        """Lets go of files and connections."""


class Engine(ABC):
    """A database that also takes entries. ``recorder`` writes all of an append in ONE transaction."""

    SHARED: ClassVar[bool]
    """Whether other processes may append meanwhile."""
    recorder: ApplicationRecorder

    @abstractmethod
    def query(self, statement: str, parameters: Sequence[Any] = ()) -> list[Any]:
        """As ``Rows.query``."""

    @abstractmethod
    def turn(self) -> AbstractContextManager[None]:
        """Within it nobody else appends, until its one append is committed. Raises UnreachableError."""

    @abstractmethod
    def steadily(self, work: Callable[[], T]) -> T:
        """Does ``work``, and all of it again where a connection was lost; UnreachableError when that goes on."""

    @abstractmethod
    def settle(self) -> None:
        """Returns when all that the log shows is as durable as after a commit. Belongs into a turn, as an append."""

    @abstractmethod
    def close(self) -> None:
        """As ``Rows.close``."""
