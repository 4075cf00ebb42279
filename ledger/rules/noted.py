"""Entries by what was done and to what, so that a refusal can name the earlier entry it collides with."""

from ledger.domain.values import Label
from ledger.rules.candidate import Candidate
from ledger.rules.state import Noted, State


def note(state: State, candidate: Candidate, what: str, about: str) -> None:
    """Remembers the candidate as the newest entry that did ``what`` to ``about``."""
    state.noted[what, about] = Noted(candidate.index, candidate.payload.record)


def entry_of(state: State, what: str, about: str) -> Label:
    """``第12条`` and ``entry 12``: the newest entry that did ``what`` to ``about``."""
    found = state.noted.get((what, about))
    return Label("先前的账目", "an earlier entry") if found is None else numbered(found.index)


def numbered(index: int) -> Label:
    """What an entry is called."""
    return Label(f"第{index:,}条", f"entry {index:,}")
