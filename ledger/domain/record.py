"""A record: the stream of events about one thing, folded. Pure; ``ledger.store`` makes it an aggregate.

What is made for each event anew is a struct: a tenth of what a frozen dataclass takes to make.
"""

from datetime import date
from typing import TYPE_CHECKING, TypeVar

from msgspec import Struct

if TYPE_CHECKING:
    from ledger.domain.event import Event

E = TypeVar("E", bound="Event")
IN_FORCE = ""
VOIDED = "voided"
LAPSED = "lapsed"


class Past(Struct, frozen=True):
    """One event of a record as it stands. ``signers`` are key ids; its version is its place in history.

    ``event`` holds the values in force, ``corrections`` the ids of the events that changed them. ``standing`` is
    IN_FORCE, VOIDED, or LAPSED: an acceptance of works that were corrected afterwards. ``sealed`` and
    ``withdrawable`` are the digests that its payload lists.
    """

    event: "Event"
    event_id: str
    occurred_on: date
    signers: tuple[str, ...]
    corrections: tuple[str, ...] = ()
    standing: str = IN_FORCE
    sealed: tuple[str, ...] = ()
    withdrawable: tuple[str, ...] = ()

    @property
    def digests(self) -> tuple[str, ...]:
        """Those of both lists."""
        return self.sealed + self.withdrawable


class Record(Struct, frozen=True):
    """State of one record after ``version`` events. ``head`` is the hex digest of the last payload."""

    kind: str
    id: str
    version: int = 0
    head: str | None = None
    state: str = ""
    tree_size: int = 0
    history: tuple[Past, ...] = ()

    @property
    def reference(self) -> str:
        """``kind/uuid``."""
        return f"{self.kind}/{self.id}"

    def after(self, past: Past, *, tree_size: int) -> "Record":
        """The record with one more event, which may change how earlier ones stand."""
        changed = past.event.applied_to(self, past.event_id)
        history = (*changed.history, past)
        return Record(self.kind, self.id, self.version + 1, past.event_id, changed.state, tree_size, history)

    def all(self, event_class: type[E]) -> list[E]:
        """The record's events of one class that are in force, oldest first."""
        return [past.event for past in self.history if isinstance(past.event, event_class) and not past.standing]

    def last(self, event_class: type[E]) -> E | None:
        """The newest event of one class in force, if any."""
        for past in reversed(self.history):
            if isinstance(past.event, event_class) and not past.standing:
                return past.event
        return None

    def first(self, event_class: type[E]) -> E:
        """The oldest event of one class, in force or not; RuntimeError if the record's states make that impossible."""
        for past in self.history:
            if isinstance(past.event, event_class):
                return past.event
        raise RuntimeError(f"{self.reference} has no {event_class.__name__}")

    def past(self, event_class: type["Event"]) -> Past | None:
        """The newest event of one class in force, with its signers."""
        for past in reversed(self.history):
            if isinstance(past.event, event_class) and not past.standing:
                return past
        return None

    def find(self, event_id: str) -> Past | None:
        """The event with an id."""
        return next((past for past in self.history if past.event_id == event_id), None)

    def with_history(self, history: tuple[Past, ...], state: str) -> "Record":
        """The record with how its events stand changed, and its state."""
        return Record(self.kind, self.id, self.version, self.head, state, self.tree_size, history)
