"""Cosignatures: who has seen a checkpoint, and when (C2SP tlog-cosignature, "Format").

    — witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn…      key id, uint64 time, signature

What an Ed25519 cosigner (0x04) signs is two lines and the checkpoint's whole text:

    cosignature/v1
    time 1679315147
    example.com/behind-the-sofa
    20852163
    CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

It does not cover the cosigner's name, so one key must never cosign under two. What an ML-DSA-44 cosigner (0x06)
signs is a ``cosigned_message``: it covers the name, and no extension lines, so a checkpoint with such lines is
refused here, both to sign and to verify: whoever opened it would take them for signed.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ledger.errors import InvalidKeyError, MalformedError, ProofError
from ledger.signing.keys import PrivateKey, check_public_key, verify
from ledger.signing.ml_dsa import SIGNATURE_BYTES as ML_DSA_SIGNATURE_BYTES
from ledger.signing.ml_dsa import MlDsaPrivateKey, verify_ml_dsa
from ledger.tlog.checkpoint import parse_checkpoint
from ledger.tlog.note import COSIGNATURE_ED25519, ML_DSA_44, VerifierKey, open_note, parse_note, parse_vkey

LABEL = b"subtree/v1\n\x00"
TIME_BYTES = 8
MAX_TIME = 2**63 - 1
MAX_NAME_BYTES = 255
ED25519_SIGNATURE_BYTES = 64
LENGTHS = {
    COSIGNATURE_ED25519: TIME_BYTES + ED25519_SIGNATURE_BYTES,
    ML_DSA_44: TIME_BYTES + ML_DSA_SIGNATURE_BYTES,
}

PosixClock = Callable[[], int]
"""Seconds since 1970, UTC."""


@dataclass(frozen=True, slots=True)
class Cosignature:
    """A verified cosignature: at ``time`` (POSIX seconds) this was the largest consistent tree its signer had seen.

    A time of 0, which ML-DSA-44 allows, says only that the tree is consistent with what the signer has seen.
    """

    name: str
    key_id: int
    time: int


@dataclass(frozen=True, slots=True)
class CosignatureVerifier:
    """A ``Verifier`` over a vkey of type 0x04 or 0x06. Raises InvalidKeyError for another, or an unsound point."""

    verifier_key: VerifierKey

    def __post_init__(self) -> None:
        if self.verifier_key.algorithm not in LENGTHS:
            raise InvalidKeyError(
                f"{self.name}的公钥算法是0x{self.verifier_key.algorithm:02x}，不是联署用的0x04或0x06。",
                f"The key of {self.name} is of algorithm 0x{self.verifier_key.algorithm:02x}; cosignatures are made"
                " with 0x04 or 0x06.",
            )
        if self.verifier_key.algorithm == COSIGNATURE_ED25519:
            check_public_key(self.verifier_key.public_key)

    @property
    def name(self) -> str:
        """The cosigner's name."""
        return self.verifier_key.name

    @property
    def key_id(self) -> int:
        """The uint32 of signature lines."""
        return self.verifier_key.key_id

    def check(self, text: bytes, signature: bytes) -> None:
        """Returns only if ``signature`` (time and signature) is over the checkpoint ``text``. Raises LedgerError."""
        if len(signature) != LENGTHS[self.verifier_key.algorithm]:
            raise ProofError(
                f"{self.name}的联署有{len(signature)}字节，长度不对。",
                f"The cosignature of {self.name} has {len(signature)} bytes, which is not its length.",
            )
        time = time_of(signature)
        public_key, raw = self.verifier_key.public_key, signature[TIME_BYTES:]
        if self.verifier_key.algorithm == COSIGNATURE_ED25519:
            verify(public_key, raw, ed25519_message(text, time))
        else:
            verify_ml_dsa(public_key, raw, ml_dsa_message(text, time, self.name))


