"""Twenty names that must never be found again, and two ways of looking: at plain bytes, and past the encryption."""

import base64
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import chain
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NAMES = tuple(f"测试用名-金丝雀{number:02}" for number in range(20))
NONCE = 12


def spellings(name: str) -> set[bytes]:
    """How a name may lie in a file: as UTF-8 and UTF-16, escaped, in hex, in base64 at each of its three offsets."""
    plain = name.encode()
    found = {plain, name.encode("utf-16-le"), name.encode("utf-16-be"), json.dumps(name)[1:-1].encode()}
    found |= {plain.hex().encode(), plain.hex().upper().encode()}
    for offset in range(3):
        encoded = base64.b64encode(bytes(offset) + plain)
        inner = encoded[4 if offset else 0 : len(encoded) // 4 * 4 - 4]
        found |= {inner, inner.replace(b"+", b"-").replace(b"/", b"_")}
    return found


def in_bytes(data: bytes) -> set[str]:
    """The names that some bytes spell."""
    return {name for name in NAMES if any(spelling in data for spelling in spellings(name))}


def in_files(*folders: Path) -> set[str]:
    """The names that lie open in any file of some folders, whatever it is."""
    return set().union(*(in_bytes(data) for folder in folders for data in contents(folder)))


def contents(folder: Path) -> Iterator[bytes]:
    """Every file's bytes."""
    return (path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def readable(vault: Path, keys: Path | None = None) -> set[str]:
    """The names in all that decrypts with the secrets at hand: every secret is tried on every ciphertext."""
    ciphers = [AESGCM(secret) for secret in secrets(keys or vault / "keys").values()]
    found = set()
    for associated, nonce, ciphertext in _ciphertexts(vault):
        for cipher in ciphers:
            try:
                found |= in_bytes(_unwrapped(cipher.decrypt(nonce, ciphertext, associated)))
            except InvalidTag:
                continue
    return found


def secrets(folder: Path) -> dict[str, bytes]:
    """Every secret of a folder ``keys`` that its key-encryption key unwraps."""
    if not (folder / "kek").exists():
        return {}
    kek = AESGCM((folder / "kek").read_bytes())
    return {key_id: kek.decrypt(nonce, wrapped, key_id.encode()) for key_id, nonce, wrapped in wrapped_secrets(folder)}


def wrapped_secrets(folder: Path) -> list[tuple[str, bytes, bytes]]:
    """The rows that hold a secret: key id, nonce, wrapped secret."""
    with closing(sqlite3.connect(folder / "secrets.sqlite3")) as database:
        return database.execute("SELECT key_id, nonce, wrapped FROM secret WHERE wrapped IS NOT NULL").fetchall()


def _ciphertexts(vault: Path) -> Iterator[tuple[bytes, bytes, bytes]]:
    with closing(sqlite3.connect(vault / "disclosures.sqlite3")) as database:
        rows = database.execute("SELECT event_id, digest, nonce, ciphertext FROM disclosure").fetchall()
        named = database.execute("SELECT event_id, digest FROM evidence").fetchall()
    for event_id, digest, nonce, ciphertext in rows:
        yield f"{event_id}\n{digest}".encode(), nonce, ciphertext
    files = (path for path in (vault / "evidence").glob("*"))
    for path, (event_id, digest) in ((path, pair) for path in files for pair in named):
        data = path.read_bytes()
        yield f"{event_id}\n{digest}".encode(), data[:NONCE], data[NONCE:]


def _unwrapped(plain: bytes) -> bytes:
    """What was encrypted, and what that spells where it is a disclosure's base64url."""
    try:
        decoded = base64.urlsafe_b64decode(plain + b"=" * (-len(plain) % 4))
    except ValueError:
        return plain
    return bytes(chain(plain, b"\n", decoded))
