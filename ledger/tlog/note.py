"""Signed notes: a text and the signatures under it (C2SP signed-note).

    This is an example message.
                                          an empty line, the last one in the note
    — example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=

A verifier key is one line, ``name+key id+base64(type byte || public key)``:

    example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k

Nothing in a parsed note may be believed; ``open_note`` alone returns signatures that hold.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from ledger.errors import LedgerError, MalformedError, ProofError, TooLargeError
from ledger.tlog.base64 import decode_base64, encode_base64

ED25519 = 0x01
COSIGNATURE_ED25519 = 0x04
ML_DSA_44 = 0x06
KEY_BYTES = {ED25519: 32, COSIGNATURE_ED25519: 32, ML_DSA_44: 1312}
KEY_ID_BYTES = 4
MAX_NOTE_BYTES = 1024 * 1024
MAX_SIGNATURES = 100
LINE_START = "\u2014 "
NOT_IN_TEXT = re.compile(r"[\x00-\x09\x0b-\x1f\ud800-\udfff]")
KEY_NAME = re.compile(r"[^\s+\x00-\x1f\ud800-\udfff]+")


class Verifier(Protocol):
    """One public key that is trusted by its name."""

    @property
    def name(self) -> str: ...

    @property
    def key_id(self) -> int: ...

    def check(self, text: bytes, signature: bytes) -> None:
        """``signature`` (without its key id) is by this key over ``text``. Raises a LedgerError."""


class Signer(Protocol):
    """One private key and the name it signs under."""

    @property
    def name(self) -> str: ...

    @property
    def key_id(self) -> int: ...

    def sign(self, text: bytes) -> bytes:
        """The signature over ``text``, without the key id."""


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line: ``key_id`` is a uint32, ``signature`` the bytes after it."""

    name: str
    key_id: int
    signature: bytes

    def __post_init__(self) -> None:
        _check_key_name(self.name)
        if not (0 <= self.key_id < 2**32 and self.signature):
            raise MalformedError(
                f"{self.name}的签名是空的，或密钥编号不是32位数。",
                f"The signature of {self.name} is empty, or its key id is not a 32-bit number.",
            )


