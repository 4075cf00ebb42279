"""Ed25519 keys (RFC 8032): who may be enrolled, how a signature is checked, how a private key is kept.

    key id       d4735e3a265e16eee03f59718b9b5d03019c07d8b6c51f90da3a666eec13ab35   hex SHA-256 of the 32 raw bytes
    possession   yangguang-key-possession/v1\n<origin>\n<organisation>\n<public_key>\n   signed raw, not as DSSE

RFC 8032 leaves verifiers free to differ on small-order and non-canonical points, so libsodium checks, the
strictest of them: whatever is admitted here, every other verifier accepts, the browser's included.
"""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from nacl.bindings import crypto_core_ed25519_is_valid_point, crypto_sign_open
from nacl.exceptions import BadSignatureError as SodiumRefusedError
from nacl.signing import SigningKey

from ledger.errors import BadSignatureError, InvalidFieldError, InvalidKeyError
from ledger.signing.key_files import load_key_file, save_key_file

KEY_BYTES = 32
SIGNATURE_BYTES = 64
POSSESSION_FIELD = "/payload/data/possession"


def key_id(public_key: bytes) -> str:
    """The hex SHA-256 of the raw public key, which is the ``keyid`` in envelopes."""
    return hashlib.sha256(public_key).hexdigest()


def check_public_key(public_key: bytes, *, field: str | None = None) -> None:
    """Refuses what must never be enrolled: not 32 bytes, or not a canonical point of the prime-order group.

    A small-order point "verifies" signatures nobody made. Raises InvalidKeyError naming ``field``.
    """
    if len(public_key) != KEY_BYTES:
        raise InvalidKeyError(
            f"公钥应是{KEY_BYTES}字节，这里是{len(public_key)}字节。",
            f"A public key is {KEY_BYTES} bytes; this one is {len(public_key)}.",
            field,
        )
    if not crypto_core_ed25519_is_valid_point(public_key):
        raise InvalidKeyError(
            f"公钥{public_key.hex()[:8]}…不是合格的Ed25519公钥（不在曲线上、写法不规范或阶数过小）。请重新生成密钥。",
            f"The public key {public_key.hex()[:8]}… is not a sound Ed25519 key (off the curve, not in canonical form"
            " or of small order). Generate a new one.",
            field,
        )


def verify(public_key: bytes, signature: bytes, message: bytes, *, field: str | None = None) -> None:
    """Returns only if ``signature`` (64 bytes) is that of ``public_key`` over ``message``.

    Raises BadSignatureError with the key's id, at ``field`` if given, else at the envelope's signatures.
    """
    # libsodium takes signature and message as one string: unchecked lengths would let bytes move between them.
    if len(public_key) == KEY_BYTES and len(signature) == SIGNATURE_BYTES:
        try:
            crypto_sign_open(signature + message, public_key)
        except SodiumRefusedError:
            pass
        else:
            return
    error = BadSignatureError(key_id(public_key))
    error.field = field or error.field
    raise error


class PrivateKey:
    """An Ed25519 private key. Never printed: ``repr`` shows the key id alone."""

    __slots__ = ("_signing_key", "key_id", "public_key")

    def __init__(self, signing_key: SigningKey) -> None:
        self._signing_key = signing_key
        self.public_key = bytes(signing_key.verify_key)
        self.key_id = key_id(self.public_key)

    def __repr__(self) -> str:
        return f"PrivateKey(key_id={self.key_id!r})"

    @classmethod
    def generate(cls, random: Callable[[int], bytes] = os.urandom) -> Self:
        """A new key from 32 bytes of ``random``."""
        return cls.from_seed(random(KEY_BYTES))

    @classmethod
    def from_seed(cls, seed: bytes) -> Self:
        """The key of a 32-byte seed (RFC 8032 section 5.1.5). Raises InvalidKeyError for another length."""
        if len(seed) != KEY_BYTES:
            raise InvalidKeyError(
                f"私钥种子应是{KEY_BYTES}字节，这里是{len(seed)}字节。",
                f"A private key's seed is {KEY_BYTES} bytes; this one is {len(seed)}.",
            )
        return cls(SigningKey(seed))

    @classmethod
    def load(cls, path: Path) -> Self:
        """The key in a PKCS #8 PEM file, as ``save`` and openssl write. Raises NotFoundError, InvalidKeyError."""
        key = load_key_file(path)
        if not isinstance(key, Ed25519PrivateKey):
            raise InvalidKeyError(f"{path}里的密钥不是Ed25519密钥。", f"The key in {path} is not an Ed25519 key.")
        return cls.from_seed(key.private_bytes_raw())

    def sign(self, message: bytes) -> bytes:
        """The 64-byte signature over ``message``; deterministic (RFC 8032 section 5.1.6)."""
        return self._signing_key.sign(message).signature

    def save(self, path: Path) -> None:
        """Writes the key as PKCS #8 PEM, mode 0600, all of it or nothing. Raises DuplicateError over a file."""
        save_key_file(path, Ed25519PrivateKey.from_private_bytes(bytes(self._signing_key)))


def possession_message(origin: str, organisation: str, public_key_line: str) -> bytes:
    """What a new key signs to show that its holder has it.

    ``organisation`` is the full record text; ``public_key_line`` the base64 public key, or a log key's whole vkey.
    """
    lines = ("yangguang-key-possession/v1", origin, organisation, public_key_line)
    if any("\n" in line for line in lines):
        raise InvalidFieldError(
            "持有证明的各行里不能有换行。", "No line of a proof of possession may hold a line feed.", POSSESSION_FIELD
        )
    return "".join(f"{line}\n" for line in lines).encode()


def sign_possession(key: PrivateKey, *, origin: str, organisation: str, line: str) -> bytes:
    """The raw 64-byte signature that ``check_possession`` accepts for ``key``."""
    return key.sign(possession_message(origin, organisation, line))


def check_possession(public_key: bytes, possession: bytes, *, origin: str, organisation: str, line: str) -> None:
    """Returns only if the holder of a sound ``public_key`` signed for this ledger, organisation and line.

    Raises InvalidKeyError or BadSignatureError.
    """
    check_public_key(public_key, field="/payload/data/public_key")
    verify(public_key, possession, possession_message(origin, organisation, line), field=POSSESSION_FIELD)
