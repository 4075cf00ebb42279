"""What an open ledger answers without changing anything."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from threading import RLock
from typing import Any

from ledger.disclosing import Disclosing, PublicText
from ledger.domain.entry import day_of
from ledger.domain.record import Record
from ledger.errors import LedgerError, NotFoundError, ReadOnlyError, UnknownKeyError
from ledger.fold_file import FoldFileError
from ledger.folds import Folds
from ledger.head import Head
from ledger.receipts import Prover, Receipt
from ledger.rules.state import State
from ledger.signing.keyring import EnrolledKey
from ledger.store.log_store import LogStore
from ledger.tasks import Waiting
from ledger.tlog.merkle import tree_root


class Reading:
    """The reading half of ``Ledger``, which makes the other parts and is ``_inside`` while it changes them."""

    store: LogStore
    _clock: Callable[[], datetime]
    _state: State
    _disclosing: Disclosing
    _folds: Folds

    def __init__(self) -> None:
        self._lock = RLock()
        self._depth = 0
        self._head: Head | None = None
        self._prover: tuple[Head, Prover] | None = None
        self._waiting = Waiting()
        self._read_only: ReadOnlyError | None = None

    def catch_up(self, from_index: int) -> None:
        """Enters what other processes appended since."""
        raise NotImplementedError

    @property
    def read_only(self) -> ReadOnlyError | None:
        """Why nothing can be recorded, if so."""
        return self._read_only

    @property
    def unready(self) -> LedgerError | None:
        """Why the ledger should not be relied on yet, or any more: it is read-only, or not checked in full."""
        return self._read_only or self._folds.unready

    def head(self) -> Head:
        """The newest signed tree head. Raises NotFoundError before entry 0."""
        with self._current():
            size = self._state.size
            if self._head is None or self._head.size != size:
                self._head = Head(size, tree_root(size, self.store), self.store.checkpoint(size), self.vkeys()[0])
            return self._head

    def size(self) -> int:
        """How many entries there are."""
        with self._current():
            return self._state.size

    def genesis(self) -> str:
        """The genesis digest: the event id of entry 0, which identifies the ledger."""
        with self._current():
            return self.store.leaf_at(0).event_id

    def entry(self, entry_index: int) -> bytes:
        """The exact bytes of an entry. Raises NotFoundError."""
        with self._current():
            found = next(self.store.entries(entry_index, entry_index + 1), None)
            if found is None:
                raise NotFoundError(f"账本里没有第{entry_index}条。", f"The ledger has no entry {entry_index}.")
            return found

    def vkeys(self) -> tuple[str, ...]:
        """The log's Ed25519 keys: first the one that signs now, then those before it."""
        with self._current():
            return tuple(vkey for _, vkey in reversed(self._state.log_keys))

    def receipt(self, event_id: str) -> Receipt:
        """The receipt of an admitted event, the same bytes for ever. Raises NotFoundError."""
        with self._current():
            leaf = self.store.leaf(event_id)
            if leaf is None:
                raise NotFoundError(f"账本里没有事件{event_id[:8]}…。", f"The ledger has no event {event_id[:8]}….")
            entry = self.entry(leaf.entry_index)
            note = self.store.checkpoint(leaf.proved_at)
            return Prover(note, leaf.proved_at, self.store).receipt(leaf.entry_index, entry)

    def proof(self, entry_index: int) -> bytes:
        """The tlog-proof of an entry against the current checkpoint. Raises NotFoundError."""
        with self._current():
            head, entry = self.head(), self.entry(entry_index)
            if self._prover is None or self._prover[0] is not head:
                self._prover = head, Prover(head.checkpoint, head.size, self.store)
            return self._prover[1].proof(entry_index, entry)

    def record(self, reference: str) -> Record | None:
        """A record as it stands, or None."""
        with self._current():
            return self._state.record(reference)

    def record_indices(self, reference: str) -> list[int]:
        """The entry indices of a record's events, in order of version."""
        with self._current():
            return [leaf.entry_index for leaf in self.store.leaves_of(reference.partition("/")[2])]

    def key_in_force(self, key_id: str) -> EnrolledKey:
        """The key of an id, if it could sign the next entry today. Raises UnknownKeyError, KeyNotInForceError."""
        with self._current():
            key = self._state.keys.get(key_id)
            if key is None:
                raise UnknownKeyError(key_id)
            key.check_in_force(self._state.size, day_of(self._clock()))
            return key

    def tasks(self, key_id: str) -> dict[str, Any]:
        """What waits for the holder of a key, as ``Waiting.for_key`` lists it. Raises as ``key_in_force``."""
        with self._current():
            return self._waiting.for_key(self.key_in_force(key_id), self._state.record)

    def evidence(self, sha256: str) -> tuple[str, bytes]:
        """As ``Disclosing.evidence``."""
        with self._current():
            return self._disclosing.evidence(sha256)

    def text(self, digest: str) -> PublicText:
        """As ``Disclosing.text``."""
        with self._current():
            return self._disclosing.text(digest)

    def opened(self, event_id: str) -> bytes | None:
        """As ``Disclosing.opened``."""
        with self._current():
            return self._disclosing.opened(event_id, now=self._clock)

    @contextmanager
    def _inside(self) -> Iterator[None]:
        with self._lock:
            self._depth += 1
            try:
                yield
            except FoldFileError as error:
                self._read_only = self._read_only or error.refusal
                raise self._read_only from None
            finally:
                self._depth -= 1

    @contextmanager
    def _current(self) -> Iterator[None]:
        """What is read inside holds what any process had appended before. In a turn it does already."""
        with self._inside():
            if self.store.shared and self._depth == 1 and self._read_only is None:
                self.catch_up(self._state.size)
            yield
