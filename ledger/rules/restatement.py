"""Rule 8, restated whole: whoever compares two tree sizes must not learn of fewer than k people.

Whole batches come and go without harm, for each is public by itself. Harm comes when people who were counted are
counted again with one more or one less among them. Two batches of one project and group may hold the same people when
their places lie within each other and their periods overlap; among such batches the sum, at any two tree sizes, moves
by 0 or at least k. A void that says "it did not happen" says that nobody was counted twice, and is never refused.
"""

from msgspec.structs import replace

from ledger.domain.batch import Batch, Move, batches_of, people_of
from ledger.domain.catalogue import EVENTS
from ledger.domain.correction import Voided
from ledger.domain.place import PlaceRegistered
from ledger.domain.record import Record
from ledger.errors import RestatementError
from ledger.rules.candidate import Candidate
from ledger.rules.state import State

KINDS = frozenset(cls.kind() for cls in EVENTS.values() if "people" in cls.model_fields)
GONE = frozenset({"revoked"})
"""States of a record whose batches do not stand any more, though their events do."""
NEVER_HAPPENED = "mistake"
Key = tuple[str, str, int]


def check(state: State, candidate: Candidate) -> None:
    """Raises RestatementError."""
    if isinstance(candidate.event, Voided) and candidate.event.reason == NEVER_HAPPENED:
        return
    removed, added = _changes(state, candidate)
    struck = [_move(batch, candidate.index, -batch.people.count) for batch in removed]
    for batch in added or removed:
        own = [batch.people.count] if added else []
        _check_moved(state, batch.people.group, [*_related(state, batch), *struck], own)


def apply(state: State, candidate: Candidate) -> None:
    """Remembers what was struck and what was stated."""
    removed, added = _changes(state, candidate)
    for batch in removed:
        _remember(state, batch, _move(batch, candidate.index, -batch.people.count))
    for batch in added:
        _remember(state, batch, _move(batch, candidate.index, batch.people.count))


def _changes(state: State, candidate: Candidate) -> tuple[list[Batch], list[Batch]]:
    """Batches that the event takes out of its record, and that it puts in."""
    record = candidate.record(state)
    if not record.history and people_of(candidate.event) is None:
        return [], []
    before = _standing(record)
    if not before and candidate.subject(state).get("people") is None:
        return [], []
    after = _standing(candidate.after(state))
    return [batch for batch in before if batch not in after], [batch for batch in after if batch not in before]


def _standing(record: Record) -> list[Batch]:
    if record.state in GONE:
        return []
    return [replace(batch, counts=True) for batch in batches_of(record)]


def _check_moved(state: State, group: str, moves: list[Move], own: list[int]) -> None:
    """From just before each move until now, the people concerned move by 0 or at least k."""
    threshold = state.policy_in_force.threshold(group)
    moved = sum(own)
    for move in reversed(moves):
        moved += move.count
        if 0 < abs(moved) < threshold:
            raise RestatementError(abs(moved), threshold, move.index)


def _move(batch: Batch, index: int, count: int) -> Move:
    people = batch.people
    return Move(index, count, people.place, people.period.start, people.period.end)


def _remember(state: State, batch: Batch, move: Move) -> None:
    for key in _keys(batch):
        state.moves[key] = (*(state.moves.get(key) or ()), move)


def _keys(batch: Batch) -> list[Key]:
    """Project, group and each year of the period, so that what is asked does not grow with the log."""
    period = batch.people.period
    return [(batch.project or "", batch.people.group, year) for year in range(period.start.year, period.end.year + 1)]


def _related(state: State, batch: Batch) -> list[Move]:
    """What was stated and struck where the same people may be meant, in the order of the log."""
    within = _and_above(state, batch.people.place)
    period = batch.people.period
    near = {move for key in _keys(batch) for move in state.moves.get(key) or ()}
    return sorted(
        move
        for move in near
        if move.start <= period.end
        and period.start <= move.end
        and (move.place in within or batch.people.place in _and_above(state, move.place))
    )


def _and_above(state: State, place: str | None) -> set[str]:
    """A place and those it lies within."""
    found: set[str] = set()
    while place is not None and place not in found:
        found.add(place)
        record = state.record(place)
        registered = record.last(PlaceRegistered) if record else None
        place = registered.parent if registered else None
    return found
