"""Ed25519 signature lines of signed notes, algorithm 0x01 (C2SP signed-note, "Signature types")."""

from dataclasses import dataclass

from ledger.errors import InvalidKeyError
from ledger.signing.keys import PrivateKey, check_public_key, verify
from ledger.tlog.note import ED25519, VerifierKey, parse_vkey


@dataclass(frozen=True, slots=True)
class Ed25519NoteVerifier:
    """A ``Verifier`` over an Ed25519 vkey. Raises InvalidKeyError for another algorithm or an unsound point."""

    verifier_key: VerifierKey

    def __post_init__(self) -> None:
        if self.verifier_key.algorithm != ED25519:
            raise InvalidKeyError(
                f"{self.name}的公钥算法是0x{self.verifier_key.algorithm:02x}，这里需要Ed25519（0x01）。",
                f"The key of {self.name} is of algorithm 0x{self.verifier_key.algorithm:02x}, not Ed25519 (0x01).",
            )
        check_public_key(self.verifier_key.public_key)

    @property
    def name(self) -> str:
        """The key name, which for a log is its origin."""
        return self.verifier_key.name

    @property
    def key_id(self) -> int:
        """The uint32 of signature lines."""
        return self.verifier_key.key_id

    def check(self, text: bytes, signature: bytes) -> None:
        """Returns only if the 64-byte ``signature`` is over ``text``. Raises BadSignatureError."""
        verify(self.verifier_key.public_key, signature, text)


class Ed25519NoteSigner:
    """A ``Signer`` that signs note texts under ``name``. Raises MalformedError for a name no note can hold."""

    __slots__ = ("_key", "key_id", "name", "verifier_key")

    def __init__(self, name: str, key: PrivateKey) -> None:
        self._key = key
        self.name = name
        self.verifier_key = VerifierKey(name, ED25519, key.public_key)
        self.key_id = self.verifier_key.key_id

    def sign(self, text: bytes) -> bytes:
        """The 64-byte signature over ``text``, without the key id."""
        return self._key.sign(text)


def verifier_from_vkey(text: str) -> Ed25519NoteVerifier:
    """The verifier of one vkey line. Raises MalformedError, InvalidKeyError."""
    return Ed25519NoteVerifier(parse_vkey(text))
