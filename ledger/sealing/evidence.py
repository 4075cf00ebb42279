"""Evidence files: kept encrypted under the key of the disclosure that names them, so that one can be withdrawn.

    vault/evidence/<disclosure digest>     nonce | AES-256-GCM of the file, associated data: <event id> LF <digest>

A file may come any time after its event; nothing is kept that no admitted event names, nor anything but pixels.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ledger.errors import InvalidFieldError, LedgerError, NotFoundError
from ledger.sealing.key_secrets import NONCE_BYTES, decrypt
from ledger.sealing.photograph import check_photograph
from ledger.signing.key_files import publish_new_file


@dataclass(frozen=True, slots=True)
class NamedEvidence:
    """What an evidence disclosure of an event says of its file; ``sha256`` in hex."""

    event_id: str
    digest: str
    sha256: str
    media_type: str
    length: int


def naming(named: Sequence[NamedEvidence], data: bytes) -> list[NamedEvidence]:
    """Those that name this very file. Raises InvalidFieldError if none does."""
    sha256 = hashlib.sha256(data).hexdigest()
    found = [item for item in named if item.sha256 == sha256 and item.length == len(data)]
    if not found:
        raise InvalidFieldError(
            "文件与账目里写的指纹或大小不符。请上传原来的那个文件。",
            "The file is not the one the entry names: its digest or size differs. Send that very file.",
        )
    return found


def taking(named: Sequence[NamedEvidence], data: bytes) -> list[NamedEvidence]:
    """Those that a file may be kept for: a whole picture of the type they name. Raises the refusal if none may."""
    refusals: dict[str, LedgerError] = {}
    for media_type in dict.fromkeys(item.media_type for item in named):
        try:
            check_photograph(data, media_type)
        except LedgerError as refusal:
            refusals[media_type] = refusal
    found = [item for item in named if item.media_type not in refusals]
    if named and not found:
        raise next(iter(refusals.values()))
    return found


class EvidenceFiles:
    """The directory of encrypted files."""

    def __init__(self, directory: Path, *, random: Callable[[int], bytes]) -> None:
        self._directory = directory
        self._random = random

    def keep(self, named: NamedEvidence, data: bytes, secret: bytes) -> None:
        """Keeps a file that was taken, durably; one that is there already stays."""
        self._directory.mkdir(mode=0o700, exist_ok=True)
        nonce = self._random(NONCE_BYTES)
        ciphertext = AESGCM(secret).encrypt(nonce, data, _associated(named))
        try:
            publish_new_file(self._directory / named.digest, nonce + ciphertext)
        except FileExistsError:
            return

    def read(self, named: NamedEvidence, secret: bytes) -> bytes:
        """The file. Raises NotFoundError if it has not come yet."""
        if not self.has(named.digest):
            raise NotFoundError("这份证明材料还没有上传。", "This evidence file has not been sent yet.")
        kept = (self._directory / named.digest).read_bytes()
        return decrypt(AESGCM(secret), kept[:NONCE_BYTES], kept[NONCE_BYTES:], _associated(named))

    def has(self, digest: str) -> bool:
        """Whether a disclosure's file has come."""
        return (self._directory / digest).exists()

    def remove(self, digest: str) -> None:
        """Deletes the file of a disclosure, if it ever came; its key is gone already."""
        (self._directory / digest).unlink(missing_ok=True)


def _associated(named: NamedEvidence) -> bytes:
    return f"{named.event_id}\n{named.digest}".encode("ascii")
