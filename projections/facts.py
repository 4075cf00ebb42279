"""A fact: one entry, understood. What every view folds.

Signatures are not checked here: the log has admitted the entry, the runner has compared the log's root with the bytes
read, and verifying is the verifier's business.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime

from msgspec import Struct, structs

from ledger.domain.catalogue import event_class
from ledger.domain.correction import Corrected, Voided
from ledger.domain.entry import day_of, is_sound, parse_entry
from ledger.domain.event import Event
from ledger.domain.ledger import LedgerOpened
from ledger.domain.payload import Payload, parse_payload
from ledger.domain.record import Past, Record
from ledger.domain.sentences import Speaker, say
from ledger.domain.values import Label
from ledger.domain.wire import wire_entry
from projections.enrolments import ENROLLING, Enrolment, Enrolments
from projections.names import Names
from projections.records import Chain, ChainMemory
from projections.rows import Named

AMENDING = (Corrected, Voided)
ADMINS = Named("", "账本管理员", "The ledger's admins")


class Fact(Struct, frozen=True):
    """Entry ``index``: its event, its record's chain up to it, who signed, and its sentence in both languages.

    ``name`` is the one that the event gives to its record, if it gives one.
    """

    index: int
    payload: Payload
    event: Event
    chain: Chain
    recorded_at: datetime
    signers: tuple[Enrolment, ...]
    organisation: str | None
    sentence: Label
    name: Label | None = None

    @property
    def record(self) -> Record:
        """The record after this event."""
        return self.chain.record

    @property
    def recorded_on(self) -> date:
        """The UTC+8 day of recording."""
        return day_of(self.recorded_at)

    @property
    def reference(self) -> str:
        """The record's."""
        return self.payload.record

    @property
    def day(self) -> str:
        """ISO day on which it happened."""
        return self.payload.occurred_on.isoformat()


class Understanding:
    """Turns entries, in order of the log, into facts. Made anew after a transaction that failed."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.names = Names(db)
        self._enrolments = Enrolments(db)
        self._speaking: dict[str, tuple[Named, Speaker, Speaker]] = {}
        self._chains = ChainMemory(db)

    def fact(self, index: int, raw: bytes) -> Fact:
        """The fact in entry ``index``. Raises LedgerError for an entry that no admitted log can hold."""
        signed, keyids, recorded_at = _opened(raw)
        payload = parse_payload(signed, assigned=False)
        event = event_class(payload.type, payload.schema).parse(payload.data)
        past = Past(event, payload.event_id, payload.occurred_on, keyids)
        chain = self._chains.get(payload.record, payload.version).after(past, index, tree_size=payload.tree_size)
        signers = self._signers(index, chain.record, keyids)
        organisation = _speaker(event.signing_places(chain.record)[0], signers).organisation
        name = self.names.fold(event, chain.record)
        self._chains.put(chain)
        sentence = self._say(event, chain.record, organisation)
        return Fact(index, payload, event, chain, recorded_at, signers, organisation, sentence, name)

    def retold(self, amendment: Fact) -> Iterator[Fact]:
        """The other entries of a record that was just corrected or voided, with the values now in force.

        What does not stand any more is left out. The record's name is put right on the way.
        """
        chain = amendment.chain
        for place, (index, past) in enumerate(zip(chain.indices, chain.record.history, strict=True), start=1):
            if past.standing or isinstance(past.event, AMENDING):
                continue
            until = chain.until(place)
            name = self.names.fold(past.event, until.record)
            signers = self._enrolments.all(past.signers)
            organisation = _speaker(past.event.signing_places(until.record)[0], signers).organisation
            payload = structs.replace(amendment.payload, type=past.event.TYPE, occurred_on=past.occurred_on)
            sentence = self._say(past.event, until.record, organisation)
            yield structs.replace(
                amendment, index=index, payload=payload, event=past.event, chain=until, signers=signers,
                organisation=organisation, sentence=sentence, name=name,
            )  # fmt: skip

    def _signers(self, index: int, record: Record, keyids: tuple[str, ...]) -> tuple[Enrolment, ...]:
        # The opening is signed by the admins it names; any later event by keys that were enrolled before it.
        if record.kind not in ENROLLING:
            return self._enrolments.all(keyids)
        if isinstance(record.history[-1].event, LedgerOpened):
            self._enrolments.fold(record, index)
            return self._enrolments.all(keyids)
        signers = self._enrolments.all(keyids)
        self._enrolments.fold(record, index)
        return signers

    def _say(self, event: Event, record: Record, organisation: str | None) -> Label:
        zh, en = self._speakers(ADMINS if organisation is None else self.names(organisation))
        return Label(
            self.names.spell(say(event, record, zh), self.names.zh),
            self.names.spell(say(event, record, en), self.names.en),
        )

    def _speakers(self, signer: Named) -> tuple[Speaker, Speaker]:
        """Who speaks in both languages; made anew when the organisation is called otherwise."""
        found = self._speaking.get(signer.reference)
        if found is None or found[0] is not signer:
            zh, en = Speaker("zh", self.names.zh, signer.zh), Speaker("en", self.names.en, signer.en)
            found = self._speaking[signer.reference] = (signer, zh, en)
        return found[1:]


def _opened(raw: bytes) -> tuple[bytes, tuple[str, ...], datetime]:
    """The payload, the key ids of its signatures and when it was recorded; raises as ``parse_entry``."""
    wire = wire_entry(raw)
    if wire is not None and is_sound(wire):
        with suppress(ValueError):
            at = datetime.fromisoformat(wire.recorded_at)
            return wire.envelope.payload, tuple([each.keyid for each in wire.envelope.signatures]), at
    entry = parse_entry(raw)
    return entry.envelope.payload, tuple(each.keyid for each in entry.envelope.signatures), entry.recorded_at


def _speaker(wanted: frozenset[str], signers: tuple[Enrolment, ...]) -> Enrolment:
    """Of several signers the one that the event type asks for first: signatures stand in the order of key ids."""
    if len(signers) == 1:
        return signers[0]
    fitting = [signer for signer in signers if not wanted.isdisjoint(signer.capabilities)]
    return next((signer for signer in fitting if signer.organisation), (fitting or list(signers))[0])
