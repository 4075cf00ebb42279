"""ML-DSA-44 keys (FIPS 204), which a quantum computer does not break: public key 1312 bytes, signature 2420.

Only signature lines of checkpoints are made with them. Signatures are randomised: two over the same bytes differ.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey, MLDSA44PublicKey

from ledger.errors import BadSignatureError, InvalidKeyError
from ledger.signing.key_files import load_key_file, save_key_file
from ledger.signing.keys import key_id

SEED_BYTES = 32
PUBLIC_KEY_BYTES = 1312
SIGNATURE_BYTES = 2420


def verify_ml_dsa(public_key: bytes, signature: bytes, message: bytes) -> None:
    """Returns only if ``signature`` is over ``message`` with the empty context. Raises BadSignatureError."""
    try:
        MLDSA44PublicKey.from_public_bytes(public_key).verify(signature, message)
    except (InvalidSignature, ValueError):
        raise BadSignatureError(key_id(public_key)) from None


class MlDsaPrivateKey:
    """An ML-DSA-44 private key. Never printed: ``repr`` shows the public key's digest alone."""

    __slots__ = ("_key", "public_key")

    def __init__(self, key: MLDSA44PrivateKey) -> None:
        self._key = key
        self.public_key = key.public_key().public_bytes_raw()

    def __repr__(self) -> str:
        return f"MlDsaPrivateKey(key_id={key_id(self.public_key)!r})"

    @classmethod
    def generate(cls, random: Callable[[int], bytes] = os.urandom) -> Self:
        """A new key from 32 bytes of ``random``."""
        return cls.from_seed(random(SEED_BYTES))

    @classmethod
    def from_seed(cls, seed: bytes) -> Self:
        """The key of a 32-byte seed (FIPS 204 algorithm 6). Raises InvalidKeyError for another length."""
        if len(seed) != SEED_BYTES:
            raise InvalidKeyError(
                f"私钥种子应是{SEED_BYTES}字节，这里是{len(seed)}字节。",
                f"A private key's seed is {SEED_BYTES} bytes; this one is {len(seed)}.",
            )
        return cls(MLDSA44PrivateKey.from_seed_bytes(seed))

    @classmethod
    def load(cls, path: Path) -> Self:
        """The key in a PKCS #8 PEM file, as ``save`` writes it. Raises NotFoundError, InvalidKeyError."""
        key = load_key_file(path)
        if not isinstance(key, MLDSA44PrivateKey):
            raise InvalidKeyError(f"{path}里的密钥不是ML-DSA-44密钥。", f"The key in {path} is not an ML-DSA-44 key.")
        return cls(key)

    def sign(self, message: bytes) -> bytes:
        """A 2420-byte signature over ``message``, another one each time."""
        return self._key.sign(message)

    def save(self, path: Path) -> None:
        """Writes the key as PKCS #8 PEM, mode 0600, all of it or nothing. Raises DuplicateError over a file."""
        save_key_file(path, self._key)
