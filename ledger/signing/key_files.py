"""Private keys in files: PKCS #8 PEM, whole and readable by its owner alone, or not there at all."""

import os
import tempfile
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

from ledger.errors import DuplicateError, InvalidKeyError, NotFoundError


def load_key_file(path: Path) -> PrivateKeyTypes:
    """The key in an unencrypted PKCS #8 PEM file, of whatever kind. Raises NotFoundError, InvalidKeyError."""
    try:
        return serialization.load_pem_private_key(path.read_bytes(), password=None)
    except FileNotFoundError:
        raise NotFoundError(f"没有密钥文件{path}。", f"There is no key file {path}.") from None
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise InvalidKeyError(
            f"{path}不是未加密的PKCS #8 PEM密钥文件。", f"{path} is not an unencrypted PKCS #8 PEM key file."
        ) from None


def save_key_file(path: Path, key: PrivateKeyTypes) -> None:
    """Writes the key as PKCS #8 PEM, mode 0600, all of it or nothing. Raises DuplicateError over a file."""
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    try:
        publish_new_file(path, pem)
    except FileExistsError:
        raise DuplicateError(
            f"文件{path}已经存在，不会覆盖：旧密钥一旦丢失就找不回来。请换一个文件名。",
            f"The file {path} exists and is never overwritten: a lost key is lost. Choose another name.",
        ) from None


def publish_new_file(path: Path, content: bytes) -> None:
    """Creates ``path`` with ``content``, mode 0600, durably. Raises FileExistsError if anything is there.

    A crash before the link leaves a temporary file named ``.new-…`` beside it, which nothing reads; a crash after
    it leaves the whole file, perhaps with that second name for it. Renaming would replace an existing file in
    silence; a link cannot.
    """
    descriptor, temporary = tempfile.mkstemp(prefix=".new-", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.link(temporary, path)
    finally:
        Path(temporary).unlink()
    sync_directory(path.parent)


def sync_directory(directory: Path) -> None:
    """Makes the names in ``directory`` durable: syncing a file does not sync its name."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
