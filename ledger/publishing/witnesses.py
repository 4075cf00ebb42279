"""Asking the policy's witnesses to cosign each published checkpoint, in threads of their own.

Nothing waits for a witness: entries are admitted and published whatever it does. Of its answers only its own verified
cosignatures are kept; the publisher writes them under the checkpoint. A witness is asked for the newest checkpoint
alone, again each hour while nothing is new, because the time of a cosignature is what says that a log is fresh; one
that fails is left in peace for twice as long each time. After a restart it is asked where it stands.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Condition, Event, Thread
from typing import Self

import httpx

from ledger.errors import LedgerError
from ledger.publishing.cosigned import CosignedCheckpoints
from ledger.publishing.submitting import CONFLICT, Answer, AtSize, Cosigned, Failed, Refused, new_client, submit
from ledger.signing.cosignature import PosixClock, time_of
from ledger.tlog.add_checkpoint import AddCheckpoint
from ledger.tlog.alarm import Alarm, Kind
from ledger.tlog.checkpoint import parse_checkpoint
from ledger.tlog.merkle import HashReader, prove_consistency
from ledger.tlog.note import Signature, parse_note
from ledger.tlog.policy import Policy, PolicyWitness, shown_name

MAX_AHEAD_SECONDS = 300
"""How far a witness's clock may be ahead of ours before its cosignature is not kept."""
MOST_ASKED = 3
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds: between two submissions to a witness, after its first failure and at most, and until asked again."""

    between: float = 1.0
    first_pause: float = 2.0
    longest_pause: float = 300.0
    refresh: float = 3600.0


def posix_clock() -> int:
    """Now, in whole seconds."""
    return int(time.time())


class _Newest:
    """The newest published checkpoint, for those who wait for one."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._note = b""

    def put(self, note: bytes) -> None:
        with self._changed:
            if note != self._note:
                self._note = note
                self._changed.notify_all()

    def get(self) -> bytes:
        return self._note

    def wait_for(self, wanted: Callable[[bytes], bool], seconds: float) -> None:
        with self._changed:
            self._changed.wait_for(lambda: wanted(self._note), seconds)

    def wake(self) -> None:
        with self._changed:
            self._changed.notify_all()


