"""Canonical base64: RFC 4648 section 4, padded, exactly one text for each byte string.

    47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=    32 bytes
    AA==                                            one zero byte
    AB==                                            refused: the same byte, written another way

Section 3.5 lets a decoder ignore the spare bits of the last character; evidence may not have two spellings,
so what would not encode back to the same text is refused.
"""

import binascii

from ledger.errors import MalformedError


def encode_base64(data: bytes) -> str:
    """The standard alphabet with padding, no line feeds (RFC 4648 section 4)."""
    return binascii.b2a_base64(data, newline=False).decode("ascii")


def decode_base64(text: str, *, field: str | None = None) -> bytes:
    """The bytes that encode to exactly ``text``. Raises MalformedError naming ``field``."""
    try:
        data = binascii.a2b_base64(text.encode("ascii"))
    except (UnicodeEncodeError, binascii.Error):
        raise _refusal(text, field) from None
    if encode_base64(data) != text:
        raise _refusal(text, field)
    return data


def _refusal(text: str, field: str | None) -> MalformedError:
    return MalformedError(
        f"“{text[:40]}”不是规范的base64（标准字母表，带补齐符）。",
        f"{text[:40]!r} is not canonical base64 (standard alphabet, with padding).",
        field,
    )
