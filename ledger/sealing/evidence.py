"""Evidence files: kept encrypted under the key of the disclosure that names them, so that one can be withdrawn.

    vault/evidence/<disclosure digest>     nonce | AES-256-GCM of the file, associated data: <event id> LF <digest>

A file may come any time after its event; nothing is kept that no admitted event names.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ledger.errors import InvalidFieldError, NotFoundError
from ledger.sealing.key_secrets import NONCE_BYTES, decrypt
from ledger.signing.key_files import publish_new_file

MAX_EVIDENCE = 10 * 1024 * 1024
MAGIC = {
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/webp": (b"RIFF",),
    "application/pdf": (b"%PDF-",),
}


@dataclass(frozen=True, slots=True)
class NamedEvidence:
    """What an evidence disclosure of an event says of its file; ``sha256`` in hex."""

    event_id: str
    digest: str
    sha256: str
    media_type: str
    length: int

    def check(self, data: bytes) -> None:
        """Refuses a file that is not the one named: digest, length, type. Raises InvalidFieldError."""
        if hashlib.sha256(data).hexdigest() != self.sha256 or len(data) != self.length:
            raise InvalidFieldError(
                "文件与账目里写的指纹或大小不符。请上传原来的那个文件。",
                "The file is not the one the entry names: its digest or size differs. Send that very file.",
            )
        if not data.startswith(MAGIC.get(self.media_type, ())):
            raise InvalidFieldError(
                f"文件不是{self.media_type}，只收{'、'.join(sorted(MAGIC))}。",
                f"The file is not {self.media_type}; only {', '.join(sorted(MAGIC))} are taken.",
            )


class EvidenceFiles:
    """The directory of encrypted files."""

    def __init__(self, directory: Path, *, random: Callable[[int], bytes]) -> None:
        self._directory = directory
        self._random = random

    def keep(self, named: NamedEvidence, data: bytes, secret: bytes) -> None:
        """Keeps a checked file, durably; one that is there already stays."""
        named.check(data)
        self._directory.mkdir(mode=0o700, exist_ok=True)
        nonce = self._random(NONCE_BYTES)
        ciphertext = AESGCM(secret).encrypt(nonce, data, _associated(named))
        try:
            publish_new_file(self._directory / named.digest, nonce + ciphertext)
        except FileExistsError:
            return

    def read(self, named: NamedEvidence, secret: bytes) -> bytes:
        """The file. Raises NotFoundError if it has not come yet."""
        path = self._directory / named.digest
        if not path.exists():
            raise NotFoundError("这份证明材料还没有上传。", "This evidence file has not been sent yet.")
        kept = path.read_bytes()
        return decrypt(AESGCM(secret), kept[:NONCE_BYTES], kept[NONCE_BYTES:], _associated(named))

    def has(self, digest: str) -> bool:
        """Whether a disclosure's file has come."""
        return (self._directory / digest).exists()

    def remove(self, digest: str) -> None:
        """Deletes the file of a disclosure, if it ever came; its key is gone already."""
        (self._directory / digest).unlink(missing_ok=True)


def _associated(named: NamedEvidence) -> bytes:
    return f"{named.event_id}\n{named.digest}".encode("ascii")
