"""A candidate: an opened event about to be judged at an index, or an entry being replayed."""

from datetime import date, datetime

from msgspec import Struct
from msgspec.structs import force_setattr

from ledger.domain.correction import subject_of
from ledger.domain.entry import day_of
from ledger.domain.event import Event
from ledger.domain.payload import Payload
from ledger.domain.record import Past, Record
from ledger.domain.values import references_in
from ledger.rules.state import State
from ledger.sealing.disclosure import Disclosure
from ledger.signing.keyring import EnrolledKey


class Candidate(Struct, frozen=True):
    """``rows`` are the sealed rows at admission, ``withdrawable`` the texts that may be withdrawn.

    Both are None in a replay, where only the bytes of the log are at hand. The last five are found when first asked.
    """

    index: int
    recorded_at: datetime
    payload: Payload
    event: Event
    signers: tuple[EnrolledKey, ...]
    rows: tuple[Disclosure, ...] | None = None
    withdrawable: tuple[Disclosure, ...] | None = None
    _record: Record | None = None
    _past: Past | None = None
    _after: Record | None = None
    _subject: Event | None = None
    _references: list[tuple[str, str]] | None = None

    @property
    def day(self) -> date:
        """The UTC+8 day of ``recorded_at``: what decides, never the claimed date."""
        return day_of(self.recorded_at)

    @property
    def organisations(self) -> tuple[str, ...]:
        """The organisations the signing keys act for; admins act for none."""
        return tuple(key.organisation for key in self.signers if key.organisation is not None)

    def record(self, state: State) -> Record:
        """The candidate's record before this event; a new one if the ledger has none. Looked up once."""
        if self._record is None:
            found = state.records.get(self.payload.uuid) or Record(self.payload.kind, self.payload.uuid)
            force_setattr(self, "_record", found)
            return found
        return self._record

    def after(self, state: State) -> Record:
        """The candidate's record with this event in it."""
        if self._after is None:
            found = self.record(state).after(self.as_past(), tree_size=self.payload.tree_size)
            force_setattr(self, "_after", found)
            return found
        return self._after

    def subject(self, state: State) -> Event:
        """What the event is about: the new values for a correction, the target for a void, else the event."""
        if self._subject is None:
            found = subject_of(self.event, self.record(state))
            force_setattr(self, "_subject", found)
            return found
        return self._subject

    def references(self) -> list[tuple[str, str]]:
        """Every record that the event's data name, with the JSON pointer of the place."""
        if self._references is None:
            found = references_in(self.payload.data, "/payload/data")
            force_setattr(self, "_references", found)
            return found
        return self._references

    def as_past(self) -> Past:
        """How the event stands in its record once admitted."""
        if self._past is None:
            payload, signers = self.payload, tuple([key.key_id for key in self.signers])
            past = Past(
                self.event,
                payload.event_id,
                payload.occurred_on,
                signers,
                sealed=payload.sealed,
                withdrawable=payload.withdrawable,
            )
            force_setattr(self, "_past", past)
            return past
        return self._past


def known_keys(state: State, keyids: tuple[str, ...]) -> dict[str, EnrolledKey]:
    """The enrolled keys among ``keyids``, in force or not."""
    return {keyid: key for keyid in keyids if (key := state.keys.get(keyid)) is not None}
