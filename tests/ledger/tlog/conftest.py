"""A real Ed25519 key under a name: the signer and verifier of signed notes in these tests."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.errors import BadSignatureError
from ledger.tlog.note import ED25519, VerifierKey


@dataclass(frozen=True, slots=True)
class NoteKey:
    """Signs and checks; the private half is derived from a number so that tests repeat."""

    name: str
    private_key: Ed25519PrivateKey

    @property
    def verifier_key(self) -> VerifierKey:
        return VerifierKey(self.name, ED25519, self.private_key.public_key().public_bytes_raw())

    @property
    def key_id(self) -> int:
        return self.verifier_key.key_id

    def sign(self, text: bytes) -> bytes:
        return self.private_key.sign(text)

    def check(self, text: bytes, signature: bytes) -> None:
        try:
            self.private_key.public_key().verify(signature, text)
        except InvalidSignature:
            raise BadSignatureError(f"{self.key_id:08x}") from None


@pytest.fixture(scope="session")
def note_key() -> Callable[..., NoteKey]:
    """``note_key(name, seed=1)``."""

    def make(name: str, seed: int = 1) -> NoteKey:
        return NoteKey(name, Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32))

    return make
