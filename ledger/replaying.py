"""Entering stored entries into what the writer knows of the log: at its start all of them, later those of others."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from ledger.domain.record import Record
from ledger.rules import admission
from ledger.rules.replay import replay_entry
from ledger.rules.state import State
from ledger.vault_acts import Act, act_of


@dataclass(frozen=True, slots=True)
class Replayed:
    """What entries ask for besides the state: acts on the vault, and records as they stood after each entry."""

    acts: list[Act] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)


def replay(state: State, entries: Iterable[bytes]) -> Replayed:
    """Enters the entries from the state's size on. An error leaves the state as it was."""
    fork, replayed = state.fork(), Replayed()
    for raw in entries:
        candidate = replay_entry(fork, raw)
        admission.apply(fork, candidate)
        act = act_of(candidate.index, candidate.payload.record, candidate.as_past())
        replayed.acts.extend([act] if act is not None else [])
        record = fork.records.get(candidate.payload.uuid)
        replayed.records.extend([record] if record is not None else [])
    fork.merge(state)
    return replayed
