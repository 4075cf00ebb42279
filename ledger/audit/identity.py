"""Whose log it is: what entry 0 says of the ledger's origin and keys, and the notes that those keys signed."""

from dataclasses import dataclass

from ledger.domain.entry import parse_entry
from ledger.domain.ledger import LedgerOpened
from ledger.domain.payload import parse_payload
from ledger.errors import MalformedError, ProofError
from ledger.signing.notes import Ed25519NoteVerifier, verifier_from_vkey
from ledger.tlog.checkpoint import Checkpoint, parse_checkpoint
from ledger.tlog.note import ED25519, format_note, open_note, parse_vkey


@dataclass(frozen=True, slots=True)
class Identity:
    """``genesis`` is the event id of entry 0, in hex; ``vkeys`` the log's keys, the Ed25519 key first."""

    genesis: str
    origin: str
    vkeys: tuple[str, ...]
    verifiers: tuple[Ed25519NoteVerifier, ...]

    @property
    def vkey_file(self) -> bytes:
        """The content of ``log/vkey``: a key a line, the current Ed25519 key first."""
        return "".join(f"{vkey}\n" for vkey in self.vkeys).encode()

    def open_note(self, note: bytes, *, strict: bool) -> Checkpoint:
        """The checkpoint that the log signed. Raises ProofError, MalformedError, TooLargeError.

        ``strict`` refuses signature lines by anyone else, whose bytes nothing in the ledger leads to.
        """
        opened = open_note(note, self.verifiers)
        checkpoint = parse_checkpoint(opened.text)
        if checkpoint.origin != self.origin:
            raise ProofError(
                f"它属于账本“{checkpoint.origin}”，而不是“{self.origin}”。",
                f"It is of the log {checkpoint.origin!r}, not {self.origin!r}.",
            )
        if strict and format_note(opened) != note:
            raise ProofError(
                "签章里有不认识的签名行。", "The checkpoint has signature lines by keys that are not the log's."
            )
        return checkpoint


def identity_of(entry: bytes) -> Identity:
    """What an entry 0 names. Raises MalformedError and its kin; its signatures are checked with all the others."""
    payload = parse_payload(parse_entry(entry).envelope.payload, assigned=False)
    if payload.type != LedgerOpened.TYPE:
        raise MalformedError("第0条不是启用账本。", "Entry 0 does not open a ledger.")
    opening = LedgerOpened.parse(payload.data)
    signing = [vkey for vkey in opening.log_vkeys if parse_vkey(vkey).algorithm == ED25519]
    others = [vkey for vkey in opening.log_vkeys if vkey not in signing]
    verifiers = tuple(verifier_from_vkey(vkey) for vkey in signing)
    return Identity(payload.event_id, opening.origin, (*signing, *others), verifiers)
