"""Opening entries: all that can be said of one entry's bytes alone, given the public keys known so far.

Signatures are where an audit spends its time, and they need no order, so several processes may check them; parsing and
what needs order (``ledger.audit.fold``) stay in one. A process answers yes or no: whoever gets ``None`` or an
unverified entry opens it again itself and gets the refusal.
"""

import multiprocessing
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol, TypeVar

from ledger.domain.entry import parse_entry
from ledger.domain.payload import Payload, parse_payload
from ledger.errors import LedgerError
from ledger.signing.envelope import PAYLOAD_TYPE, Envelope, open_envelope, pae
from ledger.signing.keys import verify

GROUPS_AHEAD = 2


@dataclass(frozen=True, slots=True)
class OpenedEntry:
    """A parsed entry. ``verified`` says that each of ``keyids`` signed; else the signatures are still to be checked."""

    recorded_at: datetime
    envelope: Envelope
    payload: Payload
    keyids: tuple[str, ...]
    verified: bool


class Group(Protocol):
    """Entries that follow one another; None where there are no bytes to open."""

    @property
    def entries(self) -> Sequence[bytes | None]: ...


G = TypeVar("G", bound=Group)
Opened = Sequence[OpenedEntry | None]
Check = tuple[bytes, bytes, bytes]
"""A public key, a signature and the message."""


def open_entry(raw: bytes, public_keys: Mapping[str, bytes]) -> OpenedEntry:
    """The entry, parsed strictly and verified where ``public_keys`` has its keys.

    Raises MalformedError, TooLargeError, InvalidFieldError or BadSignatureError.
    """
    parsed = _parse(raw)
    if not all(keyid in public_keys for keyid in parsed.keyids):
        return parsed
    open_envelope(parsed.envelope, public_keys)
    return replace(parsed, verified=True)


def open_groups(
    groups: Iterable[G], public_keys: Callable[[], Mapping[str, bytes]], *, processes: int
) -> Iterator[tuple[G, Opened]]:
    """Each group with its entries opened, in order."""
    if processes <= 1:
        for group in groups:
            yield group, [_try_opening(raw, public_keys()) for raw in group.entries]
        return
    with ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("spawn")) as pool:
        waiting: deque[tuple[G, Opened, Future[list[bool]]]] = deque()
        for group in groups:
            parsed = [_try_parsing(raw) for raw in group.entries]
            waiting.append((group, parsed, pool.submit(_all_signed, _checks(parsed, public_keys()))))
            if len(waiting) > GROUPS_AHEAD * processes:
                yield _finished(*waiting.popleft())
        for item in waiting:
            yield _finished(*item)


def _parse(raw: bytes) -> OpenedEntry:
    entry = parse_entry(raw)
    payload = parse_payload(entry.envelope.payload, assigned=False)
    keyids = tuple([signature.keyid for signature in entry.envelope.signatures])
    return OpenedEntry(entry.recorded_at, entry.envelope, payload, keyids, verified=False)


def _try_parsing(raw: bytes | None) -> OpenedEntry | None:
    try:
        return None if raw is None else _parse(raw)
    except LedgerError:
        return None


def _try_opening(raw: bytes | None, public_keys: Mapping[str, bytes]) -> OpenedEntry | None:
    try:
        return None if raw is None else open_entry(raw, public_keys)
    except LedgerError:
        return None


def _checks(parsed: Opened, public_keys: Mapping[str, bytes]) -> list[list[Check]]:
    """What to check for each entry; nothing where a key is not known yet."""
    return [[] if item is None else _checks_of(item, public_keys) for item in parsed]


def _checks_of(item: OpenedEntry, public_keys: Mapping[str, bytes]) -> list[Check]:
    if not all(keyid in public_keys for keyid in item.keyids):
        return []
    message = pae(PAYLOAD_TYPE, item.envelope.payload)
    return [(public_keys[signature.keyid], signature.sig, message) for signature in item.envelope.signatures]


def _all_signed(entries: Sequence[Sequence[Check]]) -> list[bool]:
    return [bool(checks) and all(map(_holds, checks)) for checks in entries]


def _holds(check: Check) -> bool:
    try:
        verify(*check)
    except LedgerError:
        return False
    return True


def _finished(group: G, parsed: Opened, future: Future[list[bool]]) -> tuple[G, Opened]:
    signed = zip(parsed, future.result(), strict=True)
    return group, [replace(item, verified=True) if item is not None and holds else item for item, holds in signed]
