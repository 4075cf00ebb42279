"""The secrets that values are encrypted under, each wrapped by the key-encryption key; destroying one is erasure.

    keys/kek               32 random bytes, mode 0600
    keys/secrets.sqlite3   key id | nonce | AES-256-GCM of the 32-byte secret, associated data: the key id

A shredded key leaves its id with no secret, so that no later value can bring the id back to life. Ids that
never had a secret are entered too: the padding of an erasure looks like the rest of it.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ledger.errors import DuplicateError, InvalidFieldError, MalformedError, NotFoundError
from ledger.sealing.sqlite_file import create_database, open_database, transaction
from ledger.signing.key_files import publish_new_file

SECRET_BYTES = 32
NONCE_BYTES = 12
SCHEMA = """CREATE TABLE IF NOT EXISTS secret (
    key_id TEXT PRIMARY KEY, nonce BLOB, wrapped BLOB, CHECK ((nonce IS NULL) = (wrapped IS NULL))
) WITHOUT ROWID"""

SHREDDED = "SELECT key_id FROM secret WHERE wrapped IS NULL AND key_id IN (SELECT value FROM json_each(?))"


class KeySecrets:
    """The folder ``keys``. ``random`` must never repeat itself: nonces come from it."""

    def __init__(self, directory: Path, *, random: Callable[[int], bytes]) -> None:
        """Opens the folder. Raises NotFoundError where a file is lost, MalformedError for a damaged ``kek``."""
        self._random = random
        self._kek = AESGCM(_read_kek(directory / "kek"))
        self._database = open_database(directory / "secrets.sqlite3")

    @classmethod
    def create(cls, directory: Path, *, random: Callable[[int], bytes]) -> None:
        """Makes the folder. Raises DuplicateError where one is complete.

        The key-encryption key is written last and makes the folder exist: a crash before it can be tried again.
        """
        directory.mkdir(mode=0o700, exist_ok=True)
        if not (directory / "kek").exists():
            create_database(directory / "secrets.sqlite3", SCHEMA)
        try:
            publish_new_file(directory / "kek", random(SECRET_BYTES))
        except FileExistsError:
            raise DuplicateError(
                f"{directory}里已有保密库，不会覆盖。",
                f"There is a vault in {directory} already; it is never overwritten.",
            ) from None

    def ensure(self, key_ids: Iterable[str]) -> dict[str, bytes]:
        """The secret of each key, made if there is none; durable before it returns, in one transaction.

        Raises InvalidFieldError for a shredded key, and then makes none.
        """
        wanted = sorted(set(key_ids))
        self.check_not_shredded(wanted)
        secrets = {key_id: secret for key_id in wanted if (secret := self._find(key_id)) is not None}
        missing = {key_id: self._random(SECRET_BYTES) for key_id in wanted if key_id not in secrets}
        if missing:
            with transaction(self._database):
                self._database.executemany("INSERT INTO secret VALUES (?, ?, ?)", map(self._wrap, missing.items()))
        return secrets | missing

    def get(self, key_id: str) -> bytes:
        """The secret of a key. Raises NotFoundError if it was shredded or never was, MalformedError if altered."""
        secret = self._find(key_id)
        if secret is None:
            raise NotFoundError(
                "这项内容的密钥已销毁，内容不能恢复。", "The key of this value was destroyed; it is gone."
            )
        return secret

    def exists(self, key_id: str) -> bool:
        """Whether there is a secret: it was made and not shredded."""
        return self._row(key_id) not in (None, (None, None))

    def check_not_shredded(self, key_ids: Sequence[str]) -> None:
        """Refuses ids of shredded keys, before anything is stored under them. Raises InvalidFieldError."""
        shredded = {key_id for (key_id,) in self._database.execute(SHREDDED, (json.dumps(key_ids),))}
        if shredded:
            raise erased_key(next(key_id for key_id in key_ids if key_id in shredded))

    def shred(self, key_ids: Iterable[str]) -> None:
        """Destroys secrets for ever, in one transaction. A key that is shredded, or unknown, is shredded again."""
        with transaction(self._database):
            self._database.executemany(
                "INSERT INTO secret VALUES (?, NULL, NULL)"
                " ON CONFLICT (key_id) DO UPDATE SET nonce = NULL, wrapped = NULL",
                [(key_id,) for key_id in sorted(set(key_ids))],
            )

    def forget(self, key_ids: Iterable[str]) -> None:
        """Removes keys that nothing was ever admitted under; unlike shredded ones, their ids may be used."""
        with transaction(self._database):
            self._database.executemany(
                "DELETE FROM secret WHERE key_id = ? AND wrapped IS NOT NULL", [(key_id,) for key_id in key_ids]
            )

    def close(self) -> None:
        self._database.close()

    def _row(self, key_id: str) -> tuple[bytes | None, bytes | None] | None:
        found: tuple[bytes | None, bytes | None] | None = self._database.execute(
            "SELECT nonce, wrapped FROM secret WHERE key_id = ?", (key_id,)
        ).fetchone()
        return found

    def _find(self, key_id: str) -> bytes | None:
        nonce, wrapped = self._row(key_id) or (None, None)
        if nonce is None or wrapped is None:
            return None
        return decrypt(self._kek, nonce, wrapped, key_id.encode())

    def _wrap(self, item: tuple[str, bytes]) -> tuple[str, bytes, bytes]:
        key_id, secret = item
        nonce = self._random(NONCE_BYTES)
        return key_id, nonce, self._kek.encrypt(nonce, secret, key_id.encode())


def erased_key(key_id: str) -> InvalidFieldError:
    """The refusal of a value under a key that an erasure destroyed."""
    return InvalidFieldError(
        f"vault_key {key_id[:8]}…已按删除要求销毁，不能再用。请换一个新的。",
        f"The vault_key {key_id[:8]}… was destroyed by an erasure. Use a new one.",
    )


def decrypt(cipher: AESGCM, nonce: bytes, ciphertext: bytes, associated: bytes) -> bytes:
    """The plain bytes. Raises MalformedError where key, nonce, bytes and associated data do not belong together."""
    try:
        return cipher.decrypt(nonce, ciphertext, associated)
    except InvalidTag:
        raise MalformedError(
            "保密库里的这项内容解不开：文件被改动过，或不属于这个保密库。",
            "A value in the vault does not decrypt: its file was altered or belongs to another vault.",
        ) from None


def _read_kek(path: Path) -> bytes:
    try:
        kek = path.read_bytes()
    except FileNotFoundError:
        raise NotFoundError(f"没有保密库的主密钥{path}。", f"The vault has no key-encryption key at {path}.") from None
    if len(kek) != SECRET_BYTES:
        raise MalformedError(
            f"主密钥{path}应是{SECRET_BYTES}字节。", f"The key-encryption key {path} must be {SECRET_BYTES} bytes."
        )
    return kek
