"""/api/pending: envelopes that wait for a second signature, for 7 days at most.

POST keeps ``{"envelope": …}`` with the signatures it has, or adds new ones to what is kept: the envelope's own
signatures are the permission. GET, signed, lists what the key may sign and what it signed; DELETE, signed by one who
signed the envelope, takes it back. Disclosures are never kept here: they stay with the first signer, who submits the
envelope with them once it is whole; one without digests anybody may submit.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import permutations
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from ledger.api.answers import found
from ledger.api.body import read_json
from ledger.api.desk import Desk, Kept
from ledger.api.events import EVENT_ID
from ledger.api.preview import preview
from ledger.api.signed import Door
from ledger.canonical import canonical_bytes, parse_canonical
from ledger.clock import Clock
from ledger.core.contract import OpenLedger
from ledger.domain.catalogue import event_class
from ledger.domain.drafting import Draft
from ledger.domain.event import GOVERN, Event
from ledger.domain.payload import Payload, parse_payload
from ledger.domain.record import Record
from ledger.errors import (
    BusyError,
    InvalidFieldError,
    LedgerError,
    MissingCapabilityError,
    NotFoundError,
    StaleVersionError,
    WrongLogError,
    WrongPreviousError,
)
from ledger.rules.records import check_state
from ledger.signing.envelope import MAX_PAYLOAD, Envelope, open_envelope, parse_envelope
from ledger.signing.keyring import EnrolledKey

MOST_OF_ONE_KEY = 20
MAX_ENVELOPE = 2 * MAX_PAYLOAD


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A kept envelope, understood: ``open`` are the places that no signature fills yet."""

    envelope: Envelope
    payload: Payload
    event: Event
    record: Record
    open: tuple[frozenset[str], ...]
    kept: Kept | None = None
    wanted: bool = False

    @property
    def keyids(self) -> frozenset[str]:
        """Who signed it so far."""
        return frozenset(signature.keyid for signature in self.envelope.signatures)


