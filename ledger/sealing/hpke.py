"""Encryption to one reader: HPKE base mode (RFC 9180), DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM.

The bytes are enc‖ciphertext, single shot, empty aad; ``info`` says what they are for, so that they open as nothing
else.
"""

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from ledger.errors import InvalidKeyError, MalformedError

SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
PROBE = X25519PrivateKey.from_private_bytes(bytes(range(32)))
"""Any private key shows a low-order point: the shared secret is zero (RFC 7748 section 6.1)."""


def check_recipient(public_key: bytes) -> None:
    """Refuses bytes that are no X25519 public key to encrypt to. Raises InvalidKeyError."""
    try:
        PROBE.exchange(X25519PublicKey.from_public_bytes(public_key))
    except ValueError:
        raise InvalidKeyError(
            "接收用的公钥不合格。请重新生成一把X25519公钥。",
            "The recipient is no usable X25519 public key. Generate a new one.",
        ) from None


def encrypt_to(public_key: bytes, plaintext: bytes, *, info: bytes) -> bytes:
    """enc‖ciphertext that only the holder of the private key opens. Raises InvalidKeyError."""
    check_recipient(public_key)
    return SUITE.encrypt(plaintext, X25519PublicKey.from_public_bytes(public_key), info)


def decrypt_with(private_key: X25519PrivateKey, data: bytes, *, info: bytes) -> bytes:
    """What was encrypted to this key for this purpose. Raises MalformedError."""
    try:
        return SUITE.decrypt(data, private_key, info)
    except (InvalidTag, ValueError):
        raise MalformedError(
            "这些内容解不开：不是加密给这把密钥的，或者被改动过。",
            "This does not open: it was encrypted to another key or altered.",
        ) from None


def opened_info(origin: str, event_id: str) -> bytes:
    """The info of values opened by the ``sealed.opened`` event of that id."""
    return f"yangguang-sealed-opened/v1\n{origin}\n{event_id}\n".encode()
