"""Canonical base64url without padding (RFC 4648 section 5), as RFC 9901 writes disclosures and digests.

WyJhYmMiXQ      ["abc"]
WyJhYmMiXR      refused: the same bytes, written another way
"""

import base64
import binascii
import re

from ledger.errors import MalformedError

ALPHABET = re.compile(r"[A-Za-z0-9_-]*", re.ASCII)


def encode_base64url(data: bytes) -> str:
    """The URL-safe alphabet, no padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def decode_base64url(text: str, *, field: str | None = None) -> bytes:
    """The bytes that encode to exactly ``text``. Raises MalformedError naming ``field``."""
    if ALPHABET.fullmatch(text):
        try:
            data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        except binascii.Error:
            pass
        else:
            if encode_base64url(data) == text:
                return data
    # The text is not quoted: it may hold a salt, and refusals are logged.
    raise MalformedError(
        "这里不是规范的base64url（不带补齐符）。", "This is not canonical base64url (without padding).", field
    )
