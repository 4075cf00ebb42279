"""Rows drafted, signed, written to the journal and sent, a batch at a time, all of a batch recorded or none."""

import json
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ledger.api.submitted import MAX_BODY, MAX_EVENTS
from ledger.domain.drafting import Standpoint
from ledger.errors import InvalidFieldError, LedgerError, NotFoundError
from ledger.opening import Submission
from ledger.receipts import Receipt
from ledger.signing.envelope import sign_envelope
from ledger.signing.keys import PrivateKey
from yangguang.client import Client, RefusedByServerError, wire_form
from yangguang.importing.book import Book, Ready
from yangguang.importing.copies import begun_already
from yangguang.importing.fates import READY, RECORDED, REFUSED, UNKNOWN, UNSENT, Fate, Lost
from yangguang.importing.journal import Journal, Signed

PLACE = re.compile(r"/events/(\d+)(/.*)?", re.ASCII)
UNAVAILABLE = 503
STALE = "stale-version"
PAUSES = (1, 2, 4, 8)
ROOM = 1024
Keep = Callable[[Receipt], object]


@dataclass
class Recording:
    """One run. ``keep`` puts a receipt away durably; ``advance`` is told how many rows are done."""

    client: Client
    book: Book
    journal: Journal
    keys: Sequence[PrivateKey]
    keep: Keep
    keep_going: bool = False
    advance: Callable[[int], None] = lambda _done: None
    stopped: bool = False
    failure: LedgerError | None = None
    """What ended the run that no row is to blame for."""
    lost: Lost = field(default_factory=Lost)
    _fates: dict[str, Fate] = field(default_factory=dict)
    _done: int = 0

    def settle(self, now: dict[str, str]) -> None:
        """Sends again what was signed and may have been sent: the ledger answers what it has with its receipt.

        ``now`` is what the rows say, by key. What was changed since is only asked for: if the ledger does not have it,
        it is as if it had never been signed, and cannot come in late, since its record's version will be taken.
        """
        unanswered = self.journal.unanswered()
        dropped = [item for item in unanswered if now.get(item.key) != item.fingerprint]
        dropped = [item for item in dropped if not self.client.has_event(item.event_id)]
        if dropped:
            self.journal.settle({}, [item.event_id for item in dropped])
        left = self.journal.unanswered()
        while left:
            batch, left = self._measured(left)
            self._send(batch, going=True)

    def record(self, fates: Sequence[Fate]) -> None:
        """Records every row that is ready, in order. Raises nothing: ``failure`` says what ended it early."""
        try:
            self._record(list(fates))
        except LedgerError as failure:
            self.failure = failure
        except OSError as error:
            self.failure = cannot_write(error)
        unanswered = {item.key for item in self.journal.unanswered()}
        for fate in fates:
            if fate.status == READY:
                fate.status = UNKNOWN if fate.row.key in unanswered else UNSENT

    def _record(self, left: list[Fate]) -> None:
        while left and not self.stopped:
            batch, left = self._drafted(left)
            if batch:
                self.journal.sign(batch)
                self._send(batch, going=self.keep_going)

    def _drafted(self, left: list[Fate]) -> tuple[list[Signed], list[Fate]]:
        """The next batch, drafted against the newest head, and what remains."""
        standpoint = self.client.standpoint()
        batch: list[Signed] = []
        room = MAX_BODY - ROOM
        for at, fate in enumerate(left):
            if len(batch) == MAX_EVENTS:
                return batch, left[at:]
            before = self.book.records.get(fate.record)
            signed = self._sign(fate, standpoint) if self._goes(fate) else None
            if self.stopped:
                return batch, []
            if signed is None:
                continue
            room -= _size(signed.submission)
            if room < 0 and batch:
                self.book.restore(fate.record, before)
                return batch, left[at:]
            batch.append(signed)
            self._fates[signed.key] = fate
        return batch, []

    def _sign(self, fate: Fate, standpoint: Standpoint) -> Signed | None:
        ready = fate.ready
        if ready is None:
            raise RuntimeError("a row that is ready has been resolved")
        try:
            check_places(ready, self.keys)
            drafted = self.book.draft(ready, standpoint)
        except NotFoundError:
            raise
        except LedgerError as refusal:
            self._refuse(fate, refusal)
            return None
        submission = Submission(sign_envelope(drafted.payload, self.keys), drafted.disclosures)
        return Signed(fate.row.key, fate.fingerprint, fate.record, submission)

    def _goes(self, fate: Fate) -> bool:
        wanted = fate.status == READY
        goes = self.lost.passes(fate)
        self._count(int(wanted and not goes))
        return goes

    def _refuse(self, fate: Fate, refusal: LedgerError, pointer: str = "") -> None:
        fate.refuse(REFUSED, refusal, pointer)
        self.lost.enter(fate)
        self.stopped = self.stopped or not self.keep_going
        self._count(1)

    def _send(self, batch: list[Signed], *, going: bool) -> None:
        """Sends a batch; where one of it is refused, those before it, and with ``going`` those after it too."""
        while batch:
            try:
                receipts = self._submit(batch)
            except RefusedByServerError as refusal:
                at, pointer = place_of(refusal)
                if refusal.status == UNAVAILABLE or at is None or at >= len(batch):
                    raise
                good, bad, rest = batch[:at], batch[at], batch[at + 1 :]
                self._send(good, going=going)
                batch = self._after(bad, rest, refusal, pointer) if going else self._stop(bad, rest, refusal, pointer)
            else:
                self._keep(batch, receipts)
                return

    def _stop(self, bad: Signed, rest: list[Signed], refusal: LedgerError, pointer: str) -> list[Signed]:
        self._refused(bad, refusal, pointer)
        self.journal.settle({}, [bad.event_id, *(item.event_id for item in rest)])
        self.stopped = True
        return []

    def _after(self, bad: Signed, rest: list[Signed], refusal: LedgerError, pointer: str) -> list[Signed]:
        """What can still be sent of the rest."""
        self._refused(bad, refusal, pointer)
        dropped, left = [bad.event_id], []
        for item in rest:
            fate = self._fates.get(item.key)
            if fate is not None and not self._goes(fate):
                dropped.append(item.event_id)
            else:
                left.append(item)
        self.journal.settle({}, dropped)
        return left

    def _refused(self, item: Signed, refusal: LedgerError, pointer: str) -> None:
        if fate := self._fates.get(item.key):
            begins = fate.row.record is None and getattr(refusal, "rule", "") == STALE
            self._refuse(fate, begun_already(fate.record) if begins else refusal, pointer or "/own")

    def _keep(self, batch: Sequence[Signed], receipts: Sequence[Receipt]) -> None:
        for receipt in receipts:
            self.keep(receipt)
        # A crash before this line leaves receipts without a word in the journal: the same is sent and answered again.
        self.journal.settle({item.event_id: receipt.index for item, receipt in zip(batch, receipts, strict=True)})
        for item, receipt in zip(batch, receipts, strict=True):
            if fate := self._fates.get(item.key):
                fate.status, fate.index = RECORDED, receipt.index
                self._count(1)

    def _submit(self, batch: Sequence[Signed]) -> list[Receipt]:
        for pause in (*PAUSES, None):
            try:
                return self.client.submit_together([item.submission for item in batch])
            except RefusedByServerError as refusal:
                if refusal.status != UNAVAILABLE or pause is None:
                    raise
                time.sleep(pause)
        raise RuntimeError("the last attempt raises")

    def _measured(self, left: list[Signed]) -> tuple[list[Signed], list[Signed]]:
        room = MAX_BODY - ROOM
        for at, item in enumerate(left[:MAX_EVENTS]):
            room -= _size(item.submission)
            if room < 0 and at:
                return left[:at], left[at:]
        return left[:MAX_EVENTS], left[MAX_EVENTS:]

    def _count(self, done: int) -> None:
        self._done += done
        self.advance(self._done)