class CosignatureSigner:
    """A ``Signer`` that cosigns checkpoints under ``name`` at the time that ``clock`` tells.

    The algorithm is that of ``key``: 0x04 for Ed25519, 0x06 for ML-DSA-44.
    """

    __slots__ = ("_clock", "_key", "key_id", "name", "verifier_key")

    def __init__(self, name: str, key: PrivateKey | MlDsaPrivateKey, *, clock: PosixClock) -> None:
        algorithm = COSIGNATURE_ED25519 if isinstance(key, PrivateKey) else ML_DSA_44
        self._key = key
        self._clock = clock
        self.name = name
        self.verifier_key = VerifierKey(name, algorithm, key.public_key)
        self.key_id = self.verifier_key.key_id

    def sign(self, text: bytes) -> bytes:
        """Time and signature over the checkpoint ``text``. Raises MalformedError, ProofError as no checkpoint."""
        time = self._clock()
        if self.verifier_key.algorithm == COSIGNATURE_ED25519:
            message = ed25519_message(text, time)
        else:
            message = ml_dsa_message(text, time, self.name)
        return time.to_bytes(TIME_BYTES, "big") + self._key.sign(message)


def cosigner_from_vkey(text: str) -> CosignatureVerifier:
    """The verifier of one vkey line of a witness. Raises MalformedError, InvalidKeyError."""
    return CosignatureVerifier(parse_vkey(text))


def open_cosignatures(note: bytes, verifiers: Sequence[CosignatureVerifier]) -> tuple[Cosignature, ...]:
    """The verified cosignatures of a checkpoint by ``verifiers``, one per key; none is no refusal.

    Raises ProofError where a line by one of them does not verify; MalformedError, TooLargeError.
    """
    names = {(verifier.name, verifier.key_id) for verifier in verifiers}
    parsed = parse_note(note)
    parse_checkpoint(parsed.text)
    if not any((line.name, line.key_id) in names for line in parsed.signatures):
        return ()
    opened = open_note(note, verifiers)
    return tuple(Cosignature(line.name, line.key_id, time_of(line.signature)) for line in opened.signatures)


def time_of(signature: bytes) -> int:
    """The time in a cosignature, in POSIX seconds. Raises ProofError over 2**63 - 1."""
    time = int.from_bytes(signature[:TIME_BYTES], "big")
    if time > MAX_TIME:
        raise ProofError("联署的时间超出范围。", "The time of the cosignature is out of range.")
    return time


def ed25519_message(text: bytes, time: int) -> bytes:
    """The bytes that an Ed25519 cosigner signs ("Ed25519 signed message"). Raises as ``parse_checkpoint``."""
    parse_checkpoint(_decoded(text))
    return f"cosignature/v1\ntime {time}\n".encode() + text


def ml_dsa_message(text: bytes, time: int, cosigner: str) -> bytes:
    """The bytes of ``cosigned_message`` for a checkpoint ("ML-DSA-44 signed message"). Raises ProofError and kin."""
    checkpoint = parse_checkpoint(_decoded(text))
    if checkpoint.extensions:
        raise ProofError(
            "ML-DSA-44的联署不包括附加行，这个签章却有附加行。",
            "An ML-DSA-44 cosignature does not cover extension lines, and this checkpoint has some.",
        )
    start = 0
    return b"".join(
        (
            LABEL,
            _short(cosigner),
            time.to_bytes(8, "big"),
            _short(checkpoint.origin),
            start.to_bytes(8, "big"),
            checkpoint.tree_size.to_bytes(8, "big"),
            checkpoint.root_hash,
        )
    )


def _short(name: str) -> bytes:
    data = name.encode()
    if not 1 <= len(data) <= MAX_NAME_BYTES:
        raise ProofError(
            f"名称“{name[:40]}”有{len(data)}字节，联署里至多{MAX_NAME_BYTES}字节。",
            f"The name {name[:40]!r} has {len(data)} bytes; a cosignature holds at most {MAX_NAME_BYTES}.",
        )
    return bytes([len(data)]) + data


def _decoded(text: bytes) -> str:
    try:
        return text.decode()
    except UnicodeDecodeError:
        raise MalformedError("签章的正文不是UTF-8。", "The text of the checkpoint is not UTF-8.") from None
