"""``yangguang restore``: lays a backup out as a ledger, adds what a newer log has, and says what is and isn't there.

1. Every file is copied as its manifest measured it, into a folder beside the place, and the copy is verified.
2. Entries that a newer published log has are appended, and the whole is verified again.
3. It is held against kept checkpoints and receipts. The highest checkpoint known goes into ``highest/``, and a ledger
   behind it does not sign.
4. Keys are laid back last, and only by proof that nothing is missing: erasures that came after the backup are in the
   missing entries, and without them a vault would bring an erased child back. What the log says is gone goes again.

Only then is the folder renamed into its place: a crash before that leaves no ledger.
"""

from contextlib import closing
from dataclasses import replace
from pathlib import Path

from ledger.audit.report import Report
from ledger.audit.source import open_source
from ledger.audit.verify import Options, verify
from ledger.backup.laid_out import check_apart, laid_out
from ledger.backup.manifest import Kind
from ledger.backup.newer_log import NewerLog
from ledger.backup.open_backup import OpenBackup, open_backup
from ledger.backup.proof import Measured, Restored, last_recorded, measure_against
from ledger.backup.refusal import BackupError
from ledger.backup.request import Request, Surroundings
from ledger.backup.returning_keys import check_log, check_nothing_missing, lay_keys, open_keys
from ledger.backup.signed import Kept, identity_in, open_kept, read_kept
from ledger.publishing.publisher import Publisher
from ledger.settings import Settings, load_settings
from ledger.store.highest import HighestCheckpoint
from ledger.store.log_store import open_file
from ledger.vault_return import entries_without_values

COPYING = "复制 copying"
VERIFYING = "核对 verifying"
HIGHEST = "highest-checkpoint"
"""The finding that a store is behind the highest checkpoint: not damage, but what the proof is about."""


def restore(request: Request, place: Path, world: Surroundings) -> Restored:
    """The restored ledger, which is at ``place`` then. Raises BackupError and its kin, and then nothing is there."""
    check_apart(place, request.backup, *([request.keys] if request.keys else []))
    backup = open_backup(request.backup, Kind.LEDGER)
    keys = open_keys(request, backup, world.now)
    with laid_out(place) as folder:
        with world.stage(COPYING) as progress:
            backup.lay(folder, progress)
        settings = _of_files(load_settings(folder))
        _check(settings, backup, world)
        copied = _copy_newer(settings, request, world)
        restored, measured = _measure(settings, request, keys, copied=copied)
        if keys is not None:
            check_nothing_missing(settings, request, restored)
            restored = lay_keys(settings, keys, restored, world)
        _keep_highest(settings, restored, measured)
        return restored


def _of_files(settings: Settings) -> Settings:
    """Backups hold no server's address, so one that is set is set by the environment."""
    if settings.server is not None:
        raise BackupError(
            "备份恢复成文件。请先去掉环境变量YANGGUANG_DATABASE。",
            "A backup is restored into files. Unset YANGGUANG_DATABASE first.",
        )
    return settings


def _check(settings: Settings, backup: OpenBackup, world: Surroundings) -> None:
    """The laid-out copy verifies, and is what the manifest says."""
    report = _verify(settings, world)
    if report.findings:
        first = report.findings[0]
        raise BackupError(
            f"备份核对不过，共{report.counts.findings}处，没有恢复。第一处：{first.zh}",
            f"The backup does not verify ({report.counts.findings} findings); nothing was restored. First: {first.en}",
        )
    with closing(open_file(settings.database)) as store:
        held = (store.leaf_at(0).event_id, store.checkpoint(store.size()))
    if held != (backup.manifest.genesis, backup.manifest.note):
        raise BackupError(
            "备份清单写的签章或创世指纹与备份里的账目不符。",
            "The backup's manifest names another checkpoint or genesis digest than its entries have.",
        )


def _verify(settings: Settings, world: Surroundings) -> Report:
    source = open_source(str(settings.directory))
    try:
        with world.stage(VERIFYING) as progress:
            report = verify(source, Options(processes=world.processes), progress)
    finally:
        source.close()
    return replace(report, findings=tuple(item for item in report.findings if item.code != HIGHEST))


def _copy_newer(settings: Settings, request: Request, world: Surroundings) -> int:
    """Appends what the newer log has and publishes it; how many entries that were."""
    if request.log is None:
        return 0
    source = open_source(request.log)
    try:
        with closing(open_file(settings.database)) as store, world.stage("补回 copying back") as progress:
            before = store.size()
            identity = identity_in(store)
            log = NewerLog.read(source.published, origin=identity.origin)
            log.check_extends(store)
            identity = log.copy_missing(store, identity, progress)
            open_kept(identity, log.kept)
            check_log(request, log.checkpoint, before)
            Publisher(store, settings.log, vkey=settings.vkey, ml_dsa_vkeys=settings.ml_dsa_vkeys).publish()
            copied = store.size() - before
    finally:
        source.close()
    if copied:
        _check_copied(_verify(settings, world))
    return copied


def _check_copied(report: Report) -> None:
    if report.findings:
        first = report.findings[0]
        raise BackupError(
            f"补回的账目核对不过，没有恢复。第一处：{first.zh}",
            f"The entries copied back do not verify; nothing was restored. First: {first.en}",
        )


def _measure(
    settings: Settings, request: Request, keys: OpenBackup | None, *, copied: int
) -> tuple[Restored, Measured]:
    source = open_source(str(settings.directory))
    try:
        with closing(open_file(settings.database)) as store:
            identity, size = identity_in(store), store.size()
            kept = _kept(settings, request, keys)
            measured = measure_against(store, identity, source, kept=kept, receipts=request.receipts)
            restored = Restored(
                genesis=identity.genesis,
                size=size,
                copied=copied,
                note=store.checkpoint(size),
                last=last_recorded(store),
                beyond=None if measured.beyond is None else measured.beyond[0],
                findings=measured.findings,
                receipts=measured.receipts,
                without_values=entries_without_values(settings, size - copied),
            )
    finally:
        source.close()
    return restored, measured


def _kept(settings: Settings, request: Request, keys: OpenBackup | None) -> list[Kept]:
    highest = HighestCheckpoint(settings.highest).note()
    kept = [] if highest is None else [Kept("最高签章", "The highest signed checkpoint", highest)]
    if keys is not None:
        kept.append(Kept("密钥备份里的签章", "The checkpoint in the backup of keys", keys.manifest.note))
    if request.since is not None:
        kept.append(read_kept(request.since, "您保存的签章", "The checkpoint you kept,"))
    return kept


def _keep_highest(settings: Settings, restored: Restored, measured: Measured) -> None:
    """Raises the highest checkpoint, never lowers it: where a setting keeps it elsewhere, it outlived the store."""
    highest = HighestCheckpoint(settings.highest)
    note = restored.note if measured.beyond is None else measured.beyond[1]
    if highest.note() != note:
        highest.advance(highest.note(), note)
