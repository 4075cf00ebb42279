"""A folder that appears whole or not at all: filled beside its place, synced, renamed into it."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ledger.backup.refusal import BackupError
from ledger.signing.key_files import sync_directory

UNFINISHED = ".unfinished"


@contextmanager
def laid_out(place: Path, *, private: bool = False) -> Iterator[Path]:
    """A folder to fill, which becomes ``place`` when the block ends; if it raises, nothing is left.

    ``place`` must not exist, or be empty. A crash in the block leaves a folder named ``….unfinished`` beside it,
    which nothing takes for a ledger or a backup and the next attempt clears away; a crash after the rename leaves
    the whole. Raises BackupError, also for what the operating system refuses.
    """
    place = Path(os.path.abspath(place))  # noqa: PTH100 - resolving would follow a link that is to be replaced
    folder = place.with_name(place.name + UNFINISHED)
    try:
        _check_vacant(place)
        folder.mkdir(mode=0o700 if private else 0o777, parents=True, exist_ok=True)
        with _locked(folder):
            try:
                _clear(folder)
                yield folder
                _sync(folder)
                folder.rename(place)
            except BaseException:
                shutil.rmtree(folder, ignore_errors=True)
                raise
        sync_directory(place.parent)
    except OSError as error:
        raise BackupError(
            f"{place}没有做成：{error.strerror}（{error.filename}）。请检查权限和空间；它不能是挂载点本身。",
            f"Nothing was made at {place}: {error.strerror} ({error.filename})."
            " Check permissions and space; it cannot be a mount point itself.",
        ) from error


def check_apart(*places: Path) -> None:
    """No place lies inside another: a copy must not copy itself, and secrets stay apart. Raises BackupError."""
    absolute = [place.resolve() for place in places]
    for at, inner in enumerate(absolute):
        for outer in absolute[:at] + absolute[at + 1 :]:
            if inner.is_relative_to(outer):
                raise BackupError(
                    f"{inner}在{outer}里面或与它相同。请分开存放。",
                    f"{inner} lies inside {outer} or is the same. Keep them apart.",
                )


def _check_vacant(place: Path) -> None:
    if place.is_symlink() or (place.exists() and (not place.is_dir() or any(place.iterdir()))):
        raise BackupError(
            f"{place}已经有内容，不会覆盖。请换一个不存在的或空的文件夹。",
            f"{place} is there already and is never overwritten. Name a folder that does not exist or is empty.",
        )


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise BackupError(
            f"另一个备份或恢复正在写{folder}。请等它结束。",
            f"Another backup or restore is writing {folder}. Wait until it ends.",
        ) from None
    try:
        yield
    finally:
        with suppress(OSError):
            os.close(descriptor)


def _clear(folder: Path) -> None:
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def _sync(folder: Path) -> None:
    for root, _, names in os.walk(folder, topdown=False):
        for name in names:
            descriptor = os.open(Path(root) / name, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        sync_directory(Path(root))
