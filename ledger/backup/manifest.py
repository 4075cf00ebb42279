"""What a backup says of itself: ``backup.json`` or, for the secrets, ``keys-backup.json``; RFC 8785, one file each.

    {"checkpoint":"ledger.example/sanpai\\n2310\\nCsUY…\\n\\n— ledger.example/sanpai …\\n",
     "files":[{"bytes":184320,"path":"ledger.sqlite3","sha256":"9f3c…"}],"format":"yangguang-backup/1",
     "genesis":"51b7…","made_at":"2026-01-02T03:04:05.678Z"}

One of keys also has ``keep_until`` (30 days after ``made_at``) and ``notice``, which says so in words. It is not
signed: it tells a damaged or mixed-up copy from a good one, and what the log's key signed is verified besides.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from ledger.audit.source import BACKUP
from ledger.backup.refusal import BackupError
from ledger.canonical import canonical_bytes, parse_canonical
from ledger.domain.entry import format_time, parse_time
from ledger.errors import LedgerError, MalformedError
from ledger.tlog.checkpoint import Checkpoint, parse_checkpoint
from ledger.tlog.note import parse_note

MAX_MANIFEST = 256 * 1024 * 1024
KEYS_KEPT = timedelta(days=30)
SKEW = timedelta(days=1)
NOTICE = (
    "这里是账本的签章密钥和保密库的密钥。请与账本备份分开存放，最多保存30天，到期销毁：已经删除的人，旧密钥还能读出来。"
    " The log's signing keys and the vault's secrets. Keep them apart from the ledger's backup, for 30 days at most,"
    " then destroy them: an old copy can still read people who were erased since."
)
HEX = re.compile(r"[0-9a-f]{64}")
LEDGER_FILES = re.compile(
    r"""ledger\.toml | ledger\.sqlite3 | highest/checkpoint | log/(checkpoint|vkey|tile(/[0-9a-z.]+)+)
      | policy | [A-Za-z0-9_-]+\.policy | witnesses/(checkpoint|quorum|alarm)
      | vault/disclosures\.sqlite3 | vault/evidence/[A-Za-z0-9_-]{43}""",
    re.VERBOSE,
)
KEY_FILES = re.compile(r"keys/(log|ml-dsa-)[^/]*\.pem|vault/keys/(kek|secrets\.sqlite3)")


class Kind(Enum):
    """The two kinds of backup: format, name of the manifest, and which files one may hold."""

    LEDGER = ("yangguang-backup/1", BACKUP, LEDGER_FILES)
    KEYS = ("yangguang-keys-backup/1", "keys-backup.json", KEY_FILES)

    def __init__(self, format_: str, file: str, holds: re.Pattern[str]) -> None:
        self.format = format_
        self.file = file
        self._holds = holds

    def may_hold(self, path: str) -> bool:
        """Whether a file belongs into a backup of this kind; ``..`` does not."""
        return self._holds.fullmatch(path) is not None and ".." not in path.split("/")


@dataclass(frozen=True, slots=True)
class Kept:
    """One file: its path inside the backup, length and SHA-256 in hex."""

    path: str
    length: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """``note`` is the newest signed checkpoint of the store at that moment, ``genesis`` the ledger's identity."""

    kind: Kind
    made_at: datetime
    genesis: str
    note: bytes
    files: tuple[Kept, ...]

    @property
    def checkpoint(self) -> Checkpoint:
        """What the note says, unverified."""
        return parse_checkpoint(parse_note(self.note).text)

    @property
    def keep_until(self) -> datetime:
        """When a backup of keys must be gone."""
        return self.made_at + KEYS_KEPT

    def check_age(self, now: datetime) -> None:
        """Refuses keys older than 30 days, or from the future. Raises BackupError."""
        if now > self.keep_until:
            raise BackupError(
                f"这份密钥备份做于{self.made_at:%Y-%m-%d}，已超过30天，不再使用：请销毁它。账本可以不带密钥恢复。",
                f"This backup of keys was made on {self.made_at:%Y-%m-%d}, more than 30 days ago, and is not used any"
                " more: destroy it. The ledger can be restored without keys.",
            )
        if self.made_at > now + SKEW:
            raise BackupError(
                f"这份密钥备份写的日期{self.made_at:%Y-%m-%d}在将来。请校准时钟。",
                f"This backup of keys is dated {self.made_at:%Y-%m-%d}, in the future. Set the clock.",
            )


def format_manifest(manifest: Manifest) -> bytes:
    """The bytes of the file."""
    value = {
        "format": manifest.kind.format,
        "made_at": format_time(manifest.made_at),
        "genesis": manifest.genesis,
        "checkpoint": manifest.note.decode(),
        "files": [{"path": kept.path, "bytes": kept.length, "sha256": kept.sha256} for kept in manifest.files],
    }
    if manifest.kind is Kind.KEYS:
        value |= {"keep_until": format_time(manifest.keep_until), "notice": NOTICE}
    return canonical_bytes(value)


def parse_manifest(data: bytes, kind: Kind) -> Manifest:
    """The manifest whose bytes these are. Raises BackupError."""
    try:
        manifest = _parse(parse_canonical(data, max_bytes=MAX_MANIFEST), kind)
    except (LedgerError, UnicodeEncodeError, KeyError, TypeError, OverflowError) as error:
        raise BackupError(
            f"{kind.file}读不出来：它被改动过，或不是这种备份。",
            f"{kind.file} cannot be read: it was changed or is of another kind of backup ({error}).",
        ) from None
    if format_manifest(manifest) != data:
        raise BackupError(f"{kind.file}被改动过。", f"{kind.file} was changed.")
    for kept in manifest.files:
        if not kind.may_hold(kept.path):
            raise BackupError(
                f"{kind.file}列了不属于这种备份的文件{kept.path}。",
                f"{kind.file} lists a file that does not belong into such a backup: {kept.path}.",
            )
    return manifest


def _parse(value: Any, kind: Kind) -> Manifest:
    files = tuple(_kept(item) for item in value["files"])
    genesis, note = value["genesis"], value["checkpoint"].encode()
    if not isinstance(genesis, str) or not HEX.fullmatch(genesis):
        raise MalformedError("创世指纹不对。", "The genesis digest is no hex SHA-256.")
    parse_checkpoint(parse_note(note).text)
    return Manifest(kind, parse_time(value["made_at"]), genesis, note, files)


def _kept(item: Mapping[str, Any]) -> Kept:
    match item["path"], item["bytes"], item["sha256"]:
        case str() as path, int() as length, str() as sha256 if HEX.fullmatch(sha256):
            return Kept(path, length, sha256)
    raise MalformedError("文件清单的写法不对。", "The list of files is not well formed.")