class PendingEndpoint:
    """What lies on the desk, judged again each time by the keys and records as they stand."""

    def __init__(self, ledger: OpenLedger, door: Door, desk: Desk, clock: Clock) -> None:
        self._ledger = ledger
        self._door = door
        self._desk = desk
        self._clock = clock

    async def post(self, request: Request) -> Response:
        """Keeps an envelope, or adds signatures to it. It is whole, and gone, only once the ledger has it."""
        value = await read_json(request)
        if not isinstance(value, dict) or value.keys() != {"envelope"}:
            raise InvalidFieldError(
                "应是{“envelope”: …}；披露内容留在您的设备上。",
                'Send {"envelope": …}; disclosures stay on your device.',
                "",
            )
        envelope = parse_envelope(value["envelope"])
        return found(await run_in_threadpool(self._keep, envelope))

    async def get(self, request: Request) -> Response:
        """What the key may sign, and what it signed."""
        signed = await self._door.open(request)
        return found(await run_in_threadpool(self._list, signed.key))

    async def delete(self, request: Request) -> Response:
        """Takes an envelope back."""
        event_id: str = request.path_params["event_id"]
        signed = await self._door.open(request)
        await run_in_threadpool(self._take_back, event_id, signed.key)
        return found({"event_id": event_id, "deleted": True})

    def waiting_for(self, key: EnrolledKey) -> Iterator[Unfinished]:
        """What concerns a key. What the ledger has moved past, admitted or overtaken, is removed on the way."""
        for kept in self._desk.pending(self._clock()):
            record = self._ledger.record(kept.record)
            if record is not None and record.version >= kept.version:
                self._desk.drop(kept.event_id)
                continue
            try:
                unfinished = replace(self._understand(_envelope_of(kept)), kept=kept)
            except LedgerError:
                # Whoever signed it holds a key no longer in force: it can never be admitted as it is.
                self._desk.drop(kept.event_id)
                continue
            wanted = key.key_id not in unfinished.keyids and any(place & key.capabilities for place in unfinished.open)
            if wanted or key.key_id in unfinished.keyids:
                yield replace(unfinished, wanted=wanted)

    def _keep(self, envelope: Envelope) -> dict[str, Any]:
        now = self._clock()
        for kept in self._desk.pending(now):
            if kept.event_id == envelope.event_id:
                envelope = _merged(envelope, _envelope_of(kept))
        unfinished = self._understand(envelope)
        self._check_current(unfinished)
        self._check_share(unfinished)
        payload = unfinished.payload
        kept = Kept(payload.event_id, payload.record, payload.version, now, canonical_bytes(envelope.to_json()))
        self._desk.keep(kept)
        return {"event_id": kept.event_id, "complete": not unfinished.open, "until": kept.until}

    def _understand(self, envelope: Envelope) -> Unfinished:
        payload = parse_payload(envelope.payload)
        if payload.log != self._ledger.origin:
            raise WrongLogError(payload.log, self._ledger.origin)
        event = event_class(payload.type, payload.schema).parse(payload.data)
        record = self._ledger.record(payload.record) or Record(payload.kind, payload.uuid)
        keys = [self._ledger.key_in_force(signature.keyid) for signature in envelope.signatures]
        open_envelope(envelope, {key.key_id: key.public_key for key in keys})
        return Unfinished(envelope, payload, event, record, _open_places(event.signing_places(record), keys))

    def _check_current(self, unfinished: Unfinished) -> None:
        payload, record = unfinished.payload, unfinished.record
        if payload.version != record.version + 1:
            raise StaleVersionError(record.reference, payload.version, record.version + 1)
        if payload.previous != record.head:
            raise WrongPreviousError(record.reference, payload.previous, record.head)
        check_state(unfinished.event, record)

    def _check_share(self, unfinished: Unfinished) -> None:
        others = (kept for kept in self._desk.pending(self._clock()) if kept.event_id != unfinished.payload.event_id)
        signed = Counter(item.keyid for kept in others for item in _envelope_of(kept).signatures)
        if any(signed[keyid] >= MOST_OF_ONE_KEY for keyid in unfinished.keyids):
            raise BusyError

    def _list(self, key: EnrolledKey) -> dict[str, Any]:
        return {"pending": [self._to_json(unfinished) for unfinished in self.waiting_for(key)]}

    def _to_json(self, unfinished: Unfinished) -> dict[str, Any]:
        shown = preview(
            Draft(unfinished.payload.raw, ()), unfinished.event, unfinished.record, read=self._ledger.record
        )
        return {
            "event_id": unfinished.payload.event_id,
            "type": unfinished.payload.type,
            "record": unfinished.payload.record,
            "sentence": shown["sentence"],
            "payload_json": shown["payload_json"],
            "envelope": unfinished.envelope.to_json(),
            "discloses": bool(unfinished.payload.digests),
            "wanted": unfinished.wanted,
            "complete": not unfinished.open,
            "until": unfinished.kept.until if unfinished.kept else None,
        }

    def _take_back(self, event_id: str, key: EnrolledKey) -> None:
        if not re.fullmatch(EVENT_ID, event_id):
            raise NotFoundError("事件编号应是64位小写十六进制。", "An event id is 64 lowercase hexadecimal digits.")
        kept = self._desk.find(event_id, self._clock())
        if key.key_id not in {signature.keyid for signature in _envelope_of(kept).signatures}:
            raise MissingCapabilityError(
                "只有签过这份内容的人才能撤回。", "Only somebody who signed this can take it back."
            )
        self._desk.drop(event_id)


def _envelope_of(kept: Kept) -> Envelope:
    return parse_envelope(parse_canonical(kept.envelope, max_bytes=MAX_ENVELOPE))


def _merged(one: Envelope, other: Envelope) -> Envelope:
    signatures = {signature.keyid: signature for signature in (*other.signatures, *one.signatures)}
    return Envelope(one.payload, tuple(signatures[keyid] for keyid in sorted(signatures)))


def _open_places(places: tuple[frozenset[str], ...], keys: list[EnrolledKey]) -> tuple[frozenset[str], ...]:
    """The places left when each key fills one. Raises InvalidFieldError, MissingCapabilityError."""
    if places == (GOVERN,) and all(key.capabilities >= GOVERN for key in keys):
        # How many admins are needed is the policy's business: there is always room for one more.
        return places
    if len(places) < 2 and places != (GOVERN,):
        raise InvalidFieldError(
            "这件事只要一个签名，请直接提交。", "This needs one signature alone: submit it.", "/envelope"
        )
    for order in permutations(range(len(places)), len(keys)):
        if all(places[place] & key.capabilities for place, key in zip(order, keys, strict=True)):
            return tuple(place for number, place in enumerate(places) if number not in order)
    raise MissingCapabilityError(
        "这里有一个签名不是这件事需要的。", "One of the signatures is none that this event asks for.",
        "/envelope/signatures",
    )  # fmt: skip
