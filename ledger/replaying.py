"""Entering stored entries into what the writer knows of the log: at its start all of them, later those of others."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from ledger.domain.record import Record
from ledger.errors import ProofError
from ledger.rules import admission
from ledger.rules.replay import replay_entry
from ledger.rules.state import State
from ledger.store.mapper import admitted_from
from ledger.tlog.merkle import HashReader, leaf_hash, new_nodes
from ledger.vault_acts import Act, act_of


@dataclass(frozen=True, slots=True)
class Replayed:
    """What entries ask for besides the state: acts on the vault, and records as they stood after each entry."""

    acts: list[Act] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)


def replay(state: State, entries: Iterable[bytes], nodes: HashReader) -> Replayed:
    """Enters the entries from the state's size on. An error leaves the state as it was.

    Every leaf is hashed again and every subtree that it completes, and compared with what is stored: no root is signed
    over hashes that are not those of the entries. Raises ProofError.
    """
    fork, replayed = state.fork(), Replayed()
    for raw in entries:
        _check_nodes(fork.size, raw, nodes)
        candidate = replay_entry(fork, raw)
        admission.apply(fork, candidate)
        act = act_of(candidate.index, candidate.payload.record, candidate.as_past())
        replayed.acts.extend([act] if act is not None else [])
        record = fork.records.get(candidate.payload.uuid)
        replayed.records.extend([record] if record is not None else [])
    fork.merge(state)
    return replayed


def acts_in(entries: Iterable[bytes], first: int) -> Iterator[Act]:
    """What entries that were entered before, the first of them number ``first``, ask of the vault."""
    for index, admitted in enumerate(map(admitted_from, entries), first):
        act = act_of(index, f"{admitted.kind}/{admitted.originator_id}", admitted.past)
        if act is not None:
            yield act


def _check_nodes(index: int, raw: bytes, nodes: HashReader) -> None:
    for level, place, node in new_nodes(index, leaf_hash(raw), nodes):
        if nodes.read(level, place) != node:
            raise ProofError(
                f"库里第{index}条账目与总指纹树对不上，账本没有打开。请用 yangguang verify 核对。",
                f"Entry {index} in the store does not fit the tree; the ledger was not opened. Run yangguang verify.",
            )