@dataclass(frozen=True, slots=True)
class Note:
    """A text, which ends in LF, and signatures. From ``parse_note`` unverified, from ``open_note`` verified."""

    text: str
    signatures: tuple[Signature, ...]

    def __post_init__(self) -> None:
        _check_text(self.text)
        if not 1 <= len(self.signatures) <= MAX_SIGNATURES:
            raise MalformedError(
                f"签名文本应有1至{MAX_SIGNATURES}个签名，而不是{len(self.signatures)}个。",
                f"A note has 1 to {MAX_SIGNATURES} signatures, not {len(self.signatures)}.",
            )


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key with its name. ``algorithm`` is one of ED25519, COSIGNATURE_ED25519, ML_DSA_44."""

    name: str
    algorithm: int
    public_key: bytes

    def __post_init__(self) -> None:
        _check_key_name(self.name)
        if KEY_BYTES.get(self.algorithm) != len(self.public_key):
            raise MalformedError(
                f"{self.name}的公钥有{len(self.public_key)}字节，与算法0x{self.algorithm:02x}不符。",
                f"The public key of {self.name} has {len(self.public_key)} bytes, which is not a key of"
                f" algorithm 0x{self.algorithm:02x}.",
            )

    @property
    def key_id(self) -> int:
        """As ``note_key_id``."""
        return note_key_id(self.name, self.algorithm, self.public_key)


def note_key_id(name: str, algorithm: int, public_key: bytes) -> int:
    """The uint32 that names a key beside its name (signed-note, "Signatures"): it finds a key, never proves one."""
    digest = hashlib.sha256(name.encode() + b"\n" + bytes([algorithm]) + public_key).digest()
    return int.from_bytes(digest[:KEY_ID_BYTES], "big")


def parse_vkey(text: str) -> VerifierKey:
    """The key of a vkey line (without LF), whose key id must be its own. Raises MalformedError."""
    name, _, rest = text.partition("+")
    key_id, _, encoded = rest.partition("+")
    algorithm_and_key = decode_base64(encoded)
    key = VerifierKey(name, int.from_bytes(algorithm_and_key[:1], "big"), algorithm_and_key[1:])
    if key_id != f"{key.key_id:08x}":
        raise MalformedError(
            f"{name}的公钥编号写作{key_id[:8]}，而按内容应是{key.key_id:08x}。",
            f"The key id of {name} is given as {key_id[:8]!r}, but its content has {key.key_id:08x}.",
        )
    return key


def format_vkey(key: VerifierKey) -> str:
    """The vkey line, without LF."""
    return f"{key.name}+{key.key_id:08x}+{encode_base64(bytes([key.algorithm]) + key.public_key)}"


def parse_note(data: bytes) -> Note:
    """The parts of a note, UNVERIFIED (signed-note, "Format"). Raises TooLargeError, MalformedError."""
    _check_size(data)
    try:
        content = data.decode("utf-8")
    except UnicodeDecodeError:
        raise MalformedError("签名文本不是UTF-8文字。", "The note is not UTF-8.") from None
    # The text may hold empty lines of its own: the last one ends it.
    text, empty_line, lines = content.rpartition("\n\n")
    if not empty_line or not lines.endswith("\n"):
        raise MalformedError("签名文本缺少空行或签名行。", "The note has no empty line with signature lines after it.")
    if lines.count("\n") > MAX_SIGNATURES:
        raise MalformedError(f"签名超过{MAX_SIGNATURES}个。", f"The note has more than {MAX_SIGNATURES} signatures.")
    return Note(text + "\n", tuple(_parse_line(line) for line in lines[:-1].split("\n")))


def format_note(note: Note) -> bytes:
    """The bytes that ``parse_note`` reads. Raises TooLargeError over 1 MiB."""
    data = (note.text + "\n" + "".join(map(_format_line, note.signatures))).encode()
    _check_size(data)
    return data


def sign_note(text: str, signers: Sequence[Signer]) -> bytes:
    """``text``, ending in LF, signed by each of ``signers`` in turn. Raises MalformedError, TooLargeError."""
    _check_text(text)
    message = text.encode()
    signatures = (Signature(signer.name, signer.key_id, signer.sign(message)) for signer in signers)
    return format_note(Note(text, tuple(signatures)))


def open_note(data: bytes, verifiers: Sequence[Verifier]) -> Note:
    """The note with only its verified signatures, one per key (signed-note, "Signatures").

    Lines by keys that are not among ``verifiers`` are ignored. Raises ProofError when a line by a known
    key does not verify or no line is by a known key; MalformedError and TooLargeError as ``parse_note``.
    """
    note = parse_note(data)
    known = _by_name_and_id(verifiers)
    verified: dict[tuple[str, int], Signature] = {}
    for signature in note.signatures:
        pair = (signature.name, signature.key_id)
        if pair in known:
            _check_signature(known[pair], note.text.encode(), signature)
            verified.setdefault(pair, signature)
    if not verified:
        raise ProofError(
            f"{len(note.signatures)}个签名里没有一个出自认可的密钥。",
            f"None of the {len(note.signatures)} signatures is by a trusted key.",
        )
    return Note(note.text, tuple(verified.values()))


def _by_name_and_id(verifiers: Sequence[Verifier]) -> dict[tuple[str, int], Verifier]:
    known: dict[tuple[str, int], Verifier] = {}
    for verifier in verifiers:
        # Anyone can make a key with a given key id; which of two was meant must not be guessed.
        if known.setdefault((verifier.name, verifier.key_id), verifier) is not verifier:
            raise ProofError(
                f"两把认可的密钥同名同编号：{verifier.name}+{verifier.key_id:08x}。",
                f"Two trusted keys share the name and key id {verifier.name}+{verifier.key_id:08x}.",
            )
    return known


def _check_signature(verifier: Verifier, text: bytes, signature: Signature) -> None:
    try:
        verifier.check(text, signature.signature)
    except LedgerError as error:
        raise ProofError(
            f"{signature.name}+{signature.key_id:08x}的签名与文本不符。",
            f"The signature by {signature.name}+{signature.key_id:08x} does not match the text.",
        ) from error


def _parse_line(line: str) -> Signature:
    name, space, encoded = line.removeprefix(LINE_START).partition(" ")
    data = decode_base64(encoded)
    if not line.startswith(LINE_START) or not space or len(data) <= KEY_ID_BYTES:
        raise MalformedError(f"“{line[:40]}”不是签名行。", f"{line[:40]!r} is not a signature line.")
    return Signature(name, int.from_bytes(data[:KEY_ID_BYTES], "big"), data[KEY_ID_BYTES:])


def _format_line(line: Signature) -> str:
    encoded = encode_base64(line.key_id.to_bytes(KEY_ID_BYTES, "big") + line.signature)
    return f"{LINE_START}{line.name} {encoded}\n"


def _check_text(text: str) -> None:
    if not text.endswith("\n") or NOT_IN_TEXT.search(text):
        raise MalformedError(
            "签名文本必须以换行结尾，且不含其他控制字符。",
            "The text of a note ends in a line feed and has no other control characters.",
        )


def _check_key_name(name: str) -> None:
    if KEY_NAME.fullmatch(name) is None:
        raise MalformedError(
            f"“{name[:40]}”不能作密钥名：不能为空，不能含空格、加号或控制字符。",
            f"{name[:40]!r} cannot name a key: it is empty or has a space, plus or control character.",
        )


def _check_size(data: bytes) -> None:
    if len(data) > MAX_NOTE_BYTES:
        raise TooLargeError("签名文本", "note", len(data), MAX_NOTE_BYTES)
