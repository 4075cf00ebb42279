"""``yangguang backup``: a copy of a ledger that may be recording meanwhile, laid out like a ledger directory.

The order makes it one: published files and the highest checkpoint first, then the store as of one moment, then
evidence, then what the vault holds, last of all its secrets. So the store is never behind a checkpoint in the copy,
and the vault's copy holds the disclosures of every event in the store's, which are durable before the event is. What
is there too much belongs to events that came later: a restore without them discards it.
"""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ledger.audit.published import CHECKPOINT, VKEY, PublishedFolder
from ledger.backup.copying import copy_file, copy_rows, copy_store, make_folder, measure, rest
from ledger.backup.from_server import copy_server, copy_settings
from ledger.backup.laid_out import check_apart, laid_out
from ledger.backup.manifest import Kept, Kind, Manifest, format_manifest
from ledger.backup.refusal import BackupError
from ledger.backup.stages import Progress, Stage, in_silence
from ledger.errors import LedgerError, NotFoundError, ProofError
from ledger.publishing.publisher import Publisher
from ledger.settings import Settings
from ledger.store.log_store import LogStore, open_file
from ledger.tlog.checkpoint import parse_checkpoint
from ledger.tlog.merkle import tree_root
from ledger.tlog.note import parse_note
from ledger.tlog.tile import tiles_of_size

EVIDENCE = re.compile(r"[A-Za-z0-9_-]{43}")
"""A disclosure's digest; what a crash left half written has another name."""
WITNESSED = ("checkpoint", "quorum", "alarm")
PASSING = (".lock", "-wal", "-shm", "-journal", ".tmp")


@dataclass(frozen=True, slots=True)
class BackedUp:
    """What was made. ``left_out`` names what lies in the ledger's folder and is not in the backup."""

    manifest: Manifest
    keys: Manifest | None
    left_out: tuple[str, ...]

    @property
    def length(self) -> int:
        """Bytes of all files, those of the keys apart."""
        return sum(kept.length for kept in self.manifest.files)


def back_up(
    settings: Settings, out: Path, *, keys: Path | None = None, now: datetime, stage: Stage = in_silence
) -> BackedUp:
    """Makes the backup, and with ``keys`` that of the secrets. Raises BackupError; then neither is there."""
    check_apart(settings.directory, *([out] if keys is None else [out, keys]))
    if settings.follow is not None:
        raise BackupError(
            "镜像里没有要备份的：它能从来源重新读来。要留一份，请复制log文件夹。",
            "A mirror needs no backup: it can be read anew from its source. To keep a copy, copy its log folder.",
        )
    with ExitStack() as stack:
        folder = stack.enter_context(laid_out(out))
        apart = None if keys is None else stack.enter_context(laid_out(keys, private=True))
        try:
            genesis, note = _copy_ledger(settings, folder, stage)
            made = _seal(folder, Kind.LEDGER, genesis=genesis, note=note, made_at=now)
            if apart is not None:
                _copy_keys(settings, apart, stage)
        except sqlite3.Error as error:
            raise BackupError(
                f"账本的数据文件读不出来（{error}）。请用 yangguang verify 核对账本。",
                f"The ledger's databases cannot be read ({error}). Run yangguang verify on it.",
            ) from error
        sealed = None if apart is None else _seal(apart, Kind.KEYS, genesis=genesis, note=note, made_at=now)
        return BackedUp(made, sealed, tuple(_left_out(settings, made, sealed)))


def _copy_ledger(settings: Settings, folder: Path, stage: Stage) -> tuple[str, bytes]:
    """Copies all but the secrets; the genesis digest and the newest checkpoint of the copied store."""
    published = PublishedFolder(settings.log, prefix="log/")
    copy_settings(settings, folder)
    _copy_witnessing(settings, folder)
    with stage("公布的文件 published files") as progress:
        _copy_published(published, folder / "log", progress)
    with stage("账目 entries") as progress:
        target = folder / settings.database.name
        if settings.server is None:
            copy_store(settings.database, target, progress)
        else:
            copy_server(settings.server, target, progress)
    make_folder(folder / "vault", mode=0o700)
    with stage("证明材料 evidence") as progress:
        names = sorted(path.name for path in (settings.vault / "evidence").glob("*") if EVIDENCE.fullmatch(path.name))
        for done, name in enumerate(names, start=1):
            _copy_evidence(settings.vault / "evidence" / name, folder / "vault" / "evidence" / name)
            progress(done, len(names))
    with stage("封存的内容 sealed values") as progress:
        file = "disclosures.sqlite3"
        copy_rows(settings.vault / file, folder / "vault" / file, last="disclosure", progress=progress)
    return _complete(settings, folder)