@dataclass(slots=True)
class Asker:
    """What one witness is asked, and what is made of its answers. ``size`` is where it stands, None if unknown."""

    witness: PolicyWitness
    kept: CosignedCheckpoints
    reader: HashReader
    stored_size: Callable[[], int]
    clock: PosixClock
    size: int | None = None

    @property
    def key(self) -> tuple[str, int]:
        """The name and key id of its signature lines."""
        return self.witness.key.name, self.witness.key.key_id

    def ask(self, client: httpx.Client, newest: Callable[[], bytes]) -> bool:
        """Whether the newest checkpoint has this witness's cosignature now."""
        for _ in range(MOST_ASKED):
            note = newest()
            tree_size = parse_checkpoint(parse_note(note).text).tree_size
            old = self.size or 0
            if old > tree_size:
                return self._ahead(tree_size, old)
            answer = submit(client, self.witness.url or "", self._request(old, tree_size, note))
            if not isinstance(answer, AtSize) or answer.size == old:
                return self._take(answer, note, old=old, tree_size=tree_size)
            self.size = answer.size
        return self._failed("its size moves as fast as it is asked")

    def _take(self, answer: Answer, note: bytes, *, old: int, tree_size: int) -> bool:
        match answer:
            case Cosigned(lines):
                self.size = tree_size
                return self._keep(note, lines)
            case AtSize() if old == tree_size:
                # C2SP tlog-witness v1.0.0 lets a witness answer so to another root at the same size.
                return self._alarm("another-root", tree_size, old)
            case Refused(status) if old == tree_size or (old == 0 and status == CONFLICT):
                return self._alarm("another-root", tree_size, old)
            case Refused() if old > 0:
                return self._alarm("not-consistent", tree_size, old)
            case Failed(reason):
                return self._failed(reason)
        return self._failed("its answer contradicts itself")

    def _ahead(self, tree_size: int, old: int) -> bool:
        """Entries are admitted, and their receipts known, a moment before they are published."""
        stored = self.stored_size()
        return self._alarm("ahead", stored, old) if old > stored else self._failed("it has seen what comes next")

    def _request(self, old: int, tree_size: int, note: bytes) -> AddCheckpoint:
        proof = prove_consistency(old, tree_size, self.reader) if 0 < old < tree_size else []
        return AddCheckpoint(old, tuple(proof), note)

    def _keep(self, note: bytes, lines: tuple[Signature, ...]) -> bool:
        """Keeps the witness's own line. Lines by unknown keys are ignored, false ones dropped and logged."""
        for line in lines:
            if (line.name, line.key_id) != self.key:
                continue
            try:
                if time_of(line.signature) > self.clock() + MAX_AHEAD_SECONDS:
                    return self._failed("its clock is ahead, and its cosignature was dropped")
                return self.kept.keep(note, line) or self._failed("its cosignature is an old one")
            except LedgerError as error:
                logger.warning("a line by witness %s was dropped: %s", self.name, error)
        return self._failed("its answer has no cosignature of its own that holds")

    def _alarm(self, kind: Kind, tree_size: int, witness_size: int) -> bool:
        self.kept.raise_alarm(Alarm(self.clock(), kind, tree_size, self.name, witness_size))
        return False

    def _failed(self, reason: str) -> bool:
        logger.warning("witness %s: %s", self.name, reason)
        return False

    @property
    def name(self) -> str:
        """Its name in the policy, for people."""
        return shown_name(self.witness.name)


@dataclass(slots=True)
class Witnesses:
    """The threads that ask; ``offer`` hands them what was published. Use as a context manager."""

    policy: Policy
    kept: CosignedCheckpoints
    reader: HashReader
    stored_size: Callable[[], int]
    pace: Pace = field(default_factory=Pace)
    clock: PosixClock = posix_clock
    _newest: _Newest = field(default_factory=_Newest)
    _stop: Event = field(default_factory=Event)
    _threads: list[Thread] = field(default_factory=list)

    def __enter__(self) -> Self:
        for witness in self.policy.witnesses:
            if witness.url is not None:
                asker = Asker(witness, self.kept, self.reader, self.stored_size, self.clock)
                # A daemon, because nobody waits for a witness, not even at the end.
                thread = Thread(target=self._run, args=(asker,), name=f"witness {asker.name}", daemon=True)
                thread.start()
                self._threads.append(thread)
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._newest.wake()
        for thread in self._threads:
            thread.join(timeout=0.2)

    def offer(self, note: bytes) -> None:
        """The log's own note of what is published now. Returns at once."""
        self._newest.put(note)

    def _run(self, asker: Asker) -> None:
        pause = 0.0
        with new_client() as client:
            while not self._stop.wait(pause):
                if not self._due(asker):
                    self._newest.wait_for(lambda _: self._stop.is_set() or self._due(asker), self.pace.refresh / 60)
                    pause = 0.0
                elif self._try(asker, client):
                    pause = self.pace.between
                else:
                    pause = min(max(self.pace.first_pause, 2 * pause), self.pace.longest_pause)

    def _due(self, asker: Asker) -> bool:
        note = self._newest.get()
        if not note:
            return False
        cosigned_at = self.kept.time_of(note, asker.key)
        return cosigned_at is None or self.clock() - cosigned_at >= self.pace.refresh

    def _try(self, asker: Asker, client: httpx.Client) -> bool:
        try:
            return asker.ask(client, self._newest.get)
        except Exception:
            # The ledger goes on whatever a witness makes of this thread.
            if not self._stop.is_set():
                logger.exception("asking witness %s failed", asker.name)
            return False
