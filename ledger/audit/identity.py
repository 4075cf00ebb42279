"""Whose log it is: its origin, its keys from entry 0 and every rotation, and the notes that those keys signed.

A checkpoint of size S is signed by the key that the last rotation at an index below S names, or else by entry 0's.
A key that was stolen and replaced signs nothing that came after.

The log may sign with ML-DSA-44 besides. No event names such a key, so that line is not what makes a note the log's: it
is verified against the keys that the published ``vkey`` file lists (for a ledger directory, ``ledger.toml``), and one
that fails is refused. Such signatures differ each time they are made, so nothing more can be asked of their bytes.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from ledger.domain.entry import parse_entry
from ledger.domain.ledger import LedgerOpened
from ledger.domain.payload import parse_payload
from ledger.errors import LedgerError, MalformedError, ProofError
from ledger.signing.cosignature import CosignatureVerifier
from ledger.signing.notes import Ed25519NoteVerifier, verifier_from_vkey
from ledger.tlog.checkpoint import Checkpoint, parse_checkpoint
from ledger.tlog.note import ED25519, ML_DSA_44, format_note, format_vkey, open_note, parse_note, parse_vkey


@dataclass(frozen=True, slots=True)
class Rotation:
    """The entry at ``index`` put ``vkey`` in force for every size beyond it."""

    index: int
    vkey: str
    verifier: Ed25519NoteVerifier


@dataclass(frozen=True, slots=True)
class Identity:
    """``genesis`` is the event id of entry 0, in hex; ``vkeys`` the keys it names, the Ed25519 key first.

    ``rotations`` are known once all entries were judged, oldest first. ``ml_dsa`` are keys that only a file lists.
    """

    genesis: str
    origin: str
    vkeys: tuple[str, ...]
    verifiers: tuple[Ed25519NoteVerifier, ...]
    rotations: tuple[Rotation, ...] = ()
    ml_dsa: tuple[CosignatureVerifier, ...] = ()

    def rotated(self, log_keys: Sequence[tuple[int, str]]) -> "Identity":
        """With the rotations among the ``(entry index, vkey)`` that judged entries put in force."""
        later = ((index, vkey) for index, vkey in log_keys if index > 0)
        return replace(self, rotations=tuple(Rotation(index, vkey, verifier_from_vkey(vkey)) for index, vkey in later))

    def vkeys_at(self, tree_size: int) -> tuple[str, ...]:
        """Every key that the entries below a size name, the current one first."""
        newest_first = (rotation.vkey for rotation in reversed(self.rotations) if rotation.index < tree_size)
        return (*newest_first, *self.vkeys)

    def vkey_file(self, tree_size: int, *, without: int = 0) -> bytes:
        """The content of ``log/vkey`` at a size: a key a line, the current one first, those of ML-DSA-44 last.

        ``without`` leaves out that many of the newest ML-DSA-44 keys, which were set and not published yet.
        """
        further = (format_vkey(verifier.verifier_key) for verifier in self.ml_dsa[without:])
        return "".join(f"{vkey}\n" for vkey in (*self.vkeys_at(tree_size), *further)).encode()

    def open_note(self, note: bytes, *, strict: bool, cosigners: Sequence[CosignatureVerifier] = ()) -> Checkpoint:
        """The checkpoint that the log signed. Raises ProofError, MalformedError, TooLargeError.

        ``strict`` refuses signature lines by anyone else than the log and ``cosigners``, whose bytes nothing in the
        ledger leads to. Lines by any of these must verify.
        """
        checkpoint = self._of_this_log(note)
        keys = self._keys_at(checkpoint.tree_size)
        try:
            opened = open_note(note, keys)
        except ProofError:
            self._refuse_another_key(note, checkpoint.tree_size)
            raise
        if further := tuple(dict.fromkeys((*self.ml_dsa, *cosigners))):
            opened = open_note(note, (*keys, *further))
        if strict and format_note(opened) != note:
            raise ProofError(
                "签章里有不认识的签名行（见证机构的联署要用 --policy 给出见证规则才认得）。",
                "The checkpoint has signature lines by keys that are neither the log's nor, as far as a policy says,"
                " a witness's.",
            )
        return checkpoint

    def own_note(self, note: bytes) -> bytes:
        """The note with the log's own signature lines alone. Raises as ``open_note``."""
        keys = self._keys_at(self.open_note(note, strict=False).tree_size)
        return format_note(open_note(note, (*keys, *self.ml_dsa)))

    def open_claim(self, note: bytes, further: Sequence[Ed25519NoteVerifier]) -> Checkpoint:
        """As ``open_note``, by any key of entry 0 or of ``further``, before the rotations are known.

        It guides what is read, and decides nothing. Raises as ``open_note``.
        """
        checkpoint = self._of_this_log(note)
        if not any(_has_signed(verifier, note) for verifier in (*self.verifiers, *further)):
            raise ProofError("没有一个签名出自账本的密钥。", "No signature is by a key of the log.")
        return checkpoint

    def _of_this_log(self, note: bytes) -> Checkpoint:
        checkpoint = parse_checkpoint(parse_note(note).text)
        if checkpoint.origin != self.origin:
            raise ProofError(
                f"它属于账本“{checkpoint.origin}”，而不是“{self.origin}”。",
                f"It is of the log {checkpoint.origin!r}, not {self.origin!r}.",
            )
        return checkpoint

    def _keys_at(self, tree_size: int) -> tuple[Ed25519NoteVerifier, ...]:
        newest = self._rotation_at(tree_size)
        return (newest.verifier,) if newest else self.verifiers

    def _rotation_at(self, tree_size: int) -> Rotation | None:
        return next((rotation for rotation in reversed(self.rotations) if rotation.index < tree_size), None)

    def _refuse_another_key(self, note: bytes, tree_size: int) -> None:
        """Raises ProofError if a key of the log signed that was not in force at this size."""
        newest = self._rotation_at(tree_size)
        entry_index = newest.index if newest else 0
        first = [(0, verifier) for verifier in self.verifiers]
        for index, verifier in (*first, *((rotation.index, rotation.verifier) for rotation in self.rotations)):
            if index != entry_index and _has_signed(verifier, note):
                raise ProofError(
                    f"大小为{tree_size}条的签章应由第{entry_index}条写明的账本密钥签，签它的却是第{index}条写明的那一把。",
                    f"At size {tree_size} the log key that entry {entry_index} names signs; this is by the key that"
                    f" entry {index} names, which was not in force.",
                )


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


def ml_dsa_keys(vkeys: Iterable[str], origin: str) -> tuple[CosignatureVerifier, ...]:
    """Of some vkey lines those of ML-DSA-44 under the log's own name; what cannot be read is none of them."""
    found: list[CosignatureVerifier] = []
    for vkey in vkeys:
        try:
            key = parse_vkey(vkey)
        except LedgerError:
            continue
        if key.algorithm == ML_DSA_44 and key.name == origin and CosignatureVerifier(key) not in found:
            found.append(CosignatureVerifier(key))
    return tuple(found)


def _has_signed(verifier: Ed25519NoteVerifier, note: bytes) -> bool:
    try:
        open_note(note, [verifier])
    except LedgerError:
        return False
    return True