def _copy_published(published: PublishedFolder, folder: Path, progress: Progress) -> None:
    """The files of the published checkpoint's own moment. Before the first, there is nothing to copy."""
    try:
        note = published.read(CHECKPOINT)
    except NotFoundError:
        return
    tiles = tiles_of_size(parse_checkpoint(parse_note(note).text).tree_size)
    for done, path in enumerate([CHECKPOINT, VKEY, *(tile.path for tile in tiles)], start=1):
        make_folder((folder / path).parent, mode=0o777)
        (folder / path).write_bytes(published.read(path))
        progress(done, len(tiles) + 2)


def _copy_witnessing(settings: Settings, folder: Path) -> None:
    """The policy, without which a cosigned checkpoint has lines that nobody knows, and what the witnesses answered."""
    if settings.policy_file is not None:
        with suppress(FileNotFoundError):
            copy_file(settings.policy_file, folder / settings.policy_file.name)
    for name in WITNESSED:
        with suppress(FileNotFoundError):
            copy_file(settings.witnesses / name, folder / settings.witnesses.name / name)


def _copy_evidence(source: Path, target: Path) -> None:
    with suppress(FileNotFoundError):  # withdrawn since the files were listed
        copy_file(source, target, private=True)


def _complete(settings: Settings, folder: Path) -> tuple[str, bytes]:
    """Adds to the copied log files what the store has beyond them. Raises BackupError for a store at odds with them.

    Nothing is signed: the files and the checkpoint follow from the store.
    """
    path = folder / settings.database.name
    with closing(open_file(path)) as store:
        try:
            genesis, note = _identity_of(store)
            Publisher(store, folder / "log", vkey=settings.vkey, ml_dsa_vkeys=settings.ml_dsa_vkeys).publish()
        except (LedgerError, RuntimeError) as error:
            raise BackupError(
                "库里的账目与它最新的签章或公布的文件不符，或者还没有账目，没有备份。请用 yangguang verify 核对账本。",
                "The stored entries do not fit their newest checkpoint or the published files, or there are none;"
                f" nothing was backed up ({error}). Run yangguang verify on the ledger.",
            ) from None
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        rest(database)
    return genesis, note


def _identity_of(store: LogStore) -> tuple[str, bytes]:
    """The genesis digest and the newest checkpoint, to whose root the stored nodes lead. Raises LedgerError if not."""
    size = store.size()
    genesis, note = store.leaf_at(0).event_id, store.checkpoint(size)
    if parse_checkpoint(parse_note(note).text).root_hash != tree_root(size, store):
        raise ProofError("总指纹不符。", "The root is another.")
    return genesis, note


def _copy_keys(settings: Settings, folder: Path, stage: Stage) -> None:
    """The log's own keys; those of admins are their holders' to keep. Raises BackupError where there are none."""
    if not (settings.vault / "keys" / "kek").exists():
        raise BackupError(
            "这个账本里没有密钥：它是不带密钥恢复的。请不带 --keys 备份。",
            "This ledger has no keys: it was restored without them. Back it up without --keys.",
        )
    for path in sorted((*settings.keys.glob("log*.pem"), *settings.keys.glob("ml-dsa-*.pem"))):
        copy_file(path, folder / "keys" / path.name, private=True)
    kept = folder / "vault" / "keys"
    copy_file(settings.vault / "keys" / "kek", kept / "kek", private=True)
    with stage("密钥 keys") as progress:
        file = "secrets.sqlite3"
        copy_rows(settings.vault / "keys" / file, kept / file, last="secret", progress=progress)


def _seal(folder: Path, kind: Kind, *, genesis: str, note: bytes, made_at: datetime) -> Manifest:
    """Writes the manifest of a filled folder, the last file in it."""
    paths = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    files = tuple(Kept(path, *measure(folder / path)) for path in paths)
    manifest = Manifest(kind, made_at, genesis, note, files)
    (folder / kind.file).write_bytes(format_manifest(manifest))
    return manifest


def _left_out(settings: Settings, *made: Manifest | None) -> Iterator[str]:
    """What the ledger's folder holds besides, files that come and go with a running ledger left aside."""
    held = {kept.path for manifest in made if manifest is not None for kept in manifest.files}
    for path in sorted(settings.directory.rglob("*")):
        name = path.relative_to(settings.directory).as_posix()
        if path.is_file() and not path.name.endswith(PASSING) and not name.startswith("log/") and name not in held:
            yield name