def cannot_write(error: OSError) -> InvalidFieldError:
    """What a full disk or a folder without permission leads to."""
    return InvalidFieldError(
        f"写不了{error.filename or '文件'}。解决以后再运行同样的命令，不会重复记账。",
        f"Cannot write {error.filename or 'a file'}: {error.strerror}. Mend that and run the same again: nothing is"
        " recorded twice.",
    )


def place_of(refusal: LedgerError) -> tuple[int | None, str]:
    """Which of a batch was refused, and the rest of the pointer."""
    match = PLACE.fullmatch(refusal.field or "")
    return (int(match.group(1)), match.group(2) or "") if match else (None, "")


def check_places(ready: Ready, keys: Sequence[PrivateKey]) -> None:
    """As many keys as the event has places for signatures. Raises InvalidFieldError."""
    wanted = len(ready.row.cls.SIGNED_BY)
    if len(keys) != wanted:
        raise InvalidFieldError(
            f"“{ready.row.cls.LABEL.zh}”要{wanted}把密钥签署，这里给了{len(keys)}把。"
            "要不同密钥的工作表，用 --sheet 分开导入。",
            f"“{ready.row.cls.LABEL.en}” takes {wanted} key(s), not {len(keys)}. Import sheets that need other keys"
            " separately, with --sheet.",
        )


def _size(submission: Submission) -> int:
    return len(json.dumps(wire_form(submission))) + 1
