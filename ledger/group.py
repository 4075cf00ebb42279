"""A group: the events admitted together into one commit, over a fork of the state that can be forgotten."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cache

from msgspec import Struct

from ledger import agreed, vault_acts
from ledger.consents import Consents
from ledger.domain.entry import entry_bytes, format_time
from ledger.domain.event import Event
from ledger.domain.sealed import SealedErased
from ledger.errors import InvalidFieldError, LedgerError, NotFoundError
from ledger.opening import Opened, Submission, open_submission
from ledger.rules import admission
from ledger.rules.candidate import Candidate
from ledger.rules.keys import LOG_VKEY, log_vkey_of
from ledger.rules.state import State
from ledger.sealing.disclosure import Disclosure, parse_disclosure
from ledger.sealing.key_secrets import erased_key
from ledger.sealing.vault import StoredDisclosure, Vault
from ledger.signing.checking import NO_CHECKS, Checks
from ledger.signing.log_keys import LogKeyFolder
from ledger.store.log_reader import LogReader
from ledger.store.mapper import Admitted, admitted_of
from ledger.tlog.merkle import leaf_hash, new_nodes, tree_root


class Accepted(Struct, frozen=True):
    """An event that will be committed with this group."""

    entry_index: int
    admitted: Admitted
    disclosures: tuple[StoredDisclosure, ...]

    @property
    def act(self) -> vault_acts.Act | None:
        """What it asks of the vault, if anything."""
        reference = f"{self.admitted.kind}/{self.admitted.originator_id}"
        return vault_acts.act_of(self.entry_index, reference, self.admitted.past)


class Group:
    """Judges submissions in order; ``read`` serves committed and pending tree nodes alike."""

    def __init__(self, state: State, store: LogReader, vault: Vault, *, now: datetime, log_keys: LogKeyFolder) -> None:
        self.state = state.fork()
        self.state.root_at = cache(lambda size: tree_root(size, self))
        self.accepted: list[Accepted] = []
        self.replays = False
        self.nodes: list[tuple[int, int, bytes]] = []
        self._store = store
        self._vault = vault
        self._now = now
        self._log_keys = log_keys
        self._pending: dict[tuple[int, int], bytes] = {}
        self._by_event: dict[str, Accepted] = {}
        self._erased: set[str] = set()
        self._known: set[str] = set()
        self._given: list[StoredDisclosure] = []
        self._consents = Consents(vault, self._recorded_at_index, self._given)
        self._recorded_at = format_time(now)
        self._checks: Checks = NO_CHECKS
        self._event_ids: Iterator[tuple[int, str]] = iter(())

    def read(self, level: int, index: int) -> bytes:
        """A node's hash."""
        return self._pending.get((level, index)) or self._store.read(level, index)

    def expect(self, submissions: Sequence[Submission], checks: Checks) -> None:
        """What will be judged, in this order: which of it is in the ledger already is asked in one question."""
        envelopes = [submission.envelope for submission in submissions]
        event_ids = [envelope.event_id for envelope in envelopes]
        self._known = self._store.known(event_ids)
        self._checks, self._event_ids = checks, enumerate(event_ids)
        checks.begin(envelopes, self._public_key)

    def judge(self, submission: Submission) -> Accepted | str | LedgerError:
        """Accepted; the event id of one that is already in the ledger (a replay); or the refusal."""
        place, event_id = next(self._event_ids)
        if event_id in self._by_event:
            return self._by_event[event_id]
        if event_id in self._known:
            self.replays = True
            return event_id
        try:
            return self._accept(submission, verified=self._checks.hold(place))
        except LedgerError as refusal:
            return refusal

    def _accept(self, submission: Submission, *, verified: bool) -> Accepted:
        opened = open_submission(self.state, submission, recorded_at=self._now, verified=verified)
        candidate = opened.candidate
        admission.check(self.state, candidate)
        self._check_log_key(candidate.event)
        disclosures = tuple(_stored(opened)) if candidate.payload.digests else ()
        if disclosures:
            self._check_not_erased(disclosures)
            self._vault.check_storable(disclosures)
        vault_acts.check(self._vault, candidate.event)
        if disclosures:
            self._check_agreed(opened)
        raw = entry_bytes(submission.envelope, self._recorded_at)
        admission.apply(self.state, candidate)
        for level, index, node in new_nodes(candidate.index, leaf_hash(raw), self):
            self._pending[level, index] = node
            self.nodes.append((level, index, node))
        return self._note(Accepted(candidate.index, _admitted(candidate, raw), disclosures))

    def _note(self, accepted: Accepted) -> Accepted:
        self.accepted.append(accepted)
        self._given += [item for item in accepted.disclosures if item.consent]
        past = accepted.admitted.past
        if isinstance(past.event, SealedErased):
            self._erased |= set(past.event.vault_keys)
        self._by_event[past.event_id] = accepted
        return accepted

    def _public_key(self, keyid: str) -> bytes | None:
        key = self.state.keys.get(keyid)
        return None if key is None else key.public_key

    def _check_agreed(self, opened: Opened) -> None:
        """What only the vault knows: whose consent stands, and what was reviewed. Raises ConsentError, RuleError.

        Both are about what is disclosed: an event that discloses nothing need not be asked.
        """
        subject, matched = opened.candidate.subject(self.state), opened.matched
        record = opened.candidate.record(self.state)
        about = [item for item in matched.sealed if item.kind == "row" or item.name in subject.ABOUT_PERSONS]
        self._consents.check(subject, record, about)
        agreed.check(record, subject, matched.withdrawable, self._sealed)

    def _sealed(self, event_id: str, digest: str) -> Disclosure | None:
        pending = (item for accepted in self.accepted for item in accepted.disclosures)
        for item in pending:
            if (item.event_id, item.disclosure.digest) == (event_id, digest):
                return item.disclosure
        try:
            return parse_disclosure(self._vault.get(event_id, digest), field="", assigned=False)
        except NotFoundError:
            return None

    def _check_not_erased(self, disclosures: Sequence[StoredDisclosure]) -> None:
        # The vault learns of an erasure after the commit; an event behind it in the same group must not revive the key.
        keys = {item.disclosure.value["vault_key"] for item in disclosures if item.sealed and item.disclosure.value}
        if keys & self._erased:
            raise erased_key(min(keys & self._erased))

    def _recorded_at_index(self, event_id: str) -> int:
        leaf = self._store.leaf(event_id)
        return -1 if leaf is None else leaf.entry_index

    def _check_log_key(self, event: Event) -> None:
        # Once admitted, no checkpoint could be signed again without it.
        vkey = log_vkey_of(event)
        try:
            if vkey is not None:
                self._log_keys.signer(vkey)
        except NotFoundError as error:
            raise InvalidFieldError(error.zh, error.en, LOG_VKEY) from None


def _admitted(candidate: Candidate, raw: bytes) -> Admitted:
    return admitted_of(candidate.payload, candidate.as_past(), entry=raw, recorded_at=candidate.recorded_at)


def _stored(opened: Opened) -> Iterator[StoredDisclosure]:
    event_id, consent = opened.candidate.payload.event_id, opened.candidate.payload.kind == "consent"
    yield from (StoredDisclosure(event_id, item, sealed=True, consent=consent) for item in opened.matched.sealed)
    yield from (StoredDisclosure(event_id, item, sealed=False) for item in opened.matched.withdrawable)
