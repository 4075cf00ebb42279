"""The vault: every disclosure's text, encrypted under a key that can be destroyed.

    vault/disclosures.sqlite3    event id | digest | class | key id | nonce | AES-256-GCM of the disclosure's text,
                                 associated data: <event id> LF <digest>
    vault/keys/                  the keys' secrets and what wraps them: key_secrets; in no ordinary backup

Shredding a person's key makes that person's values unreadable wherever copies of the first file lie; every
signature, leaf and proof still verifies, for they hold digests only.
"""

import json
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ledger.errors import NotFoundError
from ledger.sealing.disclosure import Disclosure, check_sealed_value, new_vault_key
from ledger.sealing.evidence import EvidenceFiles, NamedEvidence
from ledger.sealing.key_secrets import NONCE_BYTES, KeySecrets, decrypt
from ledger.sealing.sqlite_file import create_database, open_database, transaction
from ledger.sealing.vault_marks import VaultMarks

SCHEMA = """CREATE TABLE IF NOT EXISTS disclosure (
    event_id TEXT NOT NULL, digest TEXT NOT NULL, class TEXT NOT NULL, key_id TEXT NOT NULL,
    nonce BLOB NOT NULL, ciphertext BLOB NOT NULL, PRIMARY KEY (event_id, digest)
) WITHOUT ROWID"""
EVIDENCE = """CREATE TABLE IF NOT EXISTS evidence (
    sha256 TEXT NOT NULL, event_id TEXT NOT NULL, digest TEXT NOT NULL, media_type TEXT NOT NULL,
    length INTEGER NOT NULL, PRIMARY KEY (sha256, event_id, digest)
) WITHOUT ROWID"""
GONE = "CREATE TABLE IF NOT EXISTS gone (digest TEXT PRIMARY KEY, entry_index INTEGER NOT NULL) WITHOUT ROWID"
KEY_INDEX = "CREATE INDEX IF NOT EXISTS disclosure_key ON disclosure (key_id)"
DIGEST_INDEX = "CREATE INDEX IF NOT EXISTS disclosure_digest ON disclosure (digest)"


@dataclass(frozen=True, slots=True)
class StoredDisclosure:
    """A disclosure of one event, of the sealed or the withdrawable class; ``consent`` marks sealed rows of consents."""

    event_id: str
    disclosure: Disclosure
    sealed: bool
    consent: bool = False

    @property
    def held_as(self) -> str:
        """The class it is stored under."""
        return ("consent" if self.consent else "sealed") if self.sealed else "withdrawable"


