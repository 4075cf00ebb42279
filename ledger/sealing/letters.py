"""Encrypting what the public writes to the inbox key, so that the server cannot read what it keeps.

HPKE (RFC 9180) base mode: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM; no associated data.

    info         yangguang-inbox/v1\n<origin>\n
    ciphertext   32 bytes encapsulated key | ciphertext | 16 bytes tag
    inbox        base64 of the 32-byte public key, as in ledger.toml

The private half never comes near the server: staff keep it in a file, and read with it on their own device.
"""

import hashlib
from pathlib import Path
from typing import Self

from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from ledger.errors import DuplicateError, InvalidKeyError, LedgerError, MalformedError, NotFoundError
from ledger.signing.key_files import publish_new_file
from ledger.tlog.base64 import decode_base64, encode_base64

SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


class UnreadableLetterError(LedgerError):
    """A ciphertext that this key does not open."""

    type = "malformed"


class Letterbox:
    """The public half of the inbox key, for one ledger: letters go in and cannot be taken out."""

    def __init__(self, line: str, *, origin: str) -> None:
        self._key, self.key_id = _public_key(line)
        self._info = _info(origin)

    def seal(self, plaintext: bytes) -> bytes:
        """The ciphertext; different each time."""
        return SUITE.encrypt(plaintext, self._key, self._info)


class InboxKey:
    """The private half, which staff hold. Never printed: ``repr`` shows the key id alone."""

    __slots__ = ("_key", "key_id", "line")

    def __init__(self, key: X25519PrivateKey) -> None:
        self._key = key
        raw = key.public_key().public_bytes_raw()
        self.line = encode_base64(raw)
        self.key_id = _key_id(raw)

    def __repr__(self) -> str:
        return f"InboxKey(key_id={self.key_id!r})"

    @classmethod
    def generate(cls) -> Self:
        """A new pair."""
        return cls(X25519PrivateKey.generate())

    @classmethod
    def load(cls, path: Path) -> Self:
        """The key in a PKCS #8 PEM file, as ``save`` and openssl write. Raises NotFoundError, InvalidKeyError."""
        try:
            key = serialization.load_pem_private_key(path.read_bytes(), password=None)
        except FileNotFoundError:
            raise NotFoundError(f"没有密钥文件{path}。", f"There is no key file {path}.") from None
        except (ValueError, TypeError, UnsupportedAlgorithm):
            key = None
        if not isinstance(key, X25519PrivateKey):
            raise InvalidKeyError(
                f"{path}不是收信密钥（未加密的PKCS #8 PEM，X25519）。",
                f"{path} is no inbox key (unencrypted PKCS #8 PEM, X25519).",
            )
        return cls(key)

    def save(self, path: Path) -> None:
        """Writes the key as PKCS #8 PEM, mode 0600, all of it or nothing. Raises DuplicateError over a file."""
        pem = self._key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        try:
            publish_new_file(path, pem)
        except FileExistsError:
            raise DuplicateError(
                f"文件{path}已经存在，不会覆盖：没有原来的密钥，已收到的来信就读不出来。请换一个文件名。",
                f"The file {path} exists and is never overwritten: letters received so far would become unreadable."
                " Choose another name.",
            ) from None

    def open(self, ciphertext: bytes, *, origin: str) -> bytes:
        """The plaintext. Raises UnreadableLetterError for what was sealed to another key or another ledger."""
        try:
            return SUITE.decrypt(ciphertext, self._key, _info(origin))
        except (InvalidTag, ValueError):
            raise UnreadableLetterError(
                f"这把收信密钥（尾号{self.key_id[-4:]}）打不开这封来信：它是加密给另一把密钥或另一本账的，或者被改动过。",
                f"The inbox key ending in {self.key_id[-4:]} does not open this letter: it was sealed to another key"
                " or for another ledger, or was changed.",
            ) from None


def _info(origin: str) -> bytes:
    return f"yangguang-inbox/v1\n{origin}\n".encode()


def _key_id(public_key: bytes) -> str:
    return hashlib.sha256(public_key).hexdigest()


def _public_key(line: str) -> tuple[X25519PublicKey, str]:
    try:
        raw = decode_base64(line)
        key = X25519PublicKey.from_public_bytes(raw)
        SUITE.encrypt(b"", key)  # refuses a point of small order, with which anybody could read
    except (MalformedError, ValueError):
        raise InvalidKeyError(
            "ledger.toml里的inbox应是32字节X25519公钥的base64。请用 yangguang key new-inbox 生成。",
            "inbox in ledger.toml must be the base64 of a 32-byte X25519 public key."
            " Make one with yangguang key new-inbox.",
        ) from None
    return key, _key_id(raw)
