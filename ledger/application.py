"""The ledger: envelopes in, receipts or refusals out, in order. Synchronous, one writer, group commit.

Commit order, and what a crash leaves at each step:

0. Disclosures are durable in the vault. A crash here leaves disclosures of no entry; ``Ledger.open`` deletes them.
1. One transaction holds events, leaves, nodes and the signed checkpoint. A crash here leaves all or nothing.
   An error here means *unknown*: this object refuses everything afterwards, and reopening tells.
2. The highest-checkpoint store moves, durably. A crash between 1 and 2 leaves it one commit behind, which
   ``Ledger.open`` mends; it is never ahead of the store unless the store was restored, and then we do not sign.
3. What the entries do to the vault is done (``vault_acts``); ``Ledger.open`` does it again.
4. Receipts are answered. 5. The publisher writes the log files.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from typing import Self

from ledger import vault_acts
from ledger.clock import Clock, Random, system_clock
from ledger.disclosing import Disclosing
from ledger.errors import LedgerError, ReadOnlyError
from ledger.folds import Folds
from ledger.group import Accepted, Group
from ledger.opening import Submission
from ledger.reading import Reading
from ledger.receipts import Prover, Receipt
from ledger.replaying import acts_in, replay
from ledger.rules.state import State
from ledger.sealing.evidence import naming, taking
from ledger.sealing.vault import Vault
from ledger.settings import Settings, load_settings
from ledger.signed_so_far import SignedSoFar, behind, in_doubt
from ledger.signing.checking import NO_CHECKS, Checks
from ledger.signing.log_keys import LogKeyFolder
from ledger.store.choosing import highest_of
from ledger.store.directory_lock import lock_directory
from ledger.store.engine import Append, T
from ledger.store.log_store import StoredRecords, open_store
from ledger.store.mapper import leaf_of
from ledger.store.unreachable import UnreachableError
from ledger.tlog.checkpoint import Checkpoint, format_checkpoint
from ledger.tlog.merkle import tree_root
from ledger.tlog.note import sign_note
from ledger.vault_acts import Act

ENTERED_AT_ONCE = 1000


class Ledger(Reading):
    """One open ledger directory. Safe to call from several threads; one call admits at a time.

    Where the store is shared, other processes admit too, one at a time. Whoever has the turn first catches up.
    ``checks`` may be set to what checks the signatures of large groups; whoever made it closes it.
    """

    checks: Checks = NO_CHECKS

    def __init__(self, settings: Settings, *, clock: Clock = system_clock, random: Random = os.urandom) -> None:
        super().__init__()
        self.settings = settings
        self.origin = settings.origin
        self._clock = clock
        self._signed: bytes | None = None
        self._unsettled = False
        with ExitStack() as opened:
            if settings.server is None:
                opened.enter_context(lock_directory(settings.directory))
            self.store = opened.enter_context(closing(open_store(settings)))
            self._vault = opened.enter_context(closing(Vault.open(settings.vault, random=random)))
            self._disclosing = Disclosing(self._vault, self.store, settings.origin)
            self._log_keys = LogKeyFolder(settings.keys, settings.origin, settings.ml_dsa, clock)
            self._highest = opened.enter_context(closing(SignedSoFar(highest_of(settings), self.store)))
            self._state = State(self.origin, root_at=lambda size: tree_root(size, self.store))
            folds = Folds(settings.directory, self.store.size(), self._state.root_at)
            self._folds = opened.enter_context(closing(folds))
            self._take_up_fold()
            self.catch_up(self._state.size)
            self._check_log_key()
            self._take_turn(self._begin)
            self._opened = opened.pop_all()

    @classmethod
    def open(cls, directory: Path, *, clock: Clock = system_clock, random: Random = os.urandom) -> Self:
        """The ledger in a directory. Raises NotFoundError, or BusyError if another process has it open."""
        return cls(load_settings(directory), clock=clock, random=random)

    def admit(self, submissions: Sequence[Submission]) -> list[Receipt | LedgerError]:
        """Judges each submission on its own, commits the admitted ones as one group, answers all in order."""

        def work() -> list[Receipt | LedgerError]:
            self._check_writable()
            group = self._group(submissions)
            outcomes = [group.judge(submission) for submission in submissions]
            note = self._commit(group)
            prover = Prover(note, group.state.size, self.store)
            return [x if isinstance(x, LedgerError) else self._receipt(x, prover) for x in outcomes]

        return self._take_turn(work)

    def admit_together(self, submissions: Sequence[Submission]) -> list[Receipt]:
        """All or none. Raises the first refusal with its place in the list before the field."""

        def work() -> list[Receipt]:
            self._check_writable()
            group = self._group(submissions)
            outcomes: list[Accepted | str] = []
            for place, submission in enumerate(submissions):
                outcome = group.judge(submission)
                if isinstance(outcome, LedgerError):
                    outcome.field = f"/{place}{outcome.field or ''}"
                    raise outcome
                outcomes.append(outcome)
            note = self._commit(group)
            prover = Prover(note, group.state.size, self.store)
            return [self._receipt(outcome, prover) for outcome in outcomes]

        return self._take_turn(work)

    def keep_evidence(self, sha256: str, data: bytes) -> None:
        """Keeps an evidence file that an admitted event names. Raises NotFoundError and what ``taking`` raises."""
        with self._current():
            self._check_writable()
            named = naming(self._vault.standing(sha256), data)
            awaited = [item for item in named if not self._vault.has_file(item.digest)]
        # Decoding pixels takes tens of milliseconds, in which others may record.
        taken = taking(awaited, data)

        def keep() -> None:
            self._check_writable()
            for item in taken:
                self._vault.keep_evidence(item, data)

        self._take_turn(keep)

    def catch_up(self, from_index: int) -> None:
        """Enters the stored entries from ``from_index``, the state's size, on, and does to the vault what they say.

        Some at a time: an error leaves the state after the last that were entered, and the next call goes on there.
        """
        size, signed = self.store.standing(from_index)
        if size < from_index or signed != (self._signed or signed):
            self._read_only = behind(from_index, size)
            return
        self._signed = signed if size == from_index else None
        for start in range(from_index, size, ENTERED_AT_ONCE):
            stop = min(start + ENTERED_AT_ONCE, size)
            self._records.read_ahead(stop)
            replayed = replay(self._state, self.store.entries(start, stop), self.store)
            for record in replayed.records:
                self._waiting.note(record)
            with self._stopping_in_doubt():
                self._carry_out(replayed.acts)
            if self._folds.due(self._state.size):
                self._keep_fold()
        if size > from_index:
            self._signed = self.store.standing(size)[1]

    def check_in_full(self) -> None:
        """After a start from a snapshot, once: ``Folds.check_in_full``. ``unready`` says how it goes."""
        self._folds.check_in_full(self.settings, self._stop_recording)

    def _stop_recording(self, why: ReadOnlyError) -> None:
        with self._lock:
            self._read_only = self._read_only or why

    def close(self) -> None:
        """Closes files and lets go of the directory."""
        with self._lock, self._opened, suppress(UnreachableError):
            if self._read_only is None and self._folds.due(self._state.size, closing=True):
                self._keep_fold()

    def _take_turn(self, work: Callable[[], T]) -> T:
        """Does ``work`` while nobody else appends, and knowing all that was; again where a connection was lost.

        What a lost connection leaves in doubt, the next turn finds in the log or not: the same submission gets its
        receipt, or is judged anew.
        """

        def turn() -> T:
            if self.store.shared:
                # Most of it before the lock is had, which keeps others waiting.
                self.catch_up(self._state.size)
            with self.store.turn():
                if self.store.shared:
                    self._follow()
                return work()

        with self._inside():
            return self.store.steadily(turn)

    def _follow(self) -> None:
        self.catch_up(self._state.size)
        self._check_highest()
        if self._unsettled:
            self._discard_leftovers()

    def _begin(self) -> None:
        self._check_highest()
        self._discard_leftovers()

    def _take_up_fold(self) -> None:
        """If there is one of this log. What its entries ask of the vault is done from the vault's own mark on."""
        self._records = StoredRecords(self.store, lambda: self._state.size)
        self._state.records = self._records
        if not self._folds.take_up(self._state, self._waiting):
            return
        size, done = self._state.size, self._vault.marks.carried_out()
        self._signed = self.store.standing(size)[1]
        self._carry_out(acts_in(self.store.entries(done, size), done))

    def _keep_fold(self) -> None:
        self._vault.marks.note_carried_out(self._state.size)
        self._folds.keep(self._state, self._waiting, tree_root(self._state.size, self.store))

    def _group(self, submissions: Sequence[Submission]) -> Group:
        group = Group(self._state, self.store, self._vault, now=self._clock(), log_keys=self._log_keys)
        group.expect(submissions, self.checks)
        self._records.expect(submission.envelope.payload for submission in submissions)
        return group

    def _commit(self, group: Group) -> bytes:
        if not group.accepted:
            if group.replays:
                self.store.settle()
            return b""
        with self._stopping_in_doubt():
            self._unsettled = True
            self._vault.put([item for accepted in group.accepted for item in accepted.disclosures])
            note = self._append(group)
            self._highest.advance(note)
            for accepted in group.accepted:
                self._waiting.note(group.state.records.get(str(accepted.admitted.originator_id)))
            group.state.merge(self._state)
            self._signed = note
            self._vault.marks.settle(accepted.admitted.past.event_id for accepted in group.accepted)
            self._carry_out(accepted.act for accepted in group.accepted if accepted.act)
        self._unsettled = False
        if self._folds.due(self._state.size):
            self._keep_fold()
        return note

    @contextmanager
    def _stopping_in_doubt(self) -> Iterator[None]:
        try:
            yield
        except UnreachableError:
            # The next turn sees in the log what became of it.
            raise
        except Exception:
            self._read_only = in_doubt()
            raise

    def _carry_out(self, acts: Iterable[Act]) -> None:
        for act in acts:
            vault_acts.carry_out(self._vault, act, self._state.record(act.reference))

    def _append(self, group: Group) -> bytes:
        size = group.state.size
        root = tree_root(size, group)
        signers = self._log_keys.signers(group.state.log_keys[-1][1])
        notes: list[bytes] = []

        def sign() -> bytes:
            notes.append(sign_note(format_checkpoint(Checkpoint(self.origin, size, root)), signers))
            return notes[0]

        leaves = [leaf_of(accepted.entry_index, accepted.admitted, proved_at=size) for accepted in group.accepted]
        events = [accepted.admitted for accepted in group.accepted]
        self.store.append(events, Append(leaves, group.nodes, size, sign))
        return notes[0]

    def _receipt(self, outcome: Accepted | str, prover: Prover) -> Receipt:
        if isinstance(outcome, str):
            return self.receipt(outcome)
        return prover.receipt(outcome.entry_index, outcome.admitted.entry)

    def _check_log_key(self) -> None:
        if self._state.log_keys:
            self._log_keys.signers(self._state.log_keys[-1][1])

    def _check_highest(self) -> None:
        self._read_only = self._highest.check(self._state.size) or self._read_only

    def _discard_leftovers(self) -> None:
        """What the vault holds of events that were never committed: nobody else can be about to commit them."""
        pending = self._vault.marks.pending()
        leftovers = [event_id for event_id in pending if self.store.leaf(event_id) is None]
        if self._read_only is None:
            self._vault.discard(leftovers)
            self._vault.marks.settle(pending, now=True)
            self._unsettled = False

    def _check_writable(self) -> None:
        if self._read_only is not None:
            raise self._read_only
