"""A backup's folder as a restore meets it: exactly the files of its manifest, each copied as it was measured."""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ledger.backup.copying import make_folder
from ledger.backup.manifest import Kept, Kind, Manifest, parse_manifest
from ledger.backup.refusal import BackupError
from ledger.backup.stages import Progress

BLOCK = 1024 * 1024
PRIVATE = ("vault/", "keys/")


@dataclass(frozen=True, slots=True)
class OpenBackup:
    """A folder and its manifest, whose files are all there and no others."""

    folder: Path
    manifest: Manifest

    def lay(self, target: Path, progress: Progress) -> None:
        """Copies every file. Raises BackupError for one that is not what was backed up."""
        files = self.manifest.files
        for done, kept in enumerate(files, start=1):
            _lay(self.folder / kept.path, target / kept.path, kept)
            progress(done, len(files))


def open_backup(folder: Path, kind: Kind) -> OpenBackup:
    """Opens a backup of one kind. Raises BackupError for missing and for surplus files too."""
    file = folder / kind.file
    if not file.is_file() or file.is_symlink():
        raise BackupError(
            f"{folder}不是这种备份，或没有做完：缺少{kind.file}。",
            f"{folder} is no such backup, or was not finished: it has no {kind.file}.",
        )
    manifest = parse_manifest(file.read_bytes(), kind)
    found = set(_files(folder)) - {kind.file}
    listed = {kept.path for kept in manifest.files}
    if missing := sorted(listed - found):
        raise BackupError(
            f"备份里缺少{len(missing)}个文件，第一个是{missing[0]}。",
            f"The backup lacks {len(missing)} of its files, the first of them {missing[0]}.",
        )
    if surplus := sorted(found - listed):
        raise BackupError(
            f"备份里多出{len(surplus)}个文件，第一个是{surplus[0]}；不知道是谁放进来的，没有恢复。",
            f"The backup holds {len(surplus)} files that are not its own, the first of them {surplus[0]}."
            " Nobody knows who put them there; nothing was restored.",
        )
    return OpenBackup(folder, manifest)


def _files(folder: Path) -> Iterator[str]:
    for root, folders, names in os.walk(folder):
        links = [name for name in folders if (Path(root) / name).is_symlink()]
        for name in (*names, *links):
            yield (Path(root) / name).relative_to(folder).as_posix()


def _lay(source: Path, target: Path, kept: Kept) -> None:
    private = kept.path.startswith(PRIVATE)
    make_folder(target.parent, mode=0o700 if private else 0o777)
    digest, length = hashlib.sha256(), 0
    with source.open("rb") as reading, target.open("xb") as writing:
        target.chmod(0o600 if private else 0o644)
        while block := reading.read(BLOCK):
            digest.update(block)
            length += len(block)
            writing.write(block)
    if source.is_symlink() or (length, digest.hexdigest()) != (kept.length, kept.sha256):
        raise BackupError(
            f"备份里的{kept.path}与做备份时不同：它被改动过，或已损坏。",
            f"{kept.path} in the backup is not what was backed up: it was changed or is damaged.",
        )
