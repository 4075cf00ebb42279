"""What the witnesses answered, kept durably in a folder beside the log: ``checkpoint``, ``quorum``, ``alarm``.

``checkpoint`` is the newest checkpoint that any witness cosigned, with all their verified lines; ``quorum`` the newest
that a whole quorum did. Each is written by temporary file, fsync and rename. A crash before one leaves the old one: the
cosignature is asked for again. Nothing here is needed to record or to publish.
"""

import logging
from collections.abc import Callable
from pathlib import Path
from threading import Lock

from ledger.errors import LedgerError
from ledger.signing.cosignature import CosignatureVerifier, time_of
from ledger.signing.quorum import witnessing_of
from ledger.store.highest import write_durably
from ledger.tlog.alarm import MAX_ALARMS, Alarm, format_alarms, parse_alarms
from ledger.tlog.checkpoint import parse_checkpoint
from ledger.tlog.note import Note, Signature, format_note, parse_note
from ledger.tlog.policy import Policy

CHECKPOINT, QUORUM, ALARM = "checkpoint", "quorum", "alarm"
Key = tuple[str, int]
Write = Callable[[Path, bytes], None]
logger = logging.getLogger(__name__)


class CosignedCheckpoints:
    """The folder, and in memory the newest cosignatures of the policy's witnesses. Safe to call from several threads.

    Lines found on the disk are verified again, and those of witnesses that the policy no longer names are left out.
    ``write`` puts a file in place durably; where several processes take turns, none can but the one whose turn it is.
    """

    def __init__(self, folder: Path, policy: Policy, write: Write = write_durably) -> None:
        self._folder = folder
        self._durably = write
        self.policy = policy
        self._verifiers = {
            (witness.key.name, witness.key.key_id): CosignatureVerifier(witness.key) for witness in policy.witnesses
        }
        self._lock = Lock()
        self._text = ""
        self._size = -1
        self._lines: dict[Key, Signature] = {}
        self._alarms = self._read_alarms()
        self._resume()

    def with_cosignatures(self, note: bytes) -> bytes:
        """The log's own ``note`` and under it the cosignatures of the same text, in the policy's order."""
        with self._lock:
            parsed = parse_note(note)
            return note if parsed.text != self._text else format_note(self._joined(parsed))

    def keep(self, note: bytes, signature: Signature) -> bool:
        """Keeps a witness's line under the log's own ``note``, durably. Raises LedgerError for a false one.

        False if the line is no newer than the one that is kept. One of a size that was left behind is not needed.
        """
        parsed = parse_note(note)
        size = parse_checkpoint(parsed.text).tree_size
        key = (signature.name, signature.key_id)
        self._verifiers[key].check(parsed.text.encode(), signature.signature)
        with self._lock:
            if size < self._size:
                return True
            if parsed.text != self._text:
                self._text, self._size, self._lines = parsed.text, size, {}
            known = self._lines.get(key)
            if known is not None and time_of(known.signature) >= time_of(signature.signature):
                return False
            self._lines[key] = signature
            self._write(parsed)
            return True

    def keep_all(self, own: bytes, published: bytes) -> None:
        """Keeps the lines of the policy's witnesses under what another node publishes, where it is of the same text.

        Each is verified; a false one is left out and logged. Raises MalformedError, ProofError for what is no note.
        """
        parsed = parse_note(published)
        if parsed.text != parse_note(own).text:
            return
        for line in parsed.signatures:
            if (line.name, line.key_id) in self._verifiers:
                try:
                    self.keep(own, line)
                except LedgerError as error:
                    logger.warning("a line by %s was left out: %s", line.name, error)

    def time_of(self, note: bytes, key: Key) -> int | None:
        """When the witness of a key cosigned this checkpoint (POSIX seconds), if it has."""
        with self._lock:
            line = self._lines.get(key) if parse_note(note).text == self._text else None
            return None if line is None else time_of(line.signature)

    def raise_alarm(self, alarm: Alarm) -> None:
        """Puts down what a witness objects to, once for each kind; says so in the log of the process."""
        with self._lock:
            if any((known.witness, known.kind) == (alarm.witness, alarm.kind) for known in self._alarms):
                return
            logger.critical("%s %s", alarm.zh, alarm.en)
            if len(self._alarms) < MAX_ALARMS:
                self._alarms = (*self._alarms, alarm)
                self._durably(self._folder / ALARM, format_alarms(self._alarms))

    @property
    def alarms(self) -> tuple[Alarm, ...]:
        """What witnesses object to."""
        return self._alarms

    def _joined(self, note: Note) -> Note:
        lines = (self._lines[key] for key in self._verifiers if key in self._lines)
        return Note(note.text, (*note.signatures, *lines))

    def _write(self, own: Note) -> None:
        whole = format_note(self._joined(own))
        self._durably(self._folder / CHECKPOINT, whole)
        if witnessing_of(whole, self.policy).is_met:
            self._durably(self._folder / QUORUM, whole)

    def _resume(self) -> None:
        try:
            parsed = parse_note((self._folder / CHECKPOINT).read_bytes())
            size = parse_checkpoint(parsed.text).tree_size
        except FileNotFoundError:
            return
        except LedgerError as error:
            logger.warning("the kept cosignatures cannot be read and are asked for again: %s", error)
            return
        self._text, self._size = parsed.text, size
        for line in parsed.signatures:
            verifier = self._verifiers.get((line.name, line.key_id))
            if verifier is not None and _holds(verifier, parsed.text, line):
                self._lines[line.name, line.key_id] = line

    def _read_alarms(self) -> tuple[Alarm, ...]:
        try:
            return parse_alarms((self._folder / ALARM).read_bytes())
        except FileNotFoundError:
            return ()
        except LedgerError as error:
            # The site says so until somebody has looked at the file; the ledger goes on.
            logger.critical("%s %s", error.zh, error.en)
            return ()


def _holds(verifier: CosignatureVerifier, text: str, line: Signature) -> bool:
    try:
        verifier.check(text.encode(), line.signature)
    except LedgerError:
        return False
    return True
