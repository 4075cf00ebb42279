"""A record: the stream of events about one thing, folded. Pure; ``ledger.store`` makes it an aggregate."""

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from ledger.domain.event import Event

E = TypeVar("E", bound="Event")


@dataclass(frozen=True, slots=True)
class Past:
    """One event of a record as it stands in force. ``signers`` are key ids; its version is its place in history."""

    event: "Event"
    event_id: str
    occurred_on: date
    signers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Record:
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
        """The record with one more event."""
        return replace(
            self,
            version=self.version + 1,
            head=past.event_id,
            state=past.event.BECOMES or self.state,
            tree_size=tree_size,
            history=(*self.history, past),
        )

    def all(self, event_class: type[E]) -> list[E]:
        """The record's events of one class, oldest first."""
        return [past.event for past in self.history if isinstance(past.event, event_class)]

    def last(self, event_class: type[E]) -> E | None:
        """The newest event of one class, if any."""
        found = self.all(event_class)
        return found[-1] if found else None

    def first(self, event_class: type[E]) -> E:
        """The oldest event of one class; RuntimeError if the record's states make that impossible."""
        for past in self.history:
            if isinstance(past.event, event_class):
                return past.event
        raise RuntimeError(f"{self.reference} has no {event_class.__name__}")

    def past(self, event_class: type["Event"]) -> Past | None:
        """The newest event of one class with its signers."""
        return next((past for past in reversed(self.history) if isinstance(past.event, event_class)), None)
