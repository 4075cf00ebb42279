"""Laying keys back: only by proof that no entry is missing that may have destroyed one of them."""

from contextlib import closing
from dataclasses import replace
from datetime import datetime

from ledger.backup.manifest import Kind
from ledger.backup.open_backup import OpenBackup, open_backup
from ledger.backup.proof import Restored, Secrets
from ledger.backup.refusal import BackupError
from ledger.backup.request import Request, Surroundings
from ledger.backup.signed import check_history, identity_in, open_kept, read_kept
from ledger.errors import NotFoundError
from ledger.settings import Settings
from ledger.signing.log_keys import LogKeyFolder
from ledger.store.log_store import open_file
from ledger.tlog.checkpoint import Checkpoint
from ledger.vault_return import bring_up_to_date


def open_keys(request: Request, backup: OpenBackup, now: datetime) -> OpenBackup | None:
    """The backup of keys, if one is to be laid back. Raises BackupError for one without proof, too old, another's."""
    if request.keys is None:
        return None
    if request.log is None and request.nothing_newer is None:
        raise BackupError(
            "只有更新的账本才知道哪些密钥后来销毁了：不给它，旧密钥会把已经删除的人带回来。"
            "请用 --log 指出公布的账本；如果备份之后确实没有新账目，用 --nothing-newer 给出证明这一点的签章。",
            "Only a newer log knows which keys were destroyed since; without it, old keys would bring erased people"
            " back. Name the published log with --log, or prove with --nothing-newer CHECKPOINT that nothing came"
            " after.",
        )
    keys = open_backup(request.keys, Kind.KEYS)
    keys.manifest.check_age(now)
    if keys.manifest.genesis != backup.manifest.genesis:
        raise BackupError("密钥备份是另一本账的。", "The backup of keys is another ledger's.")
    return keys


def check_log(request: Request, log: Checkpoint, size: int) -> None:
    """A log older than the backup proves nothing about keys. Raises BackupError."""
    if request.keys is not None and request.nothing_newer is None and log.tree_size < size:
        raise BackupError(
            f"--log给的账本只到第{log.tree_size:,}条，比备份还旧，不知道后来销毁了哪些密钥。"
            "请给更新的，或不带 --keys 恢复。",
            f"The log given with --log has {log.tree_size} entries, fewer than the backup: it does not know which keys"
            " were destroyed since. Give a newer one, or restore without --keys.",
        )


def check_nothing_missing(settings: Settings, request: Request, restored: Restored) -> None:
    """Nothing is known to be missing, and ``nothing_newer`` is of the backup's size. Raises BackupError."""
    if not restored.whole:
        raise BackupError(
            "已知有账目不在备份和--log里，其中可能有销毁记录，所以不放回密钥，没有恢复。"
            "请给更新的账本，或先不带 --keys 恢复。",
            "Entries are known that are neither in the backup nor in the log, and erasures may be among them: keys are"
            " not laid back, and nothing was restored. Give a newer log, or restore without --keys first.",
        )
    if request.nothing_newer is not None:
        item = read_kept(request.nothing_newer, "签章", "The checkpoint")
        with closing(open_file(settings.database)) as store:
            checkpoint = open_kept(identity_in(store), item)
            if checkpoint.tree_size != restored.size:
                raise BackupError(
                    f"{item.zh}签到第{checkpoint.tree_size:,}条，备份却是{restored.size:,}条，"
                    "不能证明备份之后没有新账目。",
                    f"{item.en} covers {checkpoint.tree_size} entries and the backup has {restored.size}: it does not"
                    " prove that nothing came after the backup.",
                )
            check_history(store, checkpoint, item)


def lay_keys(settings: Settings, keys: OpenBackup, restored: Restored, world: Surroundings) -> Restored:
    """Lays the keys back and takes from the vault what the log says is gone."""
    with world.stage("密钥 keys") as progress:
        keys.lay(settings.directory, progress)
        lost = bring_up_to_date(settings, restored.size - restored.copied, random=world.random)
    with closing(open_file(settings.database)) as store:
        vkey = identity_in(store).vkeys_at(restored.size)[0]
    try:
        LogKeyFolder(settings.keys, settings.origin).signer(vkey)
    except NotFoundError:
        return replace(restored, secrets=Secrets(log_key=False, lost=lost))
    return replace(restored, secrets=Secrets(log_key=True, lost=lost))
