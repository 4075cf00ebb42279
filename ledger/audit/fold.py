"""Judging entries in the order of the log, over a state that holds only what judging needs.

Without the rules: who signed, under which keys at that index, the record's hash chain, the tree heads that the
authors endorsed, the digests, the time. With them: ``rules.admission.check``, all of it, as at admission.
"""

from dataclasses import replace
from functools import lru_cache

from ledger.audit.heads import Digests, Keyring, RecordHeads
from ledger.audit.opened import OpenedEntry
from ledger.audit.tree import CompactTree
from ledger.domain.catalogue import EVENTS, event_class
from ledger.domain.payload import Payload
from ledger.domain.record import Record
from ledger.errors import LedgerError, RuleError, UnknownKeyError
from ledger.rules import admission, authority, chain, keys, records
from ledger.rules.candidate import Candidate, known_keys
from ledger.rules.replay import verified_signers
from ledger.rules.state import State, Table
from ledger.signing.keyring import EnrolledKey

ROOTS_KEPT = 4096
KEYRING_KINDS = ("key", "ledger")
"""Kinds whose events change the keyring, so their records are kept whole."""


class Fold:
    """The state after the entries judged so far."""

    def __init__(self, origin: str, tree: CompactTree, *, rules: bool) -> None:
        self._rules = rules
        self._keyring = Keyring()
        self._heads = RecordHeads()
        self._state = State(
            origin=origin,
            root_at=lru_cache(maxsize=ROOTS_KEPT)(tree.root),
            records=Table() if rules else self._heads,
            keys=self._keyring,
            digests=Digests(),
        )

    @property
    def public_keys(self) -> dict[str, bytes]:
        """The public keys enrolled so far, by key id."""
        return self._keyring.public_keys

    @property
    def log_keys(self) -> tuple[tuple[int, str], ...]:
        """``(entry index, vkey)`` of the log keys so far, the one in force last."""
        return self._state.log_keys

    def judge(self, opened: OpenedEntry) -> None:
        """Enters the next entry. Raises the first thing wrong with it, having entered its place in its record.

        What a refused entry says of keys is not entered: a key that a stranger enrolled is not enrolled.
        """
        try:
            self._judge(opened)
        except LedgerError:
            self._enter_refused(opened)
            raise
        except Exception as error:  # noqa: BLE001 - what no ledger admitted may lead the rules anywhere but out
            self._enter_refused(opened)
            raise RuleError("这条不可能由账本记入。", f"No ledger can have admitted this ({error!r}).") from None

    def skip(self) -> None:
        """Passes over an entry whose bytes are lost or cannot be read."""
        self._state.size += 1

    def _judge(self, opened: OpenedEntry) -> None:
        payload = opened.payload
        signers = self._signers(opened)
        event = event_class(payload.type, payload.schema).parse(payload.data)
        candidate = Candidate(self._state.size, opened.recorded_at, payload, event, signers)
        if self._rules:
            admission.check(self._state, candidate)
            admission.apply(self._state, candidate)
        else:
            self._check_evidence(candidate)
            self._enter_evidence(candidate)

    def _signers(self, opened: OpenedEntry) -> tuple[EnrolledKey, ...]:
        if self._state.size == 0 or not opened.verified:
            return verified_signers(self._state, opened.envelope, opened.payload)
        known = known_keys(self._state, opened.keyids)
        for keyid in opened.keyids:
            if keyid not in known:
                raise UnknownKeyError(keyid)
        return tuple(known[keyid] for keyid in opened.keyids)

    def _check_evidence(self, candidate: Candidate) -> None:
        authority.check_signers(self._state, candidate)
        chain.check(self._state, candidate)
        if candidate.payload.kind in KEYRING_KINDS:
            records.check(self._state, candidate)
        keys.check(self._state, candidate)

    def _enter_evidence(self, candidate: Candidate) -> None:
        keys.apply(self._state, candidate)
        if candidate.payload.kind in KEYRING_KINDS:
            chain.apply(self._state, candidate)
        else:
            self._heads.enter(candidate.payload, type(candidate.event))
            for digest in candidate.payload.digests:
                self._state.digests[digest] = True
        self._state.recorded_at = candidate.recorded_at
        self._state.size = candidate.index + 1

    def _enter_refused(self, opened: OpenedEntry) -> None:
        """So that one bad entry isn't reported again at each later entry of its record."""
        payload = opened.payload
        record = self._state.records.get(payload.uuid) or Record(payload.kind, payload.uuid)
        if record.kind == payload.kind and record.version < payload.version:
            self._enter_head(record, payload)
        self._state.recorded_at = max(self._state.recorded_at or opened.recorded_at, opened.recorded_at)
        self._state.size += 1

    def _enter_head(self, record: Record, payload: Payload) -> None:
        if self._rules or record.kind in KEYRING_KINDS:
            newest = replace(record, version=payload.version, head=payload.event_id, tree_size=payload.tree_size)
            self._state.records[record.id] = newest
        elif (payload.type, payload.schema) in EVENTS:
            self._heads.enter(payload, EVENTS[payload.type, payload.schema])
