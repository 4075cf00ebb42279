"""Opening entries: all that can be said of one entry's bytes alone, given the public keys known so far.

This is where an audit spends its time, and it needs no order, so it may run in several processes; what needs
order is in ``ledger.audit.fold``. A process answers with plain values, never with a refusal or an event: whoever
gets ``None`` or an unverified entry asks again in its own process and gets the refusal itself.
"""

import multiprocessing
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from ledger.domain.entry import parse_entry
from ledger.domain.payload import Payload, parse_payload
from ledger.errors import LedgerError
from ledger.signing.envelope import Envelope, open_envelope

GROUPS_AHEAD = 2


@dataclass(frozen=True, slots=True)
class OpenedEntry:
    """A parsed entry. ``verified`` says that each of ``keyids`` signed; else the signatures are still to be checked."""

    recorded_at: datetime
    envelope: Envelope
    payload: Payload
    verified: bool

    @property
    def keyids(self) -> tuple[str, ...]:
        """The key ids of the envelope's signatures."""
        return tuple(signature.keyid for signature in self.envelope.signatures)


class Group(Protocol):
    """Entries that follow one another; None where there are no bytes to open."""

    @property
    def entries(self) -> Sequence[bytes | None]: ...


G = TypeVar("G", bound=Group)


def open_entry(raw: bytes, public_keys: Mapping[str, bytes]) -> OpenedEntry:
    """The entry, parsed strictly and verified where ``public_keys`` has its keys.

    Raises MalformedError, TooLargeError, InvalidFieldError or BadSignatureError.
    """
    entry = parse_entry(raw)
    payload = parse_payload(entry.envelope.payload, assigned=False)
    verified = all(signature.keyid in public_keys for signature in entry.envelope.signatures)
    if verified:
        open_envelope(entry.envelope, public_keys)
    return OpenedEntry(entry.recorded_at, entry.envelope, payload, verified)


def open_groups(
    groups: Iterable[G], public_keys: Callable[[], Mapping[str, bytes]], *, processes: int
) -> Iterator[tuple[G, Sequence[OpenedEntry | None]]]:
    """Each group with its entries opened, in order."""
    if processes <= 1:
        for group in groups:
            yield group, _open_group(group.entries, public_keys())
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=context) as pool:
        waiting: deque[tuple[G, Future[list[OpenedEntry | None]]]] = deque()
        for group in groups:
            waiting.append((group, pool.submit(_open_group, group.entries, dict(public_keys()))))
            if len(waiting) > GROUPS_AHEAD * processes:
                ready, future = waiting.popleft()
                yield ready, future.result()
        for ready, future in waiting:
            yield ready, future.result()


def _open_group(entries: Sequence[bytes | None], public_keys: Mapping[str, bytes]) -> list[OpenedEntry | None]:
    return [None if raw is None else _try_opening(raw, public_keys) for raw in entries]


def _try_opening(raw: bytes, public_keys: Mapping[str, bytes]) -> OpenedEntry | None:
    try:
        return open_entry(raw, public_keys)
    except LedgerError:
        return None
