"""The scribe writes the story into a ledger as staff would: draft, sign with each post's key, submit, keep the receipt.

Seed and clock are fixed, so the log is the same bytes on each run. Every private key here is derived from a
published seed: good for a demonstration and for nothing else.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from ledger.application import Ledger
from ledger.domain.drafting import Content, Standpoint, draft
from ledger.domain.record import Past, Record
from ledger.errors import LedgerError
from ledger.founding import AdminKey, Founding, found, new_identifier
from ledger.opening import Submission
from ledger.receipts import Receipt
from ledger.signing.envelope import sign_envelope
from ledger.signing.keys import PrivateKey, sign_possession
from ledger.tlog.base64 import encode_base64
from yangguang.demo.copies import multiplied
from yangguang.demo.disclosing import FiguresOfTheDay
from yangguang.demo.scenario.keys import signing_keys
from yangguang.demo.scenario.policy import ADMINS, ORIGIN, policy
from yangguang.demo.scenario.story import story
from yangguang.demo.steps import (
    DigestOf,
    EventOf,
    PossessionOf,
    PublicKeyOf,
    RecipientOf,
    Ref,
    SealedOf,
    SizeOfFigures,
    Step,
    TextOf,
    seeded,
)

FOUNDED_ON = date(2022, 4, 1)
OFFICE_OPENS = time(9, 0, tzinfo=timezone(timedelta(hours=8)))
BETWEEN_ENTRIES = timedelta(seconds=97)
MILLISECOND = timedelta(milliseconds=1)


class Scribe:
    """Keeps a ledger by the names of the scenario. ``records`` maps a name to ``kind/uuid`` once it is opened.

    With ``copies`` of the story the time between entries is shared among them, so a day's entries stay on their day.
    """

    def __init__(self, directory: Path, *, copies: int = 1) -> None:
        self._between = BETWEEN_ENTRIES // MILLISECOND // copies * MILLISECOND
        self._now = datetime.combine(FOUNDED_ON, OFFICE_OPENS)
        self._random = seeded("scribe")
        self.records: dict[Ref, str] = {}
        founding = Founding(
            origin=ORIGIN,
            admins=[AdminKey(private_key(name), capabilities) for name, capabilities in ADMINS],
            policy=policy(),
            demonstration=True,
            occurred_on=FOUNDED_ON,
        )
        self.ledger = found(
            directory, founding, log_key=private_key("log"), clock=lambda: self._now, random=seeded("ledger")
        )
        self._figures = FiguresOfTheDay(self.ledger)

    def write(self, step: Step) -> Receipt | None:
        """Records a step and returns its receipt; None for an attempt that was refused as it must be.

        Raises RuntimeError with the refusal's sentence if the ledger answers otherwise than the step expects.
        """
        self._advance(step.recorded_on)
        outcome = self._outcome(step)
        if isinstance(outcome, LedgerError):
            if step.refused is None or not isinstance(outcome, step.refused):
                raise RuntimeError(f"{step.event.TYPE} {step.record.name} {step.on}: {outcome.zh} {outcome.en}")
            return None
        if step.refused is not None:
            raise RuntimeError(f"{step.event.TYPE} {step.record.name} {step.on} was admitted, not refused")
        return outcome

    def _outcome(self, step: Step) -> Receipt | LedgerError:
        # What can be no event at all is refused while it is drafted, by the same checks as at admission.
        try:
            return self.ledger.admit([self._submission(step)])[0]
        except LedgerError as error:
            return error

    def _advance(self, on: date) -> None:
        opening = datetime.combine(on, OFFICE_OPENS)
        self._now = max(opening, self._now + self._between)

    def _submission(self, step: Step) -> Submission:
        head = self.ledger.head()
        drafted = draft(
            step.event,
            self._record(step.record),
            Standpoint(self.ledger.origin, head.size, head.root),
            occurred_on=step.on,
            data=self._resolve(step.data),
            content=Content(fields=dict(step.fields), rows=step.rows, free=step.free),
            random=self._random,
        )
        keys = [private_key(name) for name in signing_keys(step.by, step.recorded_on)]
        in_order = sorted(keys, key=lambda key: key.key_id)
        return Submission(sign_envelope(drafted.payload, in_order), drafted.disclosures)

    def _record(self, ref: Ref) -> Record:
        if ref not in self.records:
            milliseconds = int(self._now.astimezone(UTC).timestamp() * 1000)
            self.records[ref] = f"{ref.kind}/{new_identifier(milliseconds, self._random)}"
        _, _, uuid = self.records[ref].partition("/")
        return self.ledger.record(self.records[ref]) or Record(ref.kind, uuid)

    def _resolve(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {name: self._resolve(item) for name, item in value.items()}
        return [self._resolve(item) for item in value] if isinstance(value, list) else self._meant(value)

    def _meant(self, value: Any) -> Any:
        meant = value
        match value:
            case Ref():
                meant = self.records[value]
            case PublicKeyOf(key=key):
                meant = encode_base64(private_key(key).public_key)
            case PossessionOf(key=key, organisation=holder):
                meant = self._possession(private_key(key), self.records[holder])
            case SealedOf():
                meant = list(self._past(value).sealed)
            case TextOf():
                meant = self._past(value).withdrawable[0]
            case EventOf():
                meant = self._past(value).event_id
            case RecipientOf(name=name):
                meant = encode_base64(recipient_key(name).public_key().public_bytes_raw())
            case SizeOfFigures():
                meant = self._figures.size(self._now.date())
            case DigestOf(question=question):
                meant = self._figures.digest(question, self._now.date())
        return meant

    def _past(self, wanted: EventOf) -> Past:
        history = self._record(wanted.record).history
        return [past for past in history if type(past.event) is wanted.event][wanted.nth]

    def _possession(self, key: PrivateKey, holder: str) -> str:
        line = encode_base64(key.public_key)
        return encode_base64(sign_possession(key, origin=self.ledger.origin, organisation=holder, line=line))


def private_key(name: str) -> PrivateKey:
    """The demonstration key of that name: ``log``, ``admin-1`` or a post's. Anyone can derive it."""
    return PrivateKey.from_seed(seeded(f"key/{name}")(32))


def recipient_key(name: str) -> X25519PrivateKey:
    """The key that opened values were encrypted to on an occasion. Anyone can derive it."""
    return X25519PrivateKey.from_private_bytes(seeded(f"recipient/{name}")(32))


def build(directory: Path, *, copies: int = 1, progress: Callable[[int, int], None] | None = None) -> Ledger:
    """The Sanpai demonstration as an open ledger in a new directory. ``progress`` is told (done, total).

    ``copies`` of the story make one ledger. Raises DuplicateError if a ledger is there already.
    """
    scribe, steps = Scribe(directory, copies=copies), story()
    try:
        for done, step in enumerate(multiplied(steps, copies), start=1):
            scribe.write(step)
            if progress is not None:
                progress(done, len(steps) * copies)
    except BaseException:
        scribe.ledger.close()
        raise
    return scribe.ledger
