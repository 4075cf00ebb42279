"""Judging entries in the order of the log, over a state that holds only what judging needs.

Without the rules: who signed, under which keys at that index, the record's hash chain, the tree heads that the
authors endorsed, the digests, the time. With them: ``rules.admission.check``, all of it, as at admission.
"""

from datetime import date
from functools import lru_cache

from msgspec.structs import replace

from ledger.audit.folded import FoldedRecords
from ledger.audit.gist import CLASSES, ID_BYTES, KEYRING_KINDS, Gist, Known
from ledger.audit.heads import Digests, Keyring, RecordHeads
from ledger.audit.opened import OpenedEntry, known
from ledger.audit.rows import DIGESTS, HEADS, RECORDS, Rows, Spilling
from ledger.audit.tree import CompactTree
from ledger.domain.catalogue import EVENTS, event_class
from ledger.domain.payload import Payload
from ledger.domain.record import Record
from ledger.errors import LedgerError, RuleError, UnknownKeyError
from ledger.rules import admission, authority, chain, keys, records
from ledger.rules.candidate import Candidate, known_keys
from ledger.rules.replay import verified_signers
from ledger.rules.snapshot import Snapshot, snapshot_of, take_up
from ledger.rules.state import State
from ledger.signing.keyring import EnrolledKey

ROOTS_KEPT = 4096
HEADS_KEPT, RECORDS_KEPT, DIGESTS_KEPT = 500_000, 50_000, 500_000
"""How many of each are held in memory before they are written down: some 120, 40 and 60 MB."""
FOR_EVER = date.max.toordinal()


class Fold:
    """The state after the entries judged so far."""

    def __init__(self, origin: str, tree: CompactTree, rows: Rows, *, rules: bool) -> None:
        self._rules = rules
        self._known: tuple[int, Known] | None = None
        self._keyring = Keyring()
        self._spilling = (
            Spilling(rows, HEADS, kept=HEADS_KEPT),
            Spilling(rows, RECORDS, kept=RECORDS_KEPT),
            Spilling(rows, DIGESTS, kept=DIGESTS_KEPT),
        )
        heads, records, digests = self._spilling
        self._records = FoldedRecords(records)
        self._heads = RecordHeads(heads, self._records)
        self._digests = Digests(digests)
        self._root_at = lru_cache(maxsize=ROOTS_KEPT)(tree.root)
        self._signers = Signers(self._keyring)
        self._state = State(
            origin=origin,
            root_at=self._root_at,
            records=self._records if rules else self._heads,
            keys=self._keyring,
            digests=self._digests,
        )

    @property
    def public_keys(self) -> dict[str, bytes]:
        """The public keys enrolled so far, by key id."""
        return self._keyring.public_keys

    def known(self) -> tuple[int, Known]:
        """What entries are judged by themselves against, and the number of that state of knowledge."""
        if self._known is None or self._known[0] != self._keyring.changes:
            self._known = (self._keyring.changes, known(self._state.origin, self._keyring.public_keys))
        return self._known

    def try_entering(self, gist: Gist) -> bool:
        """Enters the next entry if its gist shows that nothing is wrong with it; else does nothing.

        Of the evidence alone, not of the rules: whatever this takes, ``judge`` takes too, and leaves the same state.
        """
        state = self._state
        if (
            self._rules
            or not state.size
            or (state.recorded_at is not None and gist.recorded_at < state.recorded_at)
            or gist.tree_size > state.size
            or self._root_at(gist.tree_size) != gist.root
            or not self._signers.may_sign(gist, state.size)
            or not self._digests.are_new(gist.digests)
            or not self._heads.try_entering(gist)
        ):
            return False
        if gist.digests:
            self._digests.enter(gist.digests)
        state.recorded_at = gist.recorded_at
        state.size += 1
        return True

    @property
    def log_keys(self) -> tuple[tuple[int, str], ...]:
        """``(entry index, vkey)`` of the log keys so far, the one in force last."""
        return self._state.log_keys

    @property
    def size(self) -> int:
        """How many entries were judged or passed over."""
        return self._state.size

    def snapshot(self, root: bytes) -> Snapshot:
        """The state but for what lies in the rows; ``root`` is the root hash of the entries so far."""
        return snapshot_of(self._state, root, {})

    def spill(self) -> None:
        """Writes down to the rows what of them is in memory."""
        for values in self._spilling:
            values.spill()

    def take_up(self, snapshot: Snapshot) -> None:
        """Goes on from a snapshot and the rows of that moment. Raises msgspec.DecodeError, ValueError."""
        take_up(snapshot, self._state)
        for values in self._spilling:
            values.take_up()

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
        signers = self._verified_signers(opened)
        event = event_class(payload.type, payload.schema).parse(payload.data)
        candidate = Candidate(self._state.size, opened.recorded_at, payload, event, signers)
        if self._rules:
            admission.check(self._state, candidate)
            admission.apply(self._state, candidate)
            self._records.enter(payload, opened.keyids)
        else:
            self._check_evidence(candidate)
            self._enter_evidence(candidate)

    def _verified_signers(self, opened: OpenedEntry) -> tuple[EnrolledKey, ...]:
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
            self._records.enter(candidate.payload, tuple(key.key_id for key in candidate.signers))
        else:
            self._heads.enter(candidate.payload, type(candidate.event))
            for digest in candidate.payload.digests:
                self._digests[digest] = True
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
            self._records.enter_refused(record.id, newest)
        elif (payload.type, payload.schema) in EVENTS:
            self._heads.enter(payload, EVENTS[payload.type, payload.schema])


class Signers:
    """Remembers which keys may sign which events together, until anything about a key changes."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring
        self._changes = 0
        self._last_day: dict[tuple[int, bytes], int] = {}

    def may_sign(self, gist: Gist, index: int) -> bool:
        """Whether ``authority.check_signers`` finds nothing wrong with the signers of an event of a PLAIN class."""
        if self._changes != self._keyring.changes:
            self._changes, self._last_day = self._keyring.changes, {}
        asked = (gist.event, gist.keyids)
        last_day = self._last_day.get(asked)
        if last_day is None:
            last_day = self._last_day[asked] = self._find_last_day(gist, index)
        return gist.day <= last_day

    def _find_last_day(self, gist: Gist, index: int) -> int:
        """The ordinal of the last day on which they may, as things stand; 0 for never."""
        ids = [gist.keyids[at : at + ID_BYTES].hex() for at in range(0, len(gist.keyids), ID_BYTES)]
        found = [key for key in map(self._keyring.get, ids) if key is not None]
        try:
            for key in found:
                key.check_in_force(index, date.min)
        except LedgerError:
            return 0
        if len(found) < len(ids) or not any(
            True for _ in authority.fillings(CLASSES[gist.event].SIGNED_BY, tuple(found))
        ):
            return 0
        return min([FOR_EVER, *(key.expires_on.toordinal() for key in found if key.expires_on is not None)])
