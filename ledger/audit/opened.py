"""Opening entries: all that can be said of one entry's bytes alone, given the public keys known so far.

Parsing and signatures are where an audit spends its time, and they need no order, so several processes share them; what
needs order (``ledger.audit.fold``) stays in one. A process hands over leaf hashes and gists (``ledger.audit.gist``):
whoever gets none for an entry opens it again itself and gets the refusal.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Protocol, TypeVar

import msgspec

from ledger.audit.apart import apart
from ledger.audit.gist import Gist, Known, gist_of
from ledger.domain import wire
from ledger.domain.entry import parse_entry
from ledger.domain.payload import Payload, parse_payload, payload_of
from ledger.signing.envelope import Envelope, open_envelope
from ledger.signing.keys import key_id
from ledger.tlog.merkle import HASH_SIZE, leaf_hash

OPENED_FIRST = 1
NO_LEAF = bytes(HASH_SIZE)
"""Stands for a leaf that is lost: it leads to a wrong root, as a lost entry must."""


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


class Opened(msgspec.Struct, frozen=True, array_like=True):
    """Of each entry of a group the leaf hash, joined, and what ``gist_of`` says; False where there are no bytes."""

    leaves: bytes
    gists: list[Gist | bool]

    def leaf(self, place: int) -> bytes:
        """The leaf hash of one entry."""
        return self.leaves[place * HASH_SIZE : (place + 1) * HASH_SIZE]


ENCODER = msgspec.msgpack.Encoder()
DECODER = msgspec.msgpack.Decoder(Opened)
KNOWN = msgspec.msgpack.Decoder(Known)


def open_entry(raw: bytes, public_keys: Mapping[str, bytes]) -> OpenedEntry:
    """The entry, parsed strictly and verified where ``public_keys`` has its keys.

    Raises MalformedError, TooLargeError, InvalidFieldError or BadSignatureError.
    """
    parsed = parsed_entry(raw, verified=False)
    if not all(keyid in public_keys for keyid in parsed.keyids):
        return parsed
    open_envelope(parsed.envelope, public_keys)
    return replace(parsed, verified=True)


def parsed_entry(raw: bytes, *, verified: bool) -> OpenedEntry:
    """The entry, parsed strictly. Raises MalformedError, TooLargeError or InvalidFieldError."""
    entry = parse_entry(raw)
    payload = parse_payload(entry.envelope.payload, assigned=False)
    keyids = tuple([signature.keyid for signature in entry.envelope.signatures])
    return OpenedEntry(entry.recorded_at, entry.envelope, payload, keyids, verified)


def reopened(raw: bytes) -> OpenedEntry:
    """The entry whose bytes and signatures another process found good: nothing of that is asked again.

    Raises ValueError for a moment or day that does not exist, which is all that ``gist_of`` leaves open.
    """
    entry = wire.ENTRIES.decode(raw)
    envelope = entry.envelope.envelope()
    payload = payload_of(wire.PAYLOADS.decode(envelope.payload), envelope.payload)
    keyids = tuple([item.keyid for item in envelope.signatures])
    return OpenedEntry(datetime.fromisoformat(entry.recorded_at), envelope, payload, keyids, verified=True)


def known(origin: str, public_keys: Mapping[str, bytes]) -> Known:
    """What ``gist_of`` asks: the keys by their raw ids. A key listed under another key's id is none of them."""
    checked = {bytes.fromhex(keyid): key for keyid, key in public_keys.items() if key_id(key) == keyid}
    return Known(origin, checked)


def open_groups(
    groups: Iterable[G], known_now: Callable[[], tuple[int, Known]], *, processes: int
) -> Iterator[tuple[G, Opened]]:
    """Each group with its entries opened, in order. ``known_now`` also says which state of knowledge it is."""
    if processes <= 1:
        for group in groups:
            yield group, _open(group.entries, known_now()[1])
        return
    ahead = iter(groups)
    for group in islice(ahead, OPENED_FIRST):
        # Most keys come at the beginning: whoever consumes this knows them before other processes are asked.
        yield group, _open(group.entries, known_now()[1])
    shared = Shared(known_now)
    jobs = ((group, (group.entries, *shared.now())) for group in ahead)
    yield from ((group, DECODER.decode(found)) for group, found in apart(_open_there, jobs, processes))


class Shared:
    """What is known, packed again only when it has changed."""

    def __init__(self, known_now: Callable[[], tuple[int, Known]]) -> None:
        self._known_now = known_now
        self._packed = (-1, b"")

    def now(self) -> tuple[int, bytes]:
        """The number of the state of knowledge, and that state."""
        number, current = self._known_now()
        if number != self._packed[0]:
            self._packed = (number, ENCODER.encode(current))
        return self._packed


class There:
    """What another process knows, unpacked once for each state."""

    number = -1
    known = Known("", {})


def _open_there(entries: Sequence[bytes | None], number: int, packed: bytes) -> bytes:
    if There.number != number:
        There.number, There.known = number, KNOWN.decode(packed)
    return ENCODER.encode(_open(entries, There.known))


def _open(entries: Sequence[bytes | None], judged_by: Known) -> Opened:
    leaves = b"".join([NO_LEAF if raw is None else leaf_hash(raw) for raw in entries])
    return Opened(leaves, [raw is not None and gist_of(raw, judged_by) for raw in entries])