class Vault:
    """One open vault. ``random`` gives secrets and nonces, so it must never repeat itself."""

    def __init__(self, directory: Path, *, random: Callable[[int], bytes]) -> None:
        self._random = random
        self._secrets = KeySecrets(directory / "keys", random=random)
        self._database = open_database(directory / "disclosures.sqlite3")
        self._evidence = EvidenceFiles(directory / "evidence", random=random)
        self.marks = VaultMarks(self._database)
        self._writing = threading.Lock()

    @classmethod
    def create(cls, directory: Path, *, random: Callable[[int], bytes]) -> Self:
        """A new vault in ``directory``. Raises DuplicateError where there is one."""
        directory.mkdir(mode=0o700, exist_ok=True)
        create_database(directory / "disclosures.sqlite3", SCHEMA, EVIDENCE, GONE, KEY_INDEX, DIGEST_INDEX)
        KeySecrets.create(directory / "keys", random=random)
        return cls(directory, random=random)

    @classmethod
    def open(cls, directory: Path, *, random: Callable[[int], bytes]) -> Self:
        """The vault in ``directory``. Raises NotFoundError, MalformedError."""
        return cls(directory, random=random)

    def put(self, items: Sequence[StoredDisclosure]) -> None:
        """Stores a group of disclosures, durably before it returns; one that is stored already is left as it is.

        Raises InvalidFieldError, and stores nothing, for a sealed value without a key or under a shredded one.
        """
        with self._writing:
            keyed = self._keyed(items)
            if not keyed:
                return
            secrets = self._secrets.ensure(key_id for _, key_id in keyed)
            # A crash here leaves secrets that no value uses. They open nothing; the same event sent again uses
            # those of its people, and the rest stay unused.
            rows = [self._encrypt(item, key_id, secrets[key_id]) for item, key_id in keyed]
            with transaction(self._database):
                self.marks.expect(item.event_id for item, _ in keyed)
                self._database.executemany("INSERT INTO disclosure VALUES (?, ?, ?, ?, ?, ?)", rows)
                self._database.executemany(
                    "INSERT INTO evidence VALUES (?, ?, ?, ?, ?)",
                    [_evidence_row(item) for item, _ in keyed if _is_evidence(item)],
                )
            # A crash here, before the event is committed, leaves values of an event that no entry has: at start the
            # application looks for marks.pending() in the log and discards what is not there.

    def check_storable(self, items: Sequence[StoredDisclosure]) -> None:
        """Raises what ``put`` would, so that one refused event does not take its whole group with it."""
        self._secrets.check_not_shredded([key_id for _, key_id in self._keyed(items)])

    def get(self, event_id: str, digest: str) -> str:
        """The disclosure's text. Raises NotFoundError if it was never stored or its key was shredded."""
        key_id, nonce, ciphertext = self._stored(event_id, digest)
        cipher = AESGCM(self._secrets.get(key_id))
        return decrypt(cipher, nonce, ciphertext, _associated(event_id, digest)).decode("ascii")

    def key_id(self, event_id: str, digest: str) -> str:
        """The key to shred for one value, as when a withdrawable text is withdrawn. Raises NotFoundError."""
        return self._stored(event_id, digest)[0]

    def digests(self, event_id: str) -> list[str]:
        """The digests stored for an event, sorted, those of shredded values included."""
        query = "SELECT digest FROM disclosure WHERE event_id = ? ORDER BY digest"
        return [digest for (digest,) in self._database.execute(query, (event_id,))]

    def event_ids(self) -> set[str]:
        """The events that have disclosures here."""
        return {event_id for (event_id,) in self._database.execute("SELECT DISTINCT event_id FROM disclosure")}

    def discard(self, event_ids: Iterable[str]) -> None:
        """Removes what failed commits left behind, and the keys that nothing else uses. Never for admitted events."""
        with self._writing:
            leftover = json.dumps(sorted(event_ids))
            unused = self._database.execute(
                "SELECT key_id FROM disclosure WHERE event_id IN (SELECT value FROM json_each(?1)) EXCEPT"
                " SELECT key_id FROM disclosure WHERE event_id NOT IN (SELECT value FROM json_each(?1))",
                (leftover,),
            ).fetchall()
            self._secrets.forget(key_id for (key_id,) in unused)
            # A crash here leaves values that nothing can read, still under their event ids: the next start repeats.
            with transaction(self._database):
                self._database.execute(
                    "DELETE FROM disclosure WHERE event_id IN (SELECT value FROM json_each(?))", (leftover,)
                )
                self._database.execute(
                    "DELETE FROM evidence WHERE event_id IN (SELECT value FROM json_each(?))", (leftover,)
                )

    def public(self, digest: str) -> tuple[str, str]:
        """The event and the text of a withdrawable disclosure. Raises NotFoundError, for sealed ones as for none."""
        sql = "SELECT event_id FROM disclosure WHERE digest = ? AND class = 'withdrawable'"
        found = self._database.execute(sql, (digest,)).fetchone()
        if found is None:
            raise NotFoundError("没有这段公开的文字。请核对地址。", "There is no such public text. Check the address.")
        return found[0], self.get(found[0], digest)

    def gone_public(self, digest: str) -> int | None:
        """The entry that withdrew or replaced a disclosure that was public, if one did."""
        sql = "SELECT entry_index FROM gone JOIN disclosure USING (digest) WHERE digest = ? AND class = 'withdrawable'"
        found = self._database.execute(sql, (digest,)).fetchone()
        return None if found is None else int(found[0])

    def withdraw(self, event_id: str, digests: Iterable[str], *, entry_index: int) -> None:
        """Destroys withdrawable disclosures of an event and their files; they were public until ``entry_index``.

        Repeating it changes nothing. A crash in the middle leaves some of it, and the next start repeats it.
        """
        with self._writing:
            found = [(digest, row[0]) for digest in digests if (row := self._row(event_id, digest)) is not None]
            self._secrets.shred(key_id for _, key_id in found)
            for digest, _ in found:
                self._evidence.remove(digest)
            with transaction(self._database):
                rows = [(digest, entry_index) for digest, _ in found]
                self._database.executemany("INSERT OR IGNORE INTO gone VALUES (?, ?)", rows)

    def remove_sealed(self, event_id: str, digests: Iterable[str]) -> None:
        """Removes sealed disclosures that a correction states again: a person's key must go on for the new ones."""
        with self._writing, transaction(self._database):
            pairs = [(event_id, digest) for digest in digests]
            self._database.executemany("DELETE FROM disclosure WHERE event_id = ? AND digest = ?", pairs)

    def consents(self, key_id: str) -> list[tuple[str, str]]:
        """Event and text of the consent rows under a person's key; none once it is shredded."""
        sql = "SELECT event_id, digest FROM disclosure WHERE key_id = ? AND class = 'consent'"
        if not self.holds(key_id):
            return []
        return [(event_id, self.get(event_id, digest)) for event_id, digest in self._database.execute(sql, (key_id,))]

    def holds(self, key_id: str) -> bool:
        """Whether the key exists, so that its values can be read."""
        return self._secrets.exists(key_id)

    def standing(self, sha256: str) -> list[NamedEvidence]:
        """The disclosures that name a file and were not withdrawn. Raises NotFoundError if there is none."""
        found = [item for item in self.evidence(sha256) if self.holds(self.key_id(item.event_id, item.digest))]
        if not found:
            raise NotFoundError("这个文件已经撤下，不再接收。", "This file was withdrawn and is not taken any more.")
        return found

    def keep_evidence(self, named: NamedEvidence, data: bytes) -> None:
        """Keeps a file that was taken under a disclosure that names it. Raises NotFoundError once that is withdrawn."""
        self._evidence.keep(named, data, self._secrets.get(self.key_id(named.event_id, named.digest)))

    def read_evidence(self, named: NamedEvidence) -> bytes:
        """The file that a disclosure names. Raises NotFoundError if it has not come or its key was shredded."""
        return self._evidence.read(named, self._secrets.get(self.key_id(named.event_id, named.digest)))

    def has_file(self, digest: str) -> bool:
        """Whether the file of an evidence disclosure has come."""
        return self._evidence.has(digest)

    def evidence(self, sha256: str) -> list[NamedEvidence]:
        """What admitted events say of a file. Raises NotFoundError if nothing names it."""
        query = "SELECT event_id, digest, sha256, media_type, length FROM evidence WHERE sha256 = ? ORDER BY event_id"
        found = [NamedEvidence(*row) for row in self._database.execute(query, (sha256,))]
        if not found:
            raise NotFoundError("没有账目提到这个文件。", "No entry names this file.")
        return found

    def shred(self, key_ids: Iterable[str]) -> None:
        """Destroys keys for ever, durably before it returns: all their values are gone, here and in every copy.

        A crash before it returns leaves all of them or none; repeating the erasure from the log is harmless.
        """
        with self._writing:
            self._secrets.shred(key_ids)

    def close(self) -> None:
        self._secrets.close()
        self._database.close()

    def _stored(self, event_id: str, digest: str) -> tuple[str, bytes, bytes]:
        row = self._row(event_id, digest)
        if row is None:
            raise NotFoundError(f"没有披露内容{digest[:8]}…。", f"There is no disclosure {digest[:8]}….")
        return row

    def _row(self, event_id: str, digest: str) -> tuple[str, bytes, bytes] | None:
        found: tuple[str, bytes, bytes] | None = self._database.execute(
            "SELECT key_id, nonce, ciphertext FROM disclosure WHERE event_id = ? AND digest = ?", (event_id, digest)
        ).fetchone()
        return found

    def _keyed(self, items: Sequence[StoredDisclosure]) -> list[tuple[StoredDisclosure, str]]:
        distinct = {(item.event_id, item.disclosure.digest): item for item in items}
        held = {event_id: frozenset(self.digests(event_id)) for event_id in {event_id for event_id, _ in distinct}}
        return [
            (item, self._key_id(item)) for (event_id, digest), item in distinct.items() if digest not in held[event_id]
        ]

    def _key_id(self, item: StoredDisclosure) -> str:
        if not item.sealed or item.disclosure.kind == "decoy":
            return new_vault_key(self._random)
        check_sealed_value(item.disclosure, field=f"/disclosures/{item.disclosure.digest}")
        key_id: str = item.disclosure.value["vault_key"]
        return key_id

    def _encrypt(self, item: StoredDisclosure, key_id: str, secret: bytes) -> tuple[str, str, str, str, bytes, bytes]:
        digest = item.disclosure.digest
        nonce = self._random(NONCE_BYTES)
        text = item.disclosure.text.encode("ascii")
        ciphertext = AESGCM(secret).encrypt(nonce, text, _associated(item.event_id, digest))
        return item.event_id, digest, item.held_as, key_id, nonce, ciphertext


def _is_evidence(item: StoredDisclosure) -> bool:
    return not item.sealed and item.disclosure.name == "evidence"


def _evidence_row(item: StoredDisclosure) -> tuple[str, str, str, str, int]:
    value = item.disclosure.value
    return value["sha256"], item.event_id, item.disclosure.digest, value["media_type"], value["bytes"]


def _associated(event_id: str, digest: str) -> bytes:
    return f"{event_id}\n{digest}".encode("ascii")
